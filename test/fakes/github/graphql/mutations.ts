import { addComment } from '../acts/issues.ts'
import { setDraft, setPullState } from '../acts/pulls.ts'
import { replyToThread, setResolved, submitReview } from '../acts/reviews.ts'
import { mergePull, updateBranch } from '../merging.ts'
import { dequeue, disableAutoMerge, enableAutoMerge, enqueue } from '../queue.ts'
import { Refusal } from '../refusal.ts'
import { hasPermission, rollup } from '../rules.ts'
import type { MergeMethod, Node, Pull } from '../state.ts'
import { type Area, type Arguments, type Asking, allow, allowNode, fail, homeOf, type Resolve } from './asking.ts'
import { rebaseBranch, revertPull } from './reverts.ts'

type Act = (input: Arguments, asking: Asking) => Promise<object>

/** A mutation: what it answers, with the id that the client gave it. Words of the acts that GraphQL has otherwise go through `says`. */
const mutation =
  (act: Act, says: (message: string, input: Arguments, asking: Asking) => string = (message) => message): Resolve<unknown> =>
  async (_, given, asking) => {
    const input = given.input as Arguments // every mutation of the schema has it
    try {
      return { clientMutationId: input.clientMutationId ?? null, ...(await act(input, asking)) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      throw new Refusal(error.status, says(wordsOf(error), input, asking))
    }
  }

/** The words for the field come first: REST hides them behind "Validation Failed". */
const wordsOf = ({ message, errors }: Refusal): string => {
  const [first] = errors ?? []
  return (typeof first === 'string' ? first : first?.message) ?? message
}

/** The thing of that id and kind, once the token may write there. */
const found = <Kind extends Node['kind']>(
  asking: Asking,
  id: unknown,
  kind: Kind,
  area: Area = 'pull_requests',
): Extract<Node, { kind: Kind }> => {
  const node = asking.world.nodes.get(String(id))
  if (node?.kind !== kind) return fail('NOT_FOUND', `Could not resolve to a node with the global id of '${String(id)}'`)
  allowNode(asking, node)
  const home = homeOf(node)
  if (home) allow(asking, home, area, 'write')
  return node as Extract<Node, { kind: Kind }> // as was just asked
}

const pullOf = (asking: Asking, { pullRequestId }: Arguments, area?: Area): Pull => found(asking, pullRequestId, 'PullRequest', area)
const who = ({ viewer }: Asking) => viewer.account
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const methodOf = ({ mergeMethod }: Arguments) => String(mergeMethod ?? 'MERGE').toLowerCase() as MergeMethod // an enum of the schema

/** Acts word some refusals as REST's `PUT …/merge` does, with a prefix that GraphQL gave up. */
const bare = (message: string): string => message.replace(/^Pull request (?=Pull request |Auto merge )/, '')

const autoMergeSays = (message: string, { pullRequestId }: Arguments, { world }: Asking): string => {
  const pull = world.nodes.get(String(pullRequestId))
  if (pull?.kind !== 'PullRequest' || !message.endsWith('is in clean status')) return bare(message)
  const state = rollup(pull.repository, pull.head.oid)
  return `Pull request is in ${state === null || state === 'SUCCESS' ? 'clean' : 'unstable'} status`
}

/** What GitHub can and the stand-in cannot; it fails loudly, so that nobody takes it for GitHub's answer. */
const unknown = (what: string): never => {
  throw new Error(`The stand-in for GitHub does not know ${what}.`)
}

type DraftThread = {
  readonly path: string
  readonly line: number
  readonly body: string
  readonly side?: 'LEFT' | 'RIGHT'
  readonly startLine?: number
}

const review: Act = async (input, asking) => {
  const pull = pullOf(asking, input)
  const { event, body, commitOID, comments, threads } = input
  if (event == null || event === 'DISMISS') unknown('reviews that are not submitted at once')
  if (Array.isArray(comments) && comments.length > 0) unknown('comments by their position in the diff')
  const pullRequestReview = await submitReview(asking.world, pull, who(asking), {
    event: event as 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT', // the two others were refused above
    body: text(body),
    ...(typeof commitOID === 'string' && { commitOid: commitOID }),
    comments: ((threads ?? []) as readonly DraftThread[]).map(({ startLine = null, ...thread }) => ({ startLine, ...thread })),
  })
  return { pullRequestReview, reviewEdge: { node: pullRequestReview, cursor: () => '' } }
}

const update: Act = async (input, asking) => {
  const pull = pullOf(asking, input, 'contents')
  const act = input.updateMethod === 'REBASE' ? rebaseBranch : updateBranch
  await act(asking.world, pull, who(asking), text(input.expectedHeadOid))
  return { pullRequest: pull }
}

const setState =
  (state: 'open' | 'closed'): Act =>
  async (input, asking) => {
    const pull = pullOf(asking, input)
    await setPullState(asking.world, pull, who(asking), state)
    return { pullRequest: pull }
  }

const draft =
  (isDraft: boolean): Act =>
  async (input, asking) => {
    const pull = pullOf(asking, input)
    await setDraft(asking.world, pull, who(asking), isDraft)
    return { pullRequest: pull }
  }

const resolve =
  (isResolved: boolean): Act =>
  async ({ threadId }, asking) => {
    const thread = found(asking, threadId, 'PullRequestReviewThread')
    await setResolved(asking.world, thread, who(asking), isResolved)
    return { thread }
  }

const comment: Act = async ({ subjectId, body }, asking) => {
  const kind = asking.world.nodes.get(String(subjectId))?.kind === 'Issue' ? 'Issue' : 'PullRequest'
  const subject = found(asking, subjectId, kind, kind === 'Issue' ? 'issues' : 'pull_requests')
  const made = await addComment(asking.world, subject, who(asking), String(body))
  return { subject, commentEdge: { node: made, cursor: () => '' }, timelineEdge: { node: made, cursor: () => '' } }
}

/** All of them act by way of the same functions as REST. */
export const mutations: Readonly<Record<string, Resolve<unknown>>> = {
  enablePullRequestAutoMerge: mutation(async (input, asking) => {
    const pull = pullOf(asking, input, 'contents')
    const { commitHeadline, commitBody, expectedHeadOid } = input
    const [title, body, expectedHead] = [text(commitHeadline), text(commitBody), text(expectedHeadOid)]
    await enableAutoMerge(asking.world, pull, who(asking), { method: methodOf(input), title, body, expectedHead })
    return { pullRequest: pull, actor: who(asking) }
  }, autoMergeSays),
  disablePullRequestAutoMerge: mutation(
    async (input, asking) => {
      const pull = pullOf(asking, input, 'contents')
      await disableAutoMerge(asking.world, pull, who(asking))
      return { pullRequest: pull, actor: who(asking) }
    },
    (message) => (/not enabled$/.test(message) ? "Can't disable auto-merge for this pull request." : message),
  ),
  enqueuePullRequest: mutation(
    async (input, asking) => {
      const pull = pullOf(asking, input, 'merge_queues')
      const given = { expectedHead: text(input.expectedHeadOid), isJump: input.jump === true }
      return { mergeQueueEntry: await enqueue(asking.world, pull, who(asking), given) }
    },
    (message) => bare(message).replace(/^.*Merge queue is not enabled.*$/, 'Base branch does not have a merge queue enabled'),
  ),
  // Its `id` is that of the pull request.
  dequeuePullRequest: mutation(async ({ id }, asking) => {
    const pull = found(asking, id, 'PullRequest', 'merge_queues')
    const entry = pull.queueEntry ?? fail('UNPROCESSABLE', 'Pull request is not in the queue')
    if (!hasPermission(pull.repository, who(asking), 'write')) fail('FORBIDDEN', 'Must have push access to Repository.')
    await dequeue(asking.world, entry, who(asking), 'MANUAL')
    return { mergeQueueEntry: entry }
  }),
  mergePullRequest: mutation(async (input, asking) => {
    const pull = pullOf(asking, input, 'contents')
    const sha = text(input.expectedHeadOid)
    const [title, message] = [text(input.commitHeadline), text(input.commitBody)]
    await mergePull(asking.world, pull, who(asking), { method: methodOf(input), title, message, ...(sha !== null && { sha }) })
    return { pullRequest: pull, actor: who(asking) }
  }),
  revertPullRequest: mutation(async (input, asking) => {
    const pull = pullOf(asking, input, 'contents')
    const parts = { title: text(input.title), body: text(input.body), isDraft: input.draft === true }
    return { pullRequest: pull, revertPullRequest: await revertPull(asking.world, pull, who(asking), parts) }
  }),
  updatePullRequestBranch: mutation(update, (message) =>
    message.startsWith('expected head sha') ? "head sha didn't match the current head ref." : message,
  ),
  closePullRequest: mutation(setState('closed')),
  reopenPullRequest: mutation(setState('open'), () => 'Could not open the pull request.'),
  convertPullRequestToDraft: mutation(draft(true)),
  markPullRequestReadyForReview: mutation(draft(false)),
  addPullRequestReview: mutation(review, (message) => (message.startsWith('Can not') ? `Review ${message}` : message)),
  resolveReviewThread: mutation(resolve(true)),
  unresolveReviewThread: mutation(resolve(false)),
  addPullRequestReviewThreadReply: mutation(async ({ pullRequestReviewThreadId, pullRequestReviewId, body }, asking) => {
    if (pullRequestReviewId != null) unknown('replies within a review that is not submitted yet')
    const thread = found(asking, pullRequestReviewThreadId, 'PullRequestReviewThread')
    return { comment: await replyToThread(asking.world, thread, who(asking), String(body)) }
  }),
  addComment: mutation(comment),
}
