import { appendFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commonFolder, lacking, openGit, remotesOf } from '../../../core/kit/git.ts'

let folder: string
const kept = { ...process.env }
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-git-')))
  await openGit(folder).raw('init', '--quiet', '--initial-branch=main')
})
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name]
  Object.assign(process.env, kept)
  await rm(folder, { recursive: true, force: true })
})

const identity = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@x' }
const commit = () => openGit(folder, { env: identity }).raw('commit', '--quiet', '--allow-empty', '-m', 'begin')

describe('git', () => {
  test('that fails rejects with what it said', async () => {
    await expect(openGit(folder).raw('rev-parse', '--verify', 'nothing')).rejects.toThrow(/fatal: Needed a single revision/)
  })

  test('that fails and says nothing rejects, too', async () => {
    await expect(openGit(folder).raw('show-ref', '--verify', '--quiet', 'refs/heads/nothing')).rejects.toThrow()
    await commit()
    await expect(openGit(folder).raw('show-ref', '--verify', '--quiet', 'refs/heads/main')).resolves.toBe('')
  })

  test('works in its folder, wherever the environment points', async () => {
    process.env.GIT_DIR = '/nowhere'
    process.env.GIT_WORK_TREE = '/nowhere'
    process.env.GIT_INDEX_FILE = '/nowhere'
    expect((await openGit(folder).raw('rev-parse', '--show-toplevel')).trim()).toBe(folder)
    await commit()
  })

  test('waits for no person: no editor, no pager, no prompt', async () => {
    process.env.GIT_EDITOR = 'sleep 600'
    process.env.EDITOR = 'sleep 600'
    process.env.PAGER = 'sleep 600'
    await commit()
    expect(await openGit(folder).raw('log', '--format=%s')).toBe('begin\n')
    await expect(openGit(folder, { env: identity }).raw('commit', '--allow-empty')).rejects.toThrow()
  })

  test('asks nobody for a password and speaks English, whatever is set', async () => {
    process.env.LC_ALL = 'de_DE.UTF-8'
    process.env.GIT_TERMINAL_PROMPT = '1'
    await appendFile(join(folder, '.git', 'config'), '[alias]\n  surroundings = "!echo $LC_ALL $GIT_TERMINAL_PROMPT"\n')
    expect(await openGit(folder).raw('surroundings')).toBe('C 0\n')
  })

  test('takes what it is given on top of the environment', async () => {
    await commit()
    expect(await openGit(folder).raw('log', '-1', '--format=%an <%ce>')).toBe('a <a@x>\n')
  })

  test('ends with its signal', async () => {
    await expect(openGit(folder, { signal: AbortSignal.abort() }).raw('status')).rejects.toThrow()
  })
})

describe('the folder that worktrees share', () => {
  test('is the same from the checkout, from below it and from every worktree', async () => {
    await commit()
    await openGit(folder).raw('worktree', 'add', '--quiet', join(folder, 'tree'), '-b', 'other')
    await mkdir(join(folder, 'below'))
    const all = await Promise.all([folder, join(folder, 'below'), join(folder, 'tree')].map(commonFolder))
    expect(new Set(all)).toEqual(new Set([join(folder, '.git')]))
  })

  test('is the same by another name', async () => {
    await symlink(folder, `${folder}-link`)
    try {
      expect(await commonFolder(`${folder}-link`)).toBe(await commonFolder(folder))
    } finally {
      await rm(`${folder}-link`)
    }
  })

  test('is none outside of a repository', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'ao-no-git-'))
    await writeFile(join(outside, 'a'), '')
    await expect(commonFolder(outside)).rejects.toThrow(/not a git repository/)
    await rm(outside, { recursive: true })
  })
})

test('an old git, or none, is a thing to do', () => {
  expect(lacking('git version 2.39.5')).toBeNull()
  expect(lacking('git version 2.39.0')).toBeNull()
  expect(lacking('git version 3.0.0')).toBeNull()
  expect(lacking('git version 2.38.1')).toContain('2.38')
  expect(lacking(undefined)).toContain('Install git')
})

test('remotes are read with the user’s own short names for addresses, origin first', async () => {
  const git = openGit(folder)
  await appendFile(join(folder, '.git/config'), '[url "https://git.example/"]\n\tinsteadOf = ex:\n')
  await git.raw('remote', 'add', 'backup', 'ex:acme/backup.git')
  await git.raw('remote', 'add', 'origin', 'ex:acme/shop.git')
  expect(await remotesOf(folder)).toEqual([
    { name: 'origin', url: 'https://git.example/acme/shop.git' },
    { name: 'backup', url: 'https://git.example/acme/backup.git' },
  ])
})
