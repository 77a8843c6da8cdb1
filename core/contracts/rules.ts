import type { MergeMethod, Priority, ReactionKey } from './names.ts'
import type { AgentAbilities } from './plugins.ts'

/** What is done when a trouble comes up. One row of `reactions:`; every field is settled, nothing is optional inside. */
export type Reaction = {
  /**
   * May it act by itself? False: it never tells the agent and never merges on its own; people get the same news as an alert
   * with a button that does it. Notifications are sent either way.
   */
  readonly auto: boolean
  readonly action: 'send-to-agent' | 'notify' | 'auto-merge'
  /** Said first, to the agent or to people, instead of our own words. Null: our own words. Facts (checks, comments) always follow. */
  readonly message: string | null
  readonly priority: Priority
  /** At most so many messages to the agent for one trouble. */
  readonly retries: number
  /** People are called after so many messages, or when the trouble is so old: whichever of this and `retries` comes first. Null: only `retries` counts. */
  readonly escalateAfter: { readonly messages: number } | { readonly ms: number } | null
  /** How long the condition must hold before it counts. Milliseconds. */
  readonly thresholdMs: number
  /** `agent-stuck` only: the same while a tool runs. Milliseconds. */
  readonly toolThresholdMs: number
  /** Adds what was done (commits, change, messages) to the alert. */
  readonly includeSummary: boolean
}
export type Reactions = Readonly<Record<ReactionKey, Reaction>>

/** What a session's decisions depend on besides its facts: its project's settings. */
export type Rules = {
  readonly reactions: Reactions
  /** Votes a change needs; a maintainer's merge counts as one. 0: the merge is enough. */
  readonly approvals: number
  /** Does the vote of whoever asked for the task count? */
  readonly isRequesterCounted: boolean
  /** What a change without any check means. */
  readonly noChecks: 'wait' | 'mergeable'
  /** Must the branch contain the newest base before it may be merged? */
  readonly isUpToDateNeeded: boolean
  readonly mergeMethod: MergeMethod
  /** Is the workspace removed by itself once the change is merged? Unsaved work goes to a ref first. */
  readonly isWorkspaceRemoved: boolean
  /** Is the task closed in its tracker when the change is merged? */
  readonly isTaskClosed: boolean
  /** Does its tracker get a comment when work begins, when a change is open, and how it ended? */
  readonly isTaskNoted: boolean
  /** The label a task carries while a session works on it. Null: none. */
  readonly taskLabel: string | null
}

/** All that decisions about one session depend on besides its facts. */
export type Setting = { readonly rules: Rules; readonly can: AgentAbilities }

/** How many may run, everywhere and by kind. Null: no limit of that kind. */
export type Limits = {
  readonly running: number
  readonly review: number
  readonly perProject: Readonly<Record<string, number | null>>
  readonly perAgent: Readonly<Record<string, number | null>>
  readonly perHost: Readonly<Record<string, number | null>>
}
