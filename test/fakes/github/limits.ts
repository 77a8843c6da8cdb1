import type { Budget, Token } from './state.ts'

export type Resource = 'core' | 'graphql' | 'search'

const rules = {
  core: { limit: 5_000, windowMs: 3_600_000 },
  graphql: { limit: 5_000, windowMs: 3_600_000 },
  search: { limit: 30, windowMs: 60_000 },
} as const

/** More requests of one caller at a time are refused. */
const mostAtOnce = 100

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export type Limits = {
  budget(token: Token, resource: Resource): Budget
  charge(token: Token, resource: Resource, cost: number): void
  /** As if so much had been spent already, or as if so little could be spent in all. */
  set(token: Token, resource: Resource, how: { readonly remaining?: number; readonly limit?: number }): void
  /** From now on everybody is told to slow down, for so many seconds by the world's clock, or for so many requests. */
  secondary(how: {
    readonly retryAfterSeconds: number
    readonly status?: 403 | 429
    readonly requests?: number
    readonly hasRetryAfter?: boolean
  }): void
  /** Is the caller to slow down at this moment? */
  slowed(): { readonly status: 403 | 429; readonly retryAfterSeconds: number | null } | null
  /** Counts requests under way; null when there are too many. Call what it gives when the request is over. */
  enter(token: Token): (() => void) | null
}

/** Budgets belong to a person or an installation, not to each of their tokens. */
const holder = ({ installation, account }: Token): string => (installation ? `i${installation.id}` : `u${account.id}`)

export const makeLimits = (now: () => number): Limits => {
  const spent = new Map<string, { used: number; limit: number; resetAt: number }>()
  const underWay = new Map<string, number>()
  let slow: { readonly status: 403 | 429; readonly until: number; left: number; readonly hasRetryAfter: boolean } | null = null

  const window = (token: Token, resource: Resource) => {
    const key = `${holder(token)} ${resource}`
    const found = spent.get(key)
    if (found && found.resetAt > now()) return found
    const fresh = { used: 0, limit: found?.limit ?? rules[resource].limit, resetAt: now() + rules[resource].windowMs }
    spent.set(key, fresh)
    return fresh
  }

  return {
    budget: (token, resource) => {
      const { used, limit, resetAt } = window(token, resource)
      return { limit, used, remaining: Math.max(0, limit - used), resetAt }
    },
    charge: (token, resource, cost) => {
      window(token, resource).used += cost
    },
    set: (token, resource, { remaining, limit }) => {
      const at = window(token, resource)
      if (limit !== undefined) at.limit = limit
      if (remaining !== undefined) at.used = at.limit - remaining
    },
    secondary: ({ retryAfterSeconds, status = 403, requests = Number.POSITIVE_INFINITY, hasRetryAfter = true }) => {
      slow = { status, until: now() + retryAfterSeconds * 1_000, left: requests, hasRetryAfter }
    },
    slowed: () => {
      if (!slow || slow.until <= now() || slow.left <= 0) return null
      slow.left -= 1
      return { status: slow.status, retryAfterSeconds: slow.hasRetryAfter ? Math.ceil((slow.until - now()) / 1_000) : null }
    },
    enter: (token) => {
      const key = holder(token)
      const count = underWay.get(key) ?? 0
      if (count >= mostAtOnce) return null
      underWay.set(key, count + 1)
      return () => underWay.set(key, (underWay.get(key) ?? 1) - 1)
    },
  }
}

/** The headers that every answer of the API carries. */
export const rateHeaders = ({ limit, used, remaining, resetAt }: Budget, resource: Resource): Record<string, string> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.ceil(resetAt / 1_000)),
  'x-ratelimit-used': String(used),
  'x-ratelimit-resource': resource,
})
