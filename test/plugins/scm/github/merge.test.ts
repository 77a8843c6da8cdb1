import { describe, expect, test } from 'vitest'
import type { MergeOutcome } from '../../../../core/contracts/plugins.ts'
import { obstacleIn } from '../../../../plugins/scm/github/words.ts'
import { executeGraphql } from '../../../fakes/github/graphql/index.ts'
import { faultOf, type GithubWorld, interfering, openOne, start } from './world.ts'

const { signal } = new AbortController()
type Opened = Awaited<ReturnType<typeof openOne>>

const merge = (
  world: GithubWorld,
  { ref, change }: Opened,
  { head = change.head, method = 'squash' as 'merge' | 'squash' | 'rebase', scm = world.scm } = {},
): Promise<MergeOutcome> => scm.merge(ref, { head, base: 'main', method, title: 'Merged' }, signal)
const puts = (world: GithubWorld) => world.github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge')).length
const mergePath = /\/pulls\/\d+\/merge$/

describe('what GitHub says in a refusal to merge', () => {
  test.each([
    ['Changes must be made through the merge queue', 'queue'],
    ['Repository rule violations found Changes must be made through the merge queue', 'queue'],
    ['Base branch was modified. Review and try the merge again', 'moment'],
    ['Head branch was modified. Review and try the merge again', 'moment'],
    ['Pull request Pull request is in clean status', 'ready'],
    ['Pull request is in unstable status', 'ready'],
    ['Pull Request is still a draft', 'draft'],
    ['Pull request Pull request is in draft status', 'draft'],
    ['Squash merges are not allowed on this repository', 'method'],
    ['Merge method rebase merging is not allowed on this repository', 'method'],
    ['Pull request has merge conflicts', 'conflict'],
    ["This branch can't be rebased", 'conflict'],
    ['Required status check ’ci’ is expected', 'awaits-checks'],
    ['Required status check ’ci’ is in progress', 'awaits-checks'],
    ['2 of 3 required status checks are expected', 'awaits-checks'],
    ['2 of 2 required status checks have not succeeded: 2 expected', 'awaits-checks'],
    ['Required workflow ’build’ is not satisfied', 'awaits-checks'],
    ['Required status check ’ci’ is failing', 'checks'],
    ['2 of 3 required status checks have not succeeded', 'checks'],
    ['2 of 3 required status checks have not succeeded: 1 failing and 1 expected', 'checks'],
    ['At least 1 approving review is required by reviewers with write access', 'awaits-reviews'],
    ['Waiting on code owner review from acme/core', 'awaits-reviews'],
    ['New changes require approval from someone other than the last pusher', 'awaits-reviews'],
    ['Changes have been requested', 'protected'],
    ['Repository rule violations found Changes have been requested. Required status check ’ci’ is expected', 'protected'],
    ['A conversation must be resolved before this pull request can be merged', 'protected'],
    ['The head branch is not up to date with the base branch', 'protected'],
    ['You’re not authorized to push to this branch', 'protected'],
    ['Pull Request is not mergeable', 'unsaid'],
  ])('"%s" is read', (says, obstacle) => {
    expect(obstacleIn(says)).toBe(obstacle)
  })
})

describe('a direct merge', () => {
  test('a method that the repository does not allow is answered with those that are', async () => {
    const world = await start()
    await world.github.person('ana').sets(world.repository, { methods: ['merge', 'rebase'] })
    const opened = await openOne(world)
    const outcome = await merge(world, opened)
    expect(outcome).toMatchObject({ merged: false, why: 'protected', says: expect.stringContaining('merge and rebase') })
    expect((await merge(world, opened, { method: 'rebase' })).merged).toBe(true)
  })

  test('the branch is deleted after it, and an answer that was lost is found', async () => {
    const world = await start()
    const opened = await openOne(world)
    world.github.fails({ method: 'PUT', path: mergePath }, { is: 'lost' }, 1)
    const outcome = await merge(world, opened)
    expect(outcome).toEqual({ merged: true, commit: opened.pull.mergeCommit })
    expect(puts(world)).toBe(1)
    expect(await world.branches()).toEqual(['main'])
  })

  test.each([
    ['no answer at all', { is: 'silent' }],
    ['trouble of its own', { is: 'status', status: 502 }],
  ] as const)('%s leaves it uncertain, is not repeated by itself, and the next call merges', async (_, how) => {
    const world = await start({ settings: { timeout: '2s' } })
    const opened = await openOne(world)
    world.github.fails({ method: 'PUT', path: mergePath }, how, 1)
    expect(await faultOf(merge(world, opened))).toMatchObject({ code: 'MERGE_UNCERTAIN', mayPass: true })
    expect(puts(world)).toBe(1)
    expect((await merge(world, opened)).merged).toBe(true)
  })

  test('a base that moves in the same moment is merged onto after a look', async () => {
    const world = await start()
    const opened = await openOne(world)
    const message = 'Base branch was modified. Review and try the merge again.'
    const undo = world.github.fails({ method: 'PUT', path: mergePath }, { is: 'status', status: 405, message })
    expect(await faultOf(merge(world, opened))).toMatchObject({ code: 'MERGE_OVERTAKEN', mayPass: true })
    undo()
    world.github.fails({ method: 'PUT', path: mergePath }, { is: 'status', status: 405, message }, 2)
    expect((await merge(world, opened)).merged).toBe(true)
  })

  test('a refusal without a reason is tried again, and told in the end', async () => {
    const world = await start()
    const opened = await openOne(world)
    const undo = world.github.fails(
      { method: 'PUT', path: mergePath },
      { is: 'status', status: 405, message: 'Pull Request is not mergeable' },
    )
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'protected', says: expect.stringContaining('not mergeable') })
    undo()
    expect((await merge(world, opened)).merged).toBe(true)
  })

  test('a conflict that GitHub finds only now is a conflict', async () => {
    const world = await start()
    const opened = await openOne(world, 'ao/one', { 'src/1.txt': 'mine\n' })
    await world.moveBase({ 'src/1.txt': 'theirs\n' })
    world.github.world.settings.isMergeableSlow = true
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'conflict' })
  })

  test('the branch is kept where that is wanted, and where something else needs it', async () => {
    const world = await start()
    const kept = await openOne(world)
    expect((await merge(world, kept, { scm: await world.reopened({ deleteBranch: false }) })).merged).toBe(true)
    const below = await openOne(world, 'ao/below')
    const workspace = await world.workspace('ao/above')
    await world.git(['reset', '--quiet', '--hard', 'ao/below'], workspace.path)
    await world.commit(workspace, { 'above.txt': 'above\n' })
    const above = await world.scm.open({ project: world.project, workspace, base: 'ao/below', title: 'above', body: '' }, signal)
    expect((await merge(world, below)).merged).toBe(true)
    expect(await world.branches()).toEqual(['ao/above', 'ao/below', 'ao/one', 'main'])
    expect(world.pull(above.number)).toMatchObject({ state: 'open', base: { branch: 'ao/below' } })
  })

  test('a branch that somebody went on with after the merge is kept', async () => {
    const world = await start()
    const opened = await openOne(world)
    const commit = await world.github.person('ana').merges(opened.pull, { method: 'squash' })
    await world.github.person('Ben').pushes(world.repository, 'ao/one', { 'later.txt': 'later\n' })
    expect(await merge(world, opened)).toEqual({ merged: true, commit })
    expect(await world.branches()).toContain('ao/one')
  })

  test('what a person merged elsewhere at that head is the same answer, and nothing is sent', async () => {
    const world = await start()
    const opened = await openOne(world)
    const commit = await world.github.person('ana').merges(opened.pull)
    expect(await merge(world, opened)).toEqual({ merged: true, commit })
    expect(puts(world)).toBe(0)
  })

  test('a push between our look and the order is not merged', async () => {
    const meddler = interfering()
    const world = await start({ graphql: meddler.graphql })
    const opened = await openOne(world)
    const log = await world.baseLog()
    meddler.let('after', 'isMergeQueueEnabled', () =>
      world.github.person('Ben').pushes(world.repository, 'ao/one', { 'late.txt': 'late\n' }),
    )
    const outcome = await merge(world, opened)
    expect(outcome).toMatchObject({ merged: false, why: 'head-moved', says: expect.stringContaining(opened.pull.head.oid) })
    expect(opened.pull.head.oid).not.toBe(opened.change.head)
    expect(puts(world)).toBe(1)
    expect(await world.baseLog()).toEqual(log)
  })

  test('a title is one line without control characters', async () => {
    const world = await start()
    const { ref, change } = await openOne(world)
    const title = `a\u001b[31m title\nsecond line`
    await world.scm.merge(ref, { head: change.head, base: 'main', method: 'squash', title }, signal)
    expect((await world.baseLog())[0]?.subject).toBe('a title')
  })
})

describe('GitHub that shows what was done a moment later', () => {
  /** GraphQL that has the old head instead of the new one for so many answers. */
  const lagging = () => {
    const lag = { old: '', now: '', answers: 0 }
    return {
      lag,
      graphql: async (...asked: Parameters<typeof executeGraphql>) => {
        const answer = await executeGraphql(...asked)
        const text = JSON.stringify(answer.body)
        if (lag.answers <= 0 || !text.includes(lag.now)) return answer
        lag.answers -= 1
        return { ...answer, body: JSON.parse(text.replaceAll(lag.now, lag.old)) }
      },
    }
  }

  test('a push is waited for by a merge and by an opening, and is no other head', async () => {
    const { lag, graphql } = lagging()
    const world = await start({ graphql })
    const opened = await openOne(world)
    const { workspace, change } = opened
    const request = { project: world.project, workspace, base: 'main', title: 'x', body: '' }
    const second = await world.commit(workspace, { 'second.txt': 'second\n' })
    Object.assign(lag, { old: change.head, now: second, answers: 3 })
    expect((await world.scm.open(request, signal)).head).toBe(second)
    const third = await world.commit(workspace, { 'third.txt': 'third\n' })
    await world.scm.push({ project: world.project, workspace }, signal)
    Object.assign(lag, { old: second, now: third, answers: 3 })
    expect((await merge(world, opened, { head: third })).merged).toBe(true)
    Object.assign(lag, { answers: 0 })
  })

  test('one that it never shows is answered as another head', async () => {
    const { lag, graphql } = lagging()
    const world = await start({ graphql })
    const opened = await openOne(world)
    const head = await world.commit(opened.workspace, { 'second.txt': 'second\n' })
    await world.scm.push({ project: world.project, workspace: opened.workspace }, signal)
    Object.assign(lag, { old: opened.change.head, now: head, answers: 1_000 })
    expect(await merge(world, opened, { head })).toMatchObject({ merged: false, why: 'head-moved' })
    expect(puts(world)).toBe(0)
  })
})

describe('a change whose base is not the one that was decided on', () => {
  const elsewhere = { merged: false, why: 'head-moved', says: '#1 now goes to "next", not to "main".' }
  const begin = async (parts: Parameters<typeof start>[0] = {}) => {
    const world = await start(parts)
    const ana = world.github.person('ana')
    await ana.pushes(world.repository, 'next', { 'next.txt': 'next\n' })
    return { world, ana, opened: await openOne(world) }
  }

  test('is not merged when it was retargeted after the last look', async () => {
    const { world, ana, opened } = await begin()
    await ana.retargets(opened.pull, 'next')
    expect(await merge(world, opened)).toEqual(elsewhere)
    expect(puts(world)).toBe(0)
    expect(opened.pull.state).toBe('open')
  })

  test('is not merged when it is retargeted while GitHub makes us wait', async () => {
    let pause = async (): Promise<void> => {}
    const { world, ana, opened } = await begin({ inPause: () => pause() })
    pause = () => ana.retargets(opened.pull, 'next')
    const says = 'Base branch was modified. Review and try the merge again'
    world.github.fails({ method: 'PUT', path: mergePath }, { is: 'status', status: 405, message: says }, 1)
    expect(await merge(world, opened)).toEqual(elsewhere)
    expect([puts(world), opened.pull.state]).toEqual([1, 'open'])
  })
})
