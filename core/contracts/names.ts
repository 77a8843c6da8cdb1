/**
 * The names that facts, wishes, effects and troubles share. They stand in a file of their own, below everything,
 * so that facts and effects can speak of each other without a cycle.
 */

/** What a trouble is about when a reaction answers it. The keys of `reactions:` in bot.config.yaml. */
export const reactionKeys = [
  'ci-failed',
  'changes-requested',
  'bugbot-comments',
  'merge-conflicts',
  'approved-and-green',
  'agent-idle',
  'agent-stuck',
  'agent-needs-input',
  'agent-exited',
  'pr-closed',
  'all-complete',
] as const
export type ReactionKey = (typeof reactionKeys)[number]

/** What the engine can do in the world for a session; the slot that does it stands before the dot. */
export type EffectName =
  | 'workspace.create'
  | 'workspace.look'
  | 'workspace.remove'
  | 'agent.adopt'
  | 'agent.launch'
  | 'agent.tell'
  | 'agent.find'
  | 'agent.answer'
  | 'agent.interrupt'
  | 'agent.suspend'
  | 'agent.resume'
  | 'agent.end'
  | 'scm.open'
  | 'scm.push'
  | 'scm.details'
  | 'scm.review'
  | 'scm.merge'
  | 'scm.look'
  | 'scm.update'
  | 'scm.revert'
  | 'scm.withdraw'
  | 'tracker.close'
  | 'tracker.note'
  | 'people.call'

/** Where the agent's process is in its life. How the *work* stands is in the changes. */
export type Phase = 'queued' | 'preparing' | 'live' | 'lost' | 'ended'

/** Why a session ended. */
export type Ending = 'merged' | 'closed' | 'done' | 'stopped' | 'failed'

/** How far a task is, as its tracker is told. */
export type TaskStage = 'started' | 'proposed' | 'ended'

/** How loudly people are called. `urgent` breaks quiet hours. */
export type Priority = 'urgent' | 'action' | 'warning' | 'info'

/** What somebody may do, each including those before it. */
export const roles = ['viewer', 'operator', 'approver', 'maintainer', 'admin'] as const
export type Role = (typeof roles)[number]

/** How commits reach the base branch. */
export const mergeMethods = ['merge', 'squash', 'rebase'] as const
export type MergeMethod = (typeof mergeMethods)[number]

/**
 * What an agent may do without asking. `default`: it asks before it runs commands or leaves its folder, as its makers meant it;
 * `auto-edit`: changes to files in its workspace need no question; `plan`: it proposes a plan first and changes nothing until that is
 * approved; `permissionless`: it never asks.
 */
export const permissionModes = ['default', 'auto-edit', 'plan', 'permissionless'] as const
export type PermissionMode = (typeof permissionModes)[number]
