import type { z } from 'zod'
import type { AgentPicture, Decision, Message, QuestionKind } from './agent.ts'
import type { Change, ChangeDetails } from './change.ts'
import type { MergeMethod, PermissionMode, Priority } from './names.ts'
import type { ForeignProcess, Runtime } from './runtime.ts'
import type { Document } from './store.ts'
import type { Task } from './task.ts'

/*
 * THE MANUAL FOR PLUGIN AUTHORS
 *
 * A plugin fills one slot. It is one file, or one folder, under `plugins/<slot>/<name>` that exports one value made by
 * `definePlugin`, plus one line in `plugins/index.ts`. It imports `core/contracts`, `core/kit` and its own folder; it
 * knows neither other plugins nor the engine nor any chat. Whatever it may do in the world beyond its own business comes
 * with `host`.
 *
 * Rules that hold for every method of every slot:
 * - *Twice is once.* After a crash a method is called again with the same arguments and must find what it did before.
 * - *What failed throws*, with a `Fault` whose hint a person can act on. What a look could not see throws, too; an error
 *   never means "there is nothing".
 * - *A refusal by the world is an answer*, not an error: "the head moved", "no such question any more".
 * - *The signal is obeyed*: when it aborts, stop, leave nothing half done, and throw its reason.
 * - Limits, waits and sizes are options with a unit in the name, a default and one sentence.
 * The suites in `test/contracts/` hold these for each slot; run yours through them.
 */

/** What a plugin gets from its surroundings. Nothing else of the bot can be reached. */
export type Host = {
  /** The data folder of this bot; the plugin's own corner is `folder(...)`. */
  readonly dataFolder: string
  /** A folder for this plugin alone, made on demand below the data folder; the parts become a path. */
  folder(...parts: readonly string[]): Promise<string>
  readonly log: Log
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Work under one name is done one after the other: everything that writes a git repository goes through `lock(its common git folder)`. */
  lock<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Aborts when the bot stops. */
  readonly signal: AbortSignal
  /** A small document that is loaded on first use and written soon after `update`, atomically. */
  document<T>(name: string, empty: T): Promise<Document<T>>
  /** What plugins of one folder name share (one client for a forge's tracker and scm): made by the first, found by the others. */
  shared<T>(name: string, make: () => T): T
  /**
   * Something may have changed; the next look at this slot should come soon. Cheap, may be called often. `of` says what it is
   * about, so that nothing else need be looked at: a project, and there a change or a branch if that is known. For a tracker it is
   * its `wanted` that is asked.
   */
  hint(slot: keyof Slots, of?: HintOf): void
  /**
   * Requests that come in at `/<path>` of the bot's own listener are given to `answer`, if the config has such a listener; else
   * this does nothing. Bodies are whole and limited in size. A sender is nobody until `answer` has verified the signature.
   */
  onWebhook(path: string, answer: WebhookAnswer): void
}

/** What a hint is about. Nothing but the project: all of it. */
export type HintOf = { readonly project: string; readonly number?: number; readonly branch?: string }

/** A request as it came in. Header names are in lower case. */
export type WebhookRequest = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }
/** Says what the sender is answered; what it makes of the request it tells by `host.hint`. Must not throw. */
export type WebhookAnswer = (request: WebhookRequest) => Promise<{ readonly status: number; readonly text: string }>

/** What one look of `ao doctor` found, with the cure where something is missing. */
export type Finding = { readonly level: 'PASS' | 'WARN' | 'FAIL'; readonly what: string; readonly cure?: string }

/** A logger: a dotted event first, fields after. Secrets are redacted by whoever writes it out. */
export type Log = {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** A project as plugins see it. */
export type Project = {
  readonly name: string
  /** The repository on this machine. Absolute. */
  readonly path: string
  /** The branch work starts from and goes back to. */
  readonly base: string
}

// ── workspace ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A place where one agent works, and nobody else. */
export type WorkspaceRef = {
  readonly path: string
  readonly branch: string
  /** The commit it began from. */
  readonly baseCommit: string
  /** A person's own folder: never made, set up, removed, reset or cleaned by us. Workspaces of ours do not have it. */
  readonly isForeign?: true
}

/** A checkout of a project that somebody made by hand. */
export type FoundFolder = {
  /** Its top folder, absolute, links resolved. */
  readonly path: string
  /** Null where it is on no branch. */
  readonly branch: string | null
  /** The newest commit it shares with the base: the project's own branch, or its remote's. */
  readonly baseCommit: string
}

/** What git says of a workspace. */
export type WorkPicture = {
  readonly head: string
  /** Commits on top of the base commit. */
  readonly ahead: number
  /** Paths with uncommitted changes, untracked ones included, ignored ones not; the first 50. */
  readonly dirty: readonly string[]
  /** Paths that differ from the commit it began from, committed or not; the first 500. Facts written before there was this have none. */
  readonly changed?: readonly string[]
}

export interface Workspace {
  /**
   * Makes the workspace on a new branch, or finds the one made before. It begins at the commit `from`; null means the project's own `base`. Links the shared files and runs the setup commands.
   * Resolves when an agent may start in it: working directory, branch and a clean tree are verified, never assumed.
   *
   * @throws {Fault} NOT_A_REPOSITORY, NO_COMMITS, BASE_UNKNOWN, SETUP_FAILED (with the end of its output), SETUP_TIMED_OUT, WORKSPACE_WRONG
   */
  create(
    request: {
      readonly session: string
      readonly project: Project
      readonly base: string
      readonly from: string | null
      readonly branch: string
    },
    signal: AbortSignal,
  ): Promise<WorkspaceRef>
  look(ref: WorkspaceRef): Promise<WorkPicture>
  /** The diff against the commit it began from, uncommitted work included, as unified text. At most `maxBytes`, cut at a line. */
  diff(ref: WorkspaceRef, maxBytes: number): Promise<{ readonly text: string; readonly isCut: boolean; readonly stat: string }>
  /** What `remove` would save: paths with uncommitted changes and commits that no other branch or remote has, and no merged change. Changes nothing. */
  unsaved(
    ref: WorkspaceRef,
    project: Project,
    merged?: readonly string[],
  ): Promise<{ readonly dirty: readonly string[]; readonly commits: number }>
  /**
   * Removes it. Uncommitted or unpushed work is saved to a ref of the project's repository *before* anything is removed,
   * and the ref is returned; null when there was nothing to save. When saving fails nothing is removed. `merged` are heads of changes
   * that were merged, as one commit or as they are: what they hold is not unsaved.
   *
   * @throws {Fault} WORK_NOT_SAVED
   */
  remove(ref: WorkspaceRef, session: string, project: Project, merged?: readonly string[]): Promise<{ readonly savedRef: string | null }>
  /** The checkout of the project's own repository that this folder lies in, whoever made it; null when it lies in none. Changes nothing. Absent: nothing can be adopted. */
  found?(path: string, project: Project): Promise<FoundFolder | null>
}

// ── tracker ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Tracker {
  /**
   * The task of that key (`#42`) or address, or the only open one that these words fit. @throws {Fault} TASK_UNKNOWN with the open
   * ones that come nearest
   */
  find(key: string): Promise<Task>
  /** Open tasks, oldest first; of very many the newest few hundred. Their contexts may be left out. */
  list(): Promise<readonly Task[]>
  /** Closes it with a note. Closing what is closed is fine, and the note is then not added. */
  close(key: string, note: string): Promise<void>
  /** Writes a new one. The same `id` again finds the one made before. @throws {Fault} when there is no right to */
  create(task: { readonly id: string; readonly title: string; readonly body: string; readonly by: string }): Promise<Task>
  /** Adds a comment. The same `id` on the same task is one comment. */
  note(key: string, note: { readonly id: string; readonly text: string }): Promise<void>
  /** Puts a label on it or takes it off; what is so already is fine. */
  label(key: string, label: string, isOn: boolean): Promise<void>
  /** Open tasks that ask, by the plugin's options, to be started without anybody's word. Absent: there are none. */
  wanted?(signal: AbortSignal): Promise<readonly Task[]>
}

// ── scm ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Which change, in which repository. */
export type ChangeRef = { readonly project: Project; readonly number: number }

/** How a merge went. A refusal is an answer: it says what the world is like. */
export type MergeOutcome =
  | { readonly merged: true; readonly commit: string }
  /** The forge has taken the order for exactly this head and merges by itself (its merge queue, its auto-merge): `Change.queued` until it has. */
  | { readonly merged: false; readonly why: 'queued'; readonly says: string }
  | { readonly merged: false; readonly why: 'head-moved' | 'conflict' | 'checks' | 'closed' | 'draft' | 'protected'; readonly says: string }

/** How bringing a change up to date went. */
export type UpdateOutcome =
  | { readonly updated: true; readonly head: string }
  /** `busy`: the workspace has uncommitted work or commits that are not on the remote. */
  | { readonly updated: false; readonly why: 'head-moved' | 'conflict' | 'closed' | 'busy' | 'refused'; readonly says: string }

export interface Scm {
  /**
   * The changes asked for and those found by their head branch, in as few requests as the forge allows. An item that
   * could not be read is a Fault in its place and spoils no other.
   */
  look(
    items: readonly { readonly project: Project; readonly number: number | null; readonly branch: string }[],
    signal: AbortSignal,
  ): Promise<readonly (Change | null | Error)[]>
  /**
   * The commit that new work for `base` starts from: the forge's newest, brought into the project's repository. Null: the
   * project's own branch is all there is.
   */
  base(request: { readonly project: Project; readonly base: string }, signal: AbortSignal): Promise<string | null>
  /** Pushes the workspace's branch. Never forces: a remote that has moved is a Fault. @throws {Fault} PUSH_REFUSED */
  push(request: { readonly project: Project; readonly workspace: WorkspaceRef }, signal: AbortSignal): Promise<void>
  /** Pushes and opens a change from the workspace's branch, or finds the open one. */
  open(
    request: {
      readonly project: Project
      readonly workspace: WorkspaceRef
      readonly base: string
      readonly title: string
      readonly body: string
    },
    signal: AbortSignal,
  ): Promise<Change>
  /** Names and log tails of what fails, and whole unresolved threads, of the change as it is at `head`; null when the head has moved. */
  details(ref: ChangeRef, head: string, signal: AbortSignal): Promise<ChangeDetails | null>
  /** A review by that person on that commit. The same verdict on the same commit by the same person is one review. */
  review(
    ref: ChangeRef,
    review: { readonly by: string; readonly verdict: 'approve' | 'request-changes'; readonly head: string; readonly text: string },
  ): Promise<void>
  /** Merges exactly `head` into exactly `base`, or says why not. When that very commit is merged already, says so: merged. */
  merge(
    ref: ChangeRef,
    how: { readonly head: string; readonly base: string; readonly method: MergeMethod; readonly title: string },
    signal: AbortSignal,
  ): Promise<MergeOutcome>
  /**
   * Brings the newest base into exactly `head`, on the remote and in the workspace, which is clean, at that head and left alone
   * meanwhile; or says why not, and then both are as they were. Up to date already: says so, with the same head.
   */
  update(ref: ChangeRef, how: { readonly head: string; readonly workspace: WorkspaceRef }, signal: AbortSignal): Promise<UpdateOutcome>
  /** Opens a change that takes a merged one back, or finds the one opened before. @throws {Fault} NOT_REVERTIBLE */
  revert(ref: ChangeRef, request: { readonly by: string }, signal: AbortSignal): Promise<Change>
  /** Takes back an order to merge that the forge has in hand (`queued`); without one there is nothing to do. */
  withdraw(ref: ChangeRef, signal: AbortSignal): Promise<void>
  /** Closes it unmerged. */
  close(ref: ChangeRef): Promise<void>
  /** Epoch ms before which it wants no look that nobody hinted at, because its forge limits what may be asked. Absent or past: any time. */
  restUntil?(): number
}

// ── agent ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What an agent can and cannot do, told to people and used to decide. */
export type AgentAbilities = {
  /** True when the process ends with its turn (a one-shot command); its good exit means *done*, and words for it start it again. */
  readonly endsWithTurn: boolean
  /** Can a conversation be taken up again? Without it a restart begins anew with the task, the rules and what was done. */
  readonly resumes: boolean
  /**
   * How the arrival of a message is proven: after `absenceProvesAfterMs` without its id in the transcript it did not arrive
   * and may be sent again. Null: this agent leaves no trace, a delivery stays *not confirmed*, and nothing is sent twice.
   */
  readonly receipts: { readonly absenceProvesAfterMs: number } | null
  /** Can words reach it while it works? False: they wait until its turn has ended. */
  readonly hearsWhileWorking: boolean
  /** Can its turn be broken off without ending it (`Agent.interrupt`)? */
  readonly interrupts: boolean
}

/** What an agent is started with. */
export type LaunchRequest = {
  readonly session: string
  readonly workspace: WorkspaceRef
  /** The session's own folder: mailbox, answers, and whatever the agent plugin keeps. Exists. */
  readonly folder: string
  /** Names this start, and no other: what must be new for each start is made of it. */
  readonly run: string
  /**
   * Rules, how to report, what not to touch: the same words for every agent. They go where the agent takes words of its system; an agent
   * without such a place gets them before its first words (`wholePrompt`).
   */
  readonly instructions: string
  /** The agent's first words: the task as data, or what begins the next turn. */
  readonly prompt: string
  /** The conversation to take up, or null to begin. */
  readonly resume: string | null
  readonly model: string | null
  /** One of the modes that the plugin's profile names. */
  readonly permissions: PermissionMode
}

/** How to start it. */
export type Launch = {
  readonly argv: readonly string[]
  /** On top of what the host gives every agent (PATH with `ao`, HOME, TERM, AO_SESSION, AO_FOLDER). */
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string | null
  /** Written before the start, absolute path → text. */
  readonly files: Readonly<Record<string, string>>
}

/** What reaches a running agent. */
export type AgentReach = {
  readonly folder: string
  /** Null where the runtime has no terminal. Typing is the last resort: typed text can approve a dialog, run a command, end the agent. */
  readonly terminal: {
    paste(text: string): Promise<void>
    /** Keys by their tmux names (`Enter`, `Escape`, `Up`) or single characters, one after the other. Leaves copy mode first. */
    press(keys: readonly string[]): Promise<void>
    screen(lines: number): Promise<string>
  } | null
  readonly signal: AbortSignal
}

/** A running agent whose own server is listened to. */
export type AgentWire = {
  readonly session: string
  readonly folder: string
  readonly workspace: WorkspaceRef
  /** The start that is listened to. */
  readonly run: string
  /** As last read; null while the agent has not named it. */
  readonly conversation: string | null
  /** Puts a row into the mailbox; `read` gets it from there, now and after every restart. */
  readonly append: (row: Readonly<Record<string, unknown>>) => void
  readonly log: Log
  readonly sleep: (waitMs: number, signal?: AbortSignal) => Promise<void>
  /** Aborts when the agent has ended or the bot stops. */
  readonly signal: AbortSignal
}

/** What is known of an agent before one is started: shown by `ao doctor`, checked against the config, and the table of `docs/agents.md`. */
export type AgentProfile = {
  /** The version all of it was proven with on a real one; null: built from its documentation, and told as *unverified*. */
  readonly verified: string | null
  /** How it can be started. */
  readonly permissions: readonly PermissionMode[]
  /** How each kind of question is seen and answered: by its own means, from and on its screen, or not at all. */
  readonly asks: Readonly<Record<QuestionKind, 'own' | 'screen' | 'none'>>
  /** How words reach it. */
  readonly tells: 'own' | 'typed' | 'restart'
  /** Does it say what it used? */
  readonly usage: 'cost' | 'tokens' | 'none'
  /** What cannot be had with it here, a sentence each. */
  readonly lacks: readonly string[]
}

/** What an agent is asked about a process that somebody started by hand. */
export type FoundRequest = {
  readonly process: ForeignProcess
  /** All that came from it, parents before their children. */
  readonly below: readonly ForeignProcess[]
  /** Others that work in the same folder. */
  readonly neighbours: readonly ForeignProcess[]
  /** What agents of this bot have in their environment: a conversation that is kept elsewhere they would not find. */
  readonly environment: Readonly<Record<string, string>>
}

/** An agent that somebody started by hand, as its plugin sees it. */
export type Found =
  | {
      /** For taking it up (`LaunchRequest.resume`). Known for certain: where two could be meant it is refused. */
      readonly conversation: string
      /** Has its turn ended? False: what it is doing would be broken off. */
      readonly isResting: boolean
      /** Processes below it that others need, too: they are left alone. */
      readonly keeps: readonly number[]
    }
  /** It is this agent, and cannot be taken up: why, as a part of a sentence ("it …"), and what helps, as a sentence. */
  | { readonly refused: string; readonly cure: string }

/** A file the agent writes, followed by offset. */
export type AgentSource = { readonly name: string; readonly path: string }

/**
 * A coding agent, seen from the engine: how to begin it, hear it, tell it and answer it. Where it runs is the runtime's
 * business. Hearing is pure: the engine follows the files named by `sources` and folds their lines with `read`.
 *
 * The mailbox (`<folder>/mailbox.ndjson`) is always followed; rows of `ao report` are read by the engine itself, all others
 * (an agent's hooks) are given to `read` with the source name `mailbox`.
 */
export interface Agent {
  readonly can: AgentAbilities
  /** Pure. */
  launch(request: LaunchRequest): Launch
  /** Files to follow besides the mailbox. Pure; they need not exist yet. */
  sources(request: {
    readonly session: string
    readonly folder: string
    readonly workspace: WorkspaceRef
    readonly conversation: string | null
  }): readonly AgentSource[]
  /** Folds one complete line into the picture. Pure and total: a line it cannot read changes nothing. `mark` is the offset of the line in its source. */
  read(
    picture: AgentPicture,
    line: { readonly source: string; readonly text: string; readonly mark: number; readonly at: number },
  ): AgentPicture
  /**
   * Is that process this agent, started by hand, and which conversation is it in? Null: it is something else. Changes nothing; what it
   * cannot read is refused, never guessed. Absent: what was started by hand cannot be adopted.
   */
  found?(request: FoundRequest): Promise<Found | null>
  /** Hands the message over by the agent's own means, once. Resolves with the way it went; the proof comes through `read`. @throws {Fault} AGENT_UNREACHABLE, TERMINAL_NEEDED */
  tell(message: Message, reach: AgentReach): Promise<'own' | 'typed'>
  /**
   * Hands a decision to exactly the question it answers. `gone`: that question is no longer open, and nothing was done.
   * The proof that it was taken comes through `read` (`answered`).
   */
  answer(decision: Decision, reach: AgentReach): Promise<'handed' | 'gone'>
  /**
   * Breaks off the turn that is under way, as a person at the terminal does; the agent lives on and waits for words. `idle`: there is no
   * turn. The proof comes through `read` (`turnEnded.isBrokenOff`). Only called while nothing is asked. Present where `can.interrupts`.
   *
   * @throws {Fault} AGENT_UNREACHABLE, TERMINAL_NEEDED
   */
  interrupt?(reach: AgentReach): Promise<'handed' | 'idle'>
  /**
   * Keeps a connection to the agent's own server as long as the agent runs, and appends what it hears to the mailbox. Connects again by
   * itself, asks then for what it missed, and appends nothing twice that `read` could not tell apart. Resolves when the signal aborts;
   * never rejects for an agent that is not there yet or no longer.
   */
  listen?(wire: AgentWire): Promise<void>
  /**
   * Folds what its screen shows into the picture: the last resort, for what an agent says nowhere else. Called when the terminal showed
   * something new; `screen` is the last 60 lines, without escape sequences. Pure and total. A screen is evidence of a question, never
   * of an end.
   */
  see?(picture: AgentPicture, screen: string, at: number): AgentPicture
}

// ── notifier, terminal ─────────────────────────────────────────────────────────────────────────────────────────────

/** A person is needed. */
export type Alert = {
  /** The same key is the same call: shown once, edited when it changes. */
  readonly key: string
  readonly session: string
  readonly priority: Priority
  readonly text: string
  /** The fact it is about; a later one under the same key is a new call. */
  readonly of: number
}

export interface Notifier {
  /** Resolves when it is delivered, as far as the medium can tell. */
  call(alert: Alert): Promise<void>
}

export interface Terminal {
  /** Lets a person look into a running session, or says how. `attach` is the runtime's exact command. */
  open(session: string, attach: readonly string[]): Promise<{ readonly says: string }>
}

// ── the slots ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What fills each slot. */
export type Slots = {
  readonly runtime: Runtime
  readonly agent: Agent
  readonly workspace: Workspace
  readonly tracker: Tracker
  readonly scm: Scm
  readonly notifier: Notifier
  readonly terminal: Terminal
}
export type Slot = keyof Slots

/** What a plugin's `create` is told about where it is used: `host` names for a runtime, the project for slots that belong to one. */
export type Use = { readonly host: string; readonly project: Project | null }

/** What a plugin module exports. */
export type Plugin<S extends Slot = Slot, Options extends z.ZodType = z.ZodType> = {
  readonly slot: S
  readonly name: string
  /** One sentence: what it is. Shown by `ao doctor` and in the docs. */
  readonly summary: string
  /** Strict; checked with the config, all problems at once. Its descriptions are the plugin's reference page. */
  readonly options: Options
  /** What this machine lacks for it, as a thing to do ("apt install tmux"), or null when all is there. */
  missing(options: z.infer<Options>): Promise<string | null>
  /** Agents only: what is known of it. Absent: a program nobody knows, which is told by its options alone. */
  readonly profile?: AgentProfile
  /** Agents only: the version that is installed, as it names itself; null when it cannot be told. */
  version?(options: z.infer<Options>): Promise<string | null>
  /** Looks at what lies outside this machine (a token, its rights, limits), for `ao doctor`. Changes nothing, never rejects. Absent: there is nothing to look at. */
  examine?(options: z.infer<Options>, ask: { readonly project: Project | null; readonly now: () => number }): Promise<readonly Finding[]>
  create(options: z.infer<Options>, host: Host, use: Use): Slots[S] | Promise<Slots[S]>
}

/** Lets the compiler infer the options' type; does nothing else. */
export const definePlugin = <S extends Slot, Options extends z.ZodType>(plugin: Plugin<S, Options>): Plugin<S, Options> => plugin
