import { describe, expect, test } from 'vitest'
import type { WorkspaceRef } from '../../../../core/contracts/plugins.ts'
import { faultOf, type GithubWorld, openOne, start } from './world.ts'

const { signal } = new AbortController()
const headOf = (world: GithubWorld, { path }: WorkspaceRef) => world.git(['rev-parse', 'HEAD'], path)
const pulls = (world: GithubWorld) => [...world.repository.items.values()].filter(({ kind }) => kind === 'PullRequest')

describe('bringing up to date', () => {
  const behind = async (parts: Parameters<typeof start>[0] = {}) => {
    const world = await start(parts)
    const opened = await openOne(world)
    await world.moveBase({ 'other.txt': 'other\n' })
    const update = () => world.scm.update(opened.ref, { head: opened.change.head, workspace: opened.workspace }, signal)
    const stands = async () => [opened.pull.head.oid, await headOf(world, opened.workspace)]
    return { world, update, stands, ...opened }
  }
  const asked = { method: 'PUT', path: /\/update-branch$/ }

  test('GitHub does it', async () => {
    const { world, update, stands, workspace } = await behind()
    const outcome = await update()
    expect(outcome).toMatchObject({ updated: true })
    expect(await stands()).toEqual([outcome.updated && outcome.head, outcome.updated && outcome.head])
    expect(await world.git(['log', '-1', '--format=%cn'], workspace.path)).toBe('GitHub')
  })

  test('where it does not let us, the merge is made in the workspace and pushed', async () => {
    const { world, update, stands, workspace } = await behind()
    world.github.fails(asked, { is: 'status', status: 403 })
    const outcome = await update()
    expect(await stands()).toEqual([outcome.updated && outcome.head, outcome.updated && outcome.head])
    expect(await world.git(['log', '-1', '--format=%cn'], workspace.path)).toBe('Ada')
    expect(await update()).toEqual(outcome)
  })

  test('a push of that merge that is refused leaves both as they were', async () => {
    const { world, update, stands, change } = await behind()
    world.github.fails(asked, { is: 'status', status: 403 })
    await world.github.person('ana').protects(world.repository, 'ao/one', { pushers: ['ana'] })
    expect(await update()).toMatchObject({ updated: false, why: 'refused' })
    expect(await stands()).toEqual([change.head, change.head])
  })

  test('an answer that was lost is found, and so is what GitHub did before a crash', async () => {
    const { world, update, stands, pull } = await behind()
    world.github.fails(asked, { is: 'lost' }, 1)
    const outcome = await update()
    expect(outcome).toEqual({ updated: true, head: pull.head.oid })
    expect(await stands()).toEqual([pull.head.oid, pull.head.oid])
    expect(await update()).toEqual(outcome)
  })

  test('GitHub takes its time', async () => {
    const { world, update, pull } = await behind()
    world.github.fails(asked, { is: 'status', status: 202, message: 'Updating pull request branch.' }, 1)
    const doing = update()
    await expect.poll(() => world.github.requests.some(({ path }) => path.endsWith('/update-branch')), { timeout: 10_000 }).toBe(true)
    await world.github.person('ana').updates(pull)
    expect(await doing).toEqual({ updated: true, head: pull.head.oid })
  })

  test('what it never does is a fault that may pass', async () => {
    const { world, update, stands, change } = await behind()
    world.github.fails(asked, { is: 'status', status: 202, message: 'Updating pull request branch.' }, 1)
    expect(await faultOf(update())).toMatchObject({ code: 'UPDATE_UNSEEN', mayPass: true })
    expect(await stands()).toEqual([change.head, change.head])
    expect((await update()).updated).toBe(true)
  })

  test('a refusal says what GitHub says, and a conflict is one', async () => {
    const { world, update } = await behind()
    world.github.fails(asked, { is: 'status', status: 422, message: 'merge conflict between base and head' }, 1)
    expect(await update()).toMatchObject({ updated: false, why: 'conflict' })
    world.github.fails(asked, { is: 'status', status: 422, message: 'Rules forbid it.' }, 1)
    expect(await update()).toMatchObject({ updated: false, why: 'refused', says: expect.stringContaining('Rules forbid it.') })
  })

  test('an order to merge is for the commit it was given for, and taken back first', async () => {
    const { world, update, ref, change, pull } = await behind()
    await world.github.person('ana').protects(world.repository, 'main', { requiredChecks: ['ci'] })
    await world.github.person('ana').sets(world.repository, { isAutoMergeAllowed: true })
    world.later(6 * 60_000)
    expect(await world.scm.merge(ref, { head: change.head, base: 'main', method: 'squash', title: 'x' }, signal)).toMatchObject({
      why: 'queued',
    })
    expect((await update()).updated).toBe(true)
    expect(pull.autoMerge).toBeNull()
  })
})

describe('taking back', () => {
  const merged = async () => {
    const world = await start({ settings: { deleteBranch: false } })
    const opened = await openOne(world)
    await world.scm.merge(opened.ref, { head: opened.change.head, base: 'main', method: 'squash', title: 'Merged' }, signal)
    return { world, revert: () => world.scm.revert(opened.ref, { by: 'Ben' }, signal), ...opened }
  }

  test('says who asked for it', async () => {
    const { world, revert } = await merged()
    expect(await revert()).toMatchObject({ number: 2, title: 'Revert "ao/one"', branch: 'revert-1-ao/one', base: 'main' })
    expect(world.pull(2).body).toContain('Ben')
  })

  test('an answer that was lost is found, and what a person opened for it, too', async () => {
    const { world, revert } = await merged()
    world.github.fails({ kind: 'graphql', body: 'revertPullRequest(' }, { is: 'lost' }, 1)
    expect((await revert()).number).toBe(2)
    expect(pulls(world)).toHaveLength(2)
  })

  test('one that was closed does not count, and what keeps GitHub from another is said', async () => {
    const { world, revert } = await merged()
    await revert()
    await world.scm.close({ project: world.project, number: 2 })
    expect(await faultOf(revert())).toMatchObject({ code: 'NOT_REVERTIBLE', message: expect.stringContaining('exists already') })
    await world.github.person('ana').deletesBranch(world.repository, 'revert-1-ao/one')
    expect((await revert()).number).toBe(3)
  })
})
