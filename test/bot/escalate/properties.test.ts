import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Call, type CallFact, type CallInput, isOpen, restsUntil } from '../../../bot/escalate/call.ts'
import { evolveCall, unbornCall } from '../../../bot/escalate/evolve.ts'
import { callDue, callWants, decideCall } from '../../../bot/escalate/machine.ts'
import { rungs } from '../../../core/contracts/escalation.ts'
import { at, settingOf, thread } from './spec.ts'

const minute = 60_000
const hour = 60 * minute

type Happening =
  | { readonly is: 'alert' | 'gone'; readonly alert: string }
  | { readonly is: 'passes' | 'jumps'; readonly ms: number }
  | { readonly is: 'answer'; readonly how: 'seen' | 'snoozed' | 'taken'; readonly by: string; readonly forMs: number }
  | { readonly is: 'reached' | 'lost' | 'redrawn' | 'crash' }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ is: fc.constantFrom('alert' as const, 'gone' as const), alert: fc.constantFrom('a1', 'b1', 'c1') }),
  { weight: 3, arbitrary: fc.record({ is: fc.constant('passes' as const), ms: fc.integer({ min: 0, max: 3 * hour }) }) },
  fc.record({ is: fc.constant('jumps' as const), ms: fc.integer({ min: -2 * hour, max: 30 * hour }) }),
  fc.record({
    is: fc.constant('answer' as const),
    how: fc.constantFrom('seen' as const, 'snoozed' as const, 'taken' as const),
    by: fc.constantFrom('ana', 'bob'),
    forMs: fc.integer({ min: minute, max: 12 * hour }),
  }),
  fc.record({ is: fc.constantFrom('reached' as const, 'lost' as const, 'redrawn' as const, 'crash' as const) }),
)

const arbitrarySettings = fc.record({
  nobody: fc.subarray([...rungs]),
  quiet: fc.dictionary(fc.constantFrom('ana', 'bob'), fc.integer({ min: at(0), max: at(20 * hour) })),
  muted: fc.integer({ min: at(0), max: at(3 * hour) }),
  priority: fc.constantFrom('urgent' as const, 'action' as const),
})

type Settings = Parameters<typeof settingOf>[0]

/** Lives through all of it; `seen` is told of each fact with the call before it. A crash folds all facts anew. */
const live = (happenings: readonly Happening[], settings: Settings, seen: (before: Call, fact: CallFact, input: CallInput) => void) => {
  const setting = settingOf(settings)
  const all: CallFact[] = []
  let call = unbornCall('c1')
  let now = at(0)
  const hear = (input: CallInput): void => {
    for (const fact of decideCall(call, input, setting)) {
      seen(call, fact, input)
      all.push(fact)
      call = evolveCall(call, fact)
    }
  }
  const wake = (until: number): void => {
    for (let due = callDue(call, now, setting); due !== null && due <= until; due = callDue(call, now, setting)) {
      now = Math.max(now, due)
      hear({ at: now, tick: true })
    }
    now = Math.max(now, until)
  }
  const about = { project: 'app', requester: 'ana', priority: settings.priority ?? ('action' as const), cause: null }
  for (const one of happenings) {
    if (one.is === 'alert') hear({ at: now, seen: { kind: 'alert', alert: one.alert, session: one.alert, ...about } })
    else if (one.is === 'gone') hear({ at: now, seen: { kind: 'gone', alert: one.alert } })
    else if (one.is === 'passes') wake(now + one.ms)
    else if (one.is === 'jumps') {
      now += one.ms
      hear({ at: now, tick: true })
    } else if (one.is === 'answer') hear({ at: now, answer: { how: one.how, by: one.by, until: now + one.forMs } })
    else if (one.is === 'crash') call = all.reduce(evolveCall, unbornCall('c1'))
    else
      for (const effect of callWants(call)) {
        if (effect.do === 'call.redraw') hear({ at: now, seen: { kind: 'redrawn', of: effect.since } })
        else if (one.is === 'reached') hear({ at: now, seen: { kind: 'reached', of: effect.step.since, place: thread } })
        else if (one.is === 'lost') hear({ at: now, seen: { kind: 'lost', of: effect.step.since, why: 'refused' } })
      }
  }
  return { call: () => call, now: () => now, wake, hear, setting }
}

describe('over all that can happen, in any order, with crashes and clocks that jump', () => {
  test('no rung is climbed twice, and nobody is called about what is settled, put off or muted', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), arbitrarySettings, (happenings, settings) => {
        live(happenings, settings, (before, fact, { at: now }) => {
          if (fact.type !== 'rung.climbed' && fact.type !== 'rest.ended' && fact.type !== 'hold.ended') return
          expect(isOpen(before)).toBe(true)
          expect(now).toBeGreaterThanOrEqual(settings.muted)
          expect(now).toBeGreaterThanOrEqual(restsUntil(before) ?? 0)
          if (fact.type !== 'rung.climbed') return
          // One that was held when all was settled has called nobody, and is none of them any more.
          expect(before.steps.map(({ rung }) => rung)).not.toContain(fact.rung)
        })
      }),
    )
  })

  test('what is settled wants nothing but that its cards say so, and what is held goes to nobody', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), arbitrarySettings, (happenings, settings) => {
        const { call, setting, now } = live(happenings, settings, () => {})
        if (isOpen(call())) return
        expect(callWants(call()).filter((effect) => effect.do === 'call.show')).toEqual([])
        expect(callDue(call(), now(), setting)).toBeNull()
        expect(call().steps.filter(({ state }) => state === 'held')).toEqual([])
      }),
    )
  })

  test('what stays open is forgotten by nobody: in the end every rung was climbed on which somebody stands', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), arbitrarySettings, (happenings, settings) => {
        const lived = live([...happenings, { is: 'alert', alert: 'a1' }], settings, () => {})
        lived.wake(lived.now() + 60 * hour)
        const { climbed, steps } = lived.call()
        expect([...climbed].sort()).toEqual([...rungs].sort())
        expect(steps.filter(({ state }) => state === 'held')).toEqual([])
        for (const rung of rungs.filter((one) => !settings.nobody.includes(one))) expect(steps.map((step) => step.rung)).toContain(rung)
      }),
    )
  })
})
