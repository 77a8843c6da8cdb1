import { expect, test } from 'vitest'
import type { Change } from '../../../core/contracts/change.ts'
import type { ForgeRecord } from '../../../plugins/scm/local/record.ts'
import { emptyForge } from '../../../plugins/scm/local/record.ts'
import { bareGit, look, merge, open, ref, signal, start, withGit } from './steps.ts'

test('a merge deletes the branch, moves no checkout of the user, and the change is merged and not closed', async () => {
  const world = await start()
  const { change } = await open(world)
  const main = await world.repo.git(['rev-parse', 'main'])
  expect(await merge(world, change)).toMatchObject({ merged: true })
  expect(await world.branches()).toEqual(['main'])
  expect((await look(world, 1)).state).toBe('merged')
  expect(await world.repo.git(['rev-parse', 'main'])).toBe(main)
})

test('the branch stays where that is set, and where another change is built on it', async () => {
  const kept = await start({ deleteBranch: false })
  expect((await merge(kept, (await open(kept)).change)).merged).toBe(true)
  expect(await kept.branches()).toEqual(['ao/one', 'main'])
  expect((await look(kept, 1)).state).toBe('merged')

  const stacked = await start()
  const { change } = await open(stacked)
  const above = await stacked.workspace('ao/two')
  await stacked.commit(above, { 'two.txt': 'two\n' })
  await stacked.scm.open({ project: stacked.project, workspace: above, base: 'ao/one', title: 'two', body: '' }, signal)
  expect((await merge(stacked, change)).merged).toBe(true)
  expect(await stacked.branches()).toContain('ao/one')
})

test('a merge that was cut off after the base moved is found merged, before it moved is found open', async () => {
  const world = await start()
  const { change } = await open(world)
  const document = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  const pretend = (commit: string) =>
    document.update((forge) => {
      forge.changes = forge.changes.map((one) => ({ ...one, state: 'open', mergeCommit: null, merging: { head: change.head, commit } }))
    })
  await pretend(change.head)
  expect((await look(world, 1, world.reopened())).state).toBe('open')
  const outcome = await merge(world, change)
  await pretend(outcome.merged ? outcome.commit : '')
  expect(await look(world, 1, world.reopened())).toMatchObject({ state: 'merged', head: change.head })
  await pretend(outcome.merged ? outcome.commit : '')
  expect(await merge(world, change, world.reopened())).toEqual(outcome)
})

test('a merge made by hand in the remote is seen, with the commit that brought it in', async () => {
  const world = await start()
  const { change, workspace } = await open(world)
  await world.repo.git(['merge', '--quiet', '--no-ff', '-m', 'by hand', workspace.branch])
  const commit = await world.repo.git(['rev-parse', 'main'])
  await world.repo.commit('later')
  await world.repo.git(['push', '--quiet', world.bare, 'main'])
  expect(await look(world, 1)).toMatchObject({ state: 'merged', head: change.head, mergeCommit: commit })
})

test('a rebase whose commits conflict where the whole does not is refused', async () => {
  const world = await start()
  const { workspace } = await open(world, 'ao/one', { 'src/1.txt': 'mine\n' })
  await world.moveBase({ 'src/1.txt': 'theirs\n' })
  await world.repo.git(['fetch', '--quiet', world.bare, 'main'], workspace.path)
  await world.repo.git(['merge', '--quiet', '-X', 'ours', '-m', 'resolved', 'FETCH_HEAD'], workspace.path)
  await world.push(workspace)
  const change = await look(world, 1)
  expect(change.conflict).toBe('none')
  const how = { head: change.head, base: 'main', method: 'rebase', title: 'x' } as const
  expect(await world.scm.merge(ref(world, 1), how, signal)).toMatchObject({ merged: false, why: 'conflict' })
  expect((await merge(world, change)).merged).toBe(true)
  expect(await bareGit(world, 'show', 'main:src/1.txt')).toBe('mine')
})

test('a rebase that would lose what a merge commit brought is refused', async () => {
  const world = await start()
  const { workspace } = await open(world)
  await world.moveBase({ 'other.txt': 'other\n' })
  await world.repo.git(['fetch', '--quiet', world.bare, 'main'], workspace.path)
  await world.repo.git(['merge', '--quiet', '--no-commit', 'FETCH_HEAD'], workspace.path)
  await world.commit(workspace, { 'within.txt': 'only in the merge commit\n' })
  await world.push(workspace)
  const change = await look(world, 1)
  const log = await world.baseLog()
  const how = { head: change.head, base: 'main', method: 'rebase', title: 'x' } as const
  expect(await world.scm.merge(ref(world, 1), how, signal)).toMatchObject({ merged: false, why: 'conflict' })
  expect(await world.baseLog()).toEqual(log)
})

test('many changes merged at once on one base all arrive', async () => {
  const world = await start()
  const changes: Change[] = []
  for (const n of [1, 2, 3, 4]) changes.push((await open(world, `ao/${n}`)).change)
  const outcomes = await Promise.all(changes.map((change) => merge(world, change)))
  expect(outcomes.every(({ merged }) => merged)).toBe(true)
  expect((await world.baseLog()).length).toBe(5)
})

test('a base that somebody pushes to while we merge is merged onto, not overwritten', async () => {
  const world = await start()
  const { change } = await open(world)
  const main = (await world.baseLog())[0]?.commit ?? ''
  const elsewhere = await world.moveBase({ 'other.txt': 'other\n' })
  await bareGit(world, 'update-ref', 'refs/heads/main', main)
  const { result } = await withGit(world, { before: 'commit-tree', once: `update-ref refs/heads/main ${elsewhere}` }, () =>
    merge(world, change),
  )
  const log = await world.baseLog()
  expect(result).toEqual({ merged: true, commit: log[0]?.commit })
  expect(log.slice(1).map(({ commit }) => commit)).toEqual([elsewhere, main])
})

test('a branch that somebody pushes to while we merge is not merged and keeps the push', async () => {
  const world = await start()
  const { change, workspace } = await open(world)
  const late = await world.commit(workspace, { 'late.txt': 'late\n' })
  await world.push(workspace)
  await bareGit(world, 'update-ref', 'refs/heads/ao/one', change.head)
  const log = await world.baseLog()
  const { result } = await withGit(world, { before: 'commit-tree', once: `update-ref refs/heads/ao/one ${late}` }, () =>
    merge(world, change),
  )
  expect(result).toMatchObject({ merged: false, why: 'head-moved' })
  expect(await world.baseLog()).toEqual(log)
  expect(await look(world, 1)).toMatchObject({ state: 'open', head: late })
})

test('a change that goes to another base than the one that was decided on is not merged', async () => {
  const world = await start()
  const { change } = await open(world)
  const document = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  await world.repo.git(['push', '--quiet', world.bare, 'main:refs/heads/next'])
  await document.update((forge) => {
    forge.changes = forge.changes.map((one) => ({ ...one, base: 'next' }))
  })
  expect(await merge(world, change)).toEqual({
    merged: false,
    why: 'head-moved',
    says: 'Change #1 now goes to "next", not to "main".',
  })
  expect(await look(world, 1)).toMatchObject({ state: 'open', base: 'next', head: change.head })
  const tips = await bareGit(world, 'rev-parse', 'main', 'next')
  expect(new Set(tips.trim().split('\n')).size).toBe(1)
})
