import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import type { FoundFolder, Project } from '../../../core/contracts/plugins.ts'
import { openGit } from '../../../core/kit/git.ts'
import { readOnly } from './check.ts'
import { openRepository } from './repository.ts'

/**
 * The checkout of the project's own repository that a folder lies in: its main checkout, or a worktree of it, made by whoever. Null for
 * any other folder, and for one without a commit. Changes nothing.
 */
export const findFolder = async (path: string, project: Project): Promise<FoundFolder | null> => {
  if (!existsSync(path)) return null
  const git = openGit(path, { env: readOnly })
  const said = await git.raw('rev-parse', '--path-format=absolute', '--show-toplevel', '--git-common-dir', 'HEAD').catch(() => null) // no repository, or one that has no commit
  const [top = '', common = '', head = ''] = said?.split('\n') ?? []
  if (top === '' || (await realpath(common)) !== (await realpath((await openRepository(project)).common))) return null
  const branch = (await git.raw('symbolic-ref', '--quiet', '--short', 'HEAD').catch(() => '')).trim() // it exits with 1 where there is none
  const bases = (
    await git.raw('for-each-ref', '--format=%(objectname)', `refs/heads/${project.base}`, `refs/remotes/origin/${project.base}`)
  )
    .split('\n')
    .filter((base) => base !== '')
  // Of several bases it is the newest commit shared with any of them.
  const shared = bases.length === 0 ? '' : await git.raw('merge-base', head, ...bases).catch(() => '') // it exits with 1 where nothing is shared
  return { path: await realpath(top), branch: branch === '' ? null : branch, baseCommit: shared.trim() || (bases[0] ?? head) }
}
