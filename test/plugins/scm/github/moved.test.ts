import { describe, expect, test } from 'vitest'
import type { WorkspaceRef } from '../../../../core/contracts/plugins.ts'
import { faultOf, type GithubWorld, lookAt, openOne, start } from './world.ts'

const { signal } = new AbortController()
const push = (world: GithubWorld, workspace: WorkspaceRef) => world.scm.push({ project: world.project, workspace }, signal)
const headOf = (world: GithubWorld, { path }: WorkspaceRef) => world.git(['rev-parse', 'HEAD'], path)

describe('a branch that somebody else writes to', () => {
  const refusal = async (world: GithubWorld, workspace: WorkspaceRef) => {
    const fault = await faultOf(push(world, workspace))
    expect(fault.code).toBe('PUSH_REFUSED')
    expect(fault.facts.cause).toBe('moved')
    return fault
  }
  /** Does in the workspace what the hint says. */
  const mend = async (world: GithubWorld, { path }: WorkspaceRef, hint: string): Promise<void> => {
    for (const [, command = ''] of hint.matchAll(/"git ([^"]+)"/g)) await world.git(command.split(' '), path)
  }

  test('commits of a person are told with their ref, and taken up by what the hint says', async () => {
    const world = await start()
    const { workspace } = await openOne(world)
    const theirs = await world.github.person('Ben').pushes(world.repository, 'ao/one', { 'ben.txt': 'ben\n' })
    await world.commit(workspace, { 'mine.txt': 'mine\n' })
    const { message, hint } = await refusal(world, workspace)
    expect(message).toContain('Ben pushed a commit')
    expect(message).toContain(theirs)
    expect(await world.git(['rev-parse', 'refs/ao/changes/1'], workspace.path)).toBe(theirs)
    await mend(world, workspace, hint)
    await push(world, workspace)
    expect(await world.repository.reads('ao/one', 'ben.txt')).toBe('ben\n')
    expect(await world.repository.reads('ao/one', 'mine.txt')).toBe('mine\n')
  })

  test('a force push that replaced its history is told, never overwritten, and only what is newer goes on top', async () => {
    const world = await start()
    const { workspace, change } = await openOne(world)
    const theirs = await world.github.person('Ben').pushes(world.repository, 'ao/one', { 'ben.txt': 'ben\n' }, { isForced: true })
    await world.commit(workspace, { 'mine.txt': 'mine\n' })
    const { message, hint } = await refusal(world, workspace)
    expect(message).toContain(`no longer has ${change.head}`)
    expect(world.repository.branches.get('ao/one')).toBe(theirs)
    await mend(world, workspace, hint)
    await push(world, workspace)
    expect(await world.repository.reads('ao/one', 'ben.txt')).toBe('ben\n')
    expect(await world.repository.reads('ao/one', 'mine.txt')).toBe('mine\n')
    expect(await world.repository.reads('ao/one', 'ao-one.txt')).toBeNull()
  })

  test('commits that a person took away are not brought back', async () => {
    const world = await start()
    const { workspace, change } = await openOne(world)
    const second = await world.commit(workspace, { 'second.txt': 'second\n' })
    await push(world, workspace)
    await world.github.person('Ben').resets(world.repository, 'ao/one', change.head)
    await world.commit(workspace, { 'third.txt': 'third\n' })
    const { message, hint } = await refusal(world, workspace)
    expect(message).toContain(`takes away what was pushed before, up to ${second}`)
    expect(world.repository.branches.get('ao/one')).toBe(change.head)
    await mend(world, workspace, hint)
    await push(world, workspace)
    expect(await world.repository.reads('ao/one', 'second.txt')).toBeNull()
    expect(await world.repository.reads('ao/one', 'third.txt')).toBe('third\n')
  })

  test('what the agent pushed by itself is no stranger’s', async () => {
    const world = await start()
    const { workspace } = await openOne(world)
    await world.commit(workspace, { 'two.txt': 'two\n' })
    await world.push(workspace)
    await world.commit(workspace, { 'three.txt': 'three\n' })
    await push(world, workspace)
    expect(world.repository.branches.get('ao/one')).toBe(await headOf(world, workspace))
  })

  test('a branch without a change is told by its own name', async () => {
    const world = await start()
    const workspace = await world.workspace('ao/one')
    await world.github.person('Ben').pushes(world.repository, 'ao/one', { 'ben.txt': 'ben\n' })
    await world.commit(workspace, { 'mine.txt': 'mine\n' })
    expect((await refusal(world, workspace)).hint).toContain('refs/ao/branches/ao/one')
  })

  test('a branch that was deleted is made again; its change stays closed, and another one can be opened', async () => {
    const world = await start()
    const { workspace } = await openOne(world)
    await world.github.person('Ben').deletesBranch(world.repository, 'ao/one')
    expect((await lookAt(world, 1)).state).toBe('closed')
    await world.commit(workspace, { 'more.txt': 'more\n' })
    await push(world, workspace)
    expect(world.repository.branches.get('ao/one')).toBe(await headOf(world, workspace))
    expect((await lookAt(world, 1)).state).toBe('closed')
    const again = { project: world.project, workspace, base: 'main', title: 'again', body: '' }
    expect((await world.scm.open(again, signal)).number).toBe(2)
  })

  test('the base branch is never pushed to', async () => {
    const world = await start()
    const workspace = await world.workspace('ao/one')
    const fault = await faultOf(push(world, { ...workspace, branch: 'main' }))
    expect(fault).toMatchObject({ code: 'PUSH_REFUSED', facts: { cause: 'base' } })
  })
})
