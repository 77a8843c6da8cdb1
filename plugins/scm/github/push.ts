import type { WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { fault as githubFault } from '../../github/faults.ts'
import type { Ground } from './ground.ts'
import { moved } from './moved.ts'
import { ledgerOf, notePushed } from './orders.ts'
import { withdraw } from './queue.ts'

type Pushed = { readonly workspace: WorkspaceRef; readonly base: string; readonly signal: AbortSignal }

/**
 * Pushes the workspace's HEAD to its branch on GitHub, never forced, and gives its commit. A branch that was deleted there is made
 * again; the change that GitHub closed with it stays closed. What somebody else did to the branch is brought into the project's
 * repository and told, never overwritten: also that they took commits of ours away, which a push would silently bring back.
 *
 * @throws {Fault} PUSH_REFUSED, ORDER_STANDS, and what git and a request throw
 */
export const pushBranch = async (ground: Ground, { workspace, base, signal }: Pushed): Promise<string> => {
  const { branch, path } = workspace
  signal.throwIfAborted()
  const transport = await ground.transport(signal)
  if (branch === base || branch === ground.project.base)
    throw githubFault('PUSH_REFUSED', {
      branch,
      url: transport.url,
      reason: 'it is the base branch, which only merges move',
      cause: 'base',
    })
  const head = (await openGit(path, { signal }).raw('rev-parse', '--verify', 'HEAD')).trim()
  const there = (await transport.heads(ground.project, [branch], signal)).get(branch) ?? null
  if (there !== head) {
    const { pushed, orders } = (await ledgerOf(ground)).value
    const ours = pushed[branch] ?? null
    const refusal = there === null || there === ours ? null : await moved(ground, { branch, head, ours }, signal)
    if (refusal) throw refusal
    // GitHub would carry an order out for whatever is pushed next.
    for (const order of Object.values(orders))
      if (order.branch === branch && order.head !== head) await withdraw(ground, order.number, { signal })
    try {
      await transport.push(path, `HEAD:refs/heads/${branch}`, signal)
    } catch (error) {
      signal.throwIfAborted()
      const isMoved = isFault(error, 'PUSH_REFUSED') && error.facts.cause === 'moved'
      throw (isMoved && (await moved(ground, { branch, head, ours }, signal))) || error
    }
  }
  await notePushed(ground, branch, head)
  return head
}
