import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportRun } from '../../fakes/github/acts/checks.ts'
import { protect } from '../../fakes/github/acts/repositories.ts'
import type { Account, Installation, Pull, Repository, Token, Viewer } from '../../fakes/github/state.ts'
import { account, addApp, addToken, install } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
let secret: Repository
let pull: Pull

beforeAll(async () => {
  stand = await makeStand()
  for (const login of ['ben', 'cem']) account(stand.world, login)
  secret = await stand.repository('ana/secret', { isPrivate: true, permissions: { ben: 'write' }, files: { 'src/a.txt': 'a\n' } })
  pull = await stand.pull(secret)
  await reportRun(stand.world, secret, pull.head.oid, 'test', { conclusion: 'success' })
  await protect(stand.world, secret, 'main', { requiredChecks: ['test'], isStrict: true })
})
afterAll(() => stand.close())

const person = (login: string, parts: Parameters<typeof addToken>[2] = {}): Viewer => {
  const who: Account = account(stand.world, login)
  return { account: who, token: addToken(stand.world, who, parts) }
}
const robot = (permissions: Installation['permissions'], repositories = [secret]): Viewer => {
  const app = addApp(stand.world, 'robo', stand.ana)
  const installation = install(stand.world, app, repositories, permissions)
  const token: Token = addToken(stand.world, app.bot, { installation, permissions })
  return { account: app.bot, token }
}
const look = (viewer: Viewer, selection: string) =>
  stand.ask(`{ node(id: "${pull.nodeId}") { ... on PullRequest { ${selection} } } }`, {}, viewer)

describe('what a viewer may see', () => {
  const statuses = 'number statusCheckRollup { state }'

  test('nothing of a private repository to a stranger, nor to a token without the scope for private ones', async () => {
    for (const viewer of [person('cem'), person('ben', { scopes: ['public_repo'] })]) {
      const { data, errors } = await look(viewer, 'number')
      expect(data).toEqual({ node: null })
      expect(errors).toMatchObject([{ type: 'FORBIDDEN', path: ['node'], message: 'Resource not accessible by personal access token' }])
      const byName = await stand.ask('{ repository(owner: "ana", name: "secret") { id } }', {}, viewer)
      expect(byName.errors).toMatchObject([{ type: 'NOT_FOUND', path: ['repository'] }])
    }
    expect((await look(person('ben'), statuses)).data.node).toEqual({ number: 1, statusCheckRollup: { state: 'SUCCESS' } })
  })

  test('a permission that a token lacks spoils the fields that need it, and no others', async () => {
    const read = { metadata: 'read', pull_requests: 'read' } as const
    for (const [viewer, what] of [
      [person('ben', { permissions: read }), 'personal access token'],
      [robot(read), 'integration'],
    ] as const) {
      const { data, errors } = await look(viewer, statuses)
      expect(data.node).toEqual({ number: 1, statusCheckRollup: null })
      expect(errors).toMatchObject([
        { type: 'FORBIDDEN', path: ['node', 'statusCheckRollup'], message: `Resource not accessible by ${what}` },
      ])
    }
    expect((await look(robot({ ...read, checks: 'read' }), statuses)).errors).toEqual([])
    expect((await look(robot({ metadata: 'read' }), 'number')).errors).toMatchObject([{ type: 'FORBIDDEN', path: ['node'] }])
  })

  test('an App sees what it was installed for', async () => {
    const other = await stand.repository('ana/other', { isPrivate: true })
    const viewer = robot({ metadata: 'read', pull_requests: 'write' }, [other])
    expect((await look(viewer, 'number')).errors).toMatchObject([{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }])
    const { data } = await stand.ask(
      '{ viewer { __typename login } repository(owner: "ana", name: "other") { nameWithOwner } }',
      {},
      viewer,
    )
    expect(data).toEqual({ viewer: { __typename: 'User', login: 'robo[bot]' }, repository: { nameWithOwner: 'ana/other' } })
  })

  test('the rule of a branch to administrators only, what follows from it to everybody', async () => {
    const rules = 'baseRef { branchProtectionRule { requiresStrictStatusChecks } refUpdateRule { requiredStatusCheckContexts } }'
    const update = { requiredStatusCheckContexts: ['test'] }
    const open = { baseRef: { branchProtectionRule: { requiresStrictStatusChecks: true }, refUpdateRule: update } }
    const closed = { baseRef: { branchProtectionRule: null, refUpdateRule: update } }
    expect((await look(stand.viewer, rules)).data.node).toEqual(open)
    expect((await look(person('ben'), rules)).data.node).toEqual(closed)
    expect((await look(robot({ metadata: 'read', pull_requests: 'read' }), rules)).data.node).toEqual(closed)
    expect((await look(robot({ metadata: 'read', pull_requests: 'read', administration: 'read' }), rules)).data.node).toEqual(open)
  })

  test('the budget that is used up is that of the installation, where the token is of one', async () => {
    const viewer = robot({ metadata: 'read' })
    const spent = stand.spent
    stand.spent = 5_000
    const { errors } = await stand.ask('{ viewer { login } }', {}, viewer)
    expect(errors).toEqual([
      { type: 'RATE_LIMITED', message: `API rate limit exceeded for installation ID ${viewer.token.installation?.id}.` },
    ])
    stand.spent = spent
  })

  test('nothing of a blocked repository to anybody', async () => {
    secret.isBlocked = true
    expect((await look(stand.viewer, 'number')).errors).toMatchObject([{ type: 'FORBIDDEN', message: 'Repository access blocked' }])
    secret.isBlocked = false
  })
})

test('a repository shows how it merges, its branches, commits and files', async () => {
  secret.merging.methods = ['squash']
  const { data, errors } =
    await stand.ask(`{ repository(owner: "ana", name: "secret") { databaseId url isPrivate isArchived viewerPermission
    owner { __typename login } defaultBranchRef { name target { oid } } mergeCommitAllowed squashMergeAllowed autoMergeAllowed deleteBranchOnMerge
    branchProtectionRules(first: 5) { nodes { pattern requiredStatusCheckContexts } }
    ref(qualifiedName: "refs/heads/ao/1") { target { ... on Commit { message statusCheckRollup { state } } } } none: ref(qualifiedName: "none") { id }
    file: object(expression: "main:src/a.txt") { ... on Blob { text } } gone: object(expression: "main:none") { oid }
    pullRequests(first: 5, headRefName: "ao/1", states: [OPEN, MERGED]) { nodes { number } } closed: pullRequests(first: 5, states: [CLOSED]) { totalCount }
    other: pullRequests(first: 5, headRefName: "ao/2") { totalCount } } }`)
  expect(errors).toEqual([])
  expect(data.repository).toEqual({
    databaseId: secret.id,
    url: 'http://localhost/ana/secret',
    isPrivate: true,
    isArchived: false,
    viewerPermission: 'ADMIN',
    owner: { __typename: 'User', login: 'ana' },
    defaultBranchRef: { name: 'main', target: { oid: secret.branches.get('main') } },
    mergeCommitAllowed: false,
    squashMergeAllowed: true,
    autoMergeAllowed: false,
    deleteBranchOnMerge: false,
    branchProtectionRules: { nodes: [{ pattern: 'main', requiredStatusCheckContexts: ['test'] }] },
    ref: { target: { message: 'Work\n\nMore words', statusCheckRollup: { state: 'SUCCESS' } } },
    none: null,
    file: { text: 'a\n' },
    gone: null,
    pullRequests: { nodes: [{ number: 1 }] },
    closed: { totalCount: 0 },
    other: { totalCount: 0 },
  })
})
