import { catalogue, row } from '../../../core/kit/fault.ts'

/** What pull requests add to the troubles of GitHub itself (`plugins/github/faults.ts`). */
export const fault = catalogue({
  CHANGE_UNKNOWN: row<{ repository: string; number: number }>(
    (f) => `${f.repository} has no pull request #${f.number}.`,
    (f) => `See whether #${f.number} is an issue, or was deleted, at ${f.repository} on GitHub.`,
  ),
  REMOTE_BASE_UNKNOWN: row<{ base: string; repository: string }>(
    (f) => `There is no branch "${f.base}" in ${f.repository}.`,
    (f) => `Push it with "git push origin ${f.base}", or name another base branch.`,
  ),
  PUSH_REFUSED: row<{ branch: string; repository: string; reason: string; cause: 'moved'; cure: string }>(
    (f) => `The branch "${f.branch}" was not pushed to ${f.repository}: ${f.reason}.`,
    (f) => f.cure,
  ),
  NOTHING_TO_PROPOSE: row<{ branch: string; base: string; repository: string }>(
    (f) => `The branch "${f.branch}" has no commit that "${f.base}" of ${f.repository} does not have.`,
    (f) => `Commit to "${f.branch}" first.`,
  ),
  OPENING_REFUSED: row<{ branch: string; repository: string; says: string }>(
    (f) => `GitHub opens no pull request from "${f.branch}" in ${f.repository}: ${sentence(f.says)}`,
    () => 'Put right what it says, and try again.',
  ),
  OPENED_UNSEEN: row<{ number: number; repository: string }>(
    (f) => `#${f.number} was opened in ${f.repository}, and GitHub does not show it yet.`,
    () => 'Wait a minute and try again; what was opened is found.',
    { mayPass: true },
  ),
  MERGE_UNCERTAIN: row<{ number: number; says: string }>(
    (f) => `Nobody knows whether #${f.number} was merged: ${sentence(f.says)}`,
    (f) => `Look at #${f.number} on GitHub, and merge again if it is still open.`,
    { mayPass: true },
  ),
  MERGE_OVERTAKEN: row<{ number: number; base: string; rounds: number }>(
    (f) => `The branch "${f.base}" moved ${f.rounds} times while #${f.number} was being merged.`,
    (f) => `Merge #${f.number} again once nobody else pushes to "${f.base}".`,
    { mayPass: true },
  ),
  ORDER_STANDS: row<{ number: number; says: string }>(
    (f) => `GitHub still has the order to merge #${f.number}, given for another commit, and does not take it back: ${sentence(f.says)}`,
    (f) => `Take #${f.number} out of the merge queue, or disable its auto-merge, on its page on GitHub.`,
    { mayPass: true },
  ),
  COMMIT_UNKNOWN: row<{ number: number; head: string }>(
    (f) => `The commit ${f.head} that was reviewed is not in #${f.number} any more.`,
    (f) => `Look at #${f.number} again and review the commit it is at now.`,
  ),
  NOT_REVERTIBLE: row<{ number: number; says: string }>(
    (f) => `#${f.number} cannot be taken back by itself: ${sentence(f.says)}`,
    (f) => `Start a session that takes back what #${f.number} brought.`,
  ),
  WORKSPACE_UNUSABLE: row<{ path: string; reason: string }>(
    (f) => `The workspace ${f.path} cannot be brought up to date: ${f.reason}.`,
    (f) => `Look at it with "git -C ${f.path} status", and put right what it says.`,
  ),
  DETAILS_UNSEEN: row<{ number: number; head: string }>(
    (f) => `GitHub shows #${f.number} at another commit than ${f.head}, which it showed before.`,
    (f) => `Wait a minute: it is asked again, and the next look shows what #${f.number} is at.`,
    { mayPass: true },
  ),
  UPDATE_UNSEEN: row<{ number: number; seconds: number }>(
    (f) => `GitHub brings #${f.number} up to date and has not done it within ${f.seconds} seconds.`,
    () => 'Wait a minute and try again; what was done then is found.',
    { mayPass: true },
  ),
})

/** GitHub's words with one full stop. */
export const sentence = (says: string): string => `${says.trim().replace(/[.\s]+$/, '') || 'it gives no reason'}.`
