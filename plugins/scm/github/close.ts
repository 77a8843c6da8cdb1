import type { Ground } from './ground.ts'
import { forgetOrder } from './orders.ts'
import { standingOf } from './standing.ts'

/** Closes a change unmerged; what has ended stays as it is. @throws {Fault} CHANGE_UNKNOWN, and what a request throws */
export const closeChange = async (ground: Ground, number: number): Promise<void> => {
  const { signal } = ground.host
  const { state } = await standingOf(ground, number, signal)
  if (state === 'OPEN') {
    const { api, repository } = await ground.located(signal)
    await api.request(
      'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
      { owner: repository.owner, repo: repository.name, pull_number: number, state: 'closed' },
      { signal, isUrgent: true },
    )
  }
  // GitHub has dropped its order with it.
  await forgetOrder(ground, number)
}
