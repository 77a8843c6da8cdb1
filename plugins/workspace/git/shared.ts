import { mkdir, readdir, realpath, rename, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import type { Host, Workspace, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { checkClean, checkPlace, needCheckout, readOnly } from './check.ts'
import { diff } from './diff.ts'
import { fault } from './fault.ts'
import { findFolder } from './found.ts'
import { countLost, type Elsewhere } from './gather.ts'
import { makeLook } from './look.ts'
import type { Options } from './options.ts'
import { linkShared, runSetup } from './prepare.ts'
import { firstLine, forkPoint, openRepository, type Repository, type Start } from './repository.ts'
import { stamp } from './save.ts'
import { askStatus } from './status.ts'

export type CreateRequest = Parameters<Workspace['create']>[0]

/** What differs between the kinds of workspace. All of it runs inside the lock of the project's repository. */
export type Kind = {
  readonly name: 'worktree' | 'clone'
  /** Makes the checkout at `path`, or finds it there. */
  make(
    repository: Repository,
    at: { readonly path: string; readonly request: CreateRequest; readonly host: Host },
  ): Promise<{ readonly start: Start; readonly isNew: boolean }>
  /** Where the commits of a workspace may be safe when it is removed. */
  elsewhere(ref: WorkspaceRef, merged: readonly string[]): Elsewhere
  remove(
    repository: Repository,
    what: {
      readonly ref: WorkspaceRef
      readonly session: string
      readonly base: string
      readonly merged: readonly string[]
      readonly host: Host
    },
  ): Promise<{ readonly savedRef: string | null }>
}

/** A workspace of that kind: everything the kinds have in common. */
export const makeWorkspace = (kind: Kind, options: Options, host: Host): Workspace => {
  const look = makeLook()
  return {
    create: (request, signal) => asFault(request.project.path, () => create(kind, request, { options, host, signal }), signal),
    look: (ref) => asFault(ref.path, () => look(ref)),
    diff: (ref, maxBytes) => asFault(ref.path, () => diff(ref, maxBytes)),
    unsaved: (ref, _project, merged = []) => asFault(ref.path, () => unsaved(kind, ref, merged)),
    remove: (ref, session, project, merged = []) =>
      asFault(ref.path, async () => {
        if (ref.isForeign) throw fault('FOLDER_FOREIGN', { path: ref.path })
        const repository = await openRepository(project)
        return host.lock(repository.common, () => kind.remove(repository, { ref, session, base: project.base, merged, host }))
      }),
    found: (path, project) => asFault(path, () => findFolder(path, project)),
  }
}

/** What to install when git is not there or too old. */
export const gitMissing = async (): Promise<string | null> => {
  const { stdout, failed } = await execa('git', ['--version'], { reject: false })
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout ?? '') ?? []).map(Number)
  // 2.36 knows core.fsync, without which saved work might not be on disk when its workspace is removed.
  return !failed && (major > 2 || (major === 2 && minor >= 36)) ? null : 'Install git 2.36 or newer (apt install git).'
}

/**
 * Makes room at `path` without losing what lies there: an empty folder is removed, anything else gets a name of its own beside it. Told
 * to the log.
 */
export const moveAside = async (path: string, host: Host): Promise<string | null> => {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error // nothing there is the usual case
    return null
  })
  if (names === null) return null
  if (names.length === 0) {
    await rmdir(path)
    return null
  }
  const aside = `${path}.found-${stamp(host.now())}-${process.pid}`
  await rename(path, aside)
  host.log.warn('workspace.moved-aside', { path, aside })
  return aside
}

const create = async (
  kind: Kind,
  request: CreateRequest,
  { options, host, signal }: { readonly options: Options; readonly host: Host; readonly signal: AbortSignal },
): Promise<WorkspaceRef> => {
  const { session, project, branch } = request
  const repository = await openRepository(project, signal)
  const folder = options.folder === undefined ? await host.folder('worktrees', project.name) : resolve(project.path, options.folder)
  await mkdir(folder, { recursive: true })
  const path = join(await realpath(folder), session)
  return host.lock(`workspace ${path}`, async () => {
    const { start, isNew } = await host.lock(repository.common, () => kind.make(repository, { path, request, host }))
    const [place] = await Promise.all([
      checkPlace(path, { kind: kind.name, branch, common: repository.common }),
      ...(isNew ? [checkClean(path)] : []),
    ])
    await linkShared(place, { project: project.path, link: options.link }, host)
    await runSetup(place, options, { session, now: host.now, signal })
    signal.throwIfAborted()
    return { path, branch, baseCommit: await forkPoint(openGit(path), start) }
  })
}

const unsaved = async (kind: Kind, ref: WorkspaceRef, merged: readonly string[]): ReturnType<Workspace['unsaved']> => {
  needCheckout(ref.path)
  const git = openGit(ref.path, { env: readOnly })
  const { dirty } = await askStatus(git, 'normal')
  return { dirty, commits: await countLost(git, kind.elsewhere(ref, merged)) }
}

const asFault = async <T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    if (isFault(error)) throw error
    throw fault('WORKSPACE_FAILED', { path, says: firstLine(error) }, { cause: error })
  }
}
