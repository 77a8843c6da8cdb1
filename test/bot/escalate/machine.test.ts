import { describe, expect, test } from 'vitest'
import type { CallInput } from '../../../bot/escalate/call.ts'
import { at, fromMinutes, spec } from './spec.ts'

const minute = 60_000
const hour = 60 * minute
const ana = { rung: 'requester', person: 'ana' }

describe('the ladder', () => {
  test('calls whoever asked, then the same person elsewhere, then who is on call, then the channel, each after its wait', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    expect(call.climbs(3 * hour)).toEqual([
      [10, 'requester', 'ana'],
      [30, 'elsewhere', 'ana'],
      [60, 'onCall', 'bob'],
      [120, 'channel', null],
    ])
  })

  test('takes the steps as the config says how soon they come, whatever their order elsewhere', () => {
    const { call, hears } = spec({ heights: { onCall: 5, elsewhere: 30, requester: 20, channel: 20 } })
    hears.alert('a1')
    expect(call.climbs(3 * hour)).toEqual([
      [5, 'onCall', 'bob'],
      [20, 'requester', 'ana'],
      [20, 'channel', null],
      [30, 'elsewhere', 'ana'],
    ])
  })

  test('a step passed over leaves the next one its own time only where somebody stood before', () => {
    const { call, hears } = spec({ heights: { onCall: 5, requester: 20 }, nobody: ['onCall'] })
    hears.alert('a1')
    expect(call.climbs(hour)).toEqual([
      [5, 'requester', 'ana'],
      [15, 'elsewhere', 'ana'],
    ])
  })

  test('climbs nothing that is left out, and passes over at once where nobody stands', () => {
    const { call, hears } = spec({ heights: { elsewhere: null }, nobody: ['requester'] })
    hears.alert('a1')
    expect(call.climbs(3 * hour)).toEqual([
      [10, 'onCall', 'bob'],
      [70, 'channel', null],
    ])
    expect(call.facts('rung.passed')).toMatchObject([{ rung: 'requester', why: 'nobody is there' }])
  })

  test('a clock that jumps calls once, and leaves whoever is called the time to answer', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.tick(5 * hour)
    expect(call.shown()).toMatchObject([ana])
    hears.tick(5 * hour + 20 * minute - 1)
    expect(call.shown()).toHaveLength(1)
    hears.tick(5 * hour + 20 * minute)
    expect(call.shown()).toHaveLength(2)
    hears.tick(1 * hour) // back
    expect(call.shown()).toHaveLength(2)
  })

  test('stops when its last alert is gone, and says so on all its cards', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.tick(10 * minute)
    hears.reached(call.shown()[0]?.since ?? 0)
    hears.gone('a1')
    expect(call.wants()).toEqual([{ do: 'call.redraw', since: call.now().settled }])
    expect(call.due()).toBeNull()
    hears.redrawn(call.now().settled ?? 0)
    expect(call.wants()).toEqual([])
    hears.tick(24 * hour)
    expect(call.shown()).toHaveLength(1)
  })

  test('a card that arrives after all is settled is edited, too', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.tick(10 * minute)
    const [step] = call.shown()
    hears.gone('a1')
    hears.redrawn(call.now().settled ?? 0)
    expect(call.wants()).toEqual([])
    hears.reached(step?.since ?? 0)
    expect(call.wants()).toEqual([{ do: 'call.redraw', since: call.now().settled }])
  })

  test('what comes back climbs on from where it was, and calls nobody twice on one rung', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.tick(10 * minute)
    hears.gone('a1')
    hears.tick(50 * minute)
    hears.alert('a1')
    expect(call.climbs(5 * hour).slice(1)).toEqual([
      [70, 'elsewhere', 'ana'],
      [100, 'onCall', 'bob'],
      [160, 'channel', null],
    ])
  })

  test('what comes back is waited for anew, and what was said before says nothing of it', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.answer({ how: 'taken', by: 'cyn', until: fromMinutes(240) }, minute)
    hears.tick(240 * minute)
    hears.answer({ how: 'seen', by: 'cyn', until: fromMinutes(300) }, 241 * minute)
    expect(call.now()).toMatchObject({ isRestOver: false, answer: { how: 'seen' } })
    hears.gone('a1')
    hears.tick(250 * minute)
    hears.alert('a1')
    expect(call.now()).toMatchObject({ raisedAt: fromMinutes(250), answer: null })
    hears.tick(260 * minute)
    expect(call.shown().at(-1)).toMatchObject({ rung: 'requester', waitedMs: 10 * minute })
  })

  test('several alerts of one cause are one call, which lasts as long as one of them', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.alert('b1', 'app-4')
    hears.gone('a1')
    expect(call.now()).toMatchObject({ settled: null, alerts: [{ isOpen: false }, { alert: 'b1', session: 'app-4', isOpen: true }] })
    hears.gone('b1')
    expect(call.now().settled).not.toBeNull()
  })
})

describe('answers', () => {
  test.each(['seen', 'snoozed', 'taken'] as const)(
    '%s: nobody is called until it is over; then whoever said it is reminded, and it climbs on',
    (how) => {
      const { call, hears } = spec()
      hears.alert('a1')
      hears.answer({ how, by: 'cyn', until: fromMinutes(90) }, 5 * minute)
      expect(call.climbs(4 * hour)).toEqual([
        [90, 'again', 'cyn'],
        [100, 'requester', 'ana'],
        [120, 'elsewhere', 'ana'],
        [150, 'onCall', 'bob'],
        [210, 'channel', null],
      ])
    },
  )

  test('the newest one counts', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.answer({ how: 'seen', by: 'cyn', until: fromMinutes(60) }, 5 * minute)
    hears.answer({ how: 'taken', by: 'bob', until: fromMinutes(240) }, 6 * minute)
    expect(call.climbs(4 * hour)).toEqual([[240, 'again', 'bob']])
  })

  test('a nod takes nothing from somebody else who has it for longer', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.answer({ how: 'taken', by: 'bob', until: fromMinutes(240) }, 5 * minute)
    expect(hears.answer({ how: 'seen', by: 'cyn', until: fromMinutes(240) }, 6 * minute)).toEqual([])
    expect(hears.answer({ how: 'seen', by: 'cyn', until: fromMinutes(241) }, 6 * minute)).toHaveLength(1)
    expect(hears.answer({ how: 'snoozed', by: 'bob', until: fromMinutes(30) }, 7 * minute)).toHaveLength(1)
    expect(hears.answer({ how: 'seen', by: 'bob', until: fromMinutes(20) }, 8 * minute)).toHaveLength(1)
    expect(call.climbs(25 * minute)).toEqual([[20, 'again', 'bob']])
  })

  test('a nod counts again when what was said before is over', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    hears.answer({ how: 'taken', by: 'bob', until: fromMinutes(60) }, 5 * minute)
    hears.tick(60 * minute)
    expect(hears.answer({ how: 'seen', by: 'cyn', until: fromMinutes(90) }, 61 * minute)).toHaveLength(1)
    expect(call.now().answer?.by).toBe('cyn')
  })

  test('the same one again is no news, nor is one whose time is over, nor one to what is settled', () => {
    const { call, hears } = spec()
    hears.alert('a1')
    const seen = { how: 'seen', by: 'cyn', until: fromMinutes(60) } as const
    expect(hears.answer(seen, minute)).toHaveLength(1)
    expect(hears.answer(seen, minute)).toEqual([])
    expect(hears.answer({ ...seen, until: fromMinutes(1) }, 2 * minute)).toEqual([])
    hears.gone('a1')
    expect(hears.answer({ ...seen, by: 'bob' }, 3 * minute)).toEqual([])
    expect(call.now().answer?.by).toBe('cyn')
  })
})

describe('quiet', () => {
  test('what is not urgent waits until the quiet hours of whoever is called are over; the ladder does not', () => {
    const { call, hears } = spec({ quiet: { ana: fromMinutes(480) } })
    hears.alert('a1')
    expect(call.climbs(3 * hour)).toEqual([
      [60, 'onCall', 'bob'],
      [120, 'channel', null],
    ])
    expect(call.due()).toBe(fromMinutes(480))
    expect(call.climbs(9 * hour).slice(2)).toEqual([
      [480, 'requester', 'ana'],
      [480, 'elsewhere', 'ana'],
    ])
  })

  test('what is urgent does not wait', () => {
    const { call, hears } = spec({ quiet: { ana: fromMinutes(480) }, priority: 'urgent' })
    hears.alert('a1')
    expect(call.climbs(hour / 2)).toHaveLength(2)
  })

  test('what is settled before they are over calls nobody', () => {
    const { call, hears } = spec({ quiet: { ana: fromMinutes(480) } })
    hears.alert('a1')
    hears.tick(10 * minute)
    hears.gone('a1')
    expect(call.climbs(9 * hour)).toEqual([])
    expect(call.due()).toBeNull()
  })

  test('what waited goes to nobody while somebody else has it, and then once', () => {
    const { call, hears } = spec({ quiet: { ana: fromMinutes(100) }, heights: { elsewhere: null } })
    hears.alert('a1')
    hears.tick(10 * minute)
    hears.answer({ how: 'taken', by: 'bob', until: fromMinutes(200) }, 50 * minute)
    expect(call.due()).toBe(fromMinutes(200))
    hears.tick(100 * minute)
    expect(call.shown()).toEqual([])
    expect(call.climbs(205 * minute)).toEqual([
      [200, 'requester', 'ana'],
      [200, 'again', 'bob'],
    ])
  })

  test('whoever puts off what waited for them is told once, when they wanted', () => {
    const { call, hears } = spec({ quiet: { ana: fromMinutes(100) }, heights: { elsewhere: null, onCall: null, channel: null } })
    hears.alert('a1')
    hears.tick(10 * minute)
    hears.answer({ how: 'snoozed', by: 'ana', until: fromMinutes(300) }, 20 * minute)
    call.climbs(5 * hour)
    expect(call.shown()).toMatchObject([{ rung: 'again', person: 'ana', at: fromMinutes(300) }])
    expect(call.due()).toBeNull()
  })

  test('what waited goes to nobody while its thread is muted', () => {
    const muted = { muted: fromMinutes(600), mutedFrom: fromMinutes(20) }
    const { call, hears } = spec({ quiet: { ana: fromMinutes(480) }, ...muted, heights: { elsewhere: null, onCall: null, channel: null } })
    hears.alert('a1')
    hears.tick(10 * minute)
    hears.tick(480 * minute)
    expect(call.shown()).toEqual([])
    expect(call.due()).toBe(fromMinutes(600))
    expect(call.climbs(11 * hour)).toEqual([[600, 'requester', 'ana']])
  })

  test('a muted thread calls nobody until it may speak again', () => {
    const { call, hears } = spec({ muted: fromMinutes(200) })
    hears.alert('a1')
    expect(call.due()).toBe(fromMinutes(200))
    expect(call.climbs(4 * hour)[0]).toEqual([200, 'requester', 'ana'])
  })
})

test('a picture that shows nothing new makes no fact', () => {
  const { hears } = spec()
  const again: CallInput = { at: at(1), seen: { kind: 'gone', alert: 'unknown' } }
  hears.alert('a1')
  expect(hears.alert('a1')).toEqual([])
  expect(hears.input(again)).toEqual([])
  expect(hears.reached(99)).toEqual([])
  expect(hears.redrawn(99)).toEqual([])
})
