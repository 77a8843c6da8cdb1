import type { ModelUsage } from './agent.ts'

/** US dollars for a million tokens of each kind; null where no price is known. */
export type Rates = {
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly output: number | null
}

/** What a model costs. The steps are never below the rates they stand beside. */
export type Price = Rates & {
  /** What a cache write for a longer life costs. */
  readonly cacheWriteLonger?: number
  /** The rates of a whole request whose prompt has more tokens than `above`. */
  readonly long?: Rates & { readonly above: number }
}

/** Prices by the exact name of the model, and the date (`2026-11-22`) they were read; null where all are of the config. */
export type Prices = { readonly readOn: string | null; readonly models: ReadonlyMap<string, Price> }

/**
 * A sum of money. `isWhole` is false where a part of it is not known, so that it is no less than `usd`. `bySay`: the agents' own word is in it;
 * `byList`: tokens times prices are.
 */
export type Cost = { readonly usd: number; readonly isWhole: boolean; readonly bySay: boolean; readonly byList: boolean }

/** What a session used between two ends of its turns: when the later one was (epoch ms), and what came to each model. */
export type Spending = { readonly at: number; readonly usage: readonly ModelUsage[] }

/** A session with what it used, and when. */
export type Spent = {
  readonly session: string
  readonly project: string
  readonly requester: string
  readonly spendings: readonly Spending[]
}
