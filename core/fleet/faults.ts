import { catalogue, row } from '../kit/fault.ts'

/** Why a wish about all sessions together is refused. */
export const fault = catalogue({
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
