import { catalogue, row } from '../kit/fault.ts'
import { list } from '../kit/text.ts'

type Of = { session: string }

/** Why a wish about a session is refused. */
export const fault = catalogue({
  SESSION_UNKNOWN: row<Of>(
    (f) => `No session is called "${f.session}".`,
    () => 'Say "status" to see the sessions there are.',
  ),
  SESSION_ENDED: row<Of & { why: string }>(
    (f) => `${f.session} has ended (${f.why}).`,
    (f) =>
      f.why === 'merged'
        ? `Say "show ${f.session}" to see how it went; what is still to be done is a new task, as in "fix #1".`
        : `Say "restore ${f.session}" to take it up again, or "logs ${f.session}" to see how it went.`,
  ),
  SESSION_LIVES: row<Of>(
    (f) => `${f.session} has not ended.`,
    (f) => `Say "stop ${f.session}" first.`,
  ),
  STALE: row<Of & { what: string }>(
    (f) => `Not done: ${f.what} since that card was shown.`,
    (f) => `Look at the newest card, or say "show ${f.session}", and say it again.`,
  ),
  NO_CHANGE: row<Of>(
    (f) => `${f.session} has no open change yet.`,
    (f) => `Say "show ${f.session}" to see how far it is, or "tell ${f.session} please open the change now".`,
  ),
  NOT_GREEN: row<Of & { number: number; checks: string; failing: readonly string[] }>(
    (f) =>
      f.checks === 'failing'
        ? `#${f.number} is red: ${list(f.failing)} failed.`
        : f.checks === 'pending'
          ? `The checks of #${f.number} are still running.`
          : `#${f.number} has no checks, and this project waits for some.`,
    (f) =>
      f.checks === 'none'
        ? 'Set "noChecks: mergeable" for the project in bot.config.yaml if it really has none.'
        : `Say "merge ${f.session} when green".`,
  ),
  CONFLICTING: row<Of & { number: number; files: readonly string[]; base: string }>(
    (f) => `#${f.number} conflicts with ${f.base}${f.files.length > 0 ? ` in ${list(f.files)}` : ''}.`,
    (f) => `Say "tell ${f.session} please merge ${f.base} and resolve the conflict".`,
  ),
  CHANGES_REQUESTED: row<Of & { number: number }>(
    (f) => `Changes were requested on #${f.number}.`,
    (f) => `Say "approve ${f.session}" if they are settled.`,
  ),
  APPROVALS_MISSING: row<Of & { number: number; has: number; needs: number }>(
    (f) => `#${f.number} has ${f.has} of ${f.needs} approvals for this diff.`,
    (f) => `Somebody else with the approver role can say "approve ${f.session}".`,
  ),
  REVIEW_MISSING: row<Of & { number: number }>(
    (f) => `The forge of #${f.number} wants an approving review before it lets anybody merge.`,
    (f) => `Approve it there, or say "approve ${f.session}" if your account there is linked.`,
  ),
  NOT_MERGED: row<Of>(
    (f) => `${f.session} has merged nothing that could be taken back.`,
    (f) => `Say "show ${f.session}" to see how it went.`,
  ),
  REVERTED_ALREADY: row<Of & { number: number; by: string }>(
    (f) => `#${f.number} is being taken back for ${f.by} already.`,
    (f) => `Say "show ${f.session}" to see how far that is.`,
  ),
  IS_DRAFT: row<Of & { number: number }>(
    (f) => `#${f.number} is a draft.`,
    (f) => `Say "tell ${f.session} please mark the change as ready".`,
  ),
  IS_BEHIND: row<Of & { number: number; base: string }>(
    (f) => `#${f.number} is behind ${f.base}, and this project wants it up to date.`,
    (f) => `Say "tell ${f.session} please merge ${f.base}".`,
  ),
  MERGING_ALREADY: row<Of & { number: number; by: string }>(
    (f) => `#${f.number} is being merged for ${f.by} already.`,
    (f) => `Say "show ${f.session}" to see how it went.`,
  ),
  SELF_APPROVAL: row<Of & { by: string }>(
    (f) => `${f.by} asked for this task, and in this project whoever asked does not vote.`,
    (f) => `Somebody else can say "approve ${f.session}".`,
  ),
  NO_QUESTION: row<Of>(
    (f) => `${f.session} is not asking anything.`,
    (f) => `Say "tell ${f.session} …" if you want it to hear something.`,
  ),
  QUESTION_CLOSED: row<Of & { outcome: string }>(
    (f) => `That question of ${f.session} is closed: ${f.outcome}.`,
    (f) => `Say "show ${f.session}" to see what it does now.`,
  ),
  CHOICE_UNKNOWN: row<Of & { choice: number; options: readonly string[] }>(
    (f) => `${f.session} has no choice ${f.choice}.`,
    (f) =>
      f.options.length > 0
        ? `The choices are ${f.options.map((option, index) => `${index + 1} ${option}`).join(', ')}.`
        : 'It wants words, not a number.',
  ),
  ANSWER_NOT_YOURS: row<Of & { by: string }>(
    (f) => `${f.by} may answer only sessions they asked for, and ${f.session} is not one.`,
    () => 'Ask somebody with the operator role to answer.',
  ),
  NOT_RUNNING: row<Of & { headline: string }>(
    (f) => `${f.session} is ${f.headline}; there is no agent to do that to.`,
    (f) => `Say "restart ${f.session}" to start it again.`,
  ),
  PAUSED_ALREADY: row<Of>(
    (f) => `${f.session} is paused already.`,
    (f) => `Say "resume ${f.session}" to let it go on.`,
  ),
  NOT_PAUSED: row<Of>(
    (f) => `${f.session} is not paused.`,
    (f) => `Say "show ${f.session}" to see what it does.`,
  ),
  NOT_INTERRUPTIBLE: row<Of & { agent: string }>(
    (f) => `A turn of ${f.agent} cannot be broken off from here.`,
    (f) => `Say "tell ${f.session} …": it hears that after its turn. Or "stop ${f.session}" ends it.`,
  ),
  NOTHING_TO_INTERRUPT: row<Of>(
    (f) => `${f.session} has ended its turn already.`,
    (f) => `Say "tell ${f.session} …" to go on.`,
  ),
  ASKS_FIRST: row<Of>(
    (f) => `${f.session} asks something and waits for the answer.`,
    () => 'Answer it; a "no" takes your words with it.',
  ),
  NOTHING_TO_RETRY: row<Of>(
    (f) => `Nothing of ${f.session} has failed.`,
    (f) => `Say "restart ${f.session}" if you want a new process.`,
  ),
  MESSAGE_UNKNOWN: row<Of & { message: string }>(
    (f) => `${f.session} has no unconfirmed message ${f.message}.`,
    (f) => `Say "tell ${f.session} …" to say something new.`,
  ),
  FOLDER_NOT_OURS: row<Of & { path: string }>(
    (f) => `${f.session} worked in ${f.path}, a person's own folder, which is never removed.`,
    (f) => `Remove it by hand if nobody needs it: git worktree remove ${f.path}.`,
  ),
  NOTHING_TO_CLEAR: row<Of>(
    (f) => `${f.session} has no workspace any more.`,
    () => 'Say "cleanup" to see what there is to clean.',
  ),
})
