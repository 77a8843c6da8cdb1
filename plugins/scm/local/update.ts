import type { Host, UpdateOutcome, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { type Checkout, openCheckout, type Stand } from '../../../core/kit/checkout.ts'
import { isFault } from '../../../core/kit/fault.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import { list } from '../../../core/kit/text.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { pushBranch } from './push.ts'
import type { ChangeRecord } from './record.ts'
import type { Repository } from './repository.ts'
import { settle } from './settle.ts'

type How = { readonly head: string; readonly workspace: WorkspaceRef; readonly signal: AbortSignal; readonly host: Host }

/**
 * Merges the newest base into exactly that head, in the workspace, and pushes it; or says why not, with both as they were. A crash
 * leaves at most that one merge commit in the workspace, and the next call goes on from there.
 *
 * @throws {Fault} CHANGE_UNKNOWN, BASE_GONE, WORKSPACE_UNUSABLE
 */
export const updateChange = (ground: Ground, number: number, how: How): Promise<UpdateOutcome> =>
  ground.locked(async (repository) => {
    how.signal.throwIfAborted()
    const { change, facts } = await settle(ground, repository, { number, refs: await repository.refs() })
    if (facts === null) return no('closed', `Change #${number} is ${change.state}.`)
    if (facts.head !== how.head) {
      const { parents } = await repository.commit(facts.head)
      if (await isUpdate(repository, { parents, head: how.head, base: facts.base })) return { updated: true, head: facts.head }
      return no('head-moved', `Change #${number} is at ${facts.head}, not at ${how.head}.`)
    }
    if (!facts.isBehind) return { updated: true, head: facts.head }
    return bring(ground, repository, { change, facts, ...how })
  })

type Bring = How & { readonly change: ChangeRecord; readonly facts: Facts }

const bring = async (ground: Ground, repository: Repository, todo: Bring): Promise<UpdateOutcome> => {
  const { change, facts, head, host, workspace, signal } = todo
  const checkout = await openCheckout(workspace.path, (reason, cause) =>
    fault('WORKSPACE_UNUSABLE', { path: workspace.path, reason }, { cause }),
  )
  const stand = await checkout.stand()
  if (!(await isUsable(repository, stand, todo)))
    return no(
      'busy',
      stand.isFree ? `The workspace is at ${stand.head}, not at ${head}.` : `The workspace cannot be merged in: ${stand.why}.`,
    )
  if (stand.isFree && stand.head !== head) return push(ground, repository, { ...todo, checkout, merged: stand.head })
  if (facts.isConflicting) return conflict(change, facts.conflictFiles)
  const outcome = await host.lock(checkout.common, async () => {
    await checkout.fetchBase(repository.path, change.base, signal)
    signal.throwIfAborted()
    return checkout.merge(facts.base, `Merge branch '${change.base}' into ${change.branch}`)
  })
  if ('head' in outcome) return push(ground, repository, { ...todo, checkout, merged: outcome.head })
  if (outcome.files.length > 0) return conflict(change, outcome.files)
  return no('refused', `The workspace of change #${change.number} takes no merge: ${outcome.says}.`)
}

const push = async (
  ground: Ground,
  repository: Repository,
  { change, head, host, workspace, signal, checkout, merged }: Bring & { readonly checkout: Checkout; readonly merged: string },
): Promise<UpdateOutcome> => {
  const done = { updated: true, head: merged } as const
  try {
    await pushBranch(ground, repository, { workspace: { ...workspace, branch: change.branch }, base: change.base, signal })
    return done
  } catch (error) {
    const isThere = (await repository.refs()).get(change.branch) === merged
    if (!isThere) await host.lock(checkout.common, () => checkout.setBack(head))
    signal.throwIfAborted()
    if (isThere) return done
    if (!isFault(error, 'PUSH_REFUSED')) throw error
    return no(error.facts.cause === 'moved' ? 'head-moved' : 'refused', error.message)
  }
}

/** At that head, or one merge of the base further because a crash kept us from pushing it. */
const isUsable = async (repository: Repository, stand: Stand, { head, facts }: Bring): Promise<boolean> =>
  stand.isFree && (stand.head === head || (await isUpdate(repository, { parents: stand.parents, head, base: facts.base })))

/** Is a commit with these parents the base merged into that head? */
const isUpdate = async (
  repository: Repository,
  { parents, head, base }: { readonly parents: readonly string[]; readonly head: string; readonly base: string },
): Promise<boolean> => {
  const [first, second = ''] = parents
  return parents.length === 2 && first === head && (await repository.hasCommit(second)) && (await repository.contains(base, second))
}

const no = (why: (UpdateOutcome & { readonly updated: false })['why'], says: string): UpdateOutcome => ({ updated: false, why, says })

const conflict = (change: ChangeRecord, files: readonly string[]): UpdateOutcome =>
  no('conflict', `Change #${change.number} conflicts with "${change.base}" in ${list(files) || 'its whole history'}.`)
