import { describe, expect, test } from 'vitest'
import type { Place } from '../../../bot/contracts/inbound.ts'
import type { Call } from '../../../bot/escalate/call.ts'
import { unbornCall } from '../../../bot/escalate/evolve.ts'
import { ladderOf, onCallAt, type Surroundings } from '../../../bot/escalate/ladder.ts'
import { defaultEscalation } from '../../../core/config/escalation.ts'
import type { Person } from '../../../core/contracts/access.ts'
import type { Shift } from '../../../core/contracts/escalation.ts'

const person = (name: string, parts: Partial<Person> = {}): Person => ({ name, roles: {}, ...parts })
const at = (iso: string): number => Date.parse(`${iso}:00Z`)
const monday = at('2026-01-05T10:00')
const dev: Place = { platform: 'town', channel: 'dev', thread: null }
const thread: Place = { ...dev, thread: 'app-3' }
const call: Call = { ...unbornCall('c1'), seq: 2, project: 'app', requester: 'bob' }

const around = (parts: Partial<Surroundings> & { readonly onCall?: readonly Shift[] } = {}): Surroundings => ({
  people: () => [person('ana'), person('bob'), person('cyn')],
  accountsOf: (name) => [{ platform: 'town', account: name }],
  hasPrivate: () => true,
  hasThreads: () => true,
  escalationOf: () => ({ ...defaultEscalation, onCall: parts.onCall ?? [] }),
  threadOf: () => thread,
  channelOf: () => dev,
  mutedUntil: () => null,
  ...parts,
})
const standing = (rung: Parameters<ReturnType<typeof ladderOf>['standing']>[0], surroundings: Surroundings, of: Call = call) =>
  ladderOf(of, surroundings).standing(rung, monday)
const always = (name: string): Shift => ({ person: name, days: null, hours: null })

describe('whoever asked', () => {
  test('stands on the first step, if they are known', () => {
    expect(standing('requester', around())).toEqual({ person: 'bob' })
    expect(standing('requester', around(), { ...call, requester: 'ao' })).toEqual({ nobody: 'nobody known asked for it: ao' })
    expect(standing('elsewhere', around(), { ...call, requester: 'ao' })).toEqual({ nobody: 'nobody known asked for it: ao' })
  })

  const accounts = (name: string) => [
    { platform: 'town', account: name },
    { platform: 'slack', account: 'U1' },
  ]
  const nowhere = { nobody: 'bob has no other chat with the bot' }

  test('is called elsewhere where they have another account, and the bot can begin a chat there', () => {
    expect(standing('elsewhere', around())).toEqual(nowhere)
    expect(standing('elsewhere', around({ accountsOf: accounts }))).toEqual({ person: 'bob' })
    expect(standing('elsewhere', around({ accountsOf: accounts, hasPrivate: (platform) => platform !== 'slack' }))).toEqual(nowhere)
    expect(standing('elsewhere', around({ accountsOf: () => [] }))).toEqual(nowhere)
  })

  test('elsewhere is another chat than that of the thread, wherever that is now', () => {
    const onSlack = { platform: 'slack', channel: 'team', thread: 'app-3' }
    expect(standing('elsewhere', around({ accountsOf: () => [{ platform: 'slack', account: 'U1' }], threadOf: () => onSlack }))).toEqual(
      nowhere,
    )
    expect(standing('elsewhere', around({ threadOf: () => onSlack }))).toEqual({ person: 'bob' })
    expect(standing('elsewhere', around({ threadOf: () => null }))).toEqual({ person: 'bob' })
  })
})

describe('whoever is on call', () => {
  test('is nobody, or somebody else than who asked', () => {
    expect(standing('onCall', around())).toEqual({ nobody: 'nobody is on call' })
    expect(standing('onCall', around({ onCall: [always('cyn')] }))).toEqual({ person: 'cyn' })
    expect(standing('onCall', around({ onCall: [always('bob'), always('cyn')] }))).toEqual({
      nobody: 'bob, who asked for it, is on call',
    })
    expect(standing('onCall', around({ onCall: [always('gone')] }))).toEqual({ nobody: 'nobody is on call' })
  })

  const office = { from: 9 * 60, to: 18 * 60 }
  const night = { from: 22 * 60, to: 7 * 60 }
  const weekdays = [1, 2, 3, 4, 5]
  const people = [person('ana', { zone: 'Europe/Berlin' }), person('bob', { zone: 'America/New_York' }), person('cyn', { zone: 'UTC' })]
  const personOf = (name: string): Person | null => people.find((one) => one.name === name) ?? null

  test.each([
    ['in office hours there', '2026-01-05T08:00', [{ person: 'ana', days: weekdays, hours: office }], 'ana'],
    ['before them', '2026-01-05T07:59', [{ person: 'ana', days: weekdays, hours: office }], null],
    ['by the clock of that person, not of another', '2026-01-05T14:00', [{ person: 'bob', days: weekdays, hours: office }], 'bob'],
    ['which is behind', '2026-01-05T13:59', [{ person: 'bob', days: weekdays, hours: office }], null],
    ['on another day', '2026-01-04T12:00', [{ person: 'ana', days: weekdays, hours: office }], null],
    ['all day on that day, which begins there', '2026-01-04T23:00', [{ person: 'ana', days: [1], hours: null }], 'ana'],
    ['until it ends there', '2026-01-05T23:00', [{ person: 'ana', days: [1], hours: null }], null],
    ['the morning after the night of a Friday', '2026-01-10T05:00', [{ person: 'ana', days: [5], hours: night }], 'ana'],
    ['not the morning of that Friday', '2026-01-09T05:00', [{ person: 'ana', days: [5], hours: night }], null],
    ['the first that fits', '2026-01-05T20:00', [{ person: 'ana', days: weekdays, hours: office }, always('cyn'), always('bob')], 'cyn'],
    ['somebody who is known', '2026-01-05T20:00', [always('gone'), always('cyn')], 'cyn'],
    ['nobody', '2026-01-05T20:00', [], null],
  ])('%s', (_, moment, onCall, name) => expect(onCallAt(at(moment), { onCall, personOf })).toBe(name))
})

describe('the channel', () => {
  test('is the last step, unless all threads are seen there anyway', () => {
    expect(standing('channel', around())).toEqual({ person: null })
    expect(standing('channel', around({ hasThreads: () => false }))).toEqual({ nobody: 'the channel is where it is on show already' })
    expect(standing('channel', around({ hasThreads: () => false, threadOf: () => ({ ...thread, channel: 'with-bob' }) }))).toEqual({
      person: null,
    })
    expect(standing('channel', around({ hasThreads: () => false, threadOf: () => null }))).toEqual({ person: null })
  })
})

describe('what the config and people’s clocks say', () => {
  test('how high a step is depends on the priority of the call and its project', () => {
    const { afterMs } = ladderOf({ ...call, priority: 'warning' }, around())
    expect([afterMs('requester'), afterMs('elsewhere'), afterMs('channel')]).toEqual([3_600_000, null, 86_400_000])
    const { urgent } = defaultEscalation.ladders
    const escalationOf: Surroundings['escalationOf'] = (project) =>
      project === 'app' ? { ...defaultEscalation, ladders: { ...defaultEscalation.ladders, action: urgent } } : defaultEscalation
    expect(ladderOf(call, around({ escalationOf })).afterMs('requester')).toBe(120_000)
    expect(ladderOf({ ...call, project: 'lib' }, around({ escalationOf })).afterMs('requester')).toBe(600_000)
  })

  test('quiet hours are by the clock of that person, and those of nobody are none', () => {
    const quiet = { from: 22 * 60, to: 7 * 60 }
    const { quietUntil } = ladderOf(call, around({ people: () => [person('ana', { zone: 'Europe/Berlin', quiet }), person('bob')] }))
    expect(quietUntil('ana', at('2026-01-05T21:00'))).toBe(at('2026-01-06T06:00'))
    expect(quietUntil('ana', at('2026-01-05T20:59'))).toBeNull()
    expect(quietUntil('bob', at('2026-01-05T23:00'))).toBeNull()
    expect(quietUntil('gone', at('2026-01-05T23:00'))).toBeNull()
  })

  test('how long its thread is muted is asked of the call itself', () => {
    const { mutedUntil } = ladderOf(call, around({ mutedUntil: ({ id }, moment) => (id === 'c1' ? moment + 5 : null) }))
    expect(mutedUntil(7)).toBe(12)
  })
})
