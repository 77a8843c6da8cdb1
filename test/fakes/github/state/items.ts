import type { Account } from './accounts.ts'
import type { Label, MergeMethod, Repository } from './repository.ts'
import type { Review, Thread } from './reviews.ts'

export type Comment = {
  readonly kind: 'IssueComment'
  readonly id: number
  readonly nodeId: string
  readonly item: Issue | Pull
  readonly author: Account | null
  body: string
  readonly createdAt: number
  updatedAt: number
  isMinimized: boolean
}

/** What stands in the timeline besides comments and reviews, e.g. `labeled`, `closed`, `head_ref_force_pushed`. */
export type TimelineEvent = {
  readonly id: number
  readonly name: string
  readonly actor: Account | null
  readonly at: number
  readonly facts: Readonly<Record<string, unknown>>
}

type Item = {
  readonly id: number
  readonly nodeId: string
  readonly number: number
  /** Changes when the issue is transferred. */
  repository: Repository
  author: Account | null
  title: string
  body: string | null
  labels: Label[]
  assignees: Account[]
  isLocked: boolean
  readonly comments: Comment[]
  readonly events: TimelineEvent[]
  readonly createdAt: number
  /** Moves with comments, reviews, labels, edits and pushes; not with checks and statuses. */
  updatedAt: number
  closedAt: number | null
  closedBy: Account | null
}

export type Issue = Item & {
  readonly kind: 'Issue'
  state: 'open' | 'closed'
  stateReason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null
  parent: Issue | null
  readonly children: Issue[]
}

export type Pull = Item & {
  readonly kind: 'PullRequest'
  /** `merged` is told by `mergedAt`. */
  state: 'open' | 'closed'
  isDraft: boolean
  readonly head: { readonly repository: Repository | null; readonly branch: string; oid: string; isDeleted: boolean }
  /** `oid`: the base branch's head when it was last looked at; the live one is `repository.branches.get(base.branch)`. */
  readonly base: { branch: string; oid: string }
  readonly reviews: Review[]
  readonly threads: Thread[]
  requestedReviewers: Account[]
  mergedAt: number | null
  mergedBy: Account | null
  mergeCommit: string | null
  autoMerge: AutoMerge | null
  queueEntry: QueueEntry | null
  /** Issues that its body closes ("Fixes #12"), by number in this repository. */
  closes: readonly number[]
}

export type AutoMerge = {
  readonly enabledAt: number
  readonly enabledBy: Account
  readonly method: MergeMethod
  readonly title: string | null
  readonly body: string | null
}

export type QueueEntry = {
  readonly kind: 'MergeQueueEntry'
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  /** The head it was put in line with; another one takes it out. */
  readonly headOid: string
  readonly enqueuer: Account
  readonly enqueuedAt: number
  state: 'QUEUED' | 'AWAITING_CHECKS' | 'MERGEABLE' | 'UNMERGEABLE' | 'LOCKED'
  /** Head of the merge group: the commit whose checks count. */
  groupOid: string | null
  readonly isJump: boolean
}
