import { isFault } from '../../../core/kit/fault.ts'
import type { Api } from '../../github/api.ts'
import { openGithub } from '../../github/open.ts'
import { commentOn, type Given } from './comment.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { isUncertain, refusalIn, type Standing, standingOf } from './standing.ts'
import { bodyText } from './words.ts'

/**
 * Gives a review as the person who made it, where a token of theirs is known; else, and where GitHub does not let them, it is a
 * comment that says who. The same verdict with the same words on the same commit is given once.
 *
 * @throws {Fault} CHANGE_UNKNOWN, COMMIT_UNKNOWN, and what a request throws
 */
export const reviewChange = async (ground: Ground, number: number, given: Given): Promise<void> => {
  const { signal } = ground.host
  const { repository } = await ground.located(signal)
  await ground.host.lock(`github review ${repository.id} ${number} ${given.by}`, async () => {
    const standing = await standingOf(ground, number, signal)
    const token = Object.hasOwn(ground.options.reviewers, given.by) ? ground.options.reviewers[given.by] : undefined
    if (token !== undefined && (await asPerson(ground, standing, { ...given, token }))) return
    await commentOn(ground, standing, given, signal)
  })
}

type WithToken = Given & { readonly token: string }

/** False when GitHub does not take it from them: then it must be said another way. */
const asPerson = async (ground: Ground, standing: Standing, given: WithToken): Promise<boolean> => {
  const { by, head } = given
  const { number } = standing
  try {
    await give(ground, standing, given)
    return true
  } catch (error) {
    const says = refusalIn(error, 422)
    if (says !== null && /\byour own\b/i.test(says)) return false
    if (says !== null && /\bcommit/i.test(says)) throw fault('COMMIT_UNKNOWN', { number, head }, { cause: error })
    const isRefused =
      says !== null || isFault(error, 'TOKEN_REFUSED') || isFault(error, 'FORBIDDEN') || isFault(error, 'REPOSITORY_UNKNOWN')
    if (!isRefused) throw error
    ground.host.log.warn('scm.reviewer.refused', {
      project: ground.project.name,
      number,
      by,
      cause: error,
      cure: `What ${by} decides is a comment until then: have them make a token that may write pull requests here, and put it into the variable that "reviewers" names for them.`,
    })
    return false
  }
}

const give = async (ground: Ground, standing: Standing, { token, verdict, head, text }: WithToken): Promise<void> => {
  const { signal } = ground.host
  const { repository } = await ground.located(signal)
  const { app: _, ...options } = ground.options
  const api = await openGithub({ ...options, token }, ground.host).apiFor({ owner: repository.owner, name: repository.name }, signal)
  const review = { verdict, head, body: bodyText(text) || (verdict === 'approve' ? '' : 'Changes are requested.') }
  if (await isGiven(api, standing, review, signal)) return
  try {
    await api.request(
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
      {
        owner: repository.owner,
        repo: repository.name,
        pull_number: standing.number,
        commit_id: head,
        event: verdict === 'approve' ? 'APPROVE' : 'REQUEST_CHANGES',
        body: review.body,
      },
      { signal, isUrgent: true },
    )
  } catch (error) {
    if (isUncertain(error) && (await isGiven(api, standing, review, signal))) return
    throw error
  }
}

type Review = Pick<Given, 'verdict' | 'head'> & { readonly body: string }

/** Is it what they said last? An approval needs no words to be the same. */
const isGiven = async (api: Api, { id }: Standing, { verdict, head, body }: Review, signal: AbortSignal): Promise<boolean> => {
  const { login } = await api.me(signal)
  const { data } = await api.graphql<Answer>(query, { id, login }, { signal, isUrgent: true })
  const last = (data.node?.reviews?.nodes ?? []).findLast((review) => review !== null && review.state !== 'COMMENTED')
  if (!last || last.commit?.oid !== head) return false
  return verdict === 'approve' ? last.state === 'APPROVED' : last.state === 'CHANGES_REQUESTED' && last.body.trim() === body.trim()
}

type Answer = {
  readonly node: {
    readonly reviews?: {
      readonly nodes: readonly ({
        readonly state: string
        readonly body: string
        readonly commit: { readonly oid: string } | null
      } | null)[]
    }
  } | null
}

const query = `query ($id: ID!, $login: String!) {
  node(id: $id) { ... on PullRequest { reviews(last: 50, author: $login) { nodes { state body commit { oid } } } } }
}`
