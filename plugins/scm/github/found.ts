import type { Ground } from './ground.ts'

/** A pull request of this repository, as a list of them has it. */
export type Found = { readonly number: number; readonly head: string; readonly isOpen: boolean; readonly isMerged: boolean }

/** The pull requests that go out from exactly that branch of this repository, newest first: all of them, or the open ones. */
export const fromBranch = async (
  ground: Ground,
  { branch, state }: { readonly branch: string; readonly state: 'open' | 'all' },
  signal: AbortSignal,
): Promise<readonly Found[]> => {
  const { api, repository } = await ground.located(signal)
  const { owner, name, databaseId } = repository
  const { data } = await api.request(
    'GET /repos/{owner}/{repo}/pulls',
    { owner, repo: name, head: `${owner}:${branch}`, state, per_page: 100 },
    { signal, isUrgent: true },
  )
  // Forks of the same owner have the same label, and other spellings of the name may be taken for it.
  return data
    .filter(({ head }) => head.ref === branch && head.repo?.id === databaseId)
    .map((pull) => ({ number: pull.number, head: pull.head.sha, isOpen: pull.state === 'open', isMerged: pull.merged_at !== null }))
    .sort((one, other) => other.number - one.number)
}
