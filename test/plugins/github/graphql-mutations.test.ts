import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { reportRun } from '../../fakes/github/acts/checks.ts'
import { setDraft } from '../../fakes/github/acts/pulls.ts'
import { protect } from '../../fakes/github/acts/repositories.ts'
import { startThread } from '../../fakes/github/acts/reviews.ts'
import type { Account, Pull, Repository, Viewer } from '../../fakes/github/state.ts'
import { account, addToken } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
let shop: Repository
let pull: Pull
let ben: Account
let count = 0
const stands: Stand[] = []

beforeEach(async () => {
  stand = await makeStand()
  stands.push(stand)
  ben = account(stand.world, 'ben')
  account(stand.world, 'cem')
  shop = await stand.repository('ana/shop', { permissions: { ben: 'write', cem: 'read' } })
  shop.merging.isAutoMergeAllowed = true
  pull = await stand.pull(shop)
})
afterAll(() => Promise.all(stands.map((one) => one.close())))

const viewer = (login: string): Viewer => {
  const who = account(stand.world, login)
  return { account: who, token: addToken(stand.world, who) }
}

/** Does a mutation with its input as a variable, as clients do, and gives what came under its name. */
const act = async (name: string, input: Record<string, unknown>, selection: string, by = viewer('ben')) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { clientMutationId ${selection} } }`
  const { data, errors, status } = await stand.ask(query, { input: { clientMutationId: `n${++count}`, ...input } }, by)
  expect(status).toBe(200)
  if (errors.length > 0) return { name, payload: data?.[name], error: errors[0] }
  expect(data[name].clientMutationId).toBe(`n${count}`)
  return { name, payload: data[name], error: undefined }
}
const refusal = (path: string, message: string, type = 'UNPROCESSABLE') => ({ payload: null, error: { type, path: [path], message } })
const oid = 'a'.repeat(40)

describe('auto-merge', () => {
  const enable = (input: Record<string, unknown> = {}) =>
    act(
      'enablePullRequestAutoMerge',
      { pullRequestId: pull.nodeId, ...input },
      'actor { login } pullRequest { state autoMergeRequest { mergeMethod enabledBy { login } } }',
    )

  test('is armed while something is missing, merges when it comes, and can be disarmed', async () => {
    await protect(stand.world, shop, 'main', { requiredChecks: ['test'] })
    const input = { mergeMethod: 'SQUASH', expectedHeadOid: pull.head.oid }
    expect((await enable(input)).payload).toMatchObject({
      actor: { login: 'ben' },
      pullRequest: { state: 'OPEN', autoMergeRequest: { mergeMethod: 'SQUASH', enabledBy: { login: 'ben' } } },
    })
    const disarm = () =>
      act('disablePullRequestAutoMerge', { pullRequestId: pull.nodeId }, 'pullRequest { autoMergeRequest { enabledAt } }')
    expect((await disarm()).payload).toMatchObject({ pullRequest: { autoMergeRequest: null } })
    expect(await disarm()).toMatchObject(refusal('disablePullRequestAutoMerge', "Can't disable auto-merge for this pull request."))
    await enable(input)
    await reportRun(stand.world, shop, pull.head.oid, 'test', { conclusion: 'success' })
    expect(pull.mergedAt).not.toBeNull()
  })

  test('is refused where it is not allowed, where nothing is missing, and for another head', async () => {
    const name = 'enablePullRequestAutoMerge'
    expect(await enable()).toMatchObject(refusal(name, 'Pull request is in clean status'))
    await reportRun(stand.world, shop, pull.head.oid, 'lint', { conclusion: 'failure' })
    expect(await enable()).toMatchObject(refusal(name, 'Pull request is in unstable status'))
    await protect(stand.world, shop, 'main', { requiredChecks: ['test'] })
    expect((await enable({ expectedHeadOid: oid })).error?.message).toContain('Head branch was modified')
    shop.merging.isAutoMergeAllowed = false
    expect(await enable()).toMatchObject(refusal(name, 'Auto merge is not allowed for this repository'))
    expect(pull.autoMerge).toBeNull()
  })
})

describe('the merge queue', () => {
  const enqueue = (input: Record<string, unknown> = {}) =>
    act('enqueuePullRequest', { pullRequestId: pull.nodeId, ...input }, 'mergeQueueEntry { position state pullRequest { isInMergeQueue } }')

  test('takes a pull, tells where it stands, and gives it back by the id of the pull', async () => {
    await protect(stand.world, shop, 'main', { hasMergeQueue: true, requiredChecks: ['test'] })
    expect((await enqueue()).error?.type).toBe('UNPROCESSABLE') // its own checks come first
    await reportRun(stand.world, shop, pull.head.oid, 'test', { conclusion: 'success' })
    expect((await enqueue({ expectedHeadOid: oid })).error?.message).toContain('Head branch was modified')
    expect((await enqueue({ expectedHeadOid: pull.head.oid })).payload).toMatchObject({
      mergeQueueEntry: { position: 1, state: 'AWAITING_CHECKS', pullRequest: { isInMergeQueue: true } },
    })
    expect(await enqueue()).toMatchObject(refusal('enqueuePullRequest', 'Pull request is already in the queue'))
    const { data } = await stand.ask(`{ repository(owner: "ana", name: "shop") { other: mergeQueue(branch: "none") { id }
      mergeQueue(branch: "main") { entries(first: 5) { nodes { position pullRequest { number } } } } } }`)
    expect(data.repository).toEqual({ other: null, mergeQueue: { entries: { nodes: [{ position: 1, pullRequest: { number: 1 } }] } } })
    const dequeue = () => act('dequeuePullRequest', { id: pull.nodeId }, 'mergeQueueEntry { id }')
    expect((await dequeue()).payload).toMatchObject({ mergeQueueEntry: { id: expect.any(String) } })
    expect((await dequeue()).error?.type).toBe('UNPROCESSABLE')
    expect(pull.queueEntry).toBeNull()
  })

  test('is refused where there is none', async () => {
    expect(await enqueue()).toMatchObject(refusal('enqueuePullRequest', 'Base branch does not have a merge queue enabled'))
  })
})

describe('merging, reverting and bringing up to date', () => {
  const merge = (input: Record<string, unknown> = {}, by = viewer('ben')) =>
    act(
      'mergePullRequest',
      { pullRequestId: pull.nodeId, ...input },
      'pullRequest { state merged changedFiles mergedBy { login } mergeCommit { oid message } }',
      by,
    )

  test('merges the head that was meant, and a second time refuses', async () => {
    expect(await merge({ expectedHeadOid: oid })).toMatchObject(
      refusal('mergePullRequest', 'Head branch was modified. Review and try the merge again.'),
    )
    const words = { commitHeadline: 'Bring it', commitBody: 'All of it' }
    const { payload } = await merge({ mergeMethod: 'SQUASH', expectedHeadOid: pull.head.oid, ...words })
    expect(payload.pullRequest).toEqual({
      state: 'MERGED',
      merged: true,
      changedFiles: 1,
      mergedBy: { login: 'ben' },
      mergeCommit: { oid: shop.branches.get('main'), message: 'Bring it\n\nAll of it' },
    })
    expect(await merge()).toMatchObject(refusal('mergePullRequest', 'Pull Request is not mergeable'))
  })

  test('refuses drafts, what protection forbids, and who may not', async () => {
    await setDraft(stand.world, pull, stand.ana, true)
    expect(await merge()).toMatchObject(refusal('mergePullRequest', 'Pull Request is still a draft'))
    await setDraft(stand.world, pull, stand.ana, false)
    await protect(stand.world, shop, 'main', { requiredChecks: ['test'] })
    expect(await merge()).toMatchObject(refusal('mergePullRequest', 'Required status check "test" is expected.'))
    expect(await merge({}, viewer('cem'))).toMatchObject({ payload: null, error: { type: 'FORBIDDEN' } })
    const token = addToken(stand.world, ben, { permissions: { metadata: 'read', pull_requests: 'read' } })
    expect(await merge({}, { account: ben, token })).toMatchObject(
      refusal('mergePullRequest', 'Resource not accessible by personal access token', 'FORBIDDEN'),
    )
    expect(await merge({ pullRequestId: 'PR_none' })).toMatchObject(
      refusal('mergePullRequest', "Could not resolve to a node with the global id of 'PR_none'", 'NOT_FOUND'),
    )
  })

  test.each(['MERGE', 'SQUASH', 'REBASE'])(
    'a pull that was merged by %s is taken back by another one, which keeps what came later',
    async (mergeMethod) => {
      const revert = () =>
        act(
          'revertPullRequest',
          { pullRequestId: pull.nodeId, draft: true },
          'revertPullRequest { title body isDraft headRefName baseRefName files(first: 5) { nodes { path changeType } } }',
        )
      expect((await revert()).error?.type).toBe('UNPROCESSABLE')
      await stand.push(shop, pull.head.branch, { 'second.txt': 'second\n' })
      await stand.push(shop, 'main', { 'between.txt': 'between\n' })
      expect((await merge({ mergeMethod })).payload.pullRequest).toMatchObject({ merged: true, changedFiles: 2 })
      await stand.push(shop, 'main', { 'later.txt': 'later\n' })
      expect((await revert()).payload.revertPullRequest).toEqual({
        title: 'Revert "A title"',
        body: 'Reverts ana/shop#1',
        isDraft: true,
        headRefName: 'revert-1-ao/1',
        baseRefName: 'main',
        files: { nodes: ['new.txt', 'second.txt'].map((path) => ({ path, changeType: 'DELETED' })) },
      })
    },
  )

  test.each(['MERGE', 'REBASE'])('the branch is brought up to date by %s, for the head that was meant only', async (updateMethod) => {
    const update = (expectedHeadOid: string) =>
      act(
        'updatePullRequestBranch',
        { pullRequestId: pull.nodeId, expectedHeadOid, updateMethod },
        'pullRequest { headRefOid commits(first: 5) { totalCount } }',
      )
    const name = 'updatePullRequestBranch'
    const old = pull.head.oid
    expect(await update(old)).toMatchObject(refusal(name, 'There are no new commits on the base branch.'))
    await stand.push(shop, 'main', { 'other.txt': 'other\n' })
    expect(await update(oid)).toMatchObject(refusal(name, "head sha didn't match the current head ref."))
    const { payload } = await update(old)
    expect(payload.pullRequest).toEqual({ headRefOid: pull.head.oid, commits: { totalCount: updateMethod === 'MERGE' ? 2 : 1 } })
    expect(pull.head.oid).not.toBe(old)
    await stand.push(shop, 'main', { 'new.txt': 'otherwise\n' })
    expect(await update(pull.head.oid)).toMatchObject(refusal(name, `${updateMethod.toLowerCase()} conflict between base and head`))
  })
})

describe('the rest of a pull request', () => {
  const shown = 'pullRequest { state isDraft }'

  test('is closed, opened again, made a draft and ready', async () => {
    const input = { pullRequestId: pull.nodeId }
    expect((await act('closePullRequest', input, shown)).payload.pullRequest.state).toBe('CLOSED')
    expect((await act('reopenPullRequest', input, shown)).payload.pullRequest.state).toBe('OPEN')
    expect((await act('convertPullRequestToDraft', input, shown)).payload.pullRequest.isDraft).toBe(true)
    expect((await act('markPullRequestReadyForReview', input, shown)).payload.pullRequest.isDraft).toBe(false)
    await act('mergePullRequest', input, shown)
    expect(await act('reopenPullRequest', input, shown)).toMatchObject(refusal('reopenPullRequest', 'Could not open the pull request.'))
  })

  test('is reviewed with comments on lines; nobody approves what is their own', async () => {
    const review = (input: Record<string, unknown>, by?: Viewer) =>
      act(
        'addPullRequestReview',
        { pullRequestId: pull.nodeId, ...input },
        'pullRequestReview { state body comments(first: 5) { nodes { path line body } } }',
        by,
      )
    const threads = [{ path: 'new.txt', line: 1, body: 'Why?' }]
    const { payload } = await review({ event: 'REQUEST_CHANGES', body: 'Not yet', threads })
    expect(payload.pullRequestReview).toEqual({ state: 'CHANGES_REQUESTED', body: 'Not yet', comments: { nodes: threads } })
    expect(await review({ event: 'APPROVE' }, viewer('ana'))).toMatchObject(
      refusal('addPullRequestReview', 'Review Can not approve your own pull request'),
    )
    await expect(review({})).rejects.toThrow('The stand-in for GitHub does not know reviews that are not submitted at once.')
  })

  test('has its threads answered, resolved and opened again', async () => {
    const { nodeId: threadId } = await startThread(stand.world, pull, ben, { path: 'new.txt', line: 1, body: 'Why?' })
    const reply = { pullRequestReviewThreadId: threadId, body: 'Because' }
    expect((await act('addPullRequestReviewThreadReply', reply, 'comment { body replyTo { body } }')).payload.comment).toEqual({
      body: 'Because',
      replyTo: { body: 'Why?' },
    })
    const resolved = 'thread { isResolved resolvedBy { login } }'
    expect((await act('resolveReviewThread', { threadId }, resolved)).payload.thread).toEqual({
      isResolved: true,
      resolvedBy: { login: 'ben' },
    })
    expect((await act('unresolveReviewThread', { threadId }, resolved)).payload.thread).toEqual({ isResolved: false, resolvedBy: null })
  })

  test('a list without a size spoils the answer of a mutation and not what it does, as on GitHub', async () => {
    const { payload, error } = await act('closePullRequest', { pullRequestId: pull.nodeId }, 'pullRequest { labels { nodes { name } } }')
    expect([payload, error?.type, pull.state]).toEqual([null, 'MISSING_PAGINATION_BOUNDARIES', 'closed'])
  })
})
