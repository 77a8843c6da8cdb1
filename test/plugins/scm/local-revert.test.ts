import { expect, test } from 'vitest'
import { emptyForge, type ForgeRecord } from '../../../plugins/scm/local/record.ts'
import { bareGit, faultOf, look, merge, open, ref, signal, start } from './steps.ts'
import type { LocalWorld } from './world.ts'

const revert = (world: LocalWorld, number = 1, scm = world.scm) => scm.revert(ref(world, number), { by: 'Ben' }, signal)
const filesOnBase = async (world: LocalWorld) => (await bareGit(world, 'ls-tree', '-r', '--name-only', 'main')).split('\n')

test('a change that takes another back says which one and who asked for it, and is one commit on the base', async () => {
  const world = await start()
  const merged = await merge(world, (await open(world)).change)
  const commit = merged.merged ? merged.commit : ''
  const change = await revert(world)
  expect(change).toMatchObject({ number: 2, branch: 'ao/revert-1', title: 'Revert "ao/one"', isBehind: false })
  const { value } = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  expect(value.changes[1]).toMatchObject({ body: expect.stringMatching(new RegExp(`#1 \\(${commit}\\).*Ben`)), author: 'ao' })
  expect(await bareGit(world, 'log', '-1', '--format=%P|%B', 'ao/revert-1')).toContain(
    `${commit}|Revert "ao/one"\n\nThis reverts commit ${commit}.`,
  )
})

test('what was moved on by hand, commit by commit, is taken back whole and without what came later', async () => {
  const world = await start()
  const { workspace } = await open(world)
  await world.commit(workspace, { 'more.txt': 'more\n' })
  await world.push(workspace)
  const { head } = await look(world, 1)
  await bareGit(world, 'update-ref', 'refs/heads/main', head)
  await world.moveBase({ 'later.txt': 'later\n' })
  expect(await look(world, 1)).toMatchObject({ state: 'merged', mergeCommit: head })
  await merge(world, await revert(world))
  expect(await filesOnBase(world)).toEqual(['later.txt', 'src/1.txt', 'src/2.txt', 'src/3.txt'])
})

test('what was merged by hand is taken back whole', async () => {
  const world = await start()
  const { workspace } = await open(world)
  await world.commit(workspace, { 'more.txt': 'more\n' })
  await world.push(workspace)
  await look(world, 1)
  await world.repo.git(['merge', '--quiet', '--no-ff', '-m', 'by hand', workspace.branch])
  await world.repo.git(['push', '--quiet', world.bare, 'main'])
  expect((await look(world, 1)).state).toBe('merged')
  await merge(world, await revert(world))
  expect(await filesOnBase(world)).toEqual(['src/1.txt', 'src/2.txt', 'src/3.txt'])
})

test('a rebase whose end was cut off by a crash is taken back whole', async () => {
  const world = await start()
  const { workspace } = await open(world)
  const head = await world.commit(workspace, { 'more.txt': 'more\n' })
  await world.push(workspace)
  const document = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  await world.scm.merge(ref(world, 1), { head, base: 'main', method: 'rebase', title: 'x' }, signal)
  await document.update((forge) => {
    forge.changes = forge.changes.map(({ mergeCommit, mergedOnto, ...one }) => {
      const merging = { head, commit: mergeCommit ?? '', ...(mergedOnto && { onto: mergedOnto }) }
      return { ...one, state: 'open', mergeCommit: null, merging }
    })
  })
  expect((await look(world, 1, world.reopened())).state).toBe('merged')
  await merge(world, await revert(world))
  expect(await filesOnBase(world)).toEqual(['src/1.txt', 'src/2.txt', 'src/3.txt'])
})

test('one that was closed is opened again, one that was merged is found', async () => {
  const world = await start()
  await merge(world, (await open(world)).change)
  const first = await revert(world)
  await world.scm.close(ref(world, first.number))
  const second = await revert(world)
  expect(second).toMatchObject({ number: 3, state: 'open', head: first.head })
  expect((await merge(world, second)).merged).toBe(true)
  expect(await revert(world)).toMatchObject({ number: 3, state: 'merged' })
})

test('a branch that a crash left behind is used, one with other work is not touched', async () => {
  const world = await start()
  await merge(world, (await open(world)).change)
  const { head } = await revert(world)
  const document = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  const forget = () =>
    document.update((forge) => {
      forge.changes = forge.changes.slice(0, 1)
    })
  await forget()
  await world.moveBase({ 'ao/one.txt': 'what came later\n' })
  expect(await revert(world)).toMatchObject({ number: 2, head, conflict: 'conflicting' })
  await forget()
  await bareGit(world, 'update-ref', 'refs/heads/ao/revert-1', 'main')
  expect(await faultOf(revert(world))).toMatchObject({ code: 'NOT_REVERTIBLE', message: expect.stringContaining('ao/revert-1') })
  expect(await bareGit(world, 'rev-parse', 'ao/revert-1')).toBe(await bareGit(world, 'rev-parse', 'main'))
})

test('what is not on the base any more cannot be taken back', async () => {
  const world = await start()
  const { workspace, change } = await open(world)
  await merge(world, change)
  const merged = await bareGit(world, 'rev-parse', 'main')
  const undone = await bareGit(
    world,
    '-c',
    'user.name=Eve',
    '-c',
    'user.email=e@x',
    'commit-tree',
    `${merged}^^{tree}`,
    '-p',
    merged,
    '-m',
    'undone',
  )
  await bareGit(world, 'update-ref', 'refs/heads/main', undone)
  expect(await faultOf(revert(world))).toMatchObject({ code: 'NOT_REVERTIBLE', message: expect.stringContaining('nothing of it') })
  await bareGit(world, 'update-ref', 'refs/heads/main', workspace.baseCommit)
  expect(await faultOf(revert(world))).toMatchObject({ code: 'NOT_REVERTIBLE', message: expect.stringContaining('no longer') })
})

test('a change kept from before words were counted counts what it has', async () => {
  const world = await start()
  await open(world)
  const words = { author: 'Ben', isBot: false, text: 'Why?' }
  const thread = await world.comment(ref(world, 1), { ...words, file: null, line: null })
  await world.reply(ref(world, 1), thread, { ...words, author: 'bugs', isBot: true })
  const document = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  await document.update((forge) => {
    forge.changes = forge.changes.map(({ said: _, ...one }) => one)
  })
  expect((await look(world, 1)).lastSaid).toEqual({ people: 1, bots: 1 })
  await world.reply(ref(world, 1), thread, words)
  expect((await look(world, 1)).lastSaid).toEqual({ people: 2, bots: 1 })
})
