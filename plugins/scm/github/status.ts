import type { Change } from '../../../core/contracts/change.ts'

/** Who wrote something. A deleted account is a person. */
export type Author = { readonly login: string; readonly isBot: boolean }

/** An account as GraphQL gives it; null once it is deleted. */
export type RawActor = { readonly __typename: string; readonly login: string } | null

export const authorOf = (actor: RawActor): Author => ({ login: actor?.login ?? 'ghost', isBot: actor?.__typename === 'Bot' })

/**
 * Has whoever wrote it no rights in the repository? Apps have been installed by somebody who has.
 * https://docs.github.com/en/graphql/reference/enums#commentauthorassociation
 */
export const isOutsider = (isBot: boolean, association: string | undefined): boolean =>
  !isBot && association !== undefined && !['OWNER', 'MEMBER', 'COLLABORATOR'].includes(association)

/** How a change stands, from the question that costs a fiftieth of a point. */
export type Status = {
  /** Node id: the same after the repository was renamed. */
  readonly id: string
  readonly number: number
  /** Its repository's name today. */
  readonly repository: string
  readonly url: string
  readonly title: string
  readonly state: Change['state']
  readonly isDraft: boolean
  readonly branch: string
  readonly base: string
  readonly head: string
  /** The commit its base branch is at now; null when that branch is gone. */
  readonly baseHead: string | null
  /** Epoch ms, whole seconds. Moves with comments, reviews, edits and pushes; not with checks and resolved threads. */
  readonly updatedAt: number
  readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN'
  readonly mergeState: string
  readonly decision: 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null
  readonly mergeCommit: string | null
  /** Its place in the merge queue, from 1; null when it is not in it. */
  readonly place: number | null
  readonly isAutoMergeOn: boolean
  /** Review threads that are not resolved, of the newest hundred; oldest first. `before` leads to older ones. */
  readonly unresolved: readonly string[]
  readonly before: string | null
  /** All that decides whether the particulars must be asked anew. */
  readonly fingerprint: string
}

/** One connection: the newest hundred threads. */
export const statusFields = `
  id number url title state isDraft updatedAt totalCommentsCount
  repository { nameWithOwner }
  headRefName headRefOid baseRefName
  baseRef { target { oid } }
  mergeable mergeStateStatus reviewDecision
  mergeCommit { oid }
  mergeQueueEntry { position }
  autoMergeRequest { enabledAt }
  reviewThreads(last: 100) { pageInfo { hasPreviousPage startCursor } nodes { id isResolved } }`

/** Beside `contexts(first:)` of a rollup: how many checks stand how. */
export const countFields = 'totalCount checkRunCountsByState { state count } statusContextCountsByState { state count }'

/** Two connections a change: a hundred for fifty changes, one point. */
export const statusQuery = `query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on PullRequest {${statusFields}
      statusCheckRollup { state contexts(first: 1) { ${countFields} } }
    }
  }
  rateLimit { cost remaining }
}`

/** So many changes fit into one status question. */
export const statusesAtOnce = 50

type RawCounts = readonly { readonly state: string; readonly count: number }[] | null

/** What `statusFields` give. */
export type RawStatus = {
  readonly id: string
  readonly number: number
  readonly url: string
  readonly title: string
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED'
  readonly isDraft: boolean
  readonly updatedAt: string
  readonly totalCommentsCount: number | null
  readonly repository: { readonly nameWithOwner: string }
  readonly headRefName: string
  readonly headRefOid: string
  readonly baseRefName: string
  readonly baseRef: { readonly target: { readonly oid: string } | null } | null
  readonly mergeable: Status['mergeable']
  readonly mergeStateStatus: string
  readonly reviewDecision: Status['decision']
  readonly mergeCommit: { readonly oid: string } | null
  readonly mergeQueueEntry: { readonly position: number } | null
  readonly autoMergeRequest: { readonly enabledAt: string | null } | null
  readonly reviewThreads: {
    readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null }
    readonly nodes: readonly ({ readonly id: string; readonly isResolved: boolean } | null)[]
  }
  readonly statusCheckRollup: {
    readonly state: string
    readonly contexts: {
      readonly totalCount: number
      readonly checkRunCountsByState: RawCounts
      readonly statusContextCountsByState: RawCounts
    }
  } | null
}

const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const

export const readStatus = (raw: RawStatus): Status => {
  const threads = raw.reviewThreads.nodes.flatMap((thread) => thread ?? [])
  const contexts = raw.statusCheckRollup?.contexts
  // Not in it: the base branch's head, which moves all the time and tells nothing of checks and reviews; the rollup's own
  // state, which GitHub gives differently when its contexts are asked for beside it.
  const fingerprint = JSON.stringify([
    raw.updatedAt,
    raw.totalCommentsCount,
    raw.state,
    raw.isDraft,
    raw.headRefOid,
    raw.baseRefName,
    raw.reviewDecision,
    threads.map(({ id, isResolved }) => [id, isResolved]),
    contexts?.totalCount,
    [contexts?.checkRunCountsByState, contexts?.statusContextCountsByState].map((counts) =>
      (counts ?? []).map(({ state, count }) => `${state} ${count}`).sort(),
    ),
  ])
  return {
    id: raw.id,
    number: raw.number,
    repository: raw.repository.nameWithOwner,
    url: raw.url,
    title: raw.title,
    state: states[raw.state],
    isDraft: raw.isDraft,
    branch: raw.headRefName,
    base: raw.baseRefName,
    head: raw.headRefOid,
    baseHead: raw.baseRef?.target?.oid ?? null,
    updatedAt: Date.parse(raw.updatedAt),
    mergeable: raw.mergeable,
    mergeState: raw.mergeStateStatus,
    decision: raw.reviewDecision,
    mergeCommit: raw.mergeCommit?.oid ?? null,
    place: raw.mergeQueueEntry?.position ?? null,
    isAutoMergeOn: raw.autoMergeRequest !== null,
    unresolved: threads.filter(({ isResolved }) => !isResolved).map(({ id }) => id),
    before: raw.reviewThreads.pageInfo.hasPreviousPage ? raw.reviewThreads.pageInfo.startCursor : null,
    fingerprint,
  }
}
