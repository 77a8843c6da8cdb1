import type { WorkPicture, Workspace, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { openGit } from '../../../core/kit/git.ts'
import { needCheckout, readOnly } from './check.ts'
import { fault } from './fault.ts'
import { askStatus } from './status.ts'

const shownPaths = 50
const keptPaths = 500

/** What two commits tell; it stays so until the head moves. */
type Counted = { readonly range: string; readonly ahead: number; readonly committed: readonly string[] }

/**
 * Looks at workspaces in one child process each, and two more when the head has moved since the last look.
 *
 * @throws {Fault} WORKSPACE_GONE
 */
export const makeLook = (): Workspace['look'] => {
  const counted = new Map<string, Counted>()
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
    const { ahead, committed } = known?.range === range ? known : await count(ref, head)
    counted.set(ref.path, { range, ahead, committed })
    // Only paths that are dirty now can differ otherwise from the commit it began from than the head does.
    const changed = [...new Set([...committed, ...dirty])].sort().slice(0, keptPaths)
    return { head, ahead, dirty: dirty.slice(0, shownPaths), changed }
  }
}

const count = async ({ path, baseCommit }: WorkspaceRef, head: string): Promise<Pick<Counted, 'ahead' | 'committed'>> => {
  if (head === baseCommit) return { ahead: 0, committed: [] }
  const git = openGit(path, { env: readOnly })
  const [ahead, names] = await Promise.all([
    git.raw('rev-list', '--count', head, `^${baseCommit}`),
    git.raw('diff-tree', '-r', '--name-only', '-z', baseCommit, head),
  ])
  const committed = names.split('\0').filter((name) => name !== '')
  return { ahead: Number(ahead), committed: committed.sort().slice(0, keptPaths) }
}
