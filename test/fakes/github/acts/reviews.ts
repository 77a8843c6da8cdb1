import { invalid, refuse } from '../refusal.ts'
import { hasPermission } from '../rules.ts'
import { pullJson, reviewCommentJson, reviewJson } from '../shapes/pulls.ts'
import type { Account, Pull, Review, ReviewComment, Thread, World } from '../state.ts'
import { known } from '../world.ts'
import { need, needWritable, note, tell, touch } from './common.ts'
import { hunkAt, type NewComment } from './lines.ts'

/**
 * A review that is submitted at once.
 * @throws Refusal 422 with GitHub's words: on one's own pull request, without the words it needs, on a commit or line that is not in it.
 */
export const submitReview = async (
  world: World,
  pull: Pull,
  actor: Account,
  parts: {
    readonly event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'
    readonly body?: string | null
    readonly commitOid?: string
    readonly comments?: readonly NewComment[]
  },
): Promise<Review> => {
  need(pull.repository, actor, 'read')
  needWritable(pull.repository)
  const body = parts.body ?? ''
  const comments = parts.comments ?? []
  if (actor === pull.author && parts.event !== 'COMMENT')
    refuse(422, 'Unprocessable Entity', [
      parts.event === 'APPROVE' ? 'Can not approve your own pull request' : 'Can not request changes on your own pull request',
    ])
  if (body.trim() === '' && (parts.event === 'REQUEST_CHANGES' || (parts.event === 'COMMENT' && comments.length === 0)))
    refuse(422, 'Unprocessable Entity', [`Could not submit review: body can't be blank for ${parts.event}`])
  if (pull.isLocked && !hasPermission(pull.repository, actor, 'write')) refuse(422, 'Unprocessable Entity', ['lock prevents review'])
  const commitOid = parts.commitOid ?? pull.head.oid
  await needCommit(pull, commitOid)
  const hunks: string[] = []
  for (const comment of comments) hunks.push(await hunkAt(pull, commitOid, comment))

  const state = ({ APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const)[parts.event]
  const review = addReview(world, pull, actor, { state, body, commitOid })
  for (const [index, comment] of comments.entries()) addThread(world, pull, actor, review, comment, hunks[index] ?? '')
  if (state !== 'COMMENTED') pull.requestedReviewers = pull.requestedReviewers.filter((one) => one !== actor)
  tellReview(world, review, actor, 'submitted')
  for (const comment of pull.threads.flatMap((thread) => thread.comments).filter((one) => one.review === review))
    tellComment(world, comment, actor, 'created')
  await world.settle()
  return review
}

const needCommit = async (pull: Pull, oid: string): Promise<void> => {
  if (oid === pull.head.oid) return
  const found = /^[0-9a-f]{40}$/.test(oid) && (await pull.repository.git.commit(oid))
  if (!found) refuse(422, 'Unprocessable Entity', ['The `commit_id` is not part of the pull request'])
}

const addReview = (world: World, pull: Pull, author: Account, parts: Pick<Review, 'state' | 'body' | 'commitOid'>): Review => {
  const review: Review = known(world, 'PullRequestReview', { pull, author, submittedAt: world.now(), ...parts }, pull.repository)
  pull.reviews.push(review)
  touch(world, pull)
  return review
}

const addThread = (world: World, pull: Pull, author: Account, review: Review, comment: NewComment, diffHunk: string): Thread => {
  const thread: Thread = known(
    world,
    'PullRequestReviewThread',
    {
      pull,
      path: comment.path,
      line: comment.line,
      originalLine: comment.line,
      startLine: comment.startLine ?? null,
      side: comment.side ?? 'RIGHT',
      isResolved: false,
      resolvedBy: null,
      isOutdated: false,
      comments: [],
    },
    pull.repository,
  )
  pull.threads.push(thread)
  addReviewComment(world, thread, author, review, { body: comment.body, diffHunk })
  return thread
}

const addReviewComment = (
  world: World,
  thread: Thread,
  author: Account,
  review: Review,
  { body, diffHunk }: { readonly body: string; readonly diffHunk: string },
): ReviewComment => {
  if (body.trim() === '') invalid('PullRequestReviewComment', 'body', 'missing_field')
  const at = world.now()
  const comment: ReviewComment = known(
    world,
    'PullRequestReviewComment',
    {
      thread,
      review,
      author,
      body,
      diffHunk,
      commitOid: review.commitOid,
      replyTo: thread.comments[0] ?? null,
      createdAt: at,
      updatedAt: at,
    },
    thread.pull.repository,
  )
  thread.comments.push(comment)
  touch(world, thread.pull)
  return comment
}

/** A comment on a line on its own: GitHub makes a review of it. */
export const startThread = async (
  world: World,
  pull: Pull,
  actor: Account,
  comment: NewComment,
  commitOid = pull.head.oid,
): Promise<Thread> => {
  const review = await submitReview(world, pull, actor, { event: 'COMMENT', comments: [comment], commitOid })
  return pull.threads.find((thread) => thread.comments[0]?.review === review) ?? refuse(500, 'The thread was not made.')
}

export const replyToThread = async (world: World, thread: Thread, actor: Account, body: string): Promise<ReviewComment> => {
  const { pull } = thread
  need(pull.repository, actor, 'read')
  needWritable(pull.repository)
  const review = addReview(world, pull, actor, { state: 'COMMENTED', body: '', commitOid: thread.comments[0]?.commitOid ?? pull.head.oid })
  const comment = addReviewComment(world, thread, actor, review, { body, diffHunk: thread.comments[0]?.diffHunk ?? '' })
  tellReview(world, review, actor, 'submitted')
  tellComment(world, comment, actor, 'created')
  return comment
}

/** Resolves a thread or opens it again. It is no news to `updatedAt` on GitHub, only to hooks. */
export const setResolved = async (world: World, thread: Thread, actor: Account, isResolved: boolean): Promise<void> => {
  if (thread.pull.author !== actor) need(thread.pull.repository, actor, 'write')
  needWritable(thread.pull.repository)
  if (thread.isResolved === isResolved) return
  thread.isResolved = isResolved
  thread.resolvedBy = isResolved ? actor : null
  tell(
    world,
    'pull_request_review_thread',
    isResolved ? 'resolved' : 'unresolved',
    { repository: thread.pull.repository, sender: actor },
    () => ({
      thread: { node_id: thread.nodeId, comments: thread.comments.map((comment) => reviewCommentJson(world, comment)) },
      pull_request: pullJson(world, thread.pull),
    }),
  )
  await world.settle()
}

export const dismissReview = async (world: World, review: Review, actor: Account | null, message: string): Promise<void> => {
  if (actor) need(review.pull.repository, actor, 'write')
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED')
    refuse(422, 'Validation Failed', [`Can not dismiss a ${review.state.toLowerCase()} pull request review`])
  review.state = 'DISMISSED'
  note(world, review.pull, actor, 'review_dismissed', { review_id: review.id, message })
  tellReview(world, review, actor ?? review.pull.repository.owner, 'dismissed')
  await world.settle()
}

const tellReview = (world: World, review: Review, sender: Account, action: string): void =>
  tell(world, 'pull_request_review', action, { repository: review.pull.repository, sender }, () => ({
    review: { ...reviewJson(world, review), state: review.state.toLowerCase() }, // hooks write it small
    pull_request: pullJson(world, review.pull),
  }))

const tellComment = (world: World, comment: ReviewComment, sender: Account, action: string): void =>
  tell(world, 'pull_request_review_comment', action, { repository: comment.thread.pull.repository, sender }, () => ({
    comment: reviewCommentJson(world, comment),
    pull_request: pullJson(world, comment.thread.pull),
  }))
