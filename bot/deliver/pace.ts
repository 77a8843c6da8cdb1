import type { Pace, Rate } from '../contracts/adapter.ts'
import type { CardKind } from '../contracts/card.ts'

/** What may be sent at once: it was so much `at` that time, and grows since then up to the burst. */
export type Bucket = { readonly tokens: number; readonly at: number }

/** What a channel or an account has left of its two rates. */
export type Budget = { readonly posts: Bucket; readonly edits: Bucket }
export type Spending = keyof Budget

/** How many approvals that come at once find room, whatever else is sent. */
const reserved = 5
const minuteMs = 60_000

/** Nothing was sent yet. */
export const fresh = ({ posts, edits }: Pick<Pace, 'posts' | 'edits'>, now: number): Budget => ({
  posts: { tokens: posts.burst, at: now },
  edits: { tokens: edits.burst, at: now },
})

/** What is there now. A clock that was put back adds nothing. */
export const left = ({ tokens, at }: Bucket, { burst, perMinute }: Rate, now: number): number =>
  Math.min(burst, tokens + (Math.max(0, now - at) * perMinute) / minuteMs)

/** One less, and never below none: what was lacking by rounding alone is not owed. */
export const spent = (bucket: Bucket, rate: Rate, now: number): Bucket => ({ tokens: Math.max(0, left(bucket, rate, now) - 1), at: now })

/** How many must stay for decisions after something of that kind was sent. Scaled down where few go at once, so that a full bucket always gives one. */
export const reserveFor = (kind: CardKind, { burst }: Rate): number =>
  kind === 'approval' || kind === 'question' ? 0 : Math.max(0, Math.min(reserved, burst - 1, Math.ceil(burst * 0.6)))

/** How long until something of that kind may be sent, in ms; 0: now. */
export const untilFree = (bucket: Bucket, rate: Rate, kind: CardKind, now: number): number => {
  const lacking = Math.min(rate.burst, 1 + reserveFor(kind, rate)) - left(bucket, rate, now)
  // What is lacking may be less than a clock can tell, and then it is there.
  return lacking <= 1e-9 ? 0 : Math.ceil((lacking * minuteMs) / Math.max(rate.perMinute, 1e-3))
}
