import type { Change, Checks, Review } from '../../../core/contracts/change.ts'
import type { MergeOutcome } from '../../../core/contracts/plugins.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import { list } from '../../../core/kit/text.ts'
import type { CheckSpec } from './options.ts'
import { type ChangeRecord, type CommitResults, type ForgeRecord, saidIn } from './record.ts'

/** How the checks of one commit stand. */
export type CheckStanding = { readonly checks: Checks; readonly failing: readonly string[]; readonly missing: readonly CheckSpec[] }

/** How the checks of a commit stand together: pending while one has no result, failing ones named all the same. */
export const checkStanding = (specs: readonly CheckSpec[], results: readonly CommitResults[], commit: string): CheckStanding => {
  const found = results.find((one) => one.commit === commit)?.checks ?? []
  const resultOf = ({ name, key }: CheckSpec) => found.find((result) => result.name === name && result.key === key)
  const missing = specs.filter((spec) => !resultOf(spec))
  const failing = specs.filter((spec) => resultOf(spec)?.state === 'failing').map(({ name }) => name)
  if (specs.length === 0) return { checks: 'none', failing, missing }
  if (missing.length > 0) return { checks: 'pending', failing, missing }
  return { checks: failing.length > 0 ? 'failing' : 'passing', failing, missing }
}

/** How reviews stand together: a request stands until its author approves, an approval while commit or diff are those approved. */
export const reviewStanding = (change: ChangeRecord, { head, patchId }: { readonly head: string; readonly patchId: string }): Review => {
  const last = [...new Map(change.reviews.map((review) => [review.by, review])).values()]
  if (last.some(({ verdict }) => verdict === 'request-changes')) return 'changes-requested'
  return last.some((review) => review.head === head || (patchId !== '' && review.patchId === patchId)) ? 'approved' : 'none'
}

/** The whole picture of a change; `facts` null means it has ended and is shown as it was. */
export const picture = (change: ChangeRecord, facts: Facts | null, standing: CheckStanding): Change => {
  const { head, patchId } = facts ?? change
  const open = change.threads.filter(({ isResolved }) => !isResolved)
  const bots = open.filter(({ comments }) => comments[0]?.isBot).length
  return {
    number: change.number,
    url: null,
    title: change.title,
    branch: change.branch,
    base: change.base,
    head,
    patchId,
    state: change.state,
    isDraft: change.isDraft,
    conflict: facts?.isConflicting ? 'conflicting' : 'none',
    conflictFiles: facts?.conflictFiles ?? [],
    isBehind: facts?.isBehind ?? false,
    // Nobody runs the checks of what has ended: those without a result will never have one.
    checks: facts === null && standing.checks === 'pending' ? 'none' : standing.checks,
    failing: standing.failing,
    optional: [],
    review: reviewStanding(change, { head, patchId }),
    openThreads: { people: open.length - bots, bots },
    lastSaid: saidIn(change),
    baseHead: facts?.base ?? null,
    mustBeUpToDate: false,
    queued: null,
    mergeCommit: change.mergeCommit,
  }
}

type Refused = MergeOutcome & { readonly merged: false }

/** Why an open change at these facts is not merged at `head` now, or null when it may be. */
export const refusal = (
  change: ChangeRecord,
  {
    head,
    facts,
    standing,
    isProtected,
  }: { readonly head: string; readonly facts: Facts; readonly standing: CheckStanding; readonly isProtected: boolean },
): Refused | null => {
  const no = (why: Refused['why'], says: string): Refused => ({ merged: false, why, says })
  if (facts.head !== head) return no('head-moved', `Change #${change.number} is at ${facts.head}, not at ${head}.`)
  if (change.isDraft) return no('draft', `Change #${change.number} is a draft.`)
  if (facts.isContained) return no('protected', `Change #${change.number} has no commit that "${change.base}" does not have.`)
  if (facts.isConflicting)
    return no(
      'conflict',
      `Change #${change.number} conflicts with "${change.base}" in ${list(facts.conflictFiles) || 'its whole history'}.`,
    )
  if (isProtected && standing.checks === 'pending') return no('checks', `Checks of ${head} have not ended.`)
  if (isProtected && standing.checks === 'failing') return no('checks', `Checks of ${head} fail: ${list(standing.failing)}.`)
  return null
}

/** What is answered about a change that has ended: merged again at the same commit is merged. Null while it is open. */
export const endedOutcome = (change: ChangeRecord, head: string): MergeOutcome | null => {
  if (change.state === 'open') return null
  if (change.state === 'closed') return { merged: false, why: 'closed', says: `Change #${change.number} is closed.` }
  if (change.head === head && change.mergeCommit !== null) return { merged: true, commit: change.mergeCommit }
  return { merged: false, why: 'head-moved', says: `Change #${change.number} was merged at ${change.head}, not at ${head}.` }
}

/** The change an item means: that number, or the open one of that branch. Undefined when there is none. */
export const changeFor = (
  forge: ForgeRecord,
  item: { readonly number: number | null; readonly branch: string },
): ChangeRecord | undefined =>
  item.number === null
    ? forge.changes.find(({ branch, state }) => branch === item.branch && state === 'open')
    : forge.changes.find(({ number }) => number === item.number)
