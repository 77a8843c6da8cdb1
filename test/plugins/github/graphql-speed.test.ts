import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportRun, reportStatus } from '../../fakes/github/acts/checks.ts'
import { submitReview } from '../../fakes/github/acts/reviews.ts'
import { account } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
const ids: string[] = []

beforeAll(async () => {
  stand = await makeStand()
  const shop = await stand.repository('ana/shop', { permissions: { ben: 'write' } })
  const ben = account(stand.world, 'ben')
  for (let index = 0; index < 50; index += 1) {
    const pull = await stand.pull(shop, { files: { [`${index}.txt`]: 'new\n' } })
    for (const name of ['build', 'lint', 'test', 'types'])
      await reportRun(stand.world, shop, pull.head.oid, name, { conclusion: 'success' })
    await reportStatus(stand.world, shop, pull.head.oid, 'ci', 'success')
    await submitReview(stand.world, pull, ben, { event: 'COMMENT', body: 'Hm' })
    ids.push(pull.nodeId)
  }
})
afterAll(() => stand.close())

test('a look at fifty pulls takes no more than 25 ms of our own CPU', async () => {
  const query = `query ($ids: [ID!]!) { rateLimit { cost remaining resetAt } nodes(ids: $ids) { ... on PullRequest {
    id number title state isDraft merged mergeable mergeStateStatus updatedAt reviewDecision totalCommentsCount isInMergeQueue
    headRefName headRefOid baseRefName baseRefOid headRef { target { oid } } repository { id nameWithOwner isArchived } author { __typename login }
    autoMergeRequest { enabledAt } mergeQueueEntry { position state } reviewThreads(last: 1) { totalCount }
    statusCheckRollup { state contexts(first: 1) { totalCount checkRunCountsByState { state count } statusContextCountsByState { state count } } } } } }`
  const look = async () => {
    const { user, system } = process.cpuUsage()
    const { errors, data, cost } = await stand.ask(query, { ids })
    const after = process.cpuUsage()
    expect({ errors, cost, count: data.nodes.length, state: data.nodes[49].mergeStateStatus }).toEqual({
      errors: [],
      cost: 1,
      count: 50,
      state: 'CLEAN',
    })
    return (after.user + after.system - user - system) / 1_000
  }
  const times: number[] = []
  for (let round = 0; round < 15; round += 1) times.push(await look())
  const median = times.toSorted((one, other) => one - other)[7] ?? Number.POSITIVE_INFINITY
  expect(median).toBeLessThan(25)
})
