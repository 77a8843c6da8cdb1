import { catalogue, row } from '../kit/fault.ts'

/** Why a wish about all sessions together is refused. */
export const fault = catalogue({
  BRANCH_IS_BASE: row<{ branch: string }>(
    (f) => `${f.branch} is the branch that work goes back to; no agent works on it.`,
    () => 'Name another branch, or leave it out and a new one is made.',
  ),
  BRANCH_TAKEN: row<{ branch: string; session: string }>(
    (f) => `${f.session} works on the branch ${f.branch} already.`,
    (f) => `Tell it what else to do, as in "tell ${f.session} use zod", or name another branch.`,
  ),
  TASK_TAKEN: row<{ task: string; session: string }>(
    (f) => `${f.task} is being worked on in ${f.session} already.`,
    (f) => `Say "show ${f.session}" to see how far it is, or "stop ${f.session}" to begin anew.`,
  ),
  PROJECT_PAUSED_ALREADY: row<{ project: string }>(
    (f) => `${f.project} is paused already.`,
    (f) => `Say "resume ${f.project}" to let new tasks start again.`,
  ),
  PROJECT_NOT_PAUSED: row<{ project: string }>(
    (f) => `${f.project} is not paused.`,
    () => 'Say "queue" to see what waits, and why.',
  ),
})
