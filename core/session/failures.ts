import type { FactOf } from '../contracts/fact.ts'
import type { EffectName } from '../contracts/names.ts'
import type { Failure, Session } from '../contracts/session.ts'

type Failures = readonly Failure[]
type Of = { readonly effect: EffectName; readonly subject: string | null }

const same = (a: Of, b: Of): boolean => a.effect === b.effect && a.subject === b.subject

/** How long to wait before the next try, after so many. Null: no more tries, people are told. */
export const retryWaitMs = (attempts: number): number | null => [2_000, 15_000, 60_000][attempts - 1] ?? null

/** The failure that stands in the way of an effect, if one does. */
export const failureOf = ({ failures }: Session, of: Of): Failure | null => failures.find((failure) => same(failure, of)) ?? null

/** Has it been tried as often as it is worth? Nothing more comes of it by itself. */
export const isGivenUp = ({ retryAt, isRetried }: Failure): boolean => retryAt === null && !isRetried

/** The how manyth try that was, counted from when it last was wanted anew: after a failure that was final the count begins again. */
export const attemptsAfter = (all: Failures, of: Of): number => {
  const old = all.find((failure) => same(failure, of))
  return old && !isGivenUp(old) ? old.attempts + 1 : 1
}

/** It failed once more. */
export const failed = (all: Failures, fact: FactOf<'effect.failed'>, since: number): Failures => {
  const attempts = attemptsAfter(all, fact) - (fact.isPutOff ? 1 : 0)
  const { effect, subject, code, why, hint, retryAt } = fact
  return [
    ...all.filter((failure) => !same(failure, fact)),
    { effect, subject, code, why, hint, since, attempts, retryAt, isRetried: false, isCalled: false },
  ]
}

/** Its next try is due. */
export const retried = (all: Failures, fact: FactOf<'effect.retried'>, since: number): Failures =>
  all.map((failure) => (same(failure, fact) ? { ...failure, since, isRetried: true, retryAt: null } : failure))

/** It succeeded, or something newer was asked for: old failures of that kind are forgotten. */
export const workedOut = (session: Session, effect: EffectName): Session =>
  session.failures.some((failure) => failure.effect === effect)
    ? { ...session, failures: session.failures.filter((failure) => failure.effect !== effect) }
    : session
