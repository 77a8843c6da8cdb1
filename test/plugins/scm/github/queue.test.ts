import { describe, expect, test } from 'vitest'
import type { MergeOutcome } from '../../../../core/contracts/plugins.ts'
import type { Rules } from '../../../fakes/github/acts/repositories.ts'
import type { Graphql } from '../../../fakes/github/answer.ts'
import { executeGraphql } from '../../../fakes/github/graphql/index.ts'
import { faultOf, type GithubWorld, interfering, lookAt, openOne, start } from './world.ts'

const { signal } = new AbortController()
type Opened = Awaited<ReturnType<typeof openOne>>

const merge = (world: GithubWorld, { ref, change }: Opened): Promise<MergeOutcome> =>
  world.scm.merge(ref, { head: change.head, base: 'main', method: 'squash', title: 'Merged' }, signal)
const protect = (world: GithubWorld, rules: Rules) => world.github.person('ana').protects(world.repository, 'main', rules)
const protectNext = (world: GithubWorld) => world.github.person('ana').protects(world.repository, 'next', { requiredChecks: ['ci'] })
const allowAutoMerge = (world: GithubWorld) => world.github.person('ana').sets(world.repository, { isAutoMergeAllowed: true })
const puts = (world: GithubWorld) => world.github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge')).length
const told = (world: GithubWorld, mutation: string) =>
  world.github.requests.filter(({ body }) => JSON.stringify(body).includes(`${mutation}(`)).length
const mergePath = /\/pulls\/\d+\/merge$/

describe('auto-merge', () => {
  const armed = async (rules: Rules = { requiredChecks: ['ci'] }) => {
    const world = await start()
    await protect(world, rules)
    await allowAutoMerge(world)
    const opened = await openOne(world)
    return { world, opened, outcome: await merge(world, opened) }
  }

  test('what only waits for checks is left to GitHub, which merges it, and the branch goes', async () => {
    const { world, opened, outcome } = await armed()
    expect(outcome).toMatchObject({ merged: false, why: 'queued', says: expect.stringContaining('ci') })
    expect(opened.pull.autoMerge).toMatchObject({ method: 'squash', title: 'Merged' })
    expect((await lookAt(world, 1)).queued).not.toBeNull()
    expect(await merge(world, opened)).toMatchObject({ why: 'queued' })
    expect([puts(world), told(world, 'enablePullRequestAutoMerge')]).toEqual([1, 1])
    await world.github.ci.passes(opened.pull, 'ci')
    expect(await lookAt(world, 1)).toMatchObject({ state: 'merged', head: opened.change.head })
    expect(await world.branches()).toEqual(['main'])
    expect(await merge(world, opened)).toEqual({ merged: true, commit: opened.pull.mergeCommit })
  })

  test('what waits for a review is left to GitHub, too', async () => {
    const { world, opened, outcome } = await armed({ requiredApprovals: 1 })
    expect(outcome).toMatchObject({ why: 'queued', says: expect.stringContaining('approving review') })
    await world.github.person('Ben').approves(opened.pull)
    expect((await lookAt(world, 1)).state).toBe('merged')
  })

  test.each([
    ['the option is off', { autoMerge: false }, true],
    ['the repository does not allow it', {}, false],
  ])('%s: the reason is the answer', async (_, settings, isAllowed) => {
    const world = await start({ settings })
    await protect(world, { requiredChecks: ['ci'] })
    if (isAllowed) await allowAutoMerge(world)
    const opened = await openOne(world)
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'checks', says: expect.stringContaining('ci') })
    expect(opened.pull.autoMerge).toBeNull()
  })

  test('a check that fails, and a request for changes, are not waited for', async () => {
    const world = await start()
    await protect(world, { requiredChecks: ['ci'] })
    await allowAutoMerge(world)
    const opened = await openOne(world)
    await world.github.ci.fails(opened.pull, 'ci')
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'checks' })
    await protect(world, { requiredChecks: [], requiredApprovals: 1 })
    await world.github.person('Ben').requestsChanges(opened.pull, 'No.')
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'protected' })
    expect(opened.pull.autoMerge).toBeNull()
  })

  test('a push past us takes the order back at the next look: GitHub would merge what nobody decided on', async () => {
    const { world, opened } = await armed()
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    await world.push(opened.workspace)
    expect(opened.pull.autoMerge).not.toBeNull()
    expect((await lookAt(world, 1)).head).not.toBe(opened.change.head)
    expect(opened.pull.autoMerge).toBeNull()
    await world.github.ci.passes(opened.pull, 'ci')
    expect((await lookAt(world, 1)).state).toBe('open')
  })

  test('a push of ours takes it back first', async () => {
    const { world, opened } = await armed()
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    world.github.fails({ kind: 'git', path: /git-receive-pack$/ }, { is: 'status', status: 500 }, 1)
    const pushed = { project: world.project, workspace: opened.workspace }
    await faultOf(world.scm.push(pushed, signal))
    expect(opened.pull.autoMerge).toBeNull()
    await world.scm.push(pushed, signal)
    expect(opened.pull.head.oid).not.toBe(opened.change.head)
  })

  test('an order that cannot be taken back keeps us from pushing', async () => {
    const { world, opened } = await armed()
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    const undo = world.github.fails({ kind: 'graphql', body: 'disablePullRequestAutoMerge' }, { is: 'status', status: 502 })
    const pushed = { project: world.project, workspace: opened.workspace }
    expect(await faultOf(world.scm.push(pushed, signal))).toMatchObject({ code: 'ORDER_STANDS', mayPass: true })
    expect(opened.pull.head.oid).toBe(opened.change.head)
    undo()
    await world.scm.push(pushed, signal)
    expect(opened.pull.autoMerge).toBeNull()
  })

  test('the order outlives a restart, and is still known as ours', async () => {
    const { world, opened } = await armed()
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    await world.push(opened.workspace)
    await lookAt(world, 1, await world.reopened())
    expect(opened.pull.autoMerge).toBeNull()
  })

  test('what a person has armed is left to them', async () => {
    const world = await start()
    await protect(world, { requiredChecks: ['ci'] })
    await allowAutoMerge(world)
    const { pull, workspace } = await openOne(world)
    await world.github.person('ana').armsAutoMerge(pull)
    await world.commit(workspace, { 'more.txt': 'more\n' })
    await world.scm.push({ project: world.project, workspace }, signal)
    await lookAt(world, 1)
    expect(pull.autoMerge).not.toBeNull()
  })

  test.each([
    ['auto-merge', 'enablePullRequestAutoMerge', {}],
    ['the merge queue', 'enqueuePullRequest', { hasMergeQueue: true, requiredChecks: [] }],
  ])('a push right before the order to %s is not ordered', async (_, mutation, rules) => {
    const meddler = interfering()
    const world = await start({ graphql: meddler.graphql })
    await protect(world, { requiredChecks: ['ci'], ...rules })
    await allowAutoMerge(world)
    const opened = await openOne(world)
    meddler.let('before', mutation, () => world.github.person('Ben').pushes(world.repository, 'ao/one', { 'late.txt': 'late\n' }))
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'head-moved' })
    expect(opened.pull).toMatchObject({ autoMerge: null, queueEntry: null, state: 'open' })
  })

  test('an order whose answer was lost is found', async () => {
    const world = await start()
    await protect(world, { requiredChecks: ['ci'] })
    await allowAutoMerge(world)
    const opened = await openOne(world)
    world.github.fails({ kind: 'graphql', body: 'enablePullRequestAutoMerge' }, { is: 'lost' }, 1)
    expect(await merge(world, opened)).toMatchObject({ why: 'queued' })
  })
})

describe('a merge queue', () => {
  const queued = async (rules: Rules = {}) => {
    const world = await start()
    await protect(world, { hasMergeQueue: true, ...rules })
    return { world, opened: await openOne(world) }
  }

  test('takes exactly that head, once, and merges it by itself', async () => {
    const { world, opened } = await queued({ requiredChecks: ['ci'] })
    await world.github.ci.passes(opened.pull, 'ci')
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'queued', says: expect.stringContaining('number 1') })
    expect(await merge(world, opened)).toMatchObject({ why: 'queued' })
    expect((await lookAt(world, 1)).queued).toContain('merge queue')
    expect([puts(world), told(world, 'enqueuePullRequest')]).toEqual([0, 1])
    const oid = opened.pull.queueEntry?.groupOid ?? ''
    await world.github.ci.passes({ repository: world.repository, oid }, 'ci')
    expect((await lookAt(world, 1)).state).toBe('merged')
    expect(await merge(world, opened)).toEqual({ merged: true, commit: opened.pull.mergeCommit })
    expect(await world.branches()).toEqual(['main'])
  })

  test('is entered by "merge when ready" while checks are missing', async () => {
    const { world, opened } = await queued({ requiredChecks: ['ci'] })
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'checks' })
    await allowAutoMerge(world)
    world.later(6 * 60_000)
    expect(await merge(world, opened)).toMatchObject({ why: 'queued' })
    expect(opened.pull.autoMerge).not.toBeNull()
  })

  test('is left before a push of ours', async () => {
    const { world, opened } = await queued({ requiredChecks: ['ci'] })
    await world.github.ci.passes(opened.pull, 'ci')
    await merge(world, opened)
    expect(opened.pull.queueEntry).not.toBeNull()
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    world.github.fails({ kind: 'git', path: /git-receive-pack$/ }, { is: 'status', status: 500 }, 1)
    await faultOf(world.scm.push({ project: world.project, workspace: opened.workspace }, signal))
    expect(opened.pull.queueEntry).toBeNull()
  })

  test('a queue that only a refusal tells of is entered as well', async () => {
    const graphql: Graphql = async (...asked) => {
      const answer = await executeGraphql(...asked)
      return {
        ...answer,
        body: JSON.parse(JSON.stringify(answer.body).replaceAll('"isMergeQueueEnabled":true', '"isMergeQueueEnabled":false')),
      }
    }
    const world = await start({ graphql })
    await protect(world, { hasMergeQueue: true, requiredChecks: ['ci'] })
    const opened = await openOne(world)
    await world.github.ci.passes(opened.pull, 'ci')
    expect(await merge(world, opened)).toMatchObject({ why: 'queued' })
    expect(puts(world)).toBe(1)
    expect(opened.pull.queueEntry).not.toBeNull()
  })

  test('a refusal that tells of a queue that is none is the answer', async () => {
    const world = await start()
    const opened = await openOne(world)
    const message = 'Repository rule violations found\n\nChanges must be made through the merge queue\n\n'
    world.github.fails({ method: 'PUT', path: mergePath }, { is: 'status', status: 405, message }, 1)
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'protected', says: expect.stringContaining('merge queue') })
    expect((await merge(world, opened)).merged).toBe(true)
  })

  test('a conflict is found before it is entered', async () => {
    const { world, opened } = await queued()
    await protect(world, { hasMergeQueue: true })
    await world.github.person('ana').pushes(world.repository, 'main', { 'ao-one.txt': 'theirs\n' })
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'conflict' })
  })
})

describe('taking back what GitHub was told', () => {
  const withdraw = (world: GithubWorld, { ref }: Opened) => world.scm.withdraw(ref, signal)
  const ordered = async (rules: Rules = { requiredChecks: ['ci'] }, areGreen = false) => {
    const world = await start()
    await protect(world, rules)
    await allowAutoMerge(world)
    const opened = await openOne(world)
    if (areGreen) await world.github.ci.passes(opened.pull, 'ci')
    expect(await merge(world, opened)).toMatchObject({ why: 'queued' })
    return { world, opened }
  }
  const events = (world: GithubWorld) => world.host.logged.map(({ event }) => event).filter((event) => event.startsWith('scm.order'))
  const orders = async (world: GithubWorld) =>
    Object.keys((await world.host.document<{ orders: object }>('scm-github-ledger-shop', { orders: {} })).value.orders)

  test('ends an auto-merge: what turns green then is not merged', async () => {
    const { world, opened } = await ordered()
    await withdraw(world, opened)
    expect(opened.pull.autoMerge).toBeNull()
    expect(await orders(world)).toEqual([])
    await world.github.ci.passes(opened.pull, 'ci')
    expect(await lookAt(world, 1)).toMatchObject({ state: 'open', queued: null })
    expect(events(world)).toEqual(['scm.order.withdrawn'])
  })

  test('leaves the merge queue', async () => {
    const { world, opened } = await ordered({ hasMergeQueue: true, requiredChecks: ['ci'] }, true)
    expect(opened.pull.queueEntry).not.toBeNull()
    await withdraw(world, opened)
    expect(opened.pull).toMatchObject({ queueEntry: null, autoMerge: null, state: 'open' })
    expect(await orders(world)).toEqual([])
  })

  test('has nothing to do, and says nothing to GitHub, where there is no order, or no longer', async () => {
    const { world, opened } = await ordered()
    await withdraw(world, opened)
    const before = told(world, 'disablePullRequestAutoMerge')
    await withdraw(world, opened)
    expect(told(world, 'disablePullRequestAutoMerge')).toBe(before)
    expect(told(world, 'dequeuePullRequest')).toBe(0)
  })

  test('comes too late for what is merged already, and is no fault', async () => {
    const { world, opened } = await ordered()
    await world.github.ci.passes(opened.pull, 'ci')
    expect(opened.pull.state).toBe('closed')
    await withdraw(world, opened)
    expect(told(world, 'disablePullRequestAutoMerge')).toBe(0)
    expect(await lookAt(world, 1)).toMatchObject({ state: 'merged' })
    expect(await orders(world)).toEqual([])
  })

  test('is a fault while GitHub does not take it back, and the order is still known', async () => {
    const { world, opened } = await ordered()
    world.github.fails({ kind: 'graphql', body: 'disablePullRequestAutoMerge' }, { is: 'status', status: 502 }, 1)
    expect(await faultOf(withdraw(world, opened))).toMatchObject({ code: 'ORDER_STANDS', mayPass: true })
    expect(await orders(world)).toEqual(['1'])
    await withdraw(world, opened)
    expect(opened.pull.autoMerge).toBeNull()
  })

  test('is done at the next look when the change goes to another base now, and the log tells', async () => {
    const { world, opened } = await ordered()
    const ana = world.github.person('ana')
    await ana.pushes(world.repository, 'next', { 'next.txt': 'next\n' })
    await protectNext(world)
    await ana.retargets(opened.pull, 'next')
    await ana.armsAutoMerge(opened.pull)
    expect(opened.pull.autoMerge).not.toBeNull()
    expect(await lookAt(world, 1)).toMatchObject({ base: 'next', state: 'open' })
    expect(opened.pull.autoMerge).toBeNull()
    expect(events(world)).toEqual(['scm.order.withdrawn'])
    expect(await orders(world)).toEqual([])
    world.later(6 * 60_000)
    expect(await lookAt(world, 1)).toMatchObject({ queued: null })
  })

  test('is not needed for what GitHub has dropped: after a minute the log tells, and what a person orders then is theirs', async () => {
    const { world, opened } = await ordered()
    const ana = world.github.person('ana')
    await ana.disarmsAutoMerge(opened.pull)
    expect(await lookAt(world, 1)).toMatchObject({ queued: null })
    expect([await orders(world), events(world)]).toEqual([['1'], []]) // a look may be behind the order
    world.later(6 * 60_000)
    expect(await lookAt(world, 1)).toMatchObject({ queued: null })
    expect([await orders(world), events(world)]).toEqual([[], ['scm.order.dropped']])
    await ana.armsAutoMerge(opened.pull)
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    await world.push(opened.workspace)
    world.later(6 * 60_000)
    await lookAt(world, 1)
    expect(opened.pull.autoMerge).not.toBeNull()
  })
})
