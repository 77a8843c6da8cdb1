/**
 * The world of the stand-in for GitHub: what there is, as plain values (types in `state/*.ts`, all of them exported here).
 * Nothing here acts. To change something use the acts (`acts/*.ts`: the same ones for REST, GraphQL and people), which move
 * `updatedAt`, tell the hooks and settle what waits. What is derived (mergeable, review decision, rollup, required checks) is in
 * `rules.ts`; the world itself is made by `world.ts`.
 */
import type { Account, App, Installation, Token } from './state/accounts.ts'
import type { CheckRun, CheckSuite, CommitStatus } from './state/checks.ts'
import type { Comment, Issue, Pull, QueueEntry } from './state/items.ts'
import type { Label, Repository } from './state/repository.ts'
import type { Review, ReviewComment, Thread } from './state/reviews.ts'

export type * from './state/accounts.ts'
export type * from './state/checks.ts'
export type * from './state/git.ts'
export type * from './state/items.ts'
export type * from './state/repository.ts'
export type * from './state/reviews.ts'

/** All that has a node id; `kind` is GraphQL's `__typename` (accounts: `User`, `Bot`, `Organization`). */
export type Node =
  | Account
  | Repository
  | Issue
  | Pull
  | Label
  | Comment
  | Review
  | Thread
  | ReviewComment
  | CheckSuite
  | CheckRun
  | CommitStatus
  | QueueEntry

/** Something that happened; hooks are told of it, and the log of the world keeps it. `payload` has what GitHub's has besides `repository` and `sender`. */
export type Happening = {
  readonly event: string
  readonly action: string | null
  readonly repository: Repository
  readonly sender: Account
  readonly payload: () => Record<string, unknown> | Promise<Record<string, unknown>>
}

/** What is left of a budget. `resetAt`: milliseconds by the world's clock. */
export type Budget = { readonly limit: number; readonly used: number; readonly remaining: number; readonly resetAt: number }

/** A commit that has just become the head of a branch, of a pull request (then it comes a second time) or of a merge group. */
export type Head = { readonly repository: Repository; readonly branch: string; readonly oid: string; readonly pull: Pull | null }

export type World = {
  readonly now: () => number
  /** By login in small letters. */
  readonly accounts: Map<string, Account>
  readonly tokens: Map<string, Token>
  readonly apps: Map<number, App>
  readonly installations: Map<number, Installation>
  /** By numeric id. */
  readonly repositories: Map<number, Repository>
  /** `owner/name` in small letters, of today and of former times, unless a new repository took the name. */
  readonly names: Map<string, Repository>
  /** By node id; new and old ids are the same here. */
  readonly nodes: Map<string, Node>
  /** Check runs by number, for logs. */
  readonly jobs: Map<number, CheckRun>
  /** Where things are found. `html` is what `html_url` and GraphQL's `url` begin with; all without a slash at the end. */
  readonly addresses: { api: string; git: string; html: string }
  readonly settings: {
    /** Is the first question about whether a pull can be merged answered `UNKNOWN` (REST: null), as GitHub does until it has looked? */
    isMergeableSlow: boolean
    /** Does `reviewDecision` stay null, whatever reviewers say, where no rule asks for approvals? */
    isDecisionOnlyByRule: boolean
  }
  /** What a token may still spend. GraphQL's `rateLimit` answers from here (the cost of the running query is not yet taken off). */
  readonly budget: (token: Token, resource: 'core' | 'graphql' | 'search') => Budget
  /** The next number for something of this kind; never the same twice. */
  readonly nextId: () => number
  /** Tells the hooks. */
  readonly emit: (happening: Happening) => void
  /** Told of each new head of a branch, of a pull request and of a merge group, so that checks can start there; what they promise is waited for. */
  readonly onHead: Set<(head: Head) => unknown>
  /** Merges, enqueues and dequeues whatever waits and can go on now. Every act ends with it. */
  readonly settle: () => Promise<void>
}
