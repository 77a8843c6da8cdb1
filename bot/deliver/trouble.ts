import { isFault } from '../../core/kit/fault.ts'

/** What becomes of something that could not be shown. */
export type Verdict =
  /** It alone is left for a while: nobody knows what came of it. */
  | { readonly do: 'rest'; readonly waitMs: number }
  /** Nothing goes that way for a while: the channel, or all of the account. */
  | { readonly do: 'hold'; readonly waitMs: number; readonly isEverywhere: boolean }
  /** Its channel has that id now. */
  | { readonly do: 'move'; readonly to: string }
  | { readonly do: 'giveUp' }

/** How long to wait, at first and at most; what is odd is tried so often; no wait is longer than a day. */
const waits = { firstMs: 500, mostMs: 60_000, oddities: 6, dayMs: 24 * 3_600_000 }

/** Twice as long every time; `times` counts from 1. */
const backoff = (times: number): number => Math.min(waits.firstMs * 2 ** Math.min(times - 1, 20), waits.mostMs)

/** How it stands, this time included: how often nobody knew what came of it; how often it was odd; how often its channel failed in a row. */
export type Tries = { readonly tries: number; readonly oddities: number; readonly failures: number }

export const verdictOn = (error: unknown, { tries, oddities, failures }: Tries): Verdict => {
  // What is no fault is a bug; it may have arrived nevertheless.
  if (!isFault(error)) return oddities < waits.oddities ? { do: 'rest', waitMs: backoff(tries) } : { do: 'giveUp' }
  const { code, facts, mayPass } = error
  if (code === 'CHAT_UNCERTAIN') return { do: 'rest', waitMs: backoff(tries) }
  if (code === 'PLACE_MOVED' && typeof facts.to === 'string')
    return oddities < waits.oddities ? { do: 'move', to: facts.to } : { do: 'giveUp' }
  if (!mayPass) return { do: 'giveUp' }
  const asked = typeof facts.retryAfterMs === 'number' && facts.retryAfterMs >= 0 ? Math.min(facts.retryAfterMs, waits.dayMs) : null
  return { do: 'hold', waitMs: asked ?? backoff(failures), isEverywhere: facts.isEverywhere === true }
}
