import { catalogue, row } from '../../../core/kit/fault.ts'

/** Everything the local forge refuses or cannot do. */
export const fault = catalogue({
  REMOTE_UNUSABLE: row<{ path: string; reason: string }>(
    (f) => `The remote repository ${f.path} cannot be used: ${f.reason}.`,
    (f) =>
      `Put the bare repository back at ${f.path}, or set "remote" of the local scm to another bare repository or to a path that does not exist yet.`,
    { mayPass: true },
  ),
  REMOTE_BASE_UNKNOWN: row<{ base: string; path: string }>(
    (f) => `There is no branch "${f.base}" in ${f.path}.`,
    (f) => `Make it with "git branch ${f.base}" in ${f.path}, or name another base branch.`,
  ),
  BASE_GONE: row<{ number: number; base: string; path: string }>(
    (f) => `The base branch "${f.base}" of change #${f.number} is no longer in ${f.path}.`,
    (f) => `Push it back with "git push ${f.path} ${f.base}", or close change #${f.number}.`,
  ),
  BRANCH_UNREADABLE: row<{ branch: string; path: string }>(
    (f) => `The branch "${f.branch}" of ${f.path} is there but git cannot read it.`,
    (f) => `Run "git --git-dir=${f.path} fsck" and push the branch "${f.branch}" again.`,
    { mayPass: true },
  ),
  CHANGE_UNKNOWN: row<{ project: string; number: number; known: readonly number[] }>(
    (f) => `Project "${f.project}" has no change #${f.number}.`,
    (f) =>
      f.known.length === 0
        ? 'Open a change first.'
        : `Name one that is there: ${f.known.map((number) => `#${number}`).join(', ')} are the newest.`,
  ),
  THREAD_UNKNOWN: row<{ number: number; id: string }>(
    (f) => `Change #${f.number} has no review thread "${f.id}".`,
    (f) => `Take the id of a thread from the details of change #${f.number}.`,
  ),
  COMMIT_UNKNOWN: row<{ number: number; head: string }>(
    (f) => `The commit ${f.head} reviewed in change #${f.number} is not in the remote repository.`,
    (f) => `Look at change #${f.number} again and review the commit it is at now.`,
  ),
  PUSH_REFUSED: row<{ branch: string; path: string; reason: string; cause: 'moved' | 'base' | 'other' }>(
    (f) => `The branch "${f.branch}" could not be pushed to ${f.path}: ${f.reason}.`,
    (f) =>
      ({
        moved: `Run "git fetch ${f.path} ${f.branch} && git rebase FETCH_HEAD" in the workspace and push again.`,
        base: `Commit on a branch of its own instead of "${f.branch}".`,
        other: `Run "git push ${f.path} HEAD:${f.branch}" in the workspace and put right what it says.`,
      })[f.cause],
  ),
  WORKSPACE_UNUSABLE: row<{ path: string; reason: string }>(
    (f) => `The base cannot be merged in the workspace ${f.path}: ${f.reason}.`,
    (f) => `Look at it with "git -C ${f.path} status", and put right what it says.`,
  ),
  NOT_REVERTIBLE: row<{ number: number; reason: string; cure: string }>(
    (f) => `Change #${f.number} cannot be taken back: ${f.reason}.`,
    (f) => f.cure,
  ),
  MERGE_OVERTAKEN: row<{ number: number; base: string; rounds: number }>(
    (f) => `The branch "${f.base}" moved ${f.rounds} times while change #${f.number} was being merged.`,
    (f) => `Merge change #${f.number} again once nobody else pushes to "${f.base}".`,
    { mayPass: true },
  ),
})
