import { existsSync } from 'node:fs'
import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { definePlugin, type Host, type WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { findPlace, hasCheckout } from './check.ts'
import { fault } from './fault.ts'
import { type Elsewhere, gather, gatherStaged } from './gather.ts'
import { options } from './options.ts'
import { findStart, type Repository } from './repository.ts'
import { keep, lastSaved, saveMessage, saving } from './save.ts'
import { gitMissing, type Kind, makeWorkspace, moveAside } from './shared.ts'

/** Workspaces as linked worktrees: made in milliseconds, sharing the project's objects and branches. */
export const worktree = definePlugin({
  slot: 'workspace',
  name: 'worktree',
  summary: 'A git worktree for each session, beside the project’s own checkout.',
  options,
  missing: gitMissing,
  create: (settings, host) => makeWorkspace(kind, settings, host),
})

const elsewhere = ({ branch, baseCommit }: Pick<WorkspaceRef, 'branch' | 'baseCommit'>, merged: readonly string[]): Elsewhere => ({
  not: [`--exclude=${branch}`, '--branches', '--remotes', '--tags', baseCommit],
  branchesStay: true,
  merged,
})

const kind: Kind = {
  name: 'worktree',
  elsewhere,
  make: async (repository, { path, request, host }) => {
    const { git, common } = repository
    const { base, branch, session } = request
    const start = await findStart(repository, { base, from: request.from, branch })
    const registered = await registeredAt(common, path)
    const isHalfMade = registered !== null && (await wasInterrupted(registered))
    if (registered !== null && existsSync(path) && !isHalfMade) {
      await mendPointer(path, registered)
      return { start, isNew: false }
    }
    if (start.checkedOutAt !== null && start.checkedOutAt !== path) throw branchTaken(path, branch, start.checkedOutAt)
    if (registered !== null && !isHalfMade)
      await keepStaged(repository, { registered, session, host, ref: { branch, baseCommit: start.base } })
    const aside = await moveAside(path, host)
    // Its pointer would make two folders of one worktree.
    if (aside !== null && registered !== null) await rm(join(aside, '.git'), { force: true })
    const force = registered === null ? [] : isHalfMade ? ['--force', '--force'] : ['--force']
    await git.raw('worktree', 'add', ...force, ...(start.hasBranch ? [path, branch] : ['--no-track', '-b', branch, path, start.commit]))
    return { start, isNew: true }
  },
  remove: async (repository, { ref, session, base, merged, host }) => {
    const { git, common } = repository
    const registered = await registeredAt(common, ref.path)
    if (registered === null) return { savedRef: await removeUnregistered(repository, { ref, session, host }) }
    const savedRef = await saving(ref.path, async () => {
      const commit = await gatherAll(repository, { registered, ref, session, merged })
      return commit === null ? null : keep(git, { commit, session, at: host.now(), from: null })
    })
    await removeWorktree(repository, { path: ref.path, registered })
    await dropBranch(git, { branch: ref.branch, base, host })
    return { savedRef }
  },
}

/** Where git keeps what belongs to the worktree at `path`, or null. Read from its files: asking git would read all worktrees' heads. https://git-scm.com/docs/gitrepository-layout */
const registeredAt = async (common: string, path: string): Promise<string | null> => {
  const folder = join(common, 'worktrees')
  const names = existsSync(folder) ? await readdir(folder) : []
  for (const name of names) {
    const file = join(folder, name, 'gitdir')
    if (existsSync(file) && (await readFile(file, 'utf8')).trim() === join(path, '.git')) return join(folder, name)
  }
  return null
}

/** Git locks a worktree as "initializing" until its files are there. A crash leaves it so; no agent was ever started in it. */
const wasInterrupted = async (registered: string): Promise<boolean> => {
  const lock = join(registered, 'locked')
  return existsSync(lock) && (await readFile(lock, 'utf8')).startsWith('initializing')
}

/** Without its `.git` file the folder would pass for a part of whatever repository lies around it. */
const mendPointer = async (path: string, registered: string): Promise<void> => {
  if (!hasCheckout(path)) await writeFile(join(path, '.git'), `gitdir: ${registered}\n`)
}

const branchTaken = (path: string, branch: string, at: string): Error =>
  fault('WORKSPACE_WRONG', {
    path,
    why: `its branch ${branch} is checked out in ${at}`,
    cure: `Switch ${at} to another branch: git -C ${at} switch <branch>.`,
  })

/** The folder of a worktree has vanished; what was staged there goes to a ref before the registration is used anew. */
const keepStaged = async (
  { git, path }: Repository,
  {
    registered,
    session,
    host,
    ref,
  }: {
    readonly registered: string
    readonly session: string
    readonly host: Host
    readonly ref: Pick<WorkspaceRef, 'branch' | 'baseCommit'>
  },
): Promise<void> => {
  // The branch stays, so only what is not on it counts.
  const commit = await gatherStaged(path, registered, saveMessage(session), {
    not: ['--branches', '--remotes', '--tags', ref.baseCommit],
    branchesStay: true,
    merged: [],
  })
  if (commit === null) return
  const savedRef = await keep(git, { commit, session, at: host.now(), from: null })
  host.log.warn('workspace.staged-work-saved', { session, savedRef })
}

type Leaving = {
  readonly registered: string
  readonly ref: WorkspaceRef
  readonly session: string
  readonly merged: readonly string[]
}

const gatherAll = async ({ path, common }: Repository, { registered, ref, session, merged }: Leaving): Promise<string | null> => {
  if (!existsSync(ref.path)) return gatherStaged(path, registered, saveMessage(session), elsewhere(ref, merged))
  await mendPointer(ref.path, registered)
  if ((await findPlace(ref.path)).common === common) return gather(ref.path, saveMessage(session), elsewhere(ref, merged))
  throw fault('WORK_NOT_SAVED', { path: ref.path, says: 'it has become a repository of its own (there is a .git folder in it)' })
}

const removeWorktree = async (
  { git }: Repository,
  { path, registered }: { readonly path: string; readonly registered: string },
): Promise<void> => {
  try {
    await git.raw('worktree', 'remove', '--force', path)
  } catch (error) {
    // When a file cannot be deleted (one was just written), git forgets the worktree all the same. Its work is saved by now.
    if (existsSync(registered)) throw error
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Nothing, or an empty folder, is gone already. Anything else is not ours to remove. */
const removeUnregistered = async (
  { git, path: project }: Repository,
  { ref, session, host }: { readonly ref: WorkspaceRef; readonly session: string; readonly host: Host },
): Promise<string | null> => {
  if (existsSync(ref.path)) {
    if ((await readdir(ref.path)).length > 0) throw fault('WORK_NOT_SAVED', { path: ref.path, says: `it is not a worktree of ${project}` })
    await rmdir(ref.path)
  }
  host.log.debug('workspace.gone-already', { session, path: ref.path })
  return lastSaved(git, session)
}

/** Deletes the branch when all its commits are on the base branch or on a remote; a branch with anything of its own is kept. */
const dropBranch = async (
  git: SimpleGit,
  { branch, base, host }: { readonly branch: string; readonly base: string; readonly host: Host },
): Promise<void> => {
  if (branch === base) return
  const names = (await git.raw('for-each-ref', '--format=%(refname)', `refs/heads/${branch}`, `refs/heads/${base}`)).split('\n')
  if (!names.includes(`refs/heads/${branch}`)) return
  const bases = names.filter((name) => name === `refs/heads/${base}`)
  const own = await git.raw('rev-list', '--max-count=1', `refs/heads/${branch}`, '--not', '--remotes', ...bases)
  if (own.trim() !== '') return
  // Another worktree may have it checked out; then git refuses, and the branch stays.
  await git
    .raw('branch', '--delete', '--force', branch)
    .catch((error: Error) => host.log.info('workspace.branch-kept', { branch, says: error.message }))
}
