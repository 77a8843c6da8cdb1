import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { openGit } from '../../../core/kit/git.ts'
import { findPlace, hasCheckout, type Place } from './check.ts'
import { without } from './diff.ts'
import { withIndexCopy } from './index-copy.ts'
import { askStatus, type Status } from './status.ts'

/** Which commits are safe elsewhere, as arguments of `git rev-list` after `--not`; and is what is not on a branch all that can be lost? */
export type Elsewhere = {
  readonly not: readonly string[]
  readonly branchesStay: boolean
  /** Commits that were merged, with all that is in them; the repository need not have them. */
  readonly merged: readonly string[]
}

/** Where the repository goes away as a whole: only what a remote has is safe. */
export const alone: Elsewhere = { not: ['--remotes'], branchesStay: false, merged: [] }

/** Where only a checkout goes away: its repository keeps all branches. */
const shared: Elsewhere = { not: ['--branches', '--remotes', '--tags'], branchesStay: true, merged: [] }

/**
 * Puts all work of a checkout that nobody else has into one commit of its own repository, which no ref holds yet; null when there is none.
 *
 * The commit's tree is the working folder with untracked files, without ignored ones. Its parents are the head; what was staged
 * where that differs; what an unfinished merge or rebase was about; other branches and stashes where they would go, too; and the work in
 * nested repositories, whose files are in the tree. Nothing in the checkout changes. The same work gives the same commit.
 */
export const gather = async (path: string, message: string, elsewhere: Elsewhere): Promise<string | null> => {
  const git = openGit(path, { env: identity })
  const place = await findPlace(path)
  const status = await askStatus(git, 'all')
  const nested = await gatherNested(git, place, { status, message })
  const lost = await lostTips(git, place, status.head, elsewhere)
  const headTree = await treeOf(git, status.head)
  const work = status.dirty.length + nested.length === 0 ? { tree: headTree, staged: null } : await treesOfWork(place, { status, nested })
  const staged = work.staged === null || work.staged === headTree || work.staged === work.tree ? [] : [work.staged]
  const parents = status.head === null ? [] : [status.head]
  const others = [
    ...(await Promise.all(staged.map((tree) => commitTree(git, { tree, parents, message: `${message} (staged)` })))),
    ...lost.filter((tip) => tip !== status.head),
    ...nested.map(({ commit }) => commit),
  ]
  if (work.tree === headTree && others.length === 0) return lost.length === 0 ? null : status.head
  return commitTree(git, { tree: work.tree ?? (await emptyTree(git)), parents: [...parents, ...others], message })
}

/** What is staged in a worktree whose folder has vanished: its index and head are still in the repository. Null when there is nothing. */
export const gatherStaged = async (project: string, gitDir: string, message: string, elsewhere: Elsewhere): Promise<string | null> => {
  const env = { ...identity, GIT_DIR: gitDir }
  const git = openGit(project, { env })
  const head = (await git.raw('rev-parse', 'HEAD')).trim()
  const lost = await lostTips(git, { gitDir }, head, elsewhere)
  const headTree = await treeOf(git, head)
  const tree = await withIndexCopy(gitDir, (file) =>
    // An index with unmerged paths is no tree; all their versions are in commits.
    existsSync(file) ? writeTree(openGit(project, { env: { ...env, GIT_INDEX_FILE: file } })).catch(() => headTree) : headTree,
  )
  if (tree === headTree) return lost.length === 0 ? null : (lost[0] ?? null)
  return commitTree(git, { tree: tree ?? head, parents: [...new Set([head, ...lost])], message })
}

/** How many commits of the checkout's head nobody else has. */
export const countLost = async (git: SimpleGit, elsewhere: Elsewhere): Promise<number> =>
  Number(await git.raw('rev-list', '--count', 'HEAD', '--not', ...(await safe(git, elsewhere))))

// The dates are fixed so that the same work, saved again after a crash, is the same commit; the ref's name tells when it was saved.
const identity = {
  GIT_AUTHOR_NAME: 'ao',
  GIT_AUTHOR_EMAIL: 'ao@localhost',
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'ao',
  GIT_COMMITTER_EMAIL: 'ao@localhost',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
}

// By default git does not sync loose objects, and what they are a copy of is about to be removed. https://git-scm.com/docs/git-config#Documentation/git-config.txt-corefsync
const durable = ['-c', 'core.fsync=committed,reference'] as const

type Nested = { readonly path: string; readonly commit: string }

const gatherNested = async (
  git: SimpleGit,
  place: Place,
  { status, message }: { readonly status: Status; readonly message: string },
): Promise<readonly Nested[]> => {
  const found: Nested[] = []
  for (const path of [...(await submodules(git)), ...status.nested]) {
    const inner = join(place.path, path)
    if (!hasCheckout(inner)) continue
    const isShared = (await findPlace(inner)).common === place.common
    const commit = await gather(inner, message, isShared ? shared : alone)
    if (commit === null) continue
    await bring(git, { from: inner, commit, to: null })
    found.push({ path, commit })
  }
  return found
}

/**
 * Copies a commit, with all that is reachable from it, from another repository of this machine; `to` is the ref that holds it, which
 * must not exist. A commit can only be fetched by the name of a ref, so it gets one for as long as it takes.
 */
export const bring = async (
  git: SimpleGit,
  { from, commit, to }: { readonly from: string; readonly commit: string; readonly to: string | null },
): Promise<void> => {
  const there = openGit(from)
  await there.raw('update-ref', fetched, commit)
  const what = to === null ? fetched : `${fetched}:${to}`
  await git.raw(
    ...durable,
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--no-recurse-submodules',
    from,
    what,
  )
  await there.raw('update-ref', '-d', fetched)
}

const fetched = 'refs/ao/fetched'

const submodules = async (git: SimpleGit): Promise<readonly string[]> =>
  (await git.raw('ls-files', '--stage', '-z'))
    .split('\0')
    .flatMap((entry) => (entry.startsWith('160000 ') ? [entry.slice(entry.indexOf('\t') + 1)] : []))

/** Commits worth keeping that nobody else has, the head first. */
const lostTips = async (
  git: SimpleGit,
  { gitDir }: Pick<Place, 'gitDir'>,
  head: string | null,
  elsewhere: Elsewhere,
): Promise<readonly string[]> => {
  const tips = [
    ...(head === null ? [] : [head]),
    ...(await unfinished(gitDir)),
    ...(elsewhere.branchesStay ? [] : await branchesAndStashes(git)),
  ]
  if (tips.length === 0) return []
  const lost = new Set((await git.raw('rev-list', ...tips, '--not', ...(await safe(git, elsewhere)))).split('\n'))
  return [...new Set(tips)].filter((tip) => lost.has(tip))
}

/** What is safe elsewhere; of merged commits only those that are here, since git would not know the others. */
const safe = async (git: SimpleGit, { not, merged }: Elsewhere): Promise<readonly string[]> => {
  if (merged.length === 0) return not
  const here = await git.raw('rev-list', '--no-walk', '--ignore-missing', ...merged)
  return [...not, ...here.split('\n').filter((commit) => commit !== '')]
}

/** Commits that an unfinished merge, cherry-pick or rebase holds on to. https://git-scm.com/docs/gitrevisions */
const unfinished = async (gitDir: string): Promise<readonly string[]> => {
  const files = [
    'MERGE_HEAD',
    'CHERRY_PICK_HEAD',
    'REVERT_HEAD',
    'MERGE_AUTOSTASH',
    'rebase-merge/autostash',
    'rebase-merge/orig-head',
    'rebase-apply/orig-head',
  ]
  const texts = await Promise.all(
    files
      .map((name) => join(gitDir, name))
      .filter(existsSync)
      .map((file) => readFile(file, 'utf8')),
  )
  return texts.flatMap((text) => text.split('\n').filter((line) => /^[0-9a-f]{40,64}$/.test(line)))
}

const branchesAndStashes = async (git: SimpleGit): Promise<readonly string[]> =>
  `${await git.raw('for-each-ref', '--format=%(objectname)', 'refs/heads')}${await git.raw('stash', 'list', '--format=%H')}`
    .split('\n')
    .filter((line) => line !== '')

type Trees = { readonly tree: string | null; readonly staged: string | null }

/** The working folder as a tree, and the index as one unless it has unmerged paths. */
const treesOfWork = (place: Place, { status, nested }: { readonly status: Status; readonly nested: readonly Nested[] }): Promise<Trees> =>
  withIndexCopy(place.gitDir, async (file) => {
    const git = openGit(place.path, { env: { ...identity, GIT_INDEX_FILE: file } })
    const staged = status.hasConflicts ? null : await writeTree(git)
    await git.raw('-c', 'core.safecrlf=false', ...durable, 'add', '--all', '--', ':(top)', ...without(status.nested))
    for (const { path, commit } of nested) {
      await git.raw('rm', '-r', '--force', '--quiet', '--cached', '--ignore-unmatch', '--', `:(top,literal)${path}`)
      await git.raw('read-tree', `--prefix=${path}/`, commit)
    }
    return { tree: await writeTree(git), staged }
  })

const writeTree = async (git: SimpleGit): Promise<string> => (await git.raw(...durable, 'write-tree')).trim()

const treeOf = async (git: SimpleGit, commit: string | null): Promise<string | null> =>
  commit === null ? null : (await git.raw('rev-parse', `${commit}^{tree}`)).trim()

const emptyTree = async (git: SimpleGit): Promise<string> => (await git.raw('hash-object', '-t', 'tree', '/dev/null')).trim()

const commitTree = async (
  git: SimpleGit,
  { tree, parents, message }: { readonly tree: string; readonly parents: readonly string[]; readonly message: string },
): Promise<string> => (await git.raw(...durable, 'commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', message)).trim()
