import type { ProcessRef } from './adoption.ts'
import type { Decision, Message } from './agent.ts'
import type { EffectName, MergeMethod, Priority, ReactionKey, TaskStage } from './names.ts'
import type { WorkspaceRef } from './plugins.ts'
import type { Handle } from './runtime.ts'
import type { Task } from './task.ts'

/**
 * Something to be done in the world, as plain data.
 *
 * `since` is the `seq` of the fact that made it wanted and `subject` tells apart several of one name; together with the
 * session they are its key. The same fact always wants the same thing under the same key, and a key is begun once in the
 * life of a process.
 */
export type Effect = { readonly since: number; readonly subject: string | null } & (
  | { readonly do: 'workspace.create'; readonly project: string; readonly base: string; readonly branch: string }
  | { readonly do: 'workspace.look'; readonly project: string; readonly workspace: WorkspaceRef }
  | {
      readonly do: 'workspace.remove'
      readonly project: string
      readonly workspace: WorkspaceRef
      /** Heads of its changes that were merged. */
      readonly merged: readonly string[]
    }
  /** Ends what a person started by hand, after a look whether it still is what was agreed on. */
  | {
      readonly do: 'agent.adopt'
      readonly project: string
      readonly agent: string
      readonly host: string
      readonly workspace: WorkspaceRef
      readonly conversation: string
      readonly process: ProcessRef
    }
  | {
      readonly do: 'agent.launch'
      readonly agent: string
      readonly project: string
      readonly host: string
      readonly workspace: WorkspaceRef
      readonly task: Task
      readonly base: string
      readonly model: string | null
      readonly resume: string | null
      /** Words that start a new turn instead of the task, for an agent whose process ended with its last one. */
      readonly message: Message | null
      /** Names this start, and no other of any session that ever had this name. */
      readonly run: string
      readonly isFirst: boolean
      /** What was done before, for an agent that cannot take up its conversation. */
      readonly done: string | null
    }
  | { readonly do: 'agent.tell'; readonly project: string; readonly agent: string; readonly handle: Handle; readonly message: Message }
  | {
      readonly do: 'agent.find'
      readonly project: string
      readonly agent: string
      readonly workspace: WorkspaceRef
      readonly conversation: string | null
      readonly message: Message
      readonly handedAt: number
    }
  | { readonly do: 'agent.answer'; readonly project: string; readonly agent: string; readonly handle: Handle; readonly decision: Decision }
  | { readonly do: 'agent.interrupt'; readonly project: string; readonly agent: string; readonly handle: Handle }
  | { readonly do: 'agent.suspend'; readonly handle: Handle }
  | { readonly do: 'agent.resume'; readonly handle: Handle }
  | { readonly do: 'agent.end'; readonly handle: Handle }
  | {
      readonly do: 'scm.open'
      readonly project: string
      readonly workspace: WorkspaceRef
      readonly base: string
      readonly title: string
      readonly body: string
    }
  | { readonly do: 'scm.push'; readonly project: string; readonly number: number; readonly workspace: WorkspaceRef }
  | { readonly do: 'scm.details'; readonly project: string; readonly number: number; readonly head: string; readonly key: string }
  | {
      readonly do: 'scm.review'
      readonly project: string
      readonly number: number
      readonly by: string
      readonly verdict: 'approve' | 'request-changes'
      readonly head: string
      readonly text: string
    }
  | {
      readonly do: 'scm.merge'
      readonly project: string
      readonly number: number
      readonly head: string
      readonly base: string
      readonly method: MergeMethod
      readonly title: string
    }
  | { readonly do: 'scm.look'; readonly project: string; readonly number: number; readonly branch: string }
  | {
      readonly do: 'scm.update'
      readonly project: string
      readonly number: number
      readonly head: string
      readonly workspace: WorkspaceRef
    }
  | { readonly do: 'scm.withdraw'; readonly project: string; readonly number: number }
  | { readonly do: 'scm.revert'; readonly project: string; readonly number: number; readonly by: string }
  | { readonly do: 'tracker.close'; readonly project: string; readonly task: string; readonly note: string }
  /** `text` null: no comment; `label` null: none is put on it, or taken off at its end. */
  | {
      readonly do: 'tracker.note'
      readonly project: string
      readonly task: string
      readonly stage: TaskStage
      readonly text: string | null
      readonly label: string | null
    }
  | {
      readonly do: 'people.call'
      readonly key: ReactionKey | EffectName
      readonly priority: Priority
      readonly text: string /** The escalation or failure it is about. */
      readonly of: number
    }
)

/** The one effect of that name. */
export type EffectOf<N extends EffectName> = Extract<Effect, { do: N }>
