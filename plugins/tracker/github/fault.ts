import { catalogue, row } from '../../../core/kit/fault.ts'

/** Everything that can go wrong on purpose with issues on GitHub; what a request throws is in `plugins/github/faults.ts`. */
export const fault = catalogue({
  TASK_UNKNOWN: row<{ key: string; repository: string; url: string; why: string | null; near: readonly string[] }>(
    (f) => `There is no issue "${f.key}" in ${f.repository}${f.why === null ? '' : `: ${f.why}`}.`,
    (f) =>
      f.near.length === 0
        ? `Write it at ${f.url}/issues/new first, or name one by its number.`
        : `Name one that is open, by its number: ${f.near.join(', ')}.`,
  ),
  TASK_IS_CHANGE: row<{ key: string; repository: string }>(
    (f) => `${f.key} of ${f.repository} is a pull request, not an issue.`,
    () => 'Name an issue by its number.',
  ),
  TASK_LOCKED: row<{ key: string; repository: string }>(
    (f) => `The conversation of ${f.key} in ${f.repository} is locked, so nothing can be written there.`,
    () => 'Unlock it on GitHub, or give the account of the bot write access.',
  ),
  ISSUES_DISABLED: row<{ repository: string; url: string }>(
    (f) => `Issues are switched off in ${f.repository}.`,
    (f) => `Switch them on in ${f.url}/settings under "Features", or name another tracker for the project.`,
  ),
  ASSIGNEE_UNKNOWN: row<{ assignee: string; repository: string }>(
    (f) => `Nobody can assign issues of ${f.repository} to "${f.assignee}".`,
    () => 'Set "intake.assignee" of the tracker to an account that issues can be assigned to, or use "intake.label" instead.',
  ),
  PROJECT_NEEDED: row<object>(
    () => 'The tracker "github" belongs to a project, and there is none.',
    () => 'Name it under "tracker" of a project.',
  ),
})
