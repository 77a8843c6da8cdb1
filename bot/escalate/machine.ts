import type { Machine } from '../../core/contracts/engine.ts'
import { type Rung, rungs } from '../../core/contracts/escalation.ts'
import { type Call, type CallEffect, type CallFact, type CallInput, type CallSetting, isOpen, restsUntil } from './call.ts'
import { evolveCall, unbornCall } from './evolve.ts'

/** What an input makes true of a call. Pure. */
export const decideCall = (call: Call, input: CallInput, setting: CallSetting): readonly CallFact[] => {
  const { at } = input
  if ('seen' in input) return [...noticed(call, input), ...ticked(after(call, noticed(call, input)), at, setting)]
  if ('answer' in input) {
    const { how, by, until } = input.answer
    const isSame = call.answer?.how === how && call.answer.by === by && call.answer.until === until
    // A nod takes nothing from somebody else who has it for longer.
    const isLess = how === 'seen' && call.answer?.by !== by && (restsUntil(call) ?? 0) >= until
    return !isOpen(call) || isSame || isLess || until <= at ? [] : [{ type: 'call.answered', at, how, by, until }]
  }
  return ticked(call, at, setting)
}

const after = (call: Call, facts: readonly CallFact[]): Call => facts.reduce(evolveCall, call)

const noticed = (call: Call, { at, seen }: Extract<CallInput, { seen: unknown }>): readonly CallFact[] => {
  switch (seen.kind) {
    case 'alert': {
      const { alert, session, project, requester, priority, cause } = seen
      if (call.alerts.some((one) => one.alert === alert && one.isOpen)) return []
      return [
        ...(call.seq === 0 ? ([{ type: 'call.raised', at, project, requester, priority, cause }] as const) : []),
        { type: 'alert.joined', at, alert, session },
      ]
    }
    case 'gone':
      return call.alerts.some(({ alert, isOpen }) => alert === seen.alert && isOpen) ? [{ type: 'alert.left', at, alert: seen.alert }] : []
    case 'reached':
      return isWanted(call, seen.of) ? [{ type: 'step.reached', at, of: seen.of, place: seen.place }] : []
    case 'lost':
      return isWanted(call, seen.of) ? [{ type: 'step.lost', at, of: seen.of, why: seen.why }] : []
    case 'redrawn':
      return call.settled === seen.of && call.redrawn !== seen.of ? [{ type: 'call.redrawn', at, of: seen.of }] : []
  }
}

const isWanted = ({ steps }: Call, of: number): boolean => steps.some(({ since, state }) => since === of && state === 'wanted')

/** What the clock alone makes true. One rung at a time, however far the clock has jumped: whoever is called has the time to answer that is theirs. */
const ticked = (call: Call, at: number, setting: CallSetting): readonly CallFact[] => {
  if (!isOpen(call) || at < Math.max(restsUntil(call) ?? 0, setting.mutedUntil(at) ?? 0)) return []
  const awake = call.steps.filter(({ state, heldUntil }) => state === 'held' && heldUntil !== null && heldUntil <= at)
  const held = awake.map(({ since }): CallFact => ({ type: 'hold.ended', at, of: since }))
  if (restsUntil(call) === null) return [...held, ...climbed(call, at, setting)]
  const by = call.answer?.by ?? ''
  // Whoever is reminded of it hears of it once.
  const doubled = awake.filter(({ person }) => person === by)
  return [
    ...held,
    ...doubled.map(({ since }): CallFact => ({ type: 'step.lost', at, of: since, why: `${by} is reminded of it` })),
    { type: 'rest.ended', at, heldUntil: heldFor(call, by, at, setting) },
  ]
}

/** The next rung, if its time has come. One on which nobody stands is passed over at once. */
const climbed = (call: Call, at: number, setting: CallSetting): readonly CallFact[] => {
  const next = nextRung(call, setting)
  if (next === null || next.at > at) return []
  const { rung, afterMs } = next
  const found = setting.standing(rung, at)
  if ('nobody' in found) {
    const upToMs = nextRung({ ...call, climbed: [...call.climbed, rung] }, setting)?.afterMs ?? afterMs
    const passed: CallFact = { type: 'rung.passed', at, rung, upToMs, why: found.nobody }
    return [passed, ...climbed(evolveCall(call, passed), at, setting)]
  }
  const { person } = found
  return [{ type: 'rung.climbed', at, rung, afterMs, person, heldUntil: person === null ? null : heldFor(call, person, at, setting) }]
}

/** Only what is urgent breaks quiet hours. */
const heldFor = ({ priority }: Call, person: string, at: number, { quietUntil }: CallSetting): number | null =>
  priority === 'urgent' ? null : quietUntil(person, at)

/** The lowest that is ahead; of two as high the one that comes first by its nature. */
const nextRung = (
  call: Call,
  { afterMs: heightOf }: CallSetting,
): { readonly rung: Rung; readonly afterMs: number; readonly at: number } | null => {
  let next: { readonly rung: Rung; readonly afterMs: number } | null = null
  for (const rung of rungs) {
    const afterMs = heightOf(rung)
    if (afterMs !== null && !call.climbed.includes(rung) && (next === null || afterMs < next.afterMs)) next = { rung, afterMs }
  }
  return next && { ...next, at: call.climb.at + Math.max(0, next.afterMs - call.climb.afterMs) }
}

/** What should be under way. What is held, and what is wanted of a call that is settled, is not. */
export const callWants = (call: Call): readonly CallEffect[] => [
  ...(isOpen(call) ? call.steps.filter(({ state }) => state === 'wanted') : []).map((step): CallEffect => ({ do: 'call.show', step })),
  ...(call.settled !== null && call.redrawn !== call.settled ? [{ do: 'call.redraw', since: call.settled } as const] : []),
]

/** The next moment at which the clock alone makes something true. */
export const callDue = (call: Call, after: number, setting: CallSetting): number | null => {
  if (!isOpen(call)) return null
  const holds = call.steps.flatMap(({ state, heldUntil }) => (state === 'held' && heldUntil !== null ? [heldUntil] : []))
  const climbAt = nextRung(call, setting)?.at
  const rest = restsUntil(call)
  const moments = rest === null ? [...holds, ...(climbAt === undefined ? [] : [climbAt])] : [rest]
  return moments.length === 0 ? null : Math.max(Math.min(...moments), setting.mutedUntil(after) ?? 0)
}

/** The life of a call as a machine. */
export const callMachine = (settingOf: (call: Call) => CallSetting): Machine<Call, CallInput, CallFact, CallEffect> => ({
  unborn: unbornCall,
  // What is asked of the setting depends on the call as its first fact makes it.
  decide: (call, input) => decideCall(call, input, settingOf(bornBy(call, input))),
  evolve: evolveCall,
  wants: callWants,
  due: (call, after) => callDue(call, after, settingOf(call)),
  isOver: (call) => call.settled !== null,
  keyOf: (effect) => (effect.do === 'call.show' ? `show/${effect.step.since}` : `redraw/${effect.since}`),
})

const bornBy = (call: Call, input: CallInput): Call =>
  call.seq === 0 && 'seen' in input && input.seen.kind === 'alert' ? after(call, noticed(call, input)) : call
