import type { Adoption, ProcessRef } from './adoption.ts'
import type { Decision, ModelUsage, Question } from './agent.ts'
import type { Change, ChangeDetails } from './change.ts'
import type { EffectName, Ending, MergeMethod, ReactionKey, TaskStage } from './names.ts'
import type { WorkPicture, WorkspaceRef } from './plugins.ts'
import type { Handle } from './runtime.ts'
import type { Task } from './task.ts'

/** Who made something true: a person by name, or the bot by its own rules. */
export type By = string

/**
 * A fact of one session. Named in the past tense, written once, never changed. `at` is epoch ms; `cause` is the id of the
 * inbound that led to it, so that the same inbound again yields nothing and whoever waits for an answer finds it.
 *
 * The shapes are stored: a field is added with a default in `upcast`, never renamed.
 */
export type Fact = { readonly at: number; readonly cause?: string } & (
  | {
      readonly type: 'session.requested'
      readonly task: Task
      readonly project: string
      readonly agent: string
      readonly host: string
      readonly base: string
      readonly branch: string
      readonly model: string | null
      readonly by: By
      /** It goes on with what a person began by hand. Facts written before there was this have none. */
      readonly adopts?: Adoption
    }
  /** It holds a slot: an agent may be started. */
  | { readonly type: 'session.admitted' }
  | { readonly type: 'session.suspended'; readonly by: By }
  | { readonly type: 'session.continued'; readonly by: By }
  | { readonly type: 'session.ended'; readonly why: Ending; readonly by: By; readonly note: string | null }
  | { readonly type: 'session.restored'; readonly by: By }
  /** Somebody wants its turn broken off. */
  | { readonly type: 'interrupt.requested'; readonly by: By }
  /** It was told so, had ended its turn already, or could not be told; what waits for it is held back no longer than that. */
  | { readonly type: 'interrupt.settled'; readonly outcome: 'handed' | 'idle' | 'failed'; readonly why: string | null }
  | { readonly type: 'restart.requested'; readonly by: By; readonly why: 'wished' | 'stuck' | 'words' | 'lost' }
  | { readonly type: 'agent.chosen'; readonly agent: string; readonly by: By }
  /** What a person had started by hand is ended, so that its conversation can go on here. */
  | { readonly type: 'agent.adopted'; readonly process: ProcessRef }
  | { readonly type: 'workspace.ready'; readonly workspace: WorkspaceRef }
  | { readonly type: 'workspace.cleared'; readonly by: By }
  | { readonly type: 'workspace.removed'; readonly savedRef: string | null }
  | { readonly type: 'work.seen'; readonly work: WorkPicture }
  | { readonly type: 'agent.started'; readonly handle: Handle }
  | { readonly type: 'agent.suspended' }
  | { readonly type: 'agent.resumed' }
  /** Its process ended by itself; `isGood` when a one-shot agent ended its turn that way. `screen` is the end of what its terminal showed. */
  | {
      readonly type: 'agent.exited'
      readonly code: number | null
      readonly signal: string | null
      readonly isGood: boolean
      readonly screen: string
    }
  /** Nothing of it runs any more, because we ended it. */
  | { readonly type: 'agent.gone' }
  /** Evidence of work, at most once per quarter of the stuck threshold. `tool` is the one that runs now. */
  | { readonly type: 'agent.worked'; readonly workedAt: number; readonly tool: { readonly name: string; readonly since: number } | null }
  /** Its turn ended; `isBrokenOff` when a person broke it off. */
  | { readonly type: 'agent.idled'; readonly mark: number; readonly message: string | null; readonly isBrokenOff?: boolean }
  /** What its conversation has used so far, of each model; once for a turn. */
  | { readonly type: 'agent.used'; readonly usage: readonly ModelUsage[] }
  | { readonly type: 'agent.reported'; readonly mark: number; readonly kind: 'done' | 'blocked' | 'progress'; readonly text: string }
  | { readonly type: 'agent.named'; readonly conversation: string }
  /** It could not be taken up again: the process that was to do so ended at once, with an error. */
  | { readonly type: 'conversation.lost'; readonly conversation: string }
  /** A question's life: asked → decided → handed → confirmed, or overtaken by somebody at the terminal, or gone. */
  | { readonly type: 'question.asked'; readonly question: Question }
  | { readonly type: 'question.decided'; readonly decision: Decision }
  | { readonly type: 'question.handed'; readonly request: string }
  | { readonly type: 'question.confirmed'; readonly request: string }
  | { readonly type: 'question.overtaken'; readonly request: string; readonly text: string }
  | { readonly type: 'question.gone'; readonly request: string }
  /** A message's life: queued → handed → confirmed; or doubted → looked up → queued again, or unconfirmed. */
  | {
      readonly type: 'message.queued'
      readonly id: string
      readonly from: By
      readonly text: string
      /** `head` is the commit it speaks of; once that has moved, words that still wait are not said. */
      readonly trouble: { readonly key: ReactionKey; readonly reason: string; readonly head?: string | null } | null
    }
  | { readonly type: 'message.handed'; readonly id: string }
  | { readonly type: 'message.sent'; readonly id: string; readonly way: 'own' | 'typed' }
  | { readonly type: 'message.confirmed'; readonly id: string }
  | { readonly type: 'message.doubted'; readonly id: string }
  | { readonly type: 'message.absent'; readonly id: string }
  | { readonly type: 'message.unconfirmed'; readonly id: string }
  | { readonly type: 'message.dropped'; readonly id: string; readonly why: string }
  | { readonly type: 'change.seen'; readonly change: Change }
  | { readonly type: 'change.detailed'; readonly key: string; readonly found: ChangeDetails }
  | {
      readonly type: 'approval.given'
      readonly by: By
      readonly number: number
      readonly base: string
      readonly head: string
      readonly patchId: string
    }
  | { readonly type: 'rejection.given'; readonly by: By; readonly number: number; readonly head: string; readonly text: string }
  | { readonly type: 'review.sent'; readonly of: number }
  | {
      readonly type: 'merge.armed'
      readonly by: By
      readonly number: number
      readonly head: string
      readonly patchId: string
      readonly method: MergeMethod | null
    }
  | { readonly type: 'merge.disarmed'; readonly why: string }
  | {
      readonly type: 'merge.requested'
      readonly by: By
      readonly number: number
      readonly base: string
      readonly head: string
      readonly patchId: string
      readonly method: MergeMethod
      readonly rule: string
    }
  | { readonly type: 'merge.refused'; readonly number: number; readonly head: string; readonly why: string; readonly says: string }
  /** The forge has taken the order and merges by itself. */
  | { readonly type: 'merge.queued'; readonly number: number; readonly head: string; readonly says: string }
  /** Who asked for the merge, or somebody who may, no longer wants it; what the forge has in hand is taken back. */
  | { readonly type: 'merge.recalled'; readonly number: number; readonly by: By }
  | { readonly type: 'merge.withdrawn'; readonly number: number }
  /** The newest base is wanted in the change, because nothing else stands in the way of merging it. */
  | { readonly type: 'update.requested'; readonly number: number; readonly head: string; readonly baseHead: string | null }
  | { readonly type: 'update.refused'; readonly number: number; readonly head: string; readonly says: string }
  | { readonly type: 'revert.requested'; readonly by: By; readonly number: number }
  | { readonly type: 'revert.opened'; readonly number: number; readonly url: string | null }
  /** Another session changes the same files; empty `files`: no longer. */
  | { readonly type: 'collision.seen'; readonly other: string; readonly files: readonly string[] }
  /** A condition that wants an answer. `reason` is what it is about (a commit, a turn): the agent is told once per reason. */
  | { readonly type: 'trouble.raised'; readonly key: ReactionKey; readonly reason: string; readonly text: string }
  /** Gone in one picture; only a second one in a row settles it. */
  | { readonly type: 'trouble.eased'; readonly key: ReactionKey }
  | { readonly type: 'trouble.settled'; readonly key: ReactionKey }
  | { readonly type: 'trouble.escalated'; readonly key: ReactionKey; readonly why: string }
  | { readonly type: 'people.called'; readonly key: ReactionKey | EffectName; readonly of: number }
  | {
      readonly type: 'effect.failed'
      readonly effect: EffectName
      readonly subject: string | null
      readonly code: string | null
      readonly why: string
      readonly hint: string | null
      /** When it is tried again; null when trying again would not help. */
      readonly retryAt: number | null
      /** It was told when to come back, and was not really tried: the try does not count. */
      readonly isPutOff?: boolean
    }
  | { readonly type: 'effect.retried'; readonly effect: EffectName; readonly subject: string | null }
  | { readonly type: 'task.closed' }
  /** Its tracker was told how far it is. */
  | { readonly type: 'task.noted'; readonly stage: TaskStage }
)
export type FactType = Fact['type']
export type FactOf<T extends FactType> = Extract<Fact, { type: T }>
