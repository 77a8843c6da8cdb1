import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openGit } from '../../../core/kit/git.ts'
import { fault } from './fault.ts'
import { firstLine } from './repository.ts'
import { askStatus } from './status.ts'

/** Where git keeps what belongs to one checkout, and what it shares with others. */
export type Place = { readonly path: string; readonly gitDir: string; readonly common: string }

/** Reading must not disturb an agent's own git: a status without optional locks never holds `index.lock`. */
export const readOnly = { GIT_OPTIONAL_LOCKS: '0' }

/** Is there a checkout whose top folder is `path`? Without this git would go up to whatever repository lies around it. */
export const hasCheckout = (path: string): boolean => existsSync(join(path, '.git'))

/** @throws {Fault} WORKSPACE_GONE */
export const needCheckout = (path: string): void => {
  if (!hasCheckout(path)) throw fault('WORKSPACE_GONE', { path })
}

/** Where git keeps what belongs to the checkout at `path`. */
export const findPlace = async (path: string): Promise<Place> => {
  const [gitDir = '', common = ''] = (
    await openGit(path).raw('rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir')
  ).split('\n')
  return { path, gitDir, common }
}

/**
 * Proves that `path` is a checkout of its own on `branch`: a linked worktree of `common`, or a repository apart from it. One in the
 * middle of a rebase of that branch passes. @throws {Fault} WORKSPACE_WRONG
 */
export const checkPlace = async (
  path: string,
  { kind, branch, common }: { readonly kind: 'worktree' | 'clone'; readonly branch: string; readonly common: string },
): Promise<Place> => {
  const wrong = (why: string, cure: string, cause?: unknown): Error => fault('WORKSPACE_WRONG', { path, why, cure }, { cause })
  const move = `Move ${path} away; the workspace is then made again from its branch.`
  const { top, head, place } = await ask(path).catch((error: Error) => {
    throw wrong(`git cannot read it (${firstLine(error)})`, move, error)
  })
  if (top !== path) throw wrong(`git takes it for a part of ${top}`, move)
  if (place.gitDir === common) throw wrong('it is the main checkout of the project', 'Set "folder" of the workspace to another place.')
  if ((place.common === common) !== (kind === 'worktree')) throw wrong(`it belongs to the repository ${place.common}`, move)
  const on = head === 'HEAD' ? await rebasedBranch(place.gitDir) : head
  if (on !== `refs/heads/${branch}`)
    throw wrong(
      on === null ? `it is on no branch instead of ${branch}` : `it is on ${on.replace('refs/heads/', '')} instead of ${branch}`,
      `Run "git -C ${path} switch ${branch}".`,
    )
  return place
}

/** A workspace that was just made has no changes. @throws {Fault} WORKSPACE_WRONG */
export const checkClean = async (path: string): Promise<void> => {
  const { dirty } = await askStatus(openGit(path, { env: readOnly }), 'normal')
  if (dirty.length === 0) return
  throw fault('WORKSPACE_WRONG', {
    path,
    why: `it was just made and git already calls ${dirty.slice(0, 3).join(', ')} changed`,
    cure: 'Look for line endings that .gitattributes changes ("git add --renormalize ." and commit), or for a checkout hook that writes files.',
  })
}

const ask = async (path: string): Promise<{ readonly top: string; readonly head: string; readonly place: Place }> => {
  const said = await openGit(path).raw(
    'rev-parse',
    '--path-format=absolute',
    '--show-toplevel',
    '--git-dir',
    '--git-common-dir',
    '--symbolic-full-name',
    'HEAD',
  )
  const [top = '', gitDir = '', common = '', head = ''] = said.split('\n')
  return { top, head, place: { path, gitDir, common } }
}

const rebasedBranch = async (gitDir: string): Promise<string | null> => {
  for (const folder of ['rebase-merge', 'rebase-apply']) {
    const file = join(gitDir, folder, 'head-name')
    if (existsSync(file)) return (await readFile(file, 'utf8')).trim()
  }
  return null
}
