import type { Place } from '../../../bot/contracts/inbound.ts'
import type { Answer, Call, CallEffect, CallFact, CallInput, CallSetting, Step } from '../../../bot/escalate/call.ts'
import { evolveCall, unbornCall } from '../../../bot/escalate/evolve.ts'
import { callDue, callWants, decideCall } from '../../../bot/escalate/machine.ts'
import type { Rung } from '../../../core/contracts/escalation.ts'
import type { Priority } from '../../../core/contracts/names.ts'

const minuteMs = 60_000
const begin = Date.UTC(2026, 0, 5, 9)
/** So many ms after the beginning. */
export const at = (ms: number): number => begin + ms
export const fromMinutes = (minutes: number): number => begin + minutes * minuteMs
export const thread: Place = { platform: 'town', channel: 'dev', thread: '1' }

type Settings = {
  readonly heights?: Partial<Record<Rung, number | null>>
  readonly nobody?: readonly Rung[]
  readonly quiet?: Readonly<Record<string, number>>
  readonly muted?: number
  readonly mutedFrom?: number
  readonly priority?: Priority
}

const heights: Readonly<Record<Rung, number>> = { requester: 10, elsewhere: 30, onCall: 60, channel: 120 }
const standing: Readonly<Record<Rung, string | null>> = { requester: 'ana', elsewhere: 'ana', onCall: 'bob', channel: null }

export const settingOf = ({ heights: own = {}, nobody = [], quiet = {}, muted, mutedFrom = 0 }: Settings): CallSetting => ({
  afterMs: (rung) => {
    const minutes = own[rung] === undefined ? heights[rung] : own[rung]
    return minutes === null ? null : minutes * minuteMs
  },
  standing: (rung) => (nobody.includes(rung) ? { nobody: 'nobody is there' } : { person: standing[rung] }),
  quietUntil: (person, now) => ((quiet[person] ?? 0) > now ? (quiet[person] ?? 0) : null),
  mutedUntil: (now) => (muted !== undefined && muted > now && now >= mutedFrom ? muted : null),
})

/** One call that is told what happens, in minutes after the beginning. */
export const spec = (settings: Settings = {}) => {
  const setting = settingOf(settings)
  let call: Call = unbornCall('c1')
  let now = begin
  const all: CallFact[] = []
  const input = (given: CallInput): readonly CallFact[] => {
    now = given.at
    const facts = decideCall(call, given, setting)
    call = facts.reduce(evolveCall, call)
    all.push(...facts)
    return facts
  }
  const alert = (name: string, session = 'app-3'): readonly CallFact[] =>
    input({
      at: now,
      seen: { kind: 'alert', alert: name, session, project: 'app', requester: 'ana', priority: settings.priority ?? 'action', cause: null },
    })
  const wants = (): readonly CallEffect[] => callWants(call)
  const shown = (): readonly Step[] => call.steps.filter(({ state }) => state === 'wanted' || state === 'reached')
  return {
    hears: {
      input,
      alert,
      gone: (name: string) => input({ at: now, seen: { kind: 'gone', alert: name } }),
      reached: (of: number) => input({ at: now, seen: { kind: 'reached', of, place: thread } }),
      redrawn: (of: number) => input({ at: now, seen: { kind: 'redrawn', of } }),
      tick: (afterMs: number) => input({ at: begin + afterMs, tick: true }),
      answer: (answer: Omit<Answer, 'at'>, afterMs: number) => input({ at: begin + afterMs, answer }),
    },
    call: {
      now: () => call,
      wants,
      shown,
      due: () => callDue(call, now, setting),
      facts: (type: CallFact['type']) => all.filter((fact) => fact.type === type),
      /** Lets time go on until then, timer by timer: when (minutes) a step began to be shown, and to whom. */
      climbs: (untilMs: number): readonly (readonly [number, string, string | null])[] => {
        for (let due = callDue(call, now, setting); due !== null && due <= begin + untilMs; due = callDue(call, now, setting))
          input({ at: Math.max(due, now), tick: true })
        const begun = new Map<number, number>()
        let folded = unbornCall('c1')
        for (const fact of all) {
          folded = evolveCall(folded, fact)
          for (const { since, state } of folded.steps) if (state === 'wanted' && !begun.has(since)) begun.set(since, fact.at)
        }
        const steps = all.reduce(evolveCall, unbornCall('c1')).steps
        return [...begun].map(([since, when]) => {
          const step = steps.find((one) => one.since === since)
          return [(when - begin) / minuteMs, step?.rung ?? 'gone', step?.person ?? null] as const
        })
      },
    },
  }
}
