import type { WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { explain } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { readPushFailure } from './read.ts'
import type { Repository } from './repository.ts'

// A hook of the user's that runs their tests before a push may be silent for long.
const pushTimeoutMs = 10 * 60_000

/** Pushes the workspace's HEAD to its branch in the bare repository, by path, never forced. @throws {Fault} PUSH_REFUSED */
export const pushBranch = async (ground: Ground, repository: Repository, { workspace, base, signal }: Pushed): Promise<void> => {
  const { branch } = workspace
  const refused = (reason: string, cause: 'moved' | 'base' | 'other', error?: unknown) =>
    fault('PUSH_REFUSED', { branch, path: repository.path, reason, cause }, { cause: error })
  if (branch === base || branch === ground.project.base) throw refused('it is the base branch, which only merges move', 'base')
  signal.throwIfAborted()
  try {
    await openGit(workspace.path, { signal, timeoutMs: pushTimeoutMs }).raw('push', repository.path, `HEAD:refs/heads/${branch}`)
  } catch (error) {
    signal.throwIfAborted()
    const { reason, cause } = readPushFailure(explain(error))
    throw refused(reason, cause, error)
  }
}

/** Gives the bare repository a base branch it does not have yet, from the user's repository. @throws {Fault} REMOTE_BASE_UNKNOWN */
export const pushBase = async (ground: Ground, repository: Repository, base: string): Promise<void> => {
  const { path } = ground.project
  try {
    await openGit(path).raw('push', '--no-verify', repository.path, `refs/heads/${base}:refs/heads/${base}`)
  } catch (error) {
    throw fault('REMOTE_BASE_UNKNOWN', { base, path }, { cause: error })
  }
}

type Pushed = { readonly workspace: WorkspaceRef; readonly base: string; readonly signal: AbortSignal }
