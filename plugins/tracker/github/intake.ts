import type { Task } from '../../../core/contracts/task.ts'
import type { Located } from '../../github/repository.ts'
import { type Desk, statusOf } from './desk.ts'
import { fault } from './fault.ts'
import { type Filter, type Listed, openIssues } from './list.ts'
import type { Intake } from './options.ts'

/**
 * Looks for open issues that start by themselves, oldest first. Each look is conditional, so that nothing new costs nothing; every
 * five minutes one is not, in case that an answer was kept that should not have been.
 */
export const openIntake = (desk: Desk, intake: Intake): ((signal: AbortSignal) => Promise<readonly Task[]>) => {
  let fullAt = Number.NEGATIVE_INFINITY
  return async (signal) => {
    const located = await desk.locate({ signal })
    const now = desk.host.now()
    const isFresh = now - fullAt >= fullEveryMs
    const ask = { most: mostWanted, isFresh, signal }
    const read = async (filter: Filter) => {
      const { issues, isCut } = await openIssues(located, filter, ask)
      if (isCut) desk.host.log.warn('tracker.intake.cut', { project: desk.project.name, ...filter, most: mostWanted })
      return issues
    }
    const found = [
      ...(intake.label === undefined ? [] : await read({ labels: intake.label })),
      ...(intake.assignee === undefined ? [] : await readAssigned(located, await loginOf(located, intake.assignee, signal), read)),
    ]
    if (isFresh) fullAt = now
    const once = new Map(found.map((issue) => [issue.number, issue]))
    return [...once.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.number - b.number).map(({ task }) => task)
  }
}

const loginOf = async ({ api }: Located, assignee: string, signal: AbortSignal): Promise<string> =>
  assignee === 'me' ? (await api.me(signal)).login : assignee

/** GitHub answers 422 for an account that cannot be assigned to anything in the repository. */
const readAssigned = async (
  { repository }: Located,
  assignee: string,
  read: (filter: Filter) => Promise<readonly Listed[]>,
): Promise<readonly Listed[]> => {
  try {
    return await read({ assignee })
  } catch (error) {
    if (statusOf(error) === 422) throw fault('ASSIGNEE_UNKNOWN', { assignee, repository: repository.nameWithOwner }, { cause: error })
    throw error
  }
}

const fullEveryMs = 5 * 60_000
const mostWanted = 500
