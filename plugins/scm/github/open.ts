import type { Change } from '../../../core/contracts/change.ts'
import type { Scm } from '../../../core/contracts/plugins.ts'
import { fault } from './faults.ts'
import { fromBranch } from './found.ts'
import type { Ground } from './ground.ts'
import { pushBranch } from './push.ts'
import { isUncertain, refusalIn } from './standing.ts'
import { bodyText, titleLine } from './words.ts'

type Request = Parameters<Scm['open']>[0]
/** Reads a change until it shows that head, and gives it. */
export type Show = (number: number, head: string, signal: AbortSignal) => Promise<Change>

/**
 * Pushes, and opens a pull request from the branch or finds the open one; those that were closed stay so.
 *
 * @throws {Fault} REMOTE_BASE_UNKNOWN, NOTHING_TO_PROPOSE, OPENING_REFUSED, and what a push and a request throw
 */
export const openChange = async (
  ground: Ground,
  request: Request,
  { show, signal }: { show: Show; signal: AbortSignal },
): Promise<Change> => {
  const { workspace, base } = request
  const { branch } = workspace
  const { repository } = await ground.located(signal)
  const opened = await ground.host.lock(`github open ${repository.id} ${branch}`, async () => {
    const head = await pushBranch(ground, { workspace, base, signal })
    const [open] = await fromBranch(ground, { branch, state: 'open' }, signal)
    return { head, number: open?.number ?? (await add(ground, request, signal)) }
  })
  return show(opened.number, opened.head, signal)
}

const add = async (ground: Ground, request: Request, signal: AbortSignal): Promise<number> => {
  const { branch } = request.workspace
  try {
    const number = await create(ground, request, { isDraft: ground.options.draft, signal })
    await dress(ground, number, signal)
    return number
  } catch (error) {
    signal.throwIfAborted()
    // Nobody heard whether it was opened, or somebody was quicker: what counts is what is there.
    const says = refusalIn(error, 422)
    if (isUncertain(error) || (says !== null && /already exists/i.test(says))) {
      const [open] = await fromBranch(ground, { branch, state: 'open' }, signal)
      if (open) return open.number
    }
    throw says === null ? error : await why(ground, request, says, error)
  }
}

const create = async (
  ground: Ground,
  request: Request,
  { isDraft, signal }: { readonly isDraft: boolean; readonly signal: AbortSignal },
): Promise<number> => {
  const { api, repository } = await ground.located(signal)
  const { workspace, base, title, body } = request
  const { branch } = workspace
  try {
    const { data } = await api.request(
      'POST /repos/{owner}/{repo}/pulls',
      {
        owner: repository.owner,
        repo: repository.name,
        head: branch,
        base,
        title: titleLine(title, branch),
        body: bodyText(body),
        draft: isDraft,
      },
      { signal, isUrgent: true },
    )
    return data.number
  } catch (error) {
    // Private repositories have no drafts on some plans.
    if (!isDraft || !/draft/i.test(refusalIn(error, 422) ?? '')) throw error
    ground.host.log.warn('scm.draft.refused', { project: ground.project.name, branch, cause: error })
    return create(ground, request, { isDraft: false, signal })
  }
}

const why = async (ground: Ground, { workspace, base }: Request, says: string, cause: unknown): Promise<Error> => {
  const { repository } = await ground.located()
  const { branch } = workspace
  const facts = { branch, base, repository: repository.nameWithOwner }
  if (/no commits between/i.test(says)) return fault('NOTHING_TO_PROPOSE', facts, { cause })
  if (/\bbase\b/i.test(says)) return fault('REMOTE_BASE_UNKNOWN', facts, { cause })
  return fault('OPENING_REFUSED', { ...facts, says }, { cause })
}

/** Labels and requests for reviews. The change is open without them, too: trouble about them is logged. */
const dress = async (ground: Ground, number: number, signal: AbortSignal): Promise<void> => {
  const { api, repository } = await ground.located(signal)
  const { labels, reviewRequests } = ground.options
  const place = { owner: repository.owner, repo: repository.name }
  const reviewers = reviewRequests.filter((name) => !name.includes('/'))
  const teams = reviewRequests.filter((name) => name.includes('/')).map((name) => name.slice(name.indexOf('/') + 1))
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      signal.throwIfAborted()
      ground.host.log.warn('scm.open.undressed', { project: ground.project.name, number, what, cause: error })
    }
  }
  if (labels.length > 0)
    await attempt('labels', () =>
      api.request(
        'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
        { ...place, issue_number: number, labels: [...labels] },
        { signal },
      ),
    )
  if (reviewRequests.length > 0)
    await attempt('reviewRequests', () =>
      api.request(
        'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
        { ...place, pull_number: number, reviewers, team_reviewers: teams },
        { signal },
      ),
    )
}
