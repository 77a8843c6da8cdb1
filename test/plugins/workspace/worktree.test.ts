import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Workspace, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { worktree } from '../../../plugins/workspace/git/index.ts'
import { workspaceContract } from '../../contracts/workspace.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'

workspaceContract('worktree', (settings, host) => worktree.create(worktree.options.parse(settings), host, { host: 'here', project: null }))

describe('a worktree', () => {
  let repo: Repo
  let host: FakeHost
  let workspace: Workspace
  const create = () =>
    workspace.create(
      { session: 'shop-1', project: repo.project, base: 'main', from: null, branch: 'ao/shop-1' },
      new AbortController().signal,
    )
  const adminOf = (path: string) => repo.git(['rev-parse', '--absolute-git-dir'], path)

  beforeEach(async () => {
    repo = await makeRepo({ remote: true })
    host = await makeHost()
    workspace = await worktree.create(worktree.options.parse({}), host, { host: 'here', project: null })
  })
  afterEach(async () => {
    await host.close()
    await repo.remove()
  })

  it('that a crash left half made is made anew, and what was in it is put beside', async () => {
    const first = await create()
    const admin = await adminOf(first.path)
    await writeFile(join(admin, 'locked'), 'initializing')
    await rm(join(admin, 'index'))
    await writeFile(join(first.path, 'src/1.txt'), 'half')
    expect(await create()).toEqual(first)
    expect((await workspace.look(first)).dirty).toEqual([])
    const aside = String(host.logged.find(({ event }) => event === 'workspace.moved-aside')?.fields.aside)
    expect(await readFile(join(aside, 'src/1.txt'), 'utf8')).toBe('half')
    expect(existsSync(join(aside, '.git'))).toBe(false)
  })

  it('whose folder vanished has its staged work saved before it is made anew, or removed', async () => {
    for (const again of [create, (ref: WorkspaceRef) => workspace.remove(ref, 'shop-1', repo.project)]) {
      const ref = await create()
      await repo.write({ 'staged.txt': again.name }, ref.path)
      await repo.git(['add', 'staged.txt'], ref.path)
      await rm(ref.path, { recursive: true })
      await again(ref)
      const saved = (await repo.git(['for-each-ref', '--format=%(refname)', 'refs/ao/saved/shop-1/'])).split('\n').at(-1)
      expect(await repo.git(['show', `${saved}:staged.txt`])).toBe(again.name)
    }
    expect(await repo.git(['worktree', 'list'])).not.toContain('shop-1')
  })

  it('whose pointer was deleted is mended, never taken for a part of what lies around it', async () => {
    const inside = join(repo.path, 'spaces')
    workspace = await worktree.create(worktree.options.parse({ folder: 'spaces' }), host, { host: 'here', project: null })
    const ref = await create()
    expect(ref.path).toBe(join(inside, 'shop-1'))
    await repo.write({ 'new.txt': 'n' }, ref.path)
    await rm(join(ref.path, '.git'))
    await expect(workspace.look(ref)).rejects.toMatchObject({ code: 'WORKSPACE_GONE' })
    expect(await create()).toEqual(ref)
    await rm(join(ref.path, '.git'))
    const { savedRef } = await workspace.remove(ref, 'shop-1', repo.project)
    expect(await repo.git(['show', `${savedRef}:new.txt`])).toBe('n')
  })

  it('that has become a repository of its own is not removed', async () => {
    const ref = await create()
    await rm(join(ref.path, '.git'))
    await repo.git(['init', '--quiet'], ref.path)
    await expect(create()).rejects.toMatchObject({ code: 'WORKSPACE_WRONG' })
    await expect(workspace.remove(ref, 'shop-1', repo.project)).rejects.toMatchObject({ code: 'WORK_NOT_SAVED' })
    expect(existsSync(join(ref.path, 'src/1.txt'))).toBe(true)
  })

  it('is not removed when the ref cannot be written, and saved once the cause is gone', async () => {
    const ref = await create()
    await repo.write({ 'new.txt': 'n' }, ref.path)
    await repo.git(['update-ref', 'refs/ao', 'main']) // a ref in the place of the folder of refs
    await expect(workspace.remove(ref, 'shop-1', repo.project)).rejects.toMatchObject({ code: 'WORK_NOT_SAVED' })
    expect(await readFile(join(ref.path, 'new.txt'), 'utf8')).toBe('n')
    await repo.git(['update-ref', '-d', 'refs/ao'])
    const { savedRef } = await workspace.remove(ref, 'shop-1', repo.project)
    expect(await repo.git(['show', `${savedRef}:new.txt`])).toBe('n')
  })

  it('whose removal failed after saving names the same ref the next time', async () => {
    const ref = await create()
    await repo.write({ 'new.txt': 'n' }, ref.path)
    await repo.git(['worktree', 'lock', ref.path])
    await expect(workspace.remove(ref, 'shop-1', repo.project)).rejects.toMatchObject({ code: 'WORKSPACE_FAILED' })
    const saved = await repo.git(['for-each-ref', '--format=%(refname)', 'refs/ao/saved'])
    await repo.git(['worktree', 'unlock', ref.path])
    expect((await workspace.remove(ref, 'shop-1', repo.project)).savedRef).toBe(saved)
  })

  it('keeps the branch of the main checkout out of reach', async () => {
    await repo.git(['switch', '--quiet', '-c', 'ao/shop-1'])
    await expect(create()).rejects.toMatchObject({ code: 'WORKSPACE_WRONG', message: expect.stringContaining(repo.path) })
  })

  it('that is changed as soon as it is made is refused', async () => {
    await repo.git(['config', 'core.autocrlf', 'false'])
    await repo.commit('crlf', { 'dos.txt': 'a\r\n' })
    await repo.commit('attributes', { '.gitattributes': 'dos.txt text eol=lf\n' })
    await repo.git([
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${await repo.git(['hash-object', '-w', '--no-filters', 'dos.txt'])},dos.txt`,
    ])
    await repo.git(['commit', '--quiet', '--allow-empty', '--message', 'crlf stays'])
    await expect(create()).rejects.toMatchObject({ code: 'WORKSPACE_WRONG', message: expect.stringContaining('dos.txt') })
  })

  it('refuses paths to link that lead out of the project, and durations without a unit', () => {
    for (const link of ['../x', '/etc/passwd', 'a/../../b', '.', '.git/config', ''])
      expect(worktree.options.safeParse({ link: [link] }).success, link).toBe(false)
    expect(worktree.options.parse({})).toEqual({ link: [], setup: [], setupTimeout: 600_000 })
    expect(worktree.options.safeParse({ setupTimeout: '10' }).success).toBe(false)
    expect(worktree.options.safeParse({ folders: 'x' }).success).toBe(false)
  })
})
