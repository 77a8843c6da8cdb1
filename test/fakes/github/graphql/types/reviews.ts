import { hasPermission } from '../../rules.ts'
import type { Account, Pull, Review, ReviewComment, Thread } from '../../state.ts'
import { type Asking, type Fields, itemAddress, loginOf } from '../asking.ts'
import { associationOf } from './comments.ts'
import { commitOf, type Request } from './nodes.ts'

/** The last review of each person, leaving out those that are asked to review again. */
export const latestReviews = (pull: Pull): readonly Review[] => {
  const last = new Map<Account | null, Review>()
  for (const review of pull.reviews) last.set(review.author, review)
  return [...last.values()].filter(({ author }) => author === null || !pull.requestedReviewers.includes(author))
}

/** The last word of each person, mere comments left out. */
export const latestOpinions = (pull: Pull, isOfWriters: boolean): readonly Review[] => {
  const last = new Map<Account | null, Review>()
  for (const review of pull.reviews) if (review.state !== 'COMMENTED') last.set(review.author, review)
  return [...last.values()].filter(({ author }) => !isOfWriters || hasPermission(pull.repository, author, 'write'))
}

export const reviewsOf = (pull: Pull, { states, author }: Readonly<Record<string, unknown>>): readonly Review[] =>
  pull.reviews.filter(
    (review) =>
      (!Array.isArray(states) || states.includes(review.state)) &&
      (author == null || (review.author !== null && loginOf(review.author) === author)),
  )

const canWrite = ({ pull }: Thread, _: unknown, { viewer }: Asking): boolean => hasPermission(pull.repository, viewer.account, 'write')

export const review: Fields<Review> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  author: ({ author }) => author,
  authorAssociation: ({ pull, author }) => associationOf(pull.repository, author),
  authorCanPushToRepository: ({ pull, author }) => hasPermission(pull.repository, author, 'write'),
  state: ({ state }) => state,
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  commit: ({ pull, commitOid }) => commitOf(pull.repository, commitOid),
  comments: (review) => review.pull.threads.flatMap(({ comments }) => comments).filter((comment) => comment.review === review),
  createdAt: ({ submittedAt }) => submittedAt,
  submittedAt: ({ submittedAt }) => submittedAt,
  publishedAt: ({ submittedAt }) => submittedAt,
  updatedAt: ({ submittedAt }) => submittedAt,
  lastEditedAt: () => null,
  isMinimized: () => false,
  minimizedReason: () => null,
  pullRequest: ({ pull }) => pull,
  repository: ({ pull }) => pull.repository,
  url: ({ pull, id }, _, asking) => `${itemAddress(asking, pull)}#pullrequestreview-${id}`,
  viewerDidAuthor: ({ author }, _, { viewer }) => author === viewer.account,
}

export const thread: Fields<Thread> = {
  id: ({ nodeId }) => nodeId,
  path: ({ path }) => path,
  line: ({ line }) => line,
  originalLine: ({ originalLine }) => originalLine,
  startLine: ({ startLine, isOutdated }) => (isOutdated ? null : startLine),
  originalStartLine: ({ startLine }) => startLine,
  diffSide: ({ side }) => side,
  startDiffSide: ({ side, startLine }) => (startLine === null ? null : side),
  subjectType: ({ originalLine }) => (originalLine === null ? 'FILE' : 'LINE'),
  isResolved: ({ isResolved }) => isResolved,
  isOutdated: ({ isOutdated }) => isOutdated,
  isCollapsed: ({ isResolved }) => isResolved,
  resolvedBy: ({ resolvedBy }) => resolvedBy,
  comments: ({ comments }) => comments,
  pullRequest: ({ pull }) => pull,
  repository: ({ pull }) => pull.repository,
  viewerCanReply: () => true,
  viewerCanResolve: (thread, given, asking) =>
    !thread.isResolved && (canWrite(thread, given, asking) || thread.pull.author === asking.viewer.account),
  viewerCanUnresolve: (thread, given, asking) =>
    thread.isResolved && (canWrite(thread, given, asking) || thread.pull.author === asking.viewer.account),
}

export const reviewComment: Fields<ReviewComment> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  author: ({ author }) => author,
  authorAssociation: ({ thread, author }) => associationOf(thread.pull.repository, author),
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  path: ({ thread }) => thread.path,
  line: ({ thread }) => thread.line,
  originalLine: ({ thread }) => thread.originalLine,
  startLine: ({ thread }) => (thread.isOutdated ? null : thread.startLine),
  originalStartLine: ({ thread }) => thread.startLine,
  outdated: ({ thread }) => thread.isOutdated,
  diffHunk: ({ diffHunk }) => diffHunk,
  subjectType: ({ thread }) => (thread.originalLine === null ? 'FILE' : 'LINE'),
  state: () => 'SUBMITTED',
  // GitHub moves `commit` along with the head as long as the line is still there.
  commit: ({ thread, commitOid }) => commitOf(thread.pull.repository, thread.isOutdated ? commitOid : thread.pull.head.oid),
  originalCommit: ({ thread, commitOid }) => commitOf(thread.pull.repository, commitOid),
  replyTo: ({ replyTo }) => replyTo,
  pullRequestReview: ({ review }) => review,
  pullRequest: ({ thread }) => thread.pull,
  repository: ({ thread }) => thread.pull.repository,
  createdAt: ({ createdAt }) => createdAt,
  draftedAt: ({ createdAt }) => createdAt,
  publishedAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  lastEditedAt: ({ createdAt, updatedAt }) => (updatedAt > createdAt ? updatedAt : null),
  isMinimized: () => false,
  minimizedReason: () => null,
  url: ({ thread, id }, _, asking) => `${itemAddress(asking, thread.pull)}#discussion_r${id}`,
  viewerDidAuthor: ({ author }, _, { viewer }) => author === viewer.account,
}

export const requestsOf = (pull: Pull): readonly Request[] =>
  pull.requestedReviewers.map((account) => ({ kind: 'ReviewRequest', nodeId: `RRQ_${pull.nodeId}_${account.id}`, pull, account }))

export const reviewRequest: Fields<Request> = {
  id: ({ nodeId }) => nodeId,
  asCodeOwner: () => false,
  pullRequest: ({ pull }) => pull,
  requestedReviewer: ({ account }) => account,
}
