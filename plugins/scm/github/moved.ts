import type { Fault } from '../../../core/kit/fault.ts'
import type { Repository } from '../../../core/kit/repository.ts'
import { list, plain } from '../../../core/kit/text.ts'
import { fault } from './faults.ts'
import { fromBranch } from './found.ts'
import type { Ground } from './ground.ts'

type Pushing = {
  readonly branch: string
  /** The workspace's commit. */
  readonly head: string
  /** What we pushed there last; null when we never did. */
  readonly ours: string | null
}

/**
 * Brings what the branch is at on GitHub into the project's repository, as `refs/ao/changes/<number>`, and says what somebody else
 * did to it. Null when a push on top of it loses nothing and brings back nothing that was taken away.
 */
export const moved = async (ground: Ground, pushing: Pushing, signal: AbortSignal): Promise<Fault | null> => {
  const { branch, head, ours } = pushing
  const [open] = await fromBranch(ground, { branch, state: 'open' }, signal)
  const ref = open ? `refs/ao/changes/${open.number}` : `refs/ao/branches/${branch}`
  await (await ground.transport(signal)).fetchRefs(ground.project, [`+refs/heads/${branch}:${ref}`], signal)
  const git = await ground.git()
  const there = (await git.raw(['rev-parse', '--verify', ref], { signal })).trim()
  const isOnTop = await git.contains(head, there)
  const isOursIn = ours !== null && (await git.hasCommit(ours)) && (await git.contains(head, ours))
  const isTakenAway = ours !== null && isOursIn && ours !== there && (await git.contains(ours, there))
  if (isOnTop && !isTakenAway) return null
  const isReplaced = isTakenAway || (isOursIn && !(await git.contains(there, ours ?? there)))
  const { repository } = await ground.located(signal)
  return fault('PUSH_REFUSED', {
    branch,
    repository: repository.nameWithOwner,
    cause: 'moved',
    reason: isTakenAway
      ? `somebody set it back to ${there}, which takes away what was pushed before, up to ${ours}`
      : `${await sayOthers(git, { head, there })}; it is at ${there} now${isReplaced ? `, and no longer has ${ours}, which was pushed before` : ''}`,
    cure: isReplaced
      ? `See what is there with "git log ${ref}", run "git rebase --onto ${ref} ${ours}" in the workspace, so that only what is newer goes on top of it, and push again.`
      : `See what is there with "git log HEAD..${ref}", run "git rebase ${ref}" in the workspace, and push again.`,
  })
}

const mostNames = 3

/** `Eve pushed 2 commits there that the workspace does not have`. */
const sayOthers = async (git: Repository, { head, there }: { readonly head: string; readonly there: string }): Promise<string> => {
  const names = (await git.raw(['log', '--format=%an', `${head}..${there}`])).split('\n').filter((name) => name !== '')
  const who = [...new Set(names.map((name) => plain(name).trim()))].filter((name) => name !== '')
  const some = who.length > mostNames ? [...who.slice(0, mostNames), 'others'] : who
  const commits = names.length === 1 ? 'a commit' : `${names.length} commits`
  return `${list(some) || 'somebody'} pushed ${commits} there that the workspace does not have`
}
