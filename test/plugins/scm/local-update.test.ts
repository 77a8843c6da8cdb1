import { existsSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../../core/contracts/change.ts'
import type { WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { bareGit, faultOf, look, open, ref, signal, start, withGit } from './steps.ts'
import type { LocalWorld } from './world.ts'

const openBehind = async () => {
  const world = await start()
  const { workspace } = await open(world)
  await world.moveBase({ 'other.txt': 'other\n' })
  return { world, workspace, change: await look(world, 1) }
}
const update = (world: LocalWorld, { head }: Change, workspace: WorkspaceRef, until = signal) =>
  world.scm.update(ref(world, 1), { head, workspace }, until)
const standing = async (world: LocalWorld, { path, branch }: WorkspaceRef) => ({
  remote: await bareGit(world, 'rev-parse', branch),
  head: await world.repo.git(['rev-parse', 'HEAD'], path),
  status: await world.repo.git(['status', '--porcelain'], path),
})
const writeHook = async (folder: string, name: string, script: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, name), 0o755)
}
/** What a crash between the merge and the push leaves behind. */
const mergeOnly = async (world: LocalWorld, { path }: WorkspaceRef): Promise<string> => {
  await world.repo.git(['fetch', '--quiet', world.bare, 'main'], path)
  await world.repo.git(['merge', '--quiet', '--no-ff', '--no-edit', 'FETCH_HEAD'], path)
  return world.repo.git(['rev-parse', 'HEAD'], path)
}

const there = (path: string) => expect.poll(() => existsSync(path), { timeout: 10_000 }).toBe(true)

describe('the merge that brings a change up to date', () => {
  test('is a commit by whom the workspace commits as, on top of both', async () => {
    const { world, workspace, change } = await openBehind()
    await world.repo.git(['config', 'merge.ff', 'only'])
    const base = await bareGit(world, 'rev-parse', 'main')
    const outcome = await update(world, change, workspace)
    expect(await bareGit(world, 'log', '-1', '--format=%H|%P|%an|%ce|%s', 'ao/one')).toBe(
      `${outcome.updated && outcome.head}|${change.head} ${base}|Ada|ada@example.com|Merge branch 'main' into ao/one`,
    )
  })

  test('is ours where the workspace commits as nobody', async () => {
    const { world, workspace, change } = await openBehind()
    await world.repo.git(['config', '--unset', 'user.name'])
    expect((await update(world, change, workspace)).updated).toBe(true)
    expect(await bareGit(world, 'log', '-1', '--format=%an %ae %cn', 'ao/one')).toBe('ao ao@localhost ao')
  })

  test('that was not pushed because of a crash is pushed, also when the base has moved on since', async () => {
    const { world, workspace, change } = await openBehind()
    const head = await mergeOnly(world, workspace)
    await world.moveBase({ 'more.txt': 'more\n' })
    expect(await update(world, change, workspace)).toEqual({ updated: true, head })
    expect(await standing(world, workspace)).toEqual({ remote: head, head, status: '' })
  })

  test('is not taken for ours when it brought something else than the base', async () => {
    const { world, workspace, change } = await openBehind()
    const other = await world.workspace('ao/other')
    await world.commit(other, { 'apart.txt': 'apart\n' })
    await world.repo.git(['merge', '--quiet', '--no-ff', '--no-edit', 'ao/other'], workspace.path)
    const before = await standing(world, workspace)
    expect(await update(world, change, workspace)).toMatchObject({ updated: false, why: 'busy' })
    expect(await standing(world, workspace)).toEqual(before)
  })

  test('that a hook of the user’s refuses is taken back', async () => {
    const { world, workspace, change } = await openBehind()
    const before = await standing(world, workspace)
    await writeHook(join(world.repo.path, '.git/hooks'), 'pre-merge-commit', 'echo "not today" >&2; exit 1')
    expect(await update(world, change, workspace)).toMatchObject({
      updated: false,
      why: 'refused',
      says: expect.stringContaining('not today'),
    })
    expect(await standing(world, workspace)).toEqual(before)
  })

  test('that conflicts only where the workspace has rules of its own is taken back', async () => {
    const world = await start()
    await world.scm.base({ project: world.project, base: 'main' }, signal)
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`)
    const text = (changed: number) => `${lines.map((line, n) => (n === changed ? 'changed' : line)).join('\n')}\n`
    await world.moveBase({ 'long.txt': text(-1) })
    const workspace = await world.workspace('ao/one')
    await world.rebase(workspace)
    await world.commit(workspace, { 'long.txt': text(0) })
    await world.scm.open({ project: world.project, workspace, base: 'main', title: 'one', body: '' }, signal)
    await world.moveBase({ 'long.txt': text(19) })
    await mkdir(join(world.repo.path, '.git/info'), { recursive: true })
    await writeFile(join(world.repo.path, '.git/info/attributes'), 'long.txt -merge\n')
    const change = await look(world, 1)
    expect(change.conflict).toBe('none')
    const before = await standing(world, workspace)
    const says = expect.stringContaining('long.txt')
    expect(await update(world, change, workspace)).toMatchObject({ updated: false, why: 'conflict', says })
    expect(await standing(world, workspace)).toEqual(before)
  })
})

describe('a push that fails', () => {
  test.each(['at once', 'after a crash'])('because the remote refuses it puts the workspace back: %s', async (when) => {
    const { world, workspace, change } = await openBehind()
    const before = await standing(world, workspace)
    if (when === 'after a crash') await mergeOnly(world, workspace)
    await writeHook(join(world.bare, 'hooks'), 'pre-receive', 'echo "closed for today" >&2; exit 1')
    expect(await update(world, change, workspace)).toMatchObject({
      updated: false,
      why: 'refused',
      says: expect.stringContaining('ao/one'),
    })
    expect(await standing(world, workspace)).toEqual(before)
  })

  test('because somebody pushed meanwhile keeps their push and puts the workspace back', async () => {
    const { world, workspace, change } = await openBehind()
    const other = await world.workspace('ao/other')
    await world.repo.git(['reset', '--quiet', '--hard', 'ao/one'], other.path)
    const late = await world.commit(other, { 'late.txt': 'late\n' })
    await world.push(other)
    const { result } = await withGit(world, { before: 'push', once: `update-ref refs/heads/ao/one ${late}` }, () =>
      update(world, change, workspace),
    )
    expect(result).toMatchObject({ updated: false, why: 'head-moved' })
    expect(await standing(world, workspace)).toEqual({ remote: late, head: change.head, status: '' })
  })

  test('because we were stopped throws the reason and puts the workspace back', async () => {
    const { world, workspace, change } = await openBehind()
    const before = await standing(world, workspace)
    const stopped = new AbortController()
    const begun = join(world.host.dataFolder, 'begun')
    await writeHook(join(world.repo.path, '.git/hooks'), 'pre-push', `touch "${begun}"; while [ -f "${begun}" ]; do sleep 0.05; done`)
    const updating = update(world, change, workspace, stopped.signal)
    await there(begun)
    stopped.abort(new Error('enough'))
    await expect(updating).rejects.toThrow('enough')
    expect(await standing(world, workspace)).toEqual(before)
  })

  test('after it arrived leaves both where they are, and the next call finds it done', async () => {
    const { world, workspace, change } = await openBehind()
    const stopped = new AbortController()
    const [begun, go] = ['begun', 'go'].map((name) => join(world.host.dataFolder, name))
    await writeHook(join(world.bare, 'hooks'), 'post-receive', `touch "${begun}"; while [ ! -f "${go}" ]; do sleep 0.02; done`)
    const updating = update(world, change, workspace, stopped.signal)
    await there(String(begun))
    stopped.abort(new Error('enough'))
    await expect(updating).rejects.toThrow('enough')
    await writeFile(String(go), '')
    const { head, remote, status } = await standing(world, workspace)
    expect({ remote, status }).toEqual({ remote: head, status: '' })
    expect(await update(world, change, workspace)).toEqual({ updated: true, head })
  })
})

describe('a workspace', () => {
  test.each([
    ['in the middle of a merge', ['merge', '--quiet', '--no-ff', '--no-commit', '--strategy=ours', 'ao/other']],
    ['on no branch', ['switch', '--quiet', '--detach']],
  ])('%s is left alone', async (_, command) => {
    const { world, workspace, change } = await openBehind()
    const other = await world.workspace('ao/other')
    await world.commit(other, { 'apart.txt': 'apart\n' })
    await world.repo.git(command, workspace.path)
    const before = await world.repo.git(['status'], workspace.path)
    expect(await update(world, change, workspace)).toMatchObject({ updated: false, why: 'busy' })
    expect(await world.repo.git(['status'], workspace.path)).toBe(before)
  })

  test('with uncommitted work is no hindrance where there is nothing to bring', async () => {
    const world = await start()
    const { workspace, change } = await open(world)
    await writeFile(join(workspace.path, 'src/1.txt'), 'work\n')
    expect(await update(world, change, workspace)).toEqual({ updated: true, head: change.head })
    await expect(update(world, change, workspace, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })

  test('is not tried out for a conflict that is known', async () => {
    const world = await start()
    const { workspace, change } = await open(world, 'ao/one', { 'src/1.txt': 'mine\n' })
    await world.moveBase({ 'src/1.txt': 'theirs\n' })
    const { result, calls } = await withGit(world, null, () => update(world, change, workspace))
    expect(result).toMatchObject({ updated: false, why: 'conflict', says: expect.stringContaining('src/1.txt') })
    expect(calls).toContain('merge-tree')
    expect(calls).not.toContain('merge')
  })

  test('that has gone is named', async () => {
    const { world, workspace, change } = await openBehind()
    await rm(workspace.path, { recursive: true })
    expect(await faultOf(update(world, change, workspace))).toMatchObject({
      code: 'WORKSPACE_UNUSABLE',
      hint: expect.stringContaining(workspace.path),
    })
  })
})
