import type { Spending } from './cost.ts'
import type { EffectName, Ending, ReactionKey } from './names.ts'

/**
 * What a session came to, in numbers and a few short words: made from its facts alone, so the same facts always give the same. Digest,
 * `cost` and the history of `status` are drawn from these; long texts stay in the journal.
 */
export type SessionNumbers = {
  readonly session: string
  readonly project: string
  readonly agent: string
  readonly requester: string
  readonly task: { readonly key: string; readonly title: string; readonly url: string | null }
  /** Epoch ms, as all times here. */
  readonly requestedAt: number
  /** When its agent was first started; null while it has not been. */
  readonly startedAt: number | null
  /** Null while it goes on. One that was restored goes on. */
  readonly ended: { readonly at: number; readonly why: Ending; readonly by: string } | null
  /** The change that counts, as it was seen last. */
  readonly change: { readonly number: number; readonly title: string; readonly url: string | null } | null
  /** When its newest change was first seen to be merged, and who wanted that; null `by`: somebody at the forge. */
  readonly merged: { readonly at: number; readonly by: string | null } | null
  /**
   * How often a person helped it between its request and now: words said to its agent, questions that somebody answered (in a chat or at
   * the terminal), changes asked for, restarts and retries. Approving and merging is no help.
   */
  readonly helps: number
  /** What people were called for, each once per escalation or failure. */
  readonly calls: readonly { readonly at: number; readonly key: ReactionKey | EffectName }[]
  /** Commits of its changes that were seen to fail their checks. */
  readonly reds: number
  /** What it used between the ends of its turns, oldest first. */
  readonly spendings: readonly Spending[]
}

/** What all sessions came to, kept and brought up to date as facts come. */
export type Numbers = {
  /** Those that changed at or after `since` (epoch ms), and all that have not ended; oldest request first. */
  since(since: number): Promise<readonly SessionNumbers[]>
}
