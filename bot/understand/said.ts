import type { Context, Slots } from '../contracts/intent.ts'
import type { Token } from './tokens.ts'

/** What is being read. */
export type Said = {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly context: Context
  /** Where free text ends: thanks behind it are not part of it. */
  readonly bodyEnd: number
  /** What help can be had about, by the words for it. */
  readonly topics: ReadonlyMap<string, string>
  /** What stands where, by blank and place: many patterns ask the same. */
  readonly known: Map<string, readonly Reached[]>
  /** How much more may be tried for this text. Far more than any sentence needs, and an end for those made to need more. */
  readonly effort: { left: number }
}

/** A place a pattern can lead to, and what was filled on the way. */
export type Reached = { readonly at: number; readonly slots: Slots }
