import type { FactOf } from '../contracts/fact.ts'
import type { EffectName, ReactionKey } from '../contracts/names.ts'
import type { Session, Trouble } from '../contracts/session.ts'

type Troubles = readonly Trouble[]

const change = (all: Troubles, key: ReactionKey, into: (trouble: Trouble) => Trouble): Troubles =>
  all.map((trouble) => (trouble.key === key ? into(trouble) : trouble))

/** New, about something new, or back again. How often the agent was told is remembered until two pictures in a row are without it. */
export const raise = (all: Troubles, { key, reason, text, at }: FactOf<'trouble.raised'>, since: number): Troubles => {
  const old = all.find((trouble) => trouble.key === key)
  if (!old)
    return [
      ...all,
      { key, reason, text, since, firstAt: at, messages: 0, toldReason: null, isEased: false, escalated: null, calledFor: null },
    ]
  return change(all, key, () => ({ ...old, reason, text, since, isEased: false, escalated: old.reason === reason ? old.escalated : null }))
}

/** Not in the last picture. */
export const ease = (all: Troubles, key: ReactionKey): Troubles => change(all, key, (trouble) => ({ ...trouble, isEased: true }))

/** Put right, and everything about it forgotten. */
export const settle = (all: Troubles, key: ReactionKey): Troubles => all.filter((trouble) => trouble.key !== key)

/** The agent is told about it, once for this reason. */
export const told = (all: Troubles, { key, reason }: { readonly key: ReactionKey; readonly reason: string }): Troubles =>
  change(all, key, (trouble) => ({ ...trouble, toldReason: reason, messages: trouble.messages + 1 }))

/** Words that were never said do not count. */
export const untold = (all: Troubles, { key, reason }: { readonly key: ReactionKey; readonly reason: string }): Troubles =>
  change(all, key, (trouble) =>
    trouble.toldReason === reason ? { ...trouble, toldReason: null, messages: trouble.messages - 1 } : trouble,
  )

/** People are needed. */
export const escalate = (all: Troubles, { key, why }: FactOf<'trouble.escalated'>, since: number): Troubles =>
  change(all, key, (trouble) => ({ ...trouble, escalated: { since, why } }))

/** People have been called for a trouble's escalation, or for an effect that failed. */
export const called = (session: Session, key: ReactionKey | EffectName, of: number): Session => ({
  ...session,
  troubles: session.troubles.map((trouble) =>
    trouble.key === key && trouble.escalated?.since === of ? { ...trouble, calledFor: of } : trouble,
  ),
  failures: session.failures
    .filter(({ effect }) => effect !== 'people.call')
    .map((failure) => (failure.effect === key && failure.since === of ? { ...failure, isCalled: true } : failure)),
})
