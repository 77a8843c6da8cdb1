import type { ProcessRef } from './adoption.ts'
import type { Decision, ModelUsage, Question } from './agent.ts'
import type { Change, ChangeDetails } from './change.ts'
import type { EffectName, Ending, MergeMethod, Phase, ReactionKey, TaskStage } from './names.ts'
import type { WorkPicture, WorkspaceRef } from './plugins.ts'
import type { Handle } from './runtime.ts'
import type { Task } from './task.ts'

/** Something that is wrong and not yet put right, and what has been tried. */
export type Trouble = {
  readonly key: ReactionKey
  /** What it is about (a commit, a turn). The agent is told once per reason. */
  readonly reason: string
  readonly text: string
  /** `seq` of the fact that raised it last, and when it first came up. */
  readonly since: number
  readonly firstAt: number
  /** Messages sent to the agent about it, and the reason of the last one. */
  readonly messages: number
  readonly toldReason: string | null
  /** One picture without it has been seen; a second one settles it. */
  readonly isEased: boolean
  /** `seq` of the fact that people are needed; null while the agent has it in hand. */
  readonly escalated: { readonly since: number; readonly why: string } | null
  /** The escalation that people were called for. */
  readonly calledFor: number | null
}

/** Words on their way to the agent. */
export type MessageState = {
  readonly id: string
  readonly from: string
  readonly text: string
  readonly trouble: { readonly key: ReactionKey; readonly reason: string; readonly head?: string | null } | null
  readonly state: 'queued' | 'handed' | 'doubted' | 'confirmed' | 'unconfirmed' | 'dropped'
  /** `seq` and time of the fact that brought it into this state. */
  readonly since: number
  readonly at: number
  readonly sent: 'own' | 'typed' | null
  /** How often it was handed over; more than once only when its absence was proven in between. */
  readonly tries: number
}

/** The agent's question and how far its answer is. */
export type Asked = {
  readonly question: Question
  readonly since: number
  readonly at: number
  readonly state: 'asked' | 'decided' | 'handed' | 'confirmed' | 'overtaken' | 'gone'
  readonly decision: Decision | null
  /** What was chosen in the end, and where. */
  readonly outcome: string | null
}

/** An effect that did not succeed. */
export type Failure = {
  readonly effect: EffectName
  readonly subject: string | null
  readonly code: string | null
  readonly why: string
  readonly hint: string | null
  readonly since: number
  readonly attempts: number
  readonly retryAt: number | null
  /** True once the retry is due and under way. */
  readonly isRetried: boolean
  readonly isCalled: boolean
}

/** A vote for merging, by a person, on exactly this diff. */
export type Vote = {
  readonly by: string
  readonly number: number
  readonly base: string
  readonly head: string
  readonly patchId: string
  readonly since: number
  readonly isSent: boolean
}

/** A "no" to a change, on its way to the forge as a review. */
export type Rejection = {
  readonly by: string
  readonly number: number
  readonly head: string
  readonly text: string
  readonly since: number
  readonly isSent: boolean
}

/** The merge somebody asked for. It stays until the world has said how it went, even when the session has ended meanwhile. */
export type Merging = {
  readonly since: number
  readonly by: string
  readonly number: number
  readonly base: string
  readonly head: string
  readonly patchId: string
  readonly method: MergeMethod
  /** The forge has taken the order, and merges by itself: its words for it, and since when (epoch ms). */
  readonly queued: { readonly says: string; readonly at: number } | null
}

/** All we know of one session. `seq` counts the facts folded in; every `since` is the `seq` of a fact. */
export type Session = {
  readonly id: string
  readonly seq: number
  readonly at: number
  readonly startedAt: number
  readonly task: Task
  readonly project: string
  readonly agent: string
  readonly host: string
  readonly base: string
  readonly branch: string
  readonly model: string | null
  readonly requester: string

  readonly phase: Phase
  readonly phaseSince: number
  /** Does it hold one of the fleet's slots? Free when the process is ended or suspended. */
  readonly hasSlot: boolean
  readonly suspended: { readonly since: number; readonly isDone: boolean } | null
  readonly ending: {
    readonly why: Ending
    readonly by: string
    readonly at: number
    readonly since: number
    readonly note: string | null
  } | null
  /** A new process is wanted: after a restart, a retry, or for words to an agent that ends with its turn. */
  readonly restart: { readonly since: number; readonly why: 'wished' | 'stuck' | 'words' | 'lost' } | null
  readonly resuming: number | null
  /** Its turn is to be broken off; words wait until it has ended. */
  readonly interrupting: { readonly since: number; readonly by: string; readonly isHanded: boolean } | null

  /** A person started it by hand and it holds the conversation: nothing is started here before it is gone. */
  readonly stranger: ProcessRef | null

  readonly workspace: WorkspaceRef | null
  readonly workspaceSince: number
  readonly isClearWished: boolean
  readonly savedRef: string | null
  readonly isWorkspaceRemoved: boolean
  readonly work: WorkPicture | null
  /** The `seq` at which the workspace should be looked at, and the `seq` at which it was. */
  readonly workWantedSince: number | null

  readonly handle: Handle | null
  readonly starts: number
  readonly conversation: string | null
  /** What this conversation has used of each model; earlier ones of the session are in `usedBefore`. */
  readonly usage: readonly ModelUsage[]
  readonly usedBefore: readonly ModelUsage[]
  /** When a process was started to take up a conversation of which nothing has been heard since; epoch ms. */
  readonly takenUpAt: number | null
  /** A conversation that cannot be taken up; what is read of its files does not bring it back. */
  readonly lostConversation: string | null
  readonly activity: 'working' | 'idle'
  readonly activitySince: number
  /** Its last turn was broken off by a person: it waits for words, and is not asked why it is idle. */
  readonly isBrokenOff: boolean
  readonly workedAt: number
  readonly tool: { readonly name: string; readonly since: number } | null
  readonly turnMark: number
  readonly reportMark: number
  readonly report: { readonly kind: 'done' | 'blocked' | 'progress'; readonly text: string; readonly since: number } | null
  /** The agent says its work is done; taken back when it is given more to do. */
  readonly isDoneSaid: boolean
  readonly lastMessage: string | null
  /** Who said something that the agent has heard in the turn that runs, or in one before that ended without a word. */
  readonly unanswered: readonly string[]
  /** What it said last to people who had spoken to it: the end of its turn is their answer. */
  readonly reply: { readonly since: number; readonly to: readonly string[]; readonly text: string } | null
  readonly exit: { readonly code: number | null; readonly signal: string | null; readonly screen: string; readonly at: number } | null

  readonly asked: Asked | null
  readonly messages: readonly MessageState[]
  /** Pull requests as last seen, oldest first; usually one. `currentChange` names the one that counts. */
  readonly changes: readonly Change[]
  /** The details fetched last, and which trouble about which state they answer. */
  readonly details: { readonly key: string; readonly found: ChangeDetails } | null
  readonly votes: readonly Vote[]
  readonly rejection: Rejection | null
  readonly armed: {
    readonly since: number
    readonly by: string
    readonly number: number
    readonly head: string
    readonly patchId: string
    readonly method: MergeMethod | null
  } | null
  readonly merging: Merging | null
  /** Whose wish the merge was that the world has confirmed; null when somebody merged it elsewhere. */
  readonly mergedBy: string | null
  /** The workspace's commit that the change has had; somebody else's push on top of it is no reason to push it again. */
  readonly pushed: string | null
  /** An order to merge that the forge has in hand and that is being taken back. */
  readonly withdrawing: { readonly since: number; readonly number: number } | null
  /** How often the base was brought in since somebody last had a word in it: an approval, *merge when green*, words to the agent. */
  readonly updates: number
  /** The base is being brought into the change, or that was refused for these two commits. */
  readonly update: {
    readonly since: number
    readonly number: number
    readonly head: string
    readonly baseHead: string | null
    readonly refused: string | null
  } | null
  readonly revert: {
    readonly since: number
    readonly by: string
    readonly number: number
    readonly opened: { readonly number: number; readonly url: string | null } | null
  } | null
  /** Other sessions that change the same files, or did (`isOver`), with those files; which fact people were told of, and when (epoch ms). */
  readonly collisions: Readonly<
    Record<string, { readonly since: number; readonly at: number; readonly files: readonly string[]; readonly isOver: boolean }>
  >
  /** What its tracker was told last. */
  readonly noted: TaskStage | null
  readonly mergeRefusal: { readonly head: string; readonly why: string; readonly says: string; readonly since: number } | null
  readonly isTaskClosed: boolean

  readonly troubles: readonly Trouble[]
  readonly failures: readonly Failure[]
  /** How often it was restarted because it was stuck, since it last worked. */
  readonly stuckSteps: number
  /** Ids of the inbounds whose wishes were taken, newest last; the last 100. */
  readonly causes: readonly string[]
}

/** The change that counts: the newest open one, or the newest. */
export const currentChange = ({ changes }: Pick<Session, 'changes'>): Change | null =>
  changes.findLast(({ state }) => state === 'open') ?? changes.at(-1) ?? null

/** The commits that its changes were merged at: what they hold is on the forge, whatever the merge made of it. */
export const mergedHeads = ({ changes }: Pick<Session, 'changes'>): readonly string[] =>
  changes.filter(({ state }) => state === 'merged').map(({ head }) => head)

/** What people read first. Derived by `core/session/headline`, never stored. */
export type Headline =
  | 'queued'
  | 'spawning'
  | 'working'
  | 'needs input'
  | 'idle'
  | 'stuck'
  | 'paused'
  | 'exited'
  | 'pr open'
  | 'ci running'
  | 'ci failed'
  | 'review pending'
  | 'changes requested'
  | 'conflict'
  | 'mergeable'
  | 'merging'
  | 'merged'
  | 'closed'
  | 'done'
  | 'stopped'
  | 'failed'

/** What a session has used of each model, over all its conversations. A cost that is unknown for a part is unknown for the whole. */
export const used = ({ usage, usedBefore }: Pick<Session, 'usage' | 'usedBefore'>): readonly ModelUsage[] =>
  [...usedBefore, ...usage].reduce<readonly ModelUsage[]>((sums, one) => {
    const known = sums.find(({ model }) => model === one.model)
    return known ? sums.map((sum) => (sum === known ? added(sum, one) : sum)) : [...sums, one]
  }, [])

const added = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  model: a.model,
  input: a.input + b.input,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  output: a.output + b.output,
  costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
})
