import type { Change } from '../../../core/contracts/change.ts'
import { fault } from './faults.ts'
import { type Found, fromBranch } from './found.ts'
import type { Ground } from './ground.ts'
import { ledgerOf, noteRevert } from './orders.ts'
import { isUncertain, refusalIn, type Standing, standingOf } from './standing.ts'
import { bodyText, titleLine } from './words.ts'

type Asked = { readonly by: string; readonly show: (number: number, signal: AbortSignal) => Promise<Change>; readonly signal: AbortSignal }

/**
 * Has GitHub open a change that takes a merged one back, or finds the one opened before unless that was closed.
 *
 * @throws {Fault} CHANGE_UNKNOWN, NOT_REVERTIBLE, and what a request throws
 */
export const revertChange = async (ground: Ground, number: number, { by, show, signal }: Asked): Promise<Change> => {
  const { repository } = await ground.located(signal)
  const revert = await ground.host.lock(`github revert ${repository.id} ${number}`, async () => {
    signal.throwIfAborted()
    const standing = await standingOf(ground, number, signal)
    if (standing.state !== 'MERGED') throw fault('NOT_REVERTIBLE', { number, says: 'it is not merged' })
    const before = (await noted(ground, number, signal)) ?? (await existing(ground, standing, signal))
    const found = before ?? (await propose(ground, standing, { by, signal }))
    await noteRevert(ground, number, found)
    return found
  })
  return show(revert, signal)
}

const noted = async (ground: Ground, number: number, signal: AbortSignal): Promise<number | null> => {
  const before = (await ledgerOf(ground)).value.reverts[number]
  if (before === undefined) return null
  return (await standingOf(ground, before, signal)).state === 'CLOSED' ? null : before
}

/** GitHub calls the branch so; a second one would get another name. */
const existing = async (ground: Ground, { number, branch }: Standing, signal: AbortSignal): Promise<number | null> => {
  const all = await fromBranch(ground, { branch: `revert-${number}-${branch}`, state: 'all' }, signal)
  return all.find(({ isOpen, isMerged }: Found) => isOpen || isMerged)?.number ?? null
}

const propose = async (ground: Ground, standing: Standing, { by, signal }: Omit<Asked, 'show'>): Promise<number> => {
  const { number, title } = standing
  const { api } = await ground.located(signal)
  const input = {
    pullRequestId: standing.id,
    title: titleLine(`Revert "${title}"`, `Revert #${number}`),
    body: bodyText(`Reverts #${number}. Asked for by ${by}.`),
  }
  const not = (says: string, cause?: unknown) => fault('NOT_REVERTIBLE', { number, says }, { cause })
  try {
    const { data, errors } = await api.graphql<Answer>(mutation, { input }, { signal, isUrgent: true })
    const made = data.revertPullRequest?.revertPullRequest?.number
    if (made !== undefined) return made
    throw not(errors[0]?.message ?? '')
  } catch (error) {
    signal.throwIfAborted()
    const found = isUncertain(error) ? await existing(ground, standing, signal) : null
    if (found !== null) return found
    const says = refusalIn(error, 422)
    throw says === null ? error : not(says, error)
  }
}

type Answer = { readonly revertPullRequest: { readonly revertPullRequest: { readonly number: number } | null } | null }

const mutation = 'mutation ($input: RevertPullRequestInput!) { revertPullRequest(input: $input) { revertPullRequest { number } } }'
