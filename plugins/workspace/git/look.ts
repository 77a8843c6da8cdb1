import type { WorkPicture, Workspace, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { openGit } from '../../../core/kit/git.ts'
import { needCheckout, readOnly } from './check.ts'
import { fault } from './fault.ts'
import { askStatus } from './status.ts'

const shownPaths = 50

/**
 * Looks at workspaces in one child process each, and one more when the head has moved since the last look.
 *
 * @throws {Fault} WORKSPACE_GONE
 */
export const makeLook = (): Workspace['look'] => {
  const counted = new Map<string, { readonly range: string; readonly ahead: number }>()
  return async (ref): Promise<WorkPicture> => {
    needCheckout(ref.path)
    const git = openGit(ref.path, { env: readOnly })
    const { head, dirty } = await askStatus(git, 'normal')
    if (head === null)
      throw fault('WORKSPACE_WRONG', {
        path: ref.path,
        why: 'its branch has no commit',
        cure: `Run "git -C ${ref.path} switch ${ref.branch}".`,
      })
    const range = `${ref.baseCommit}..${head}`
    const known = counted.get(ref.path)
    const ahead = known?.range === range ? known.ahead : await count(ref, head)
    counted.set(ref.path, { range, ahead })
    return { head, ahead, dirty: dirty.slice(0, shownPaths) }
  }
}

const count = async (ref: WorkspaceRef, head: string): Promise<number> =>
  head === ref.baseCommit ? 0 : Number(await openGit(ref.path, { env: readOnly }).raw('rev-list', '--count', head, `^${ref.baseCommit}`))
