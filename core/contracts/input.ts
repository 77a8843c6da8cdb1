import type { Authorised } from './access.ts'
import type { Adoption, ProcessRef } from './adoption.ts'
import type { AgentPicture } from './agent.ts'
import type { Change, ChangeDetails } from './change.ts'
import type { EffectName, ReactionKey, TaskStage } from './names.ts'
import type { MergeOutcome, UpdateOutcome, WorkPicture, WorkspaceRef } from './plugins.ts'
import type { Handle } from './runtime.ts'
import type { Task } from './task.ts'

/** What the fleet hands to a new session. */
export type SessionRequest = {
  readonly task: Task
  readonly project: string
  readonly agent: string
  readonly host: string
  readonly base: string
  readonly branch: string
  readonly model: string | null
  readonly by: string
  /** It goes on with what a person began by hand. */
  readonly adopts?: Adoption
}

/**
 * What one sensor or effect saw at one moment: a whole picture, never a delta, so it may arrive twice or late. A sensor
 * that failed shows nothing; *probe failed* is not *dead*.
 */
export type Picture =
  | { readonly kind: 'requested'; readonly request: SessionRequest; readonly cause: string }
  | { readonly kind: 'admitted' }
  | { readonly kind: 'workspace'; readonly workspace: WorkspaceRef }
  /** The process that a person had started is gone. */
  | { readonly kind: 'adopted'; readonly process: ProcessRef }
  | { readonly kind: 'work'; readonly work: WorkPicture }
  | { readonly kind: 'removed'; readonly savedRef: string | null }
  | { readonly kind: 'started'; readonly handle: Handle; readonly message: string | null }
  | {
      readonly kind: 'exited'
      readonly handle: Handle
      readonly code: number | null
      readonly signal: string | null
      readonly screen: string
    }
  | { readonly kind: 'gone'; readonly handle: Handle }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'resumed' }
  /** `idle`: there was no turn to break off. */
  | { readonly kind: 'interrupted'; readonly outcome: 'handed' | 'idle' }
  | { readonly kind: 'agent'; readonly picture: AgentPicture }
  | { readonly kind: 'sent'; readonly message: string; readonly way: 'own' | 'typed'; readonly hasReceipts: boolean }
  /** `absent` only when its absence proves that it did not arrive. */
  | { readonly kind: 'found'; readonly message: string; readonly outcome: 'seen' | 'absent' | 'unknown' }
  | { readonly kind: 'handed'; readonly request: string; readonly outcome: 'handed' | 'gone' }
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'details'; readonly key: string; readonly found: ChangeDetails | null }
  | { readonly kind: 'reviewed'; readonly of: number }
  | { readonly kind: 'merge'; readonly number: number; readonly head: string; readonly outcome: MergeOutcome }
  | { readonly kind: 'updated'; readonly number: number; readonly head: string; readonly outcome: UpdateOutcome }
  | { readonly kind: 'reverted'; readonly number: number; readonly url: string | null }
  /** All sessions that change the same files as this one now, with those files. */
  | { readonly kind: 'collisions'; readonly with: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'withdrawn'; readonly number: number }
  | { readonly kind: 'noted'; readonly stage: TaskStage }
  | { readonly kind: 'closed' }
  | { readonly kind: 'called'; readonly key: ReactionKey | EffectName; readonly of: number }
  | {
      readonly kind: 'failed'
      readonly effect: EffectName
      readonly subject: string | null
      readonly code: string | null
      readonly why: string
      readonly hint: string | null
      readonly mayPass: boolean
      /** When it may be tried again, where whoever refused it said so; epoch ms. */
      readonly untilMs?: number | null
    }

/** Everything that can move a session: a person's wish, a picture, the clock, or waking up after a restart. */
export type Input = { readonly at: number } & (
  | { readonly wish: Authorised }
  | { readonly seen: Picture }
  | { readonly tick: true }
  | { readonly woke: true }
)
