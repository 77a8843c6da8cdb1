import type { SimpleGit } from 'simple-git'
import type { Project } from '../../../core/contracts/plugins.ts'
import { explain } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { nearest } from '../../../core/kit/text.ts'
import { fault } from './fault.ts'

/** A project's repository: git in it, and the folder all its worktrees share. */
export type Repository = { readonly git: SimpleGit; readonly path: string; readonly common: string }

/** Where a workspace begins. */
export type Start = {
  /** The commit of the base branch. */
  readonly base: string
  /** The commit to check out: that of the branch where there is one, else `base`. */
  readonly commit: string
  readonly hasBranch: boolean
  /** Has the project the base as a branch of its own, not only its remote? */
  readonly isBaseLocal: boolean
  /** The worktree that has the branch checked out, as registered; it need not exist. */
  readonly checkedOutAt: string | null
}

/** Opens a project's repository. @throws {Fault} NOT_A_REPOSITORY also when the path lies deeper inside one: work would land in the wrong place. */
export const openRepository = async (project: Project, signal?: AbortSignal): Promise<Repository> => {
  const { path } = project
  try {
    const git = openGit(path, { ...(signal && { signal }) })
    const [common = '', prefix = ''] = (await git.raw('rev-parse', '--path-format=absolute', '--git-common-dir', '--show-prefix')).split(
      '\n',
    )
    if (prefix === '') return { git, path, common }
    throw fault('NOT_A_REPOSITORY', { path, says: `it is the folder ${prefix} of one` })
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof Error && error.name === 'Fault') throw error
    throw fault('NOT_A_REPOSITORY', { path, says: firstLine(error) }, { cause: error })
  }
}

/**
 * Finds base and branch in one child process. Nothing is fetched: the commit asked for comes first, then a local base, then `origin`'s as last seen, then a base
 * that names its remote. A branch that only `origin` has is this session's earlier work, and gone on with.
 *
 * @throws {Fault} NO_COMMITS, BASE_UNKNOWN
 */
export const findStart = async ({ git, path }: Repository, { base, from: wanted, branch }: Wanted): Promise<Start> => {
  const names = [
    `refs/heads/${base}`,
    `refs/remotes/origin/${base}`,
    `refs/remotes/${base}`,
    `refs/heads/${branch}`,
    `refs/remotes/origin/${branch}`,
  ] as const
  const refs = readRefs(await git.raw('for-each-ref', '--format=%(refname)%00%(objectname)%00%(worktreepath)', ...names))
  const found = refs.get(names[0]) ?? refs.get(names[1]) ?? refs.get(names[2])
  const from = wanted === null ? found : { commit: wanted, worktree: null }
  if (!from) throw await baseUnknown(git, path, base)
  const own = refs.get(names[3])
  return {
    base: from.commit,
    commit: (own ?? refs.get(names[4]) ?? from).commit,
    hasBranch: own !== undefined,
    isBaseLocal: refs.has(names[0]),
    checkedOutAt: own?.worktree ?? null,
  }
}

/** The commit that branch and base have in common; `base` when they share no history. */
export const forkPoint = async (git: SimpleGit, { base, commit }: Start): Promise<string> => {
  if (base === commit) return base
  try {
    return (await git.raw('merge-base', base, commit)).trim()
  } catch {
    return base // git exits with 1, and says nothing, when there is no common commit
  }
}

/** The first line of what git said, without its `fatal:`. */
export const firstLine = (error: unknown): string =>
  explain(error)
    .trim()
    .split('\n', 1)
    .join('')
    .replace(/^(?:fatal|error): /, '')
    .replace(/\.$/, '')

type Wanted = { readonly base: string; readonly from: string | null; readonly branch: string }
type Ref = { readonly commit: string; readonly worktree: string | null }

const readRefs = (text: string): ReadonlyMap<string, Ref> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', commit = '', worktree = ''] = line.split('\0')
        return [name, { commit, worktree: worktree === '' ? null : worktree }]
      }),
  )

const baseUnknown = async (git: SimpleGit, path: string, base: string): Promise<Error> => {
  const known = (await git.raw('for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes/origin'))
    .split('\n')
    .filter((name) => name !== '')
  if (known.length === 0) return fault('NO_COMMITS', { path })
  const near = nearest(base, known)
  return fault('BASE_UNKNOWN', { base, path, known: [...new Set(near === null ? known : [near, ...known])].slice(0, 5) })
}
