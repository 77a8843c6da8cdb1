import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { definePlugin, type Host, type WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { openGit } from '../../../core/kit/git.ts'
import { findPlace, hasCheckout } from './check.ts'
import { fault } from './fault.ts'
import { bring, type Elsewhere, gather } from './gather.ts'
import { options } from './options.ts'
import { findStart, forkPoint, type Repository, type Start } from './repository.ts'
import { keep, lastSaved, saveMessage, saving } from './save.ts'
import { gitMissing, type Kind, makeWorkspace, moveAside } from './shared.ts'

/** Workspaces as clones: a repository each, so that an agent cannot touch the project's branches. Objects are hard links. */
export const clone = definePlugin({
  slot: 'workspace',
  name: 'clone',
  summary: 'A local clone for each session, apart from the project’s own repository.',
  options,
  missing: gitMissing,
  create: (settings, host) => makeWorkspace(kind, settings, host),
})

const kind: Kind = {
  name: 'clone',
  elsewhere: ({ baseCommit }: WorkspaceRef, merged): Elsewhere => ({ not: ['--remotes', baseCommit], branchesStay: false, merged }),
  make: async (repository, { path, request, host }) => {
    if (hasCheckout(path)) return { start: await startOf(path), isNew: false }
    const start = await findStart(repository, request)
    await moveAside(path, host)
    // Made beside its place and moved there whole, so a crash leaves nothing that looks like a workspace.
    const making = `${path}.making`
    await rm(making, { recursive: true, force: true })
    await makeClone(repository, { path: making, base: request.base, branch: request.branch, start })
    await rename(making, path)
    return { start, isNew: true }
  },
  remove: async (repository, { ref, session, merged, host }) => {
    const { git, common } = repository
    if (!existsSync(ref.path)) return { savedRef: await lastSaved(git, session) }
    const savedRef = await saving(ref.path, async () => {
      if (!hasCheckout(ref.path) || (await findPlace(ref.path)).common === common)
        throw fault('WORK_NOT_SAVED', { path: ref.path, says: 'it is not a clone of its own (there is no .git folder in it)' })
      const commit = await gather(ref.path, saveMessage(session), kind.elsewhere(ref, merged))
      if (commit === null) return null
      await keepBranch(git, { ref, host })
      return keep(git, { commit, session, at: host.now(), from: ref.path })
    })
    await rm(ref.path, { recursive: true, force: true, maxRetries: 3 })
    return { savedRef }
  },
}

/** The commit a clone began from, kept in it: the project's base branch moves on without the clone. */
const startOf = async (path: string): Promise<Start> => {
  const commit = (await openGit(path).raw('rev-parse', baseRef)).trim()
  return { base: commit, commit, hasBranch: true, isBaseLocal: true, checkedOutAt: path }
}

const baseRef = 'refs/ao/base'

/**
 * Its `origin` is what the project's is, with the branches the project last saw there; the project itself where it has no `origin`.
 * All objects of the project come along, so every commit of the project can be checked out.
 */
const makeClone = async (
  { git, path: project }: Repository,
  { path, base, branch, start }: { readonly path: string; readonly base: string; readonly branch: string; readonly start: Start },
): Promise<void> => {
  const { origin, identity } = await settingsOf(git, project)
  const from = start.isBaseLocal ? ['--branch', base] : []
  // A plain path makes hard links where it can and copies where it cannot; `--local` would fail across file systems.
  await git.raw(
    'clone',
    '--quiet',
    '--no-tags',
    '--no-checkout',
    ...identity.flatMap((setting) => ['--config', setting]),
    ...from,
    project,
    path,
  )
  const own = openGit(path)
  if (origin !== null) {
    await own.raw(
      'fetch',
      '--quiet',
      '--no-tags',
      '--prune',
      '--no-write-fetch-head',
      project,
      '+refs/remotes/origin/*:refs/remotes/origin/*',
    )
    await own.raw('remote', 'set-url', 'origin', origin)
  }
  await own.raw('update-ref', baseRef, await forkPoint(own, start))
  await own.raw('checkout', '--quiet', '--no-track', '-B', branch, start.commit)
}

/** What of the project's own settings a clone would not have: where its remote is, and who commits. */
const settingsOf = async (
  git: SimpleGit,
  project: string,
): Promise<{ readonly origin: string | null; readonly identity: readonly string[] }> => {
  const wanted = '^(remote\\.origin\\.url|user\\.(name|email))$'
  const said = await git.raw('config', '--local', '-z', '--get-regexp', wanted).catch(() => '') // it exits with 1 when there are none
  const settings = said
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.replace('\n', '='))
  const url = settings.find((setting) => setting.startsWith(originKey))?.slice(originKey.length) ?? null
  return {
    origin: url !== null && /^\.{1,2}(?:\/|$)/.test(url) ? resolve(project, url) : url,
    identity: settings.filter((setting) => setting.startsWith('user.')),
  }
}

const originKey = 'remote.origin.url='

/** The session's branch goes to the project, so that a later workspace goes on with it. Never forced: where it has moved on, the saved ref has the work. */
const keepBranch = async (git: SimpleGit, { ref, host }: { readonly ref: WorkspaceRef; readonly host: Host }): Promise<void> => {
  const own = openGit(ref.path)
  const found = (await own.raw('for-each-ref', '--format=%(objectname)', `refs/heads/${ref.branch}`)).trim()
  if (found === '' || (await own.raw('rev-list', '--max-count=1', found, '--not', '--remotes', ref.baseCommit)).trim() === '') return
  await bring(git, { from: ref.path, commit: found, to: `refs/heads/${ref.branch}` }).catch((error: Error) =>
    host.log.info('workspace.branch-not-kept', { branch: ref.branch, says: error.message }),
  )
}
