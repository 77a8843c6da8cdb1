import type { Account } from './accounts.ts'
import type { Pull } from './items.ts'

export type Review = {
  readonly kind: 'PullRequestReview'
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  readonly author: Account | null
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  body: string
  /** The commit that was reviewed; it stays when the head moves. */
  readonly commitOid: string
  readonly submittedAt: number
}

export type Thread = {
  readonly kind: 'PullRequestReviewThread'
  /** The number of its first comment. */
  readonly id: number
  readonly nodeId: string
  readonly pull: Pull
  readonly path: string
  /** Null once the thread is outdated, as GitHub has it; `originalLine` stays. */
  line: number | null
  readonly originalLine: number | null
  readonly startLine: number | null
  readonly side: 'LEFT' | 'RIGHT'
  isResolved: boolean
  resolvedBy: Account | null
  isOutdated: boolean
  readonly comments: ReviewComment[]
}

export type ReviewComment = {
  readonly kind: 'PullRequestReviewComment'
  readonly id: number
  readonly nodeId: string
  readonly thread: Thread
  /** A reply on its own makes a review `COMMENTED` with an empty body, as on GitHub. */
  readonly review: Review
  readonly author: Account | null
  body: string
  readonly diffHunk: string
  readonly commitOid: string
  readonly replyTo: ReviewComment | null
  readonly createdAt: number
  updatedAt: number
}
