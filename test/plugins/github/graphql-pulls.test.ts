import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportRun, reportStatus } from '../../fakes/github/acts/checks.ts'
import { addChild, addComment, addLabels, createIssue, setIssueState } from '../../fakes/github/acts/issues.ts'
import { requestReviewers } from '../../fakes/github/acts/pulls.ts'
import { protect, unprotect } from '../../fakes/github/acts/repositories.ts'
import { replyToThread, submitReview } from '../../fakes/github/acts/reviews.ts'
import { deleteBranch } from '../../fakes/github/merging.ts'
import type { Pull, Repository } from '../../fakes/github/state.ts'
import { account } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
let shop: Repository

beforeAll(async () => {
  stand = await makeStand()
  shop = await stand.repository('ana/shop', { permissions: { ben: 'write', cem: 'read' } })
  for (const login of ['ben', 'cem']) account(stand.world, login)
})
afterAll(() => stand.close())

const ofPull = async (pull: Pull, selection: string) => {
  const { data, errors } = await stand.ask(`query ($id: ID!) { node(id: $id) { ... on PullRequest { ${selection} } } }`, {
    id: pull.nodeId,
  })
  expect(errors).toEqual([])
  return data.node
}
describe('pages', () => {
  const page = async (repository: Repository, given: string) => {
    const { data } = await stand.ask(`{ node(id: "${repository.nodeId}") { ... on Repository { issues(${given}) { totalCount
      nodes { number } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`)
    const { totalCount, nodes, edges, pageInfo } = data.node.issues
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
    expect([startCursor, endCursor]).toEqual([edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null])
    return {
      totalCount,
      numbers: nodes.map(({ number }: { number: number }) => number),
      hasNextPage,
      hasPreviousPage,
      startCursor,
      endCursor,
    }
  }
  const listed = async (name: string): Promise<Repository> => {
    const repository = await stand.repository(`ana/${name}`)
    for (let count = 0; count < 5; count += 1) await createIssue(stand.world, repository, stand.ana, { title: 'An issue' })
    return repository
  }

  test('forwards and backwards', async () => {
    const repository = await listed('pages')
    const first = await page(repository, 'first: 2')
    expect(first).toMatchObject({ totalCount: 5, numbers: [1, 2], hasNextPage: true, hasPreviousPage: false })
    const second = await page(repository, `first: 2, after: "${first.endCursor}"`)
    expect(second).toMatchObject({ totalCount: 5, numbers: [3, 4], hasNextPage: true, hasPreviousPage: true })
    expect(await page(repository, `first: 2, after: "${second.endCursor}"`)).toMatchObject({ numbers: [5], hasNextPage: false })
    const last = await page(repository, 'last: 2')
    expect(last).toMatchObject({ numbers: [4, 5], hasNextPage: false, hasPreviousPage: true })
    expect(await page(repository, `last: 2, before: "${last.startCursor}"`)).toMatchObject({ numbers: [2, 3], hasNextPage: true })
    expect(await page(repository, 'first: 0')).toMatchObject({ totalCount: 5, numbers: [], endCursor: null })
  })

  test('go on in the right place when something was put before it or the last item is gone', async () => {
    const repository = await listed('moves')
    const newest = 'orderBy: { field: CREATED_AT, direction: DESC }'
    const { numbers, endCursor } = await page(repository, `first: 2, ${newest}`)
    expect(numbers).toEqual([5, 4])
    await createIssue(stand.world, repository, stand.ana, { title: 'One more' })
    expect(await page(repository, `first: 2, ${newest}, after: "${endCursor}"`)).toMatchObject({ numbers: [3, 2] })
    repository.items.delete(6)
    repository.items.delete(4)
    expect(await page(repository, `first: 2, ${newest}, after: "${endCursor}"`)).toMatchObject({ numbers: [3, 2] })
  })

  test('a cursor that is none is refused', async () => {
    const { errors } = await stand.ask(
      '{ repository(owner: "ana", name: "shop") { issues(first: 1, after: "nonsense") { nodes { id } } } }',
    )
    expect(errors).toMatchObject([{ type: 'INVALID_CURSOR_ARGUMENTS', message: '`nonsense` does not appear to be a valid cursor.' }])
  })
})

describe('checks of a pull request', () => {
  const rollup = `statusCheckRollup { state contexts(first: 10) { totalCount checkRunCount statusContextCount
    checkRunCountsByState { state count } statusContextCountsByState { state count }
    nodes { __typename ... on CheckRun { name status conclusion databaseId checkSuite { app { slug } workflowRun { databaseId } } }
      ... on StatusContext { context state } ... on RequirableByPullRequest { isRequired(pullRequestNumber: $number) } } } }`

  test('runs and statuses together, counted by their states, the required ones told apart, superseded runs left out', async () => {
    const pull = await stand.pull(shop, { files: { 'checks.txt': 'x\n' } })
    const { oid } = pull.head
    await reportRun(stand.world, shop, oid, 'test', { conclusion: 'failure' })
    await reportRun(stand.world, shop, oid, 'test', { conclusion: 'success' })
    await reportRun(stand.world, shop, oid, 'lint', { status: 'in_progress' })
    await reportStatus(stand.world, shop, oid, 'ci/deploy', 'error')
    await protect(stand.world, shop, 'main', { requiredChecks: ['test', 'ci/deploy'] })
    const query = `query ($id: ID!, $number: Int!) { node(id: $id) { ... on PullRequest { ${rollup} } } }`
    const { data } = await stand.ask(query, { id: pull.nodeId, number: pull.number })
    const { state, contexts } = data.node.statusCheckRollup
    expect(state).toBe('ERROR')
    expect(contexts).toMatchObject({ totalCount: 3, checkRunCount: 2, statusContextCount: 1 })
    expect(contexts.checkRunCountsByState).toEqual([
      { state: 'SUCCESS', count: 1 },
      { state: 'IN_PROGRESS', count: 1 },
    ])
    expect(contexts.statusContextCountsByState).toEqual([{ state: 'ERROR', count: 1 }])
    expect(contexts.nodes).toMatchObject([
      {
        __typename: 'CheckRun',
        name: 'test',
        status: 'COMPLETED',
        conclusion: 'SUCCESS',
        isRequired: true,
        checkSuite: { app: { slug: 'github-actions' } },
      },
      { __typename: 'CheckRun', name: 'lint', status: 'IN_PROGRESS', conclusion: null, isRequired: false },
      { __typename: 'StatusContext', context: 'ci/deploy', state: 'ERROR', isRequired: true },
    ])
    await unprotect(stand.world, shop, 'main')
  })

  test('a commit without any has no rollup', async () => {
    const pull = await stand.pull(shop, { files: { 'none.txt': 'x\n' } })
    expect(await ofPull(pull, 'statusCheckRollup { state }')).toEqual({ statusCheckRollup: null })
  })
})

describe('a pull request', () => {
  test('shows its branches, files and commits', async () => {
    const pull = await stand.pull(shop, { files: { 'src/a.txt': 'a\nb\n', 'README.md': '# other\n' }, body: null })
    const node = await ofPull(
      pull,
      `state body isCrossRepository headRefName headRefOid baseRefName baseRefOid author { login } headRef { name target { oid } }
       baseRef { branchProtectionRule { pattern requiresStrictStatusChecks } refUpdateRule { requiredStatusCheckContexts } }
       files(first: 5) { nodes { path changeType additions } } changedFiles additions
       commits(last: 1) { totalCount nodes { commit { oid message messageHeadline messageBody committedDate } } }`,
    )
    const main = shop.branches.get('main')
    expect(node).toMatchObject({
      state: 'OPEN',
      body: '',
      isCrossRepository: false,
      author: { login: 'ana' },
      baseRefName: 'main',
      baseRefOid: main,
    })
    expect(node).toMatchObject({ headRefOid: pull.head.oid, headRef: { name: pull.head.branch, target: { oid: pull.head.oid } } })
    expect(node.files.nodes).toEqual([
      { path: 'README.md', changeType: 'MODIFIED', additions: 1 },
      { path: 'src/a.txt', changeType: 'ADDED', additions: 2 },
    ])
    expect(node).toMatchObject({ changedFiles: 2, additions: 3, baseRef: { branchProtectionRule: null, refUpdateRule: null } })
    const [words] = [{ message: 'Work\n\nMore words', messageHeadline: 'Work', messageBody: 'More words' }]
    expect(node.commits).toEqual({
      totalCount: 1,
      nodes: [{ commit: { oid: pull.head.oid, ...words, committedDate: '2026-01-01T00:00:00Z' } }],
    })
    await deleteBranch(stand.world, shop, stand.ana, pull.head.branch)
    expect(await ofPull(pull, 'state headRef { id } headRefName')).toEqual({
      state: 'CLOSED',
      headRef: null,
      headRefName: pull.head.branch,
    })
  })

  test('shows its reviews, who is asked for one, and whole threads', async () => {
    const [ben, cem] = [account(stand.world, 'ben'), account(stand.world, 'cem')]
    const pull = await stand.pull(shop, { files: { 'long.txt': 'one\ntwo\nthree\n' } })
    await submitReview(stand.world, pull, cem, { event: 'APPROVE' })
    const comments = [{ path: 'long.txt', line: 3, startLine: 2, body: 'Why so?' }]
    await submitReview(stand.world, pull, ben, { event: 'REQUEST_CHANGES', body: 'Not yet', comments })
    const [thread] = pull.threads
    if (!thread) throw new Error('There is no thread.')
    await replyToThread(stand.world, thread, stand.ana, 'Because')
    await requestReviewers(stand.world, pull, stand.ana, ['cem'])
    const query = `reviewDecision reviews(first: 9, states: [APPROVED, CHANGES_REQUESTED]) { nodes { author { login } state body commit { oid } } }
      latestReviews(first: 5) { nodes { author { login } } } latestOpinionatedReviews(first: 5, writersOnly: true) { nodes { author { login } } }
      reviewRequests(first: 5) { nodes { requestedReviewer { ... on User { login } } } } totalCommentsCount
      reviewThreads(first: 5) { nodes { id isResolved isOutdated path line startLine originalLine
        comments(first: 5) { nodes { body author { login } replyTo { body } outdated } } } }`
    const node = await ofPull(pull, query)
    expect(node.reviewDecision).toBe('CHANGES_REQUESTED')
    expect(node.reviews.nodes).toEqual([
      { author: { login: 'cem' }, state: 'APPROVED', body: '', commit: { oid: pull.head.oid } },
      { author: { login: 'ben' }, state: 'CHANGES_REQUESTED', body: 'Not yet', commit: { oid: pull.head.oid } },
    ])
    expect(node.latestReviews.nodes).toEqual([{ author: { login: 'ben' } }, { author: { login: 'ana' } }])
    expect(node.latestOpinionatedReviews.nodes).toEqual([{ author: { login: 'ben' } }])
    expect(node.reviewRequests.nodes).toEqual([{ requestedReviewer: { login: 'cem' } }])
    expect(node).toMatchObject({ totalCommentsCount: 2 })
    const said = [
      { body: 'Why so?', author: { login: 'ben' }, replyTo: null, outdated: false },
      { body: 'Because', author: { login: 'ana' }, replyTo: { body: 'Why so?' }, outdated: false },
    ]
    const place = { id: thread.nodeId, isResolved: false, path: 'long.txt', originalLine: 3 }
    expect(node.reviewThreads.nodes).toEqual([{ ...place, isOutdated: false, line: 3, startLine: 2, comments: { nodes: said } }])
    await stand.push(shop, pull.head.branch, { 'long.txt': 'all new\n' })
    const [outdated] = (await ofPull(pull, query)).reviewThreads.nodes
    expect(outdated).toMatchObject({ ...place, isOutdated: true, line: null, startLine: null })
  })
})

describe('an issue', () => {
  test('shows labels, assignees, comments, its parts and what stands in its timeline', async () => {
    const { world, ana } = stand
    const whole = await createIssue(world, shop, ana, { title: 'Whole', body: null, labels: ['bug'], assignees: ['ben'] })
    for (const title of ['First part', 'Second part']) await addChild(world, whole, await createIssue(world, shop, ana, { title }), ana)
    const [part] = whole.children
    if (part) await setIssueState(world, part, ana, 'closed', 'duplicate')
    await addComment(world, whole, account(world, 'ben'), 'Me too')
    await addLabels(world, whole, ana, ['later'])
    const { data } = await stand.ask(`{ node(id: "${whole.nodeId}") { ... on Issue { state body stateReason
      labels(first: 5) { nodes { name } } assignees(first: 5) { nodes { login } } comments(last: 5) { nodes { body author { login } } }
      subIssues(first: 5) { nodes { title state stateReason real: stateReason(enableDuplicate: true) parent { number } } } subIssuesSummary { total completed percentCompleted }
      timelineItems(last: 5, itemTypes: [ISSUE_COMMENT, LABELED_EVENT]) { nodes { __typename ... on LabeledEvent { label { name } actor { login } } } } } } }`)
    expect(data.node).toMatchObject({
      state: 'OPEN',
      body: '',
      stateReason: null,
      subIssuesSummary: { total: 2, completed: 1, percentCompleted: 50 },
    })
    expect(data.node.labels.nodes).toEqual([{ name: 'bug' }, { name: 'later' }])
    expect(data.node.assignees.nodes).toEqual([{ login: 'ben' }])
    expect(data.node.comments.nodes).toEqual([{ body: 'Me too', author: { login: 'ben' } }])
    expect(data.node.subIssues.nodes).toEqual([
      { title: 'First part', state: 'CLOSED', stateReason: 'NOT_PLANNED', real: 'DUPLICATE', parent: { number: whole.number } },
      { title: 'Second part', state: 'OPEN', stateReason: null, real: null, parent: { number: whole.number } },
    ])
    expect(data.node.timelineItems.nodes).toEqual([
      { __typename: 'IssueComment' },
      { __typename: 'LabeledEvent', label: { name: 'later' }, actor: { login: 'ana' } },
    ])
  })
})
