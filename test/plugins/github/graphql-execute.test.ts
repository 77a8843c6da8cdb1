import { execute, getVariableValues, Kind, type OperationDefinitionNode, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addComment, createIssue } from '../../fakes/github/acts/issues.ts'
import { submitReview } from '../../fakes/github/acts/reviews.ts'
import type { Asking } from '../../fakes/github/graphql/asking.ts'
import { executeOperation } from '../../fakes/github/graphql/execute.ts'
import { makePlans } from '../../fakes/github/graphql/resolve.ts'
import { githubSchema } from '../../fakes/github/graphql/schema.ts'
import { tables } from '../../fakes/github/graphql/tables.ts'
import { account } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
let ids: string[]
const schema = githubSchema()
const planOf = makePlans(tables)

beforeAll(async () => {
  stand = await makeStand()
  const shop = await stand.repository('ana/shop', { permissions: { ben: 'write' } })
  const ben = account(stand.world, 'ben')
  const issue = await createIssue(stand.world, shop, stand.ana, { title: 'An issue', labels: ['bug'] })
  await addComment(stand.world, issue, ben, 'Yes')
  const pull = await stand.pull(shop)
  const comments = [{ path: 'new.txt', line: 1, body: 'Why?' }]
  await submitReview(stand.world, pull, ben, { event: 'COMMENT', comments })
  ids = [pull.nodeId, 'nothing', issue.nodeId, shop.nodeId]
})
afterAll(() => stand.close())

const both = async (query: string, variables: Record<string, unknown>) => {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  const operation = document.definitions.find((part): part is OperationDefinitionNode => part.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('There is no operation.')
  const asking = (): Asking => ({
    world: stand.world,
    viewer: stand.viewer,
    cost: { requests: 0, nodes: 0, points: 1, problems: [] },
    budget: { limit: 1, used: 1, remaining: 0, resetAt: 0 },
    merges: new Map(),
  })
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  const ours = await executeOperation({ schema, document, operation, variables: coerced, asking: asking(), planOf })
  const theirs = await execute({
    schema,
    document,
    variableValues: variables,
    contextValue: asking(),
    fieldResolver: async (source, given, context, { parentType, fieldName }) => {
      const { resolve, finish } = planOf(parentType, fieldName)
      return finish(await resolve(source, given, context), given)
    },
    typeResolver: (value) => (value as { readonly kind: string }).kind,
  })
  const plain = ({ data, errors = [] }: { readonly data?: unknown; readonly errors?: readonly { toJSON(): unknown }[] }) =>
    JSON.parse(JSON.stringify({ data, errors: errors.map((error) => JSON.stringify(error)).sort() }))
  return { ours: plain(ours), theirs: plain(theirs) }
}

describe("the stand-in's executor answers as the library's does, which is slower", () => {
  const found = 'query ($ids: [ID!]!) { nodes(ids: $ids)'
  test.each([
    [
      'aliases, and the same field in several places',
      '{ a: viewer { login } b: viewer { id login login name: login } viewer { __typename } viewer { id } }',
    ],
    [
      'fragments on objects, interfaces and unions, within each other',
      `${found} { __typename ...A ... on Comment { body author { login ... on User { isViewer } } } ... { id } } }
       fragment A on Node { id ... on Issue { ...B } ... on PullRequest { ...B state mergeable } }
       fragment B on Labelable { labels(first: 3) { totalCount edges { cursor node { name } } nodes { id } pageInfo { endCursor hasNextPage } } }`,
    ],
    [
      'what is left out, by variables and by their defaults',
      `query ($ids: [ID!]!, $yes: Boolean = true, $no: Boolean!) { nodes(ids: $ids) { id @skip(if: $yes) ... on Issue @include(if: $no) { title }
       ... on PullRequest @include(if: $yes) { title number @include(if: $no) } } }`,
    ],
    [
      'an error below what is never null takes all with it up to what may be',
      `${found} { id ... on Repository { name issues(first: 1, after: "bad") { totalCount } mergeQueue(branch: "none") { id } } } viewer { login } }`,
    ],
    [
      'an error below what is never null, up to the top',
      '{ viewer { login } nodes(ids: ["x"]) { id } repository(owner: "ana", name: "none") { id } }',
    ],
    [
      'lists of lists, promises and dates',
      `${found} { ... on PullRequest { createdAt commits(first: 5) { nodes { commit { committedDate author { name user { login } } parents(first: 2) { nodes { oid } } } } }
       reviewThreads(first: 5) { nodes { comments(first: 5) { nodes { body path diffHunk pullRequestReview { state } } } } } files(first: 5) { nodes { path } } } } }`,
    ],
  ])('%s', async (_, query) => {
    const { ours, theirs } = await both(query, { ids, no: false })
    expect(ours).toEqual(theirs)
    expect(ours.data).not.toBeNull()
  })

  test('all of it is null when the top fails', async () => {
    const { ours, theirs } = await both(`{ viewer { login } nodes(ids: ${JSON.stringify(Array(101).fill('x'))}) { id } }`, {})
    expect(ours).toEqual(theirs)
    expect(ours.data).toBeNull()
  })
})
