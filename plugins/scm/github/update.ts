import type { UpdateOutcome, WorkspaceRef } from '../../../core/contracts/plugins.ts'
import { type Checkout, openCheckout } from '../../../core/kit/checkout.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { list } from '../../../core/kit/text.ts'
import { newestBase } from './base.ts'
import { fault, sentence } from './faults.ts'
import type { Ground } from './ground.ts'
import { ledgerOf, notePushed } from './orders.ts'
import { pushBranch } from './push.ts'
import { withdraw } from './queue.ts'
import { isUncertain, refusalIn, type Standing, standingOf } from './standing.ts'
import { headOf } from './tidy.ts'

type How = { readonly head: string; readonly workspace: WorkspaceRef; readonly signal: AbortSignal }
type Todo = How & { readonly standing: Standing; readonly checkout: Checkout; readonly baseHead: string }

/** So long GitHub may take for what it answers with 202. */
const mostSeconds = 30
const pauseMs = 1_000

/**
 * Has GitHub merge the newest base into exactly that head and brings the workspace along; where GitHub does not let us, the merge is
 * made in the workspace and pushed. A crash leaves one of the two ahead by that merge, and the next call goes on from there.
 *
 * @throws {Fault} CHANGE_UNKNOWN, REMOTE_BASE_UNKNOWN, UPDATE_UNSEEN, WORKSPACE_UNUSABLE, and what git and a request throw
 */
export const updateChange = async (ground: Ground, number: number, how: How): Promise<UpdateOutcome> => {
  const { repository } = await ground.located(how.signal)
  return ground.host.lock(`github update ${repository.id} ${number}`, async () => {
    how.signal.throwIfAborted()
    const standing = await standingOf(ground, number, how.signal)
    if (standing.state !== 'OPEN') return no('closed', `#${number} is ${standing.state.toLowerCase()}.`)
    if (standing.isFromElsewhere) return no('refused', `The branch of #${number} is in another repository.`)
    const baseHead = await newestBase(ground, standing.base, how.signal)
    const { path } = how.workspace
    const checkout = await openCheckout(path, (reason, cause) => fault('WORKSPACE_UNUSABLE', { path, reason }, { cause }))
    const todo = { ...how, standing, baseHead, checkout }
    if (standing.head !== how.head && (await headOf(ground, standing.branch, how.signal)) !== how.head) return arrived(ground, todo)
    return bring(ground, todo)
  })
}

/** The change is at another commit: the merge that was asked for, or something else. */
const arrived = async (ground: Ground, todo: Todo): Promise<UpdateOutcome> => {
  const { standing, head, checkout, signal } = todo
  const now = await fetchHead(ground, standing, signal)
  const git = await ground.git()
  if (!(await isUpdate(ground, { parents: (await git.commit(now)).parents, ...todo })))
    return no('head-moved', `#${standing.number} is at ${now}, not at ${head}.`)
  const stand = await checkout.stand()
  if (!stand.isFree) return no('busy', `The workspace of #${standing.number} cannot be brought along: ${stand.why}.`)
  if (stand.head !== now && stand.head !== head)
    return no('busy', `The workspace of #${standing.number} is at ${stand.head}, not at ${head}.`)
  if (stand.head !== now) await ground.locked(() => checkout.forward(now))
  await notePushed(ground, standing.branch, now)
  return { updated: true, head: now }
}

const bring = async (ground: Ground, todo: Todo): Promise<UpdateOutcome> => {
  const { standing, head, baseHead, checkout, signal } = todo
  const { number } = standing
  const git = await ground.git()
  const facts = (await git.hasCommit(head)) ? await git.facts(baseHead, head) : null
  if (facts && !facts.isBehind) return { updated: true, head }
  const stand = await checkout.stand()
  if (!stand.isFree) return no('busy', `The workspace of #${number} cannot be merged in: ${stand.why}.`)
  if (stand.head !== head && (await isUpdate(ground, { parents: stand.parents, ...todo }))) return push(ground, todo, stand.head)
  if (stand.head !== head || facts === null) return no('busy', `The workspace of #${number} is at ${stand.head}, not at ${head}.`)
  if (facts.isConflicting) return conflict(standing, facts.conflictFiles)
  if (number in (await ledgerOf(ground)).value.orders) await withdraw(ground, number, { signal })
  return byGithub(ground, todo)
}

const byGithub = async (ground: Ground, todo: Todo): Promise<UpdateOutcome> => {
  const { standing, head, signal } = todo
  const { api, repository } = await ground.located(signal)
  try {
    await api.request(
      'PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch',
      { owner: repository.owner, repo: repository.name, pull_number: standing.number, expected_head_sha: head },
      { signal, isUrgent: true },
    )
  } catch (error) {
    signal.throwIfAborted()
    if (isFault(error, 'FORBIDDEN') || isFault(error, 'REPOSITORY_UNKNOWN')) return byHand(ground, todo)
    const says = refusalIn(error, 409, 422)
    if (says === null && !isUncertain(error)) throw error
    if (says !== null && !/no new commits/i.test(says)) return refused(todo, says, await headOf(ground, standing.branch, signal))
  }
  for (let waitedMs = 0; waitedMs <= mostSeconds * 1000; waitedMs += pauseMs) {
    if (waitedMs > 0) await ground.host.sleep(pauseMs, signal)
    if ((await headOf(ground, standing.branch, signal)) !== head) return arrived(ground, todo)
  }
  throw fault('UPDATE_UNSEEN', { number: standing.number, seconds: mostSeconds })
}

const refused = ({ standing, head }: Todo, says: string, now: string | null): UpdateOutcome => {
  const { number } = standing
  if (now !== head) return no('head-moved', `#${number} is at ${now ?? 'no commit, since its branch is gone'}, not at ${head}.`)
  if (/conflict/i.test(says)) return no('conflict', `#${number} conflicts with "${standing.base}": ${sentence(says)}`)
  return no('refused', `GitHub does not bring #${number} up to date: ${sentence(says)}`)
}

const byHand = async (ground: Ground, todo: Todo): Promise<UpdateOutcome> => {
  const { standing, baseHead, checkout, signal } = todo
  const merged = await ground.locked(async () => {
    signal.throwIfAborted()
    return checkout.merge(baseHead, `Merge branch '${standing.base}' into ${standing.branch}`)
  })
  if ('head' in merged) return push(ground, todo, merged.head)
  if (merged.files.length > 0) return conflict(standing, merged.files)
  return no('refused', `The workspace of #${standing.number} takes no merge: ${merged.says}.`)
}

const push = async (ground: Ground, { standing, workspace, head, checkout, signal }: Todo, merged: string): Promise<UpdateOutcome> => {
  try {
    await pushBranch(ground, { workspace: { ...workspace, branch: standing.branch }, base: standing.base, signal })
    return { updated: true, head: merged }
  } catch (error) {
    const isThere = (await headOf(ground, standing.branch, ground.host.signal)) === merged
    if (!isThere) await ground.locked(() => checkout.setBack(head))
    signal.throwIfAborted()
    if (isThere) return { updated: true, head: merged }
    if (!isFault(error, 'PUSH_REFUSED')) throw error
    return no(error.facts.cause === 'moved' ? 'head-moved' : 'refused', error.message)
  }
}

const fetchHead = async (ground: Ground, { number, branch }: Standing, signal: AbortSignal): Promise<string> => {
  const ref = `refs/ao/changes/${number}`
  await (await ground.transport(signal)).fetchRefs(ground.project, [`+refs/heads/${branch}:${ref}`], signal)
  return (await (await ground.git()).raw(['rev-parse', '--verify', ref], { signal })).trim()
}

/** Is a commit with these parents the base merged into that head? */
const isUpdate = async (
  ground: Ground,
  { parents, head, baseHead }: Pick<Todo, 'head' | 'baseHead'> & { readonly parents: readonly string[] },
): Promise<boolean> => {
  const [first, second = ''] = parents
  const git = await ground.git()
  return parents.length === 2 && first === head && (await git.hasCommit(second)) && (await git.contains(baseHead, second))
}

type Why = (UpdateOutcome & { readonly updated: false })['why']
const no = (why: Why, says: string): UpdateOutcome => ({ updated: false, why, says })

const conflict = ({ number, base }: Standing, files: readonly string[]): UpdateOutcome =>
  no('conflict', `#${number} conflicts with "${base}" in ${list(files) || 'its whole history'}.`)
