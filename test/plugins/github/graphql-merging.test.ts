import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportRun, reportStatus } from '../../fakes/github/acts/checks.ts'
import { setDraft, setPullState } from '../../fakes/github/acts/pulls.ts'
import { protect, type Rules } from '../../fakes/github/acts/repositories.ts'
import { startThread, submitReview } from '../../fakes/github/acts/reviews.ts'
import type { Account, CheckConclusion, CommitStatus, Pull, Repository } from '../../fakes/github/state.ts'
import { account } from '../../fakes/github/world.ts'
import { makeStand, type Stand } from './graphql-stand.ts'

let stand: Stand
let shop: Repository
let ben: Account
let cem: Account

beforeAll(async () => {
  stand = await makeStand()
  shop = await stand.repository('ana/shop', { permissions: { ben: 'write', cem: 'read' } })
  ben = account(stand.world, 'ben')
  cem = account(stand.world, 'cem')
})
afterAll(() => stand.close())

const look = async (pull: Pull) => {
  const { data, errors } = await stand.ask(`{ node(id: "${pull.nodeId}") { ... on PullRequest { mergeable mergeStateStatus } } }`)
  expect(errors).toEqual([])
  return data.node
}

type Act = (pull: Pull) => Promise<unknown>
const rules =
  (wanted: Rules): Act =>
  () =>
    protect(stand.world, shop, 'main', wanted)
const check =
  (conclusion: CheckConclusion | null): Act =>
  ({ head }) =>
    reportRun(stand.world, shop, head.oid, 'test', conclusion ? { conclusion } : { status: 'in_progress' })
const status =
  (state: CommitStatus['state']): Act =>
  ({ head }) =>
    reportStatus(stand.world, shop, head.oid, 'ci', state)
const reviewed =
  (who: () => Account, event: 'APPROVE' | 'REQUEST_CHANGES'): Act =>
  (pull) =>
    submitReview(stand.world, pull, who(), { event, body: 'words' })
const onBase =
  (files: Readonly<Record<string, string>>): Act =>
  () =>
    stand.push(shop, 'main', files)

const approved = reviewed(() => ben, 'APPROVE')
const required: Rules = { requiredChecks: ['test'] }

/** What is so, what GitHub says then, and whether it could be merged as far as files go. */
const table: readonly (readonly [name: string, state: string, mergeable: string, ...acts: Act[]])[] = [
  ['nothing against it', 'CLEAN', 'MERGEABLE'],
  ['all checks are green', 'CLEAN', 'MERGEABLE', check('success'), status('success')],
  ['a check was skipped, which is as good as green', 'CLEAN', 'MERGEABLE', check('skipped')],
  ['a check that is not required is red', 'UNSTABLE', 'MERGEABLE', check('failure')],
  ['a check that is not required was cancelled', 'UNSTABLE', 'MERGEABLE', check('cancelled')],
  ['a check that is not required is running', 'UNSTABLE', 'MERGEABLE', check(null)],
  ['a status that is not required is pending', 'UNSTABLE', 'MERGEABLE', status('pending')],
  ['a required check is red', 'BLOCKED', 'MERGEABLE', rules(required), check('failure')],
  ['a required check is running', 'BLOCKED', 'MERGEABLE', rules(required), check(null)],
  ['a required check has not reported', 'BLOCKED', 'MERGEABLE', rules(required)],
  ['a required check is green', 'CLEAN', 'MERGEABLE', rules(required), check('success')],
  ['a required check is green and another is red', 'UNSTABLE', 'MERGEABLE', rules(required), check('success'), status('error')],
  ['a required status is red', 'BLOCKED', 'MERGEABLE', rules({ requiredChecks: ['ci'] }), status('failure')],
  ['an approval is missing', 'BLOCKED', 'MERGEABLE', rules({ requiredApprovals: 1 })],
  ['somebody approved who may not write', 'BLOCKED', 'MERGEABLE', rules({ requiredApprovals: 1 }), reviewed(() => cem, 'APPROVE')],
  ['somebody approved who may write', 'CLEAN', 'MERGEABLE', rules({ requiredApprovals: 1 }), approved],
  ['one of two approvals is there', 'BLOCKED', 'MERGEABLE', rules({ requiredApprovals: 2 }), approved],
  ['changes are requested', 'BLOCKED', 'MERGEABLE', rules({ requiredApprovals: 1 }), reviewed(() => ben, 'REQUEST_CHANGES')],
  [
    'a conversation is open that must be resolved',
    'BLOCKED',
    'MERGEABLE',
    rules({ requiresResolvedThreads: true }),
    (pull) => startThread(stand.world, pull, ben, { path: 'new.txt', line: 1, body: 'Why?' }),
  ],
  ['behind a base that wants it up to date', 'BEHIND', 'MERGEABLE', rules({ isStrict: true }), onBase({ 'other.txt': 'one\n' })],
  ['behind a base that does not mind', 'CLEAN', 'MERGEABLE', rules({}), onBase({ 'other.txt': 'two\n' })],
  ['a draft', 'DRAFT', 'MERGEABLE', (pull) => setDraft(stand.world, pull, stand.ana, true)],
  ['the same lines were written on the base', 'DIRTY', 'CONFLICTING', onBase({ 'new.txt': 'otherwise\n' })],
  ['closed', 'UNKNOWN', 'UNKNOWN', (pull) => setPullState(stand.world, pull, stand.ana, 'closed')],
]

describe('mergeStateStatus and mergeable of a pull request', () => {
  test.each(table.map(([name, state, mergeable, ...acts]) => [name, state, mergeable, acts] as const))(
    '%s: %s and %s',
    async (name, mergeStateStatus, mergeable, acts) => {
      shop.protections.clear()
      const pull = await stand.pull(shop, { files: { 'new.txt': `${name}\n` } })
      for (const act of acts) await act(pull)
      expect(await look(pull)).toEqual({ mergeable, mergeStateStatus })
    },
  )

  test('where GitHub takes its time both are UNKNOWN at the first look after a push or a move of the base, and known at the next', async () => {
    const slow = await stand.repository('ana/slow')
    const pull = await stand.pull(slow)
    stand.world.settings.isMergeableSlow = true
    const unknown = { mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN' }
    const clean = { mergeable: 'MERGEABLE', mergeStateStatus: 'CLEAN' }
    expect([await look(pull), await look(pull), await look(pull)]).toEqual([unknown, clean, clean])
    await stand.push(slow, pull.head.branch, { 'new.txt': 'newer\n' })
    expect([await look(pull), await look(pull)]).toEqual([unknown, clean])
    await stand.push(slow, 'main', { 'else.txt': 'else\n' })
    expect([await look(pull), await look(pull)]).toEqual([unknown, clean])
    stand.world.settings.isMergeableSlow = false
  })
})
