import { z } from 'zod'
import { dismissReview, replyToThread, startThread, submitReview } from '../acts/reviews.ts'
import { refuse } from '../refusal.ts'
import { reviewCommentJson, reviewJson } from '../shapes/pulls.ts'
import { actorFor, needRead, paged, pullOf, type RepositoryCall, type Route, read, route } from './route.ts'

const line = {
  path: z.string(),
  body: z.string(),
  line: z.int().optional(),
  start_line: z.int().optional(),
  side: z.enum(['LEFT', 'RIGHT']).optional(),
}

const placed = (comment: z.infer<z.ZodObject<typeof line>>) => ({
  path: comment.path,
  body: comment.body,
  line: comment.line ?? null,
  startLine: comment.start_line ?? null,
  side: comment.side ?? ('RIGHT' as const),
})

export const reviewRoutes: readonly Route<RepositoryCall>[] = [
  route('GET pulls/{number}/reviews', (call) => {
    needRead(call, 'pull_requests')
    return paged(call, pullOf(call).reviews, (review) => reviewJson(call.world, review))
  }),
  route('POST pulls/{number}/reviews', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const parts = read(call.body, 'PullRequestReview', {
      event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']),
      body: z.string().optional(),
      commit_id: z.string().optional(),
      comments: z.array(z.strictObject(line)).optional(),
    })
    const review = await submitReview(call.world, pullOf(call), actor, {
      event: parts.event,
      body: parts.body ?? null,
      ...(parts.commit_id !== undefined && { commitOid: parts.commit_id }),
      comments: (parts.comments ?? []).map(placed),
    })
    return { body: reviewJson(call.world, review) }
  }),
  route('PUT pulls/{number}/reviews/{id}/dismissals', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const { message } = read(call.body, 'PullRequestReview', { message: z.string(), event: z.literal('DISMISS').optional() })
    const review = pullOf(call).reviews.find(({ id }) => id === Number(call.parameters.id)) ?? refuse(404, 'Not Found')
    await dismissReview(call.world, review, actor, message)
    return { body: reviewJson(call.world, review) }
  }),
  route('GET pulls/{number}/comments', (call) => {
    needRead(call, 'pull_requests')
    const all = pullOf(call)
      .threads.flatMap(({ comments }) => comments)
      .sort((a, b) => a.createdAt - b.createdAt || a.id - b.id)
    return paged(call, all, (comment) => reviewCommentJson(call.world, comment))
  }),
  route('POST pulls/{number}/comments', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const parts = read(call.body, 'PullRequestReviewComment', {
      ...line,
      commit_id: z.string(),
      subject_type: z.enum(['line', 'file']).optional(),
    })
    const thread = await startThread(call.world, pullOf(call), actor, placed(parts), parts.commit_id)
    const [comment] = thread.comments
    return { status: 201, body: comment && reviewCommentJson(call.world, comment) }
  }),
  route('POST pulls/{number}/comments/{id}/replies', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const { body } = read(call.body, 'PullRequestReviewComment', { body: z.string() })
    const thread = pullOf(call).threads.find(({ comments }) => comments[0]?.id === Number(call.parameters.id)) ?? refuse(404, 'Not Found')
    return { status: 201, body: reviewCommentJson(call.world, await replyToThread(call.world, thread, actor, body)) }
  }),
]
