import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Workspace, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { clone, worktree } from '../../../plugins/workspace/git/index.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'

describe.each([worktree, clone])('a folder that somebody made by hand, where workspaces are of kind $name', (kind) => {
  let repo: Repo
  let host: FakeHost
  let workspace: Workspace
  let own: string

  beforeEach(async () => {
    repo = await makeRepo({ remote: true, commits: 2 })
    host = await makeHost()
    workspace = await kind.create(kind.options.parse({ setup: ['touch setup-ran'], link: ['src'] }), host, { host: 'here', project: null })
    own = join(dirname(repo.path), 'shop-fix')
    await repo.git(['worktree', 'add', '--quiet', '-b', 'login', own])
  })
  afterEach(async () => {
    await host.close()
    await repo.remove()
  })
  const find = (path: string) => workspace.found?.(path, repo.project)

  test('is found as what it is: its top folder, its branch, and the commit that the base and it share', async () => {
    const base = await repo.git(['rev-parse', 'main'])
    await repo.commit('mine', { 'mine.txt': '1' }, own)
    await repo.commit('theirs', { 'theirs.txt': '1' })
    expect(await find(own)).toEqual({ path: own, branch: 'login', baseCommit: base })
    await mkdir(join(own, 'deep'))
    expect(await find(join(own, 'deep'))).toMatchObject({ path: own })
    await symlink(own, join(dirname(own), 'link'))
    expect(await find(join(dirname(own), 'link'))).toMatchObject({ path: own })
  })
  test('shares the newest commit with the base that its remote has, where the own one lies behind', async () => {
    await repo.commit('newer', { 'newer.txt': '1' })
    const newer = await repo.git(['rev-parse', 'main'])
    await repo.git(['push', '--quiet', 'origin', 'main'])
    await repo.git(['merge', '--quiet', '--ff-only', 'main'], own)
    await repo.git(['reset', '--quiet', '--hard', 'main~1'])
    expect(await find(own)).toMatchObject({ baseCommit: newer })
  })
  test('is on no branch when its head is detached', async () => {
    await repo.git(['switch', '--quiet', '--detach'], own)
    expect(await find(own)).toMatchObject({ branch: null })
  })
  test('the main checkout is one, too; another repository and what is no repository are none', async () => {
    expect(await find(repo.path)).toMatchObject({ path: repo.path, branch: 'main' })
    const other = await makeRepo()
    expect(await find(other.path)).toBeNull()
    await other.remove()
    expect(await find(dirname(repo.path))).toBeNull()
    expect(await find(join(own, 'nowhere'))).toBeNull()
  })
  test('is looked at and shown as it is, with what is not committed; nothing is set up or linked in it, and nothing is ever removed', async () => {
    await repo.write({ 'half.txt': 'not finished' }, own)
    const found = await find(own)
    const ref: WorkspaceRef = { path: own, branch: 'login', baseCommit: found?.baseCommit ?? '', isForeign: true }
    expect(await workspace.look(ref)).toMatchObject({ ahead: 0, dirty: ['half.txt'] })
    expect((await workspace.diff(ref, 10_000)).text).toContain('not finished')
    await expect(workspace.remove(ref, 'shop-1', repo.project)).rejects.toMatchObject({ code: 'FOLDER_FOREIGN' })
    expect(await readFile(join(own, 'half.txt'), 'utf8')).toBe('not finished')
    expect(existsSync(join(own, 'setup-ran'))).toBe(false)
  })
})
