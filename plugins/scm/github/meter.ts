import type { Api } from '../../github/api.ts'

/** What an answer says of points. https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api */
export type Points = { readonly cost: number; readonly remaining: number }

/** How many points looks cost, and how far apart they must be so that the points last. */
export type Meter = {
  /** A look begins. Several projects look in the same moment: that is one. */
  begin(): void
  note(points: Points | null | undefined): void
  /** Epoch ms before which there should be no other look; 0: any time. */
  restUntil(): number
}

/** So much of the hour's points is left to what people and agents wait for: details, merges, and others with the same token. */
const keptShare = 0.1
/** Looks that begin within so short a time are one. */
const sameMomentMs = 1_000
/** How much the newest look counts against those before it. */
const newestShare = 0.3

export const openMeter = (api: Pick<Api, 'limits'>, now: () => number): Meter => {
  let begunAt: number | null = null
  let spent = 0
  let usual: number | null = null

  const begin = (): void => {
    if (begunAt !== null && now() - begunAt < sameMomentMs) return
    if (begunAt !== null && spent > 0) usual = usual === null ? spent : usual * (1 - newestShare) + spent * newestShare
    begunAt = now()
    spent = 0
  }

  const pausedUntil = (): number => {
    const limit = api.limits().graphql
    if (limit === null || begunAt === null || limit.resetAt <= now()) return 0
    const spare = limit.remaining - limit.limit * keptShare
    const price = Math.max(usual ?? 0, spent)
    if (price === 0) return 0
    if (spare < price) return limit.resetAt
    return begunAt + ((limit.resetAt - begunAt) * price) / spare
  }

  return {
    begin,
    note: (points) => {
      spent += points?.cost ?? 0
    },
    restUntil: () => Math.max(api.limits().restUntil ?? 0, pausedUntil()),
  }
}
