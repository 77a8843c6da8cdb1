import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pull, Repository } from '../../fakes/github/state.ts'
import { account, known } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
let shop: Repository
let pull: Pull

beforeAll(async () => {
  stand = await makeStand()
  shop = await stand.repository('ana/shop')
  pull = await stand.pull(shop)
})
afterAll(() => stand.close())

const inShop = (selection: string): string => `{ repository(owner: "ana", name: "shop") { ${selection} } }`
const one = (selection: string): string => inShop(`pullRequest(number: 1) { ${selection} }`)

describe('a query that is wrong in itself is refused as GitHub refuses it, with status 200 and no data', () => {
  test.each([
    [
      'an unknown field',
      '{ viewer { nothing } }',
      'undefinedField',
      "Field 'nothing' doesn't exist on type 'User'",
      'query.viewer.nothing',
    ],
    [
      'an unknown field in a fragment of a named query',
      'query Looks { ...A } fragment A on Query { viewer { nothing } }',
      'undefinedField',
      "Field 'nothing' doesn't exist on type 'User'",
      'fragment A.viewer.nothing',
    ],
    [
      'missing arguments, both in one error',
      '{ repository { id } }',
      'missingRequiredArguments',
      "Field 'repository' is missing required arguments: name, owner",
      'query.repository',
    ],
    [
      'an unknown argument',
      '{ viewer { login(short: true) } }',
      'argumentNotAccepted',
      "Field 'login' doesn't accept argument 'short'",
      'query.viewer.login.short',
    ],
    [
      'an unknown field of an input',
      'mutation { closePullRequest(input: { pullRequestId: "PR_1", reason: "x" }) { clientMutationId } }',
      'argumentNotAccepted',
      "InputObject 'ClosePullRequestInput' doesn't accept argument 'reason'",
      'mutation.closePullRequest.input.reason',
    ],
    [
      'an object without fields',
      '{ viewer }',
      'selectionMismatch',
      "Field must have selections (field 'viewer' returns User but has no selections. Did you mean 'viewer { ... }'?)",
      'query.viewer',
    ],
    [
      'a variable that nothing uses',
      'query Looks($id: ID!) { viewer { login } }',
      'variableNotUsed',
      'Variable $id is declared by Looks but not used',
      'query Looks',
    ],
    [
      'a variable of another type',
      'query ($id: String!) { node(id: $id) { id } }',
      'variableMismatch',
      'Type mismatch on variable $id and argument id (String! / ID!)',
      'query.node.id',
    ],
  ])('%s', async (_, query, code, message, path) => {
    const { status, data, errors } = await stand.ask(query)
    expect({ status, data }).toEqual({ status: 200, data: null })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ message, path: path.split('.'), extensions: { code }, locations: [{ line: 1 }] })
  })

  test('a text that is no GraphQL, and none at all', async () => {
    expect((await stand.ask('{ viewer { ')).errors[0]?.message).toMatch(/^Parse error: .* at \[1, 12\]$/)
    expect((await stand.ask('')).errors[0]?.message).toBe('A query attribute must be specified and must be a string.')
  })

  test('variables that do not fit: left out, null, and a short commit where a whole one is wanted', async () => {
    const query = 'query ($id: ID!) { node(id: $id) { id } }'
    for (const variables of [{}, { id: null }])
      expect((await stand.ask(query, variables)).errors).toMatchObject([
        {
          message: 'Variable $id of type ID! was provided invalid value',
          extensions: { problems: [{ explanation: 'Expected value to not be null' }] },
        },
      ])
    const merge =
      'mutation ($oid: GitObjectID!) { mergePullRequest(input: { pullRequestId: "PR_1", expectedHeadOid: $oid }) { clientMutationId } }'
    expect((await stand.ask(merge, { oid: 'abc123' })).errors[0]?.message).toBe(
      'Variable $oid of type GitObjectID! was provided invalid value',
    )
  })

  test('a list without a size, one that is too long, and half a million nodes', async () => {
    expect(await stand.ask(inShop('issues { nodes { id } }'))).toMatchObject({
      data: null,
      errors: [
        {
          type: 'MISSING_PAGINATION_BOUNDARIES',
          path: ['repository', 'issues'],
          locations: [{ line: 1, column: 44 }],
          message: 'You must provide a `first` or `last` value to properly paginate the `issues` connection.',
        },
      ],
    })
    expect(await stand.ask(inShop('issues(first: 101) { nodes { id } }'))).toMatchObject({
      errors: [
        {
          type: 'EXCESSIVE_PAGINATION',
          message: 'Requesting 101 records on the `issues` connection exceeds the `first` limit of 100 records.',
        },
      ],
    })
    const deep =
      'issues(first: 100) { nodes { comments(first: 100) { nodes { id } } subIssues(first: 100) { nodes { labels(first: 100) { nodes { id } } } } } }'
    expect(await stand.ask(inShop(deep))).toMatchObject({
      data: null,
      errors: [
        {
          type: 'MAX_NODE_LIMIT_EXCEEDED',
          message: 'This query requests up to 1,020,100 possible nodes which exceeds the maximum limit of 500,000.',
        },
      ],
    })
    expect((await stand.ask(inShop('issues { totalCount }'))).data.repository.issues).toEqual({ totalCount: 0 })
  })

  test('a field that the schema has and the stand-in has not is a failure of the stand-in, not null', async () => {
    await expect(stand.ask(inShop('stargazerCount'))).rejects.toThrow('The stand-in for GitHub does not know Repository.stargazerCount.')
  })
})

describe('things that are asked for by their ids fail each on its own', () => {
  test('what is unknown is null and NOT_FOUND, what may not be seen is null and FORBIDDEN, the rest is whole', async () => {
    const hidden = await stand.pull(await stand.repository('dan/hidden', { isPrivate: true }))
    const ids = [pull.nodeId, 'PR_nothing', hidden.nodeId, shop.nodeId]
    const { data, errors } = await stand.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on PullRequest { number } } }', {
      ids,
    })
    expect(data.nodes).toEqual([
      { __typename: 'PullRequest', id: pull.nodeId, number: 1 },
      null,
      null,
      { __typename: 'Repository', id: shop.nodeId },
    ])
    expect(errors).toMatchObject([
      { type: 'NOT_FOUND', path: ['nodes', 1], message: "Could not resolve to a node with the global id of 'PR_nothing'" },
      { type: 'FORBIDDEN', path: ['nodes', 2], message: 'Resource not accessible by personal access token' },
    ])
  })

  test('not more than a hundred ids', async () => {
    const { data, errors } = await stand.ask(`{ nodes(ids: ${JSON.stringify(Array(101).fill(shop.nodeId))}) { id } }`)
    expect(data).toBeNull()
    expect(errors).toMatchObject([
      { type: 'ARGUMENT_LIMIT', path: ['nodes'], message: 'You may not provide more than 100 node ids; you provided 101.' },
    ])
  })

  test('repositories, issues and pulls that are not there, and a pull asked for as an issue', async () => {
    const { data, errors } = await stand.ask(`{ a: repository(owner: "ana", name: "none") { id }
      b: repository(owner: "dan", name: "hidden") { id }
      c: repository(owner: "ana", name: "SHOP") { nameWithOwner pullRequest(number: 99) { id } issue(number: 1) { id } } }`)
    expect(data).toEqual({ a: null, b: null, c: { nameWithOwner: 'ana/shop', pullRequest: null, issue: null } })
    expect(errors.map(({ type, path, message }) => [type, path?.join('.'), message])).toEqual([
      ['NOT_FOUND', 'a', "Could not resolve to a Repository with the name 'ana/none'."],
      ['NOT_FOUND', 'b', "Could not resolve to a Repository with the name 'dan/hidden'."],
      ['NOT_FOUND', 'c.pullRequest', 'Could not resolve to a PullRequest with the number of 99.'],
      ['NOT_FOUND', 'c.issue', 'Could not resolve to an Issue with the number of 1.'],
    ])
  })

  test('a renamed repository is found by its old name unless that is not wanted, and by its id always', async () => {
    const moved = await stand.repository('ana/before')
    moved.name = 'after'
    stand.world.names.set('ana/after', moved)
    const { data, errors } = await stand.ask(`{ a: repository(owner: "ana", name: "before") { nameWithOwner }
      b: repository(owner: "ana", name: "before", followRenames: false) { id } node(id: "${moved.nodeId}") { ... on Repository { nameWithOwner } } }`)
    expect(data).toEqual({ a: { nameWithOwner: 'ana/after' }, b: null, node: { nameWithOwner: 'ana/after' } })
    expect(errors).toMatchObject([{ type: 'NOT_FOUND', path: ['b'] }])
  })
})

describe('points', () => {
  test('the answer tells the true cost and what is left after it', async () => {
    stand.spent = 10
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { labels(first: 5) { nodes { name } } reviews(first: 5) { nodes { id } }
      comments(first: 5) { nodes { id } } } } rateLimit { cost limit remaining used nodeCount resetAt } }`
    const { cost, data } = await stand.ask(query, { ids: Array(50).fill(pull.nodeId) })
    expect(cost).toBe(2)
    expect(data.rateLimit).toEqual({ cost: 2, limit: 5_000, remaining: 4_988, used: 12, nodeCount: 750, resetAt: '2026-01-01T00:30:00Z' })
  })

  test('when nothing is left the query is not executed', async () => {
    stand.spent = 5_000
    expect(await stand.ask('{ viewer { login } }')).toMatchObject({
      status: 200,
      cost: 0,
      data: null,
      errors: [{ type: 'RATE_LIMITED', message: `API rate limit exceeded for user ID ${stand.ana.id}.` }],
    })
    stand.spent = 0
  })
})

describe('who wrote something', () => {
  test('is told by the type of the account; a bot has no [bot] in its login, and a deleted account is null', async () => {
    const robo = account(stand.world, 'robo[bot]', 'Bot')
    for (const author of [robo, null, stand.ana])
      known(stand.world, 'IssueComment', { item: pull, author, body: 'words', createdAt: 0, updatedAt: 0, isMinimized: false })
    const made = [...stand.world.nodes.values()].filter((node) => node.kind === 'IssueComment')
    pull.comments.push(...made)
    const { data } = await stand.ask(one('comments(first: 5) { nodes { author { __typename login } viewerDidAuthor } }'))
    expect(data.repository.pullRequest.comments.nodes).toEqual([
      { author: { __typename: 'Bot', login: 'robo' }, viewerDidAuthor: false },
      { author: null, viewerDidAuthor: false },
      { author: { __typename: 'User', login: 'ana' }, viewerDidAuthor: true },
    ])
  })
})
