import { Kind, type OperationDefinitionNode, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { costOf } from '../../fakes/github/graphql/cost.ts'
import { githubSchema } from '../../fakes/github/graphql/schema.ts'

const begun = process.cpuUsage()
const schema = githubSchema()
const { user, system } = process.cpuUsage(begun)

const count = (query: string, variables: Record<string, unknown> = {}) => {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  const operation = document.definitions.find((part): part is OperationDefinitionNode => part.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('There is no operation.')
  return costOf({ schema, document, operation, variables })
}

const ids = (size: number) => Array.from({ length: size }, (_, index) => `PR_${index}`)
const looks = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { number state'

/** The first three are the documentation's own examples. */
const table: readonly {
  readonly name: string
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly requests: number
  readonly points: number
  readonly nodes: number
}[] = [
  {
    name: "a hundred repositories, fifty issues of each, sixty labels of each of those: the documentation's example of points",
    query: `{ viewer { login repositories(first: 100) { edges { node { id issues(first: 50) { edges { node { id
      labels(first: 60) { edges { node { id name } } } } } } } } } } }`,
    requests: 5_101,
    points: 51,
    nodes: 100 + 5_000 + 300_000,
  },
  {
    name: "fifty repositories and ten issues of each: the documentation's simple example of nodes",
    query: `{ viewer { repositories(first: 50) { edges { repository: node { name issues(first: 10) { totalCount edges { node { title bodyHTML } } } } } } } }`,
    requests: 51,
    points: 1,
    nodes: 550,
  },
  {
    name: "pulls, issues and comments of both, and followers: the documentation's complex example of nodes",
    query: `{ viewer { repositories(first: 50) { edges { repository: node { name
        pullRequests(first: 20) { edges { pullRequest: node { title comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
        issues(first: 20) { totalCount edges { issue: node { title bodyHTML comments(first: 10) { edges { comment: node { bodyHTML } } } } } }
      } } } followers(first: 10) { edges { follower: node { login } } } } }`,
    requests: 1 + 50 + 1_000 + 50 + 1_000 + 1,
    points: 21,
    nodes: 22_060,
  },
  { name: 'without any connection', query: '{ viewer { login } rateLimit { cost } }', requests: 0, points: 1, nodes: 0 },
  {
    name: 'fifty pulls by their ids with nothing listed below',
    query: `${looks} } } }`,
    variables: { ids: ids(50) },
    requests: 0,
    points: 1,
    nodes: 0,
  },
  {
    name: 'two lists of each of fifty pulls',
    query: `${looks} labels(first: 5) { nodes { name } } reviews(last: 10) { nodes { state } } } } }`,
    variables: { ids: ids(50) },
    requests: 100,
    points: 1,
    nodes: 750,
  },
  {
    name: 'three lists of each of fifty pulls, the half rounded up',
    query: `${looks} labels(first: 5) { nodes { name } } reviews(last: 10) { nodes { state } } comments(last: 1) { nodes { id } } } } }`,
    variables: { ids: ids(50) },
    requests: 150,
    points: 2,
    nodes: 800,
  },
  {
    name: 'a list that is only counted is a request all the same, and gives no nodes',
    query: `${looks} comments { totalCount } } } }`,
    variables: { ids: ids(60) },
    requests: 60,
    points: 1,
    nodes: 0,
  },
  {
    name: 'what stands below an object and not a list is fulfilled once',
    query: `{ repository(owner: "ana", name: "shop") { pullRequest(number: 1) { commits(last: 1) { nodes { commit {
      statusCheckRollup { contexts(first: 100) { nodes { __typename } } } } } } } } }`,
    requests: 2,
    points: 1,
    nodes: 101,
  },
  {
    name: 'each alias counts',
    query: `{ repository(owner: "ana", name: "shop") { a: issues(first: 10) { nodes { id } } b: issues(first: 20) { nodes { id } } } }`,
    requests: 2,
    points: 1,
    nodes: 30,
  },
  {
    name: 'the same connection asked for twice counts once, also by way of fragments',
    query: `{ repository(owner: "ana", name: "shop") { issues(first: 10) { nodes { labels(first: 3) { nodes { id } } } } ...More ...More } }
      fragment More on Repository { issues(first: 10) { totalCount nodes { number comments(first: 2) { nodes { id } } } } }`,
    requests: 1 + 10 + 10,
    points: 1,
    nodes: 10 + 30 + 20,
  },
  {
    name: 'sizes from variables',
    query:
      'query ($size: Int!) { repository(owner: "ana", name: "shop") { issues(first: $size) { nodes { comments(first: $size) { nodes { id } } } } } }',
    variables: { size: 100 },
    requests: 101,
    points: 1,
    nodes: 10_100,
  },
  {
    name: 'what is left out by @include and @skip costs nothing',
    query: `query ($full: Boolean!) { repository(owner: "ana", name: "shop") {
      issues(first: 10) @include(if: $full) { nodes { id } } labels(first: 3) @skip(if: true) { nodes { id } } ... @include(if: $full) { pullRequests(first: 1) { nodes { id } } } } }`,
    variables: { full: false },
    requests: 0,
    points: 1,
    nodes: 0,
  },
]

describe("the points of a query follow GitHub's published formula", () => {
  test.each(table.map((row) => [row.name, row] as const))('%s', (_, { query, variables, requests, points, nodes }) => {
    expect(count(query, variables)).toMatchObject({ requests, points, nodes, problems: [] })
  })

  test('the schema is read in less than 1.5 s of CPU and once only', () => {
    expect((user + system) / 1_000).toBeLessThan(1_500)
    expect(githubSchema()).toBe(schema)
  })

  test('lists without a size, too long ones and negative ones are found wherever they are in the query', () => {
    const { problems } = count(`{ repository(owner: "ana", name: "shop") {
      issues { nodes { id } } few: labels(first: 101) { totalCount } pullRequests(last: -1) { totalCount } } }`)
    expect(problems.map(({ type, path }) => [type, path.join('.')])).toEqual([
      ['MISSING_PAGINATION_BOUNDARIES', 'repository.issues'],
      ['EXCESSIVE_PAGINATION', 'repository.few'],
      ['INVALID_PAGINATION', 'repository.pullRequests'],
    ])
  })
})
