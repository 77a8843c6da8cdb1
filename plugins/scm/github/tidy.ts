import { isFault } from '../../../core/kit/fault.ts'
import type { Ground } from './ground.ts'
import { forgetOrder, ledgerOf } from './orders.ts'
import { withdraw } from './queue.ts'
import { refusalIn, type Standing, standingOf } from './standing.ts'

/** What a look has seen of a change. */
type Seen = {
  readonly number: number
  readonly head: string
  readonly base: string
  readonly queued: string | null
  readonly state: 'open' | 'merged' | 'closed'
}

/** A look that began before an order was taken may show it so long without. */
const shownWithinMs = 60_000

/**
 * To be called with what each look has seen: takes back orders of ours whose change is at another commit than the one they were given
 * for, since GitHub keeps them over pushes; deletes the branch of what GitHub has merged by order of ours. Costs nothing while there
 * are no orders. Never rejects; what failed is tried again at the next look.
 */
export const settleOrders = async (ground: Ground, seen: readonly Seen[], signal: AbortSignal): Promise<void> => {
  const { orders } = (await ledgerOf(ground)).value
  for (const { number, head, base, state, queued } of seen) {
    const given = orders[number]
    if (!given) continue
    const isSame = state === 'open' && head === given.head && base === given.base
    const isDropped = isSame && queued === null && ground.host.now() - given.at > shownWithinMs
    if (isSame && !isDropped) continue
    try {
      // What GitHub has dropped is no longer ours; a person may order it anew.
      if (isDropped) {
        await forgetOrder(ground, number)
        ground.host.log.info('scm.order.dropped', { project: ground.project.name, number, head })
        continue
      }
      if (state === 'open') await withdraw(ground, number, { unlessAt: given.head, signal })
      if (state === 'merged') await deleteBranch(ground, await standingOf(ground, number, signal), signal)
      if (state !== 'open') await forgetOrder(ground, number)
    } catch (error) {
      if (!signal.aborted) ground.host.log.warn('scm.order.stands', { project: ground.project.name, number, cause: error })
    }
  }
}

/**
 * Deletes the branch of a merged change, if it is still at the commit that was merged, no open change has it as its base, and
 * nothing else takes care of it. Trouble about it is logged: the merge is done all the same.
 */
export const deleteBranch = async (
  ground: Ground,
  { number, state, branch, head, base, isFromElsewhere }: Standing,
  signal: AbortSignal,
) => {
  if (!ground.options.deleteBranch || state !== 'MERGED' || isFromElsewhere) return
  try {
    const { api, repository } = await ground.located(signal)
    if (repository.deletesBranchOnMerge || branch === base || branch === repository.defaultBranch) return
    const place = { owner: repository.owner, repo: repository.name }
    const ask = { signal }
    if ((await headOf(ground, branch, signal)) !== head) return
    const { data: onTop } = await api.request(
      'GET /repos/{owner}/{repo}/pulls',
      { ...place, base: branch, state: 'open', per_page: 1 },
      ask,
    )
    if (onTop.length > 0) return
    await api.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ...place, ref: `heads/${branch}` }, ask)
  } catch (error) {
    signal.throwIfAborted()
    if (isFault(error, 'REPOSITORY_UNKNOWN') || refusalIn(error, 422) !== null) return // somebody was quicker
    ground.host.log.warn('scm.branch.left', { project: ground.project.name, number, branch, cause: error })
  }
}

/** The commit of that branch on GitHub now; null when there is no such branch. */
export const headOf = async (ground: Ground, branch: string, signal: AbortSignal): Promise<string | null> => {
  const { api, repository } = await ground.located(signal)
  try {
    const { data } = await api.request(
      'GET /repos/{owner}/{repo}/git/ref/{ref}',
      { owner: repository.owner, repo: repository.name, ref: `heads/${branch}` },
      { signal },
    )
    return data.object.sha
  } catch (error) {
    if (isFault(error, 'REPOSITORY_UNKNOWN')) return null
    throw error
  }
}
