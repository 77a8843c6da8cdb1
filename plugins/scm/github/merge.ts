import type { MergeMethod } from '../../../core/contracts/names.ts'
import type { MergeOutcome } from '../../../core/contracts/plugins.ts'
import { list } from '../../../core/kit/text.ts'
import { openRepositories } from '../../github/repository.ts'
import { fault, sentence } from './faults.ts'
import type { Ground } from './ground.ts'
import { forgetOrder, ledgerOf } from './orders.ts'
import { arm, enqueue, queuedOutcome } from './queue.ts'
import { isUncertain, refusalIn, type Standing, standingOf } from './standing.ts'
import { deleteBranch, headOf } from './tidy.ts'
import { type Obstacle, obstacleIn, titleLine } from './words.ts'

type How = {
  readonly head: string
  readonly base: string
  readonly method: MergeMethod
  readonly title: string
  readonly signal: AbortSignal
}
/** Something stands in the way for a moment only: it is tried again after a pause; `otherwise` is the answer if that does not help. */
type Moment = { readonly otherwise: MergeOutcome | Error }

const maxRounds = 6
const pauseMs = 1_500

/**
 * Merges exactly that head, has GitHub do so once it may, or says why not. Nothing is sent twice without a look in between.
 *
 * @throws {Fault} CHANGE_UNKNOWN, MERGE_UNCERTAIN, MERGE_OVERTAKEN, and what a request throws
 */
export const mergeChange = async (ground: Ground, number: number, how: How): Promise<MergeOutcome> => {
  how.signal.throwIfAborted()
  const { repository } = await ground.located(how.signal)
  return ground.host.lock(`github merge ${repository.id}`, async () => {
    for (let round = 1; ; round += 1) {
      how.signal.throwIfAborted()
      const standing = await standingOf(ground, number, how.signal)
      const outcome = (await settled(ground, standing, how)) ?? (await attempt(ground, standing, how))
      if ('merged' in outcome) return outcome
      const { otherwise } = outcome
      if (round === maxRounds && otherwise instanceof Error) throw otherwise
      if (round === maxRounds && !(otherwise instanceof Error)) return otherwise
      await ground.host.sleep(pauseMs, how.signal)
    }
  })
}

/** What needs nothing to be sent; null when a merge is to be tried. */
const settled = async (ground: Ground, standing: Standing, { head, base: wanted, signal }: How): Promise<MergeOutcome | Moment | null> => {
  const { number, state, mergeCommit, base } = standing
  if (state === 'MERGED' && standing.head === head) {
    if (mergeCommit === null)
      return { otherwise: fault('MERGE_UNCERTAIN', { number, says: 'GitHub does not name the commit of the merge' }) }
    await forgetOrder(ground, number)
    await deleteBranch(ground, standing, signal)
    return { merged: true, commit: mergeCommit }
  }
  if (state === 'MERGED') return plainly('head-moved', `#${number} was merged at ${standing.head}, not at ${head}.`)
  if (state === 'CLOSED') return plainly('closed', `#${number} is closed.`)
  if (standing.head !== head) {
    const otherwise = plainly('head-moved', `#${number} is at ${standing.head}, not at ${head}.`)
    // GitHub shows a push at the branch first, and at its pull request a moment later.
    return (await headOf(ground, standing.branch, signal)) === head ? { otherwise } : otherwise
  }
  if (base !== wanted) return plainly('head-moved', `#${number} now goes to "${base}", not to "${wanted}".`)
  if (standing.isDraft) return plainly('draft', `#${number} is a draft.`)
  if (standing.mergeable === 'CONFLICTING') return plainly('conflict', `#${number} conflicts with "${base}".`)
  const isOrdered = standing.isArmed && (await ledgerOf(ground)).value.orders[number]?.head === head
  return standing.place !== null || isOrdered ? queuedOutcome(standing) : null
}

const attempt = async (ground: Ground, standing: Standing, how: How): Promise<MergeOutcome | Moment> => {
  if (standing.hasQueue) return inQueue(ground, standing, how)
  const { number } = standing
  const title = titleLine(how.title, standing.title)
  try {
    const { api, repository } = await ground.located(how.signal)
    const { data } = await api.request(
      'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
      {
        owner: repository.owner,
        repo: repository.name,
        pull_number: number,
        sha: how.head,
        merge_method: how.method,
        ...(how.method !== 'rebase' && { commit_title: title }),
      },
      { signal: how.signal, isUrgent: true },
    )
    await forgetOrder(ground, number)
    await deleteBranch(ground, { ...standing, state: 'MERGED' }, how.signal)
    return { merged: true, commit: data.sha }
  } catch (error) {
    how.signal.throwIfAborted()
    if (isUncertain(error)) return afterSilence(ground, number, how, error)
    const says = refusalIn(error, 405, 409, 422)
    if (says === null) throw error
    return refused(ground, standing, { ...how, title, says })
  }
}

/** GitHub was told to merge and nobody heard whether it did. */
const afterSilence = async (ground: Ground, number: number, { head, base, signal }: How, cause: unknown): Promise<MergeOutcome> => {
  const standing = await standingOf(ground, number, signal)
  const outcome = standing.state === 'OPEN' ? null : await settled(ground, standing, { head, base, signal, method: 'merge', title: '' })
  if (outcome && 'merged' in outcome) return outcome
  throw fault('MERGE_UNCERTAIN', { number, says: cause instanceof Error ? cause.message : '' }, { cause })
}

type Refused = How & { readonly says: string }

const refused = async (ground: Ground, standing: Standing, how: Refused): Promise<MergeOutcome | Moment> => {
  const obstacle = obstacleIn(how.says)
  if (obstacle === 'queue') return inQueue(ground, { ...standing, hasQueue: true }, how)
  if (isMoment(obstacle)) return again(standing, how.says)
  if (obstacle === 'method') return wrongMethod(ground, standing, how)
  if (obstacle === 'awaits-checks' || obstacle === 'awaits-reviews') return later(ground, standing, { ...how, obstacle })
  return no(obstacle, standing.number, how.says)
}

const inQueue = async (ground: Ground, standing: Standing, how: How): Promise<MergeOutcome | Moment> => {
  const ordered = await enqueue(ground, standing, how)
  if (ordered.why === 'queued') return ordered
  const { obstacle, says } = ordered
  if (isMoment(obstacle)) return again(standing, says)
  // Whatever it still waits for, "merge when ready" puts it into the queue once it is there.
  if (obstacle === 'awaits-checks' || obstacle === 'awaits-reviews') return later(ground, standing, { ...how, obstacle, says })
  return no(obstacle, standing.number, says)
}

const isMoment = (obstacle: Obstacle): boolean => obstacle === 'moment' || obstacle === 'unsaid' || obstacle === 'ready'

const again = ({ number, base }: Standing, says: string): Moment => ({
  otherwise: /base branch was modified/i.test(says)
    ? fault('MERGE_OVERTAKEN', { number, base, rounds: maxRounds })
    : no(obstacleIn(says), number, says),
})

/** What only time brings is left to GitHub, where it may be. */
const later = async (
  ground: Ground,
  standing: Standing,
  how: Refused & { readonly obstacle: Obstacle },
): Promise<MergeOutcome | Moment> => {
  const { repository } = await ground.located(how.signal)
  const refusal = no(how.obstacle, standing.number, how.says)
  if (!ground.options.autoMerge || !repository.isAutoMergeAllowed) return refusal
  const ordered = await arm(ground, standing, how)
  if (ordered.why === 'queued') return { ...ordered, says: `${ordered.says} ${sentence(how.says)}` }
  if (isMoment(ordered.obstacle)) return again(standing, how.says)
  ground.host.log.info('scm.automerge.refused', { project: ground.project.name, number: standing.number, says: ordered.says })
  return refusal
}

const wrongMethod = async (ground: Ground, { number }: Standing, { method, says, signal }: Refused): Promise<MergeOutcome> => {
  const { repository } = await openRepositories(ground.host).repositoryOf(ground.project, ground.options, { signal, isFresh: true })
  return plainly('protected', `GitHub does not merge #${number} by "${method}": ${sentence(says)} ${allowed(repository.mergeMethods)}`)
}

const allowed = (methods: readonly MergeMethod[]): string =>
  methods.length === 0 ? 'It names no method that is allowed.' : `Allowed ${methods.length === 1 ? 'is' : 'are'} ${list(methods)}.`

type Why = Exclude<(MergeOutcome & { readonly merged: false })['why'], 'queued'>

const plainly = (why: Why, says: string): MergeOutcome => ({ merged: false, why, says })

const no = (obstacle: Obstacle, number: number, says: string): MergeOutcome =>
  plainly(whys[obstacle] ?? 'protected', `GitHub does not merge #${number}: ${sentence(says)}`)

const whys: Readonly<Partial<Record<Obstacle, Why>>> = {
  'awaits-checks': 'checks',
  checks: 'checks',
  conflict: 'conflict',
  draft: 'draft',
}
