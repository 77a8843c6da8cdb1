import { isFault } from '../../../core/kit/fault.ts'
import type { GraphqlProblem } from '../../github/api.ts'
import { faultOfProblem } from '../../github/read.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'

/** How a pull request stands now, as far as whoever changes it must know. */
export type Standing = {
  /** Node id. */
  readonly id: string
  readonly number: number
  readonly title: string
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED'
  readonly isDraft: boolean
  readonly branch: string
  readonly head: string
  readonly base: string
  /** Its branch is in another repository. */
  readonly isFromElsewhere: boolean
  readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN'
  readonly mergeCommit: string | null
  /** Its base takes changes through a merge queue only. */
  readonly hasQueue: boolean
  /** Its place in the merge queue, from 1; null when it is not in it. */
  readonly place: number | null
  /** GitHub has the order to merge it once it may. */
  readonly isArmed: boolean
}

/** @throws {Fault} CHANGE_UNKNOWN, and what a request throws */
export const standingOf = async (ground: Ground, number: number, signal?: AbortSignal): Promise<Standing> => {
  const { api, repository } = await ground.located(signal)
  const { data, errors } = await api.graphql<Answer>(
    query,
    { repository: repository.id, number },
    { ...(signal && { signal }), isUrgent: true },
  )
  const found = data.node?.pullRequest
  if (!found) throw unanswered(errors, { host: api.host, number, repository: repository.nameWithOwner })
  const { headRefName, headRefOid, baseRefName, isCrossRepository, mergeCommit, isMergeQueueEnabled, mergeQueueEntry, autoMergeRequest } =
    found
  return {
    ...found,
    branch: headRefName,
    head: headRefOid,
    base: baseRefName,
    isFromElsewhere: isCrossRepository,
    mergeCommit: mergeCommit?.oid ?? null,
    hasQueue: isMergeQueueEnabled,
    place: mergeQueueEntry?.position ?? null,
    isArmed: autoMergeRequest !== null,
  }
}

/** Was something sent of which nobody can tell by the error whether it was done? */
export const isUncertain = (error: unknown): boolean =>
  isFault(error, 'GITHUB_UNREACHABLE') || isFault(error, 'GITHUB_DOWN') || isFault(error, 'GITHUB_GARBLED')

/** GitHub's words in a refusal with that status; null when the error is another one. */
export const refusalIn = (error: unknown, ...statuses: readonly number[]): string | null =>
  isFault(error) && typeof error.facts.status === 'number' && statuses.includes(error.facts.status) ? String(error.facts.says) : null

/** Only what GitHub says is not there is unknown; an answer that failed says nothing of it. */
const unanswered = (
  errors: readonly GraphqlProblem[],
  { host, number, repository }: { readonly host: string; readonly number: number; readonly repository: string },
): Error => {
  const problem = errors.find(({ type }) => type !== 'NOT_FOUND')
  if (problem) return faultOfProblem(problem, { host, credential: 'token', path: `${repository}/pull/${number}`, secrets: [] })
  return fault('CHANGE_UNKNOWN', { repository, number })
}

type Answer = {
  readonly node: {
    readonly pullRequest:
      | (Pick<Standing, 'id' | 'number' | 'title' | 'state' | 'isDraft' | 'mergeable'> & {
          readonly headRefName: string
          readonly headRefOid: string
          readonly baseRefName: string
          readonly isCrossRepository: boolean
          readonly mergeCommit: { readonly oid: string } | null
          readonly isMergeQueueEnabled: boolean
          readonly mergeQueueEntry: { readonly position: number } | null
          readonly autoMergeRequest: { readonly enabledAt: string | null } | null
        })
      | null
  } | null
}

const query = `query ($repository: ID!, $number: Int!) {
  node(id: $repository) {
    ... on Repository {
      pullRequest(number: $number) {
        id number title state isDraft mergeable headRefName headRefOid baseRefName isCrossRepository
        mergeCommit { oid }
        isMergeQueueEnabled
        mergeQueueEntry { position }
        autoMergeRequest { enabledAt }
      }
    }
  }
}`
