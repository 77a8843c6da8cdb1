import type { Host } from '../../core/contracts/plugins.ts'
import type { Fault } from '../../core/kit/fault.ts'
import type { Limit, Limits } from './api.ts'
import { fault } from './faults.ts'

/** What an answer says of limits. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string }

/** When something may be sent, for one credential. */
export type Pace = {
  /** @throws {Fault} GITHUB_LIMITED, TOKEN_REFUSED when nothing may be sent to that resource now */
  check(resource: string, isUrgent: boolean): void
  /** Notes what an answer says. The fault that it is, when it is a refusal because of a limit. */
  note(resource: string, answer: Answer): Fault | null
  /** Something of that resource was refused because its limit is used up, in words instead of a status. */
  usedUp(resource: string): Fault
  /** The credential was refused: nobody asks with it for a while. */
  refuse(make: () => Fault): void
  limits(): Limits
}

/** Rests of these stop everything; others (search: 30 a minute) stop only their own kind. */
const major = new Set(['core', 'graphql', '*'])
/** Without a word of how long: a minute, then longer. */
const [leastRestMs, mostRestMs] = [60_000, 15 * 60_000]
/** A primary limit is counted by the hour; a clock that is off must not make it longer, nor nothing. */
const [leastHourMs, mostHourMs] = [1_000, 3_600_000]
/** GitHub closes an account to everybody that shows a bad token too often. */
const refusedMs = 10_000

type Rest = { readonly untilMs: number; readonly why: string }

export const openPace = ({ host, now, log }: Pick<Host, 'now' | 'log'> & { readonly host: string }): Pace => {
  const seen = new Map<string, Limit>()
  const rests = new Map<string, Rest>()
  let strikes = 0
  let refused: { readonly untilMs: number; readonly make: () => Fault } | null = null

  const limited = ({ untilMs, why }: Rest): Fault => fault('GITHUB_LIMITED', { host, why, when: clock(untilMs), untilMs })

  const rest = (resource: string, untilMs: number, why: string): Fault => {
    const old = rests.get(resource)
    const isNew = old === undefined || old.untilMs <= now()
    const next = isNew || untilMs > old.untilMs ? { untilMs, why } : old
    rests.set(resource, next)
    if (isNew) log.warn('github.limited', { host, resource, why, until: new Date(next.untilMs).toISOString() })
    return limited(next)
  }

  const restOfHour = (resource: string, resetAt: number): Fault => {
    const restMs = Math.min(Math.max(resetAt - now(), leastHourMs), mostHourMs)
    const limit = seen.get(resource)?.limit
    const what = resource === 'graphql' ? 'GraphQL points' : resource === 'core' ? 'REST requests' : `requests of the kind "${resource}"`
    return rest(resource, now() + restMs, `its limit of ${limit === undefined ? '' : `${limit.toLocaleString('en')} `}${what} is used up`)
  }

  const restAsAsked = (waitMs: number | null): Fault => {
    strikes += 1
    const restMs = waitMs ?? Math.min(leastRestMs * 2 ** (strikes - 1), mostRestMs)
    return rest('*', now() + restMs, 'it was asked too much in a short time (a secondary limit)')
  }

  const active = (): readonly (readonly [string, Rest])[] => [...rests].filter(([, { untilMs }]) => untilMs > now())

  return {
    check: (resource, isUrgent) => {
      if (refused !== null && refused.untilMs > now()) throw refused.make()
      const stopping = active().find(([of]) => of === '*' || of === resource || (major.has(of) && !isUrgent))
      if (stopping) throw limited(stopping[1])
    },
    note: (asked, { status, headers, text }) => {
      const resource = headers.get('x-ratelimit-resource') ?? asked
      const limit = readLimit(headers)
      if (limit) seen.set(resource, newest(seen.get(resource), limit))
      const isRefusal = status === 403 || status === 429
      const waitMs = secondsIn(headers.get('retry-after'))
      if ((isRefusal || status === 503) && waitMs !== null) {
        const found = restAsAsked(waitMs)
        return isRefusal ? found : null
      }
      if (limit?.remaining === 0) {
        const found = restOfHour(resource, limit.resetAt)
        return isRefusal ? found : null
      }
      if (status === 429 || (isRefusal && isLimitText(text))) return restAsAsked(null)
      if (status < 400) strikes = 0
      return null
    },
    usedUp: (resource) => {
      const limit = seen.get(resource)
      return limit?.remaining === 0 ? restOfHour(resource, limit.resetAt) : restAsAsked(null)
    },
    refuse: (make) => {
      const isNew = refused === null || refused.untilMs <= now() - refusedMs
      refused = { untilMs: now() + refusedMs, make }
      if (isNew) log.warn('github.refused', { host, says: make().message })
    },
    limits: () => {
      const all = active().filter(([of]) => major.has(of))
      const last = all.map(([, each]) => each).sort((a, b) => b.untilMs - a.untilMs)[0]
      return {
        core: seen.get('core') ?? null,
        graphql: seen.get('graphql') ?? null,
        restUntil: last?.untilMs ?? null,
        why: last?.why ?? null,
      }
    },
  }
}

/** Are these words those of a limit? */
export const isLimitText = (text: string): boolean => /rate limit|abuse detection/i.test(text)

const readLimit = (headers: Headers): Limit | null => {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN))
  if (limit === undefined || remaining === undefined || reset === undefined) return null
  return [limit, remaining, reset].every(Number.isFinite) ? { limit, remaining, resetAt: reset * 1000 } : null
}

/** Answers overtake each other: of the same hour the one with less left is the newer. */
const newest = (old: Limit | undefined, limit: Limit): Limit => {
  if (old === undefined || limit.resetAt > old.resetAt + sameHourMs) return limit
  if (limit.resetAt < old.resetAt - sameHourMs) return old
  return limit.remaining <= old.remaining ? limit : old
}
const sameHourMs = 5_000

const secondsIn = (text: string | null): number | null => (text !== null && /^\d{1,6}$/.test(text.trim()) ? Number(text) * 1000 : null)

/** The minute after which it is over. */
const clock = (atMs: number): string => `${new Date(Math.ceil(atMs / 60_000) * 60_000).toISOString().slice(11, 16)} UTC`
