import type { QueuePlace } from '../../core/contracts/fleet.ts'
import { currentChange, type Headline, type MessageState, type Session } from '../../core/contracts/session.ts'
import { headline as firstLine, list } from '../../core/kit/text.ts'
import type { Action, Card } from '../contracts/card.ts'
import { effectWords } from './names.ts'
import { aboutOf, card, short, taskTitle, toneOf } from './words.ts'

/** What the views need to know besides the session. `approvals` is how many votes its project wants for a change. */
export type Standing = { readonly headline: Headline; readonly place: QueuePlace | null; readonly approvals: number }

/** One session as people see it: one card, edited in place. Same session in, same card out. */
export const sessionCard = (session: Session, standing: Standing): Card => {
  const { headline } = standing
  const change = currentChange(session)
  return card({
    key: `session:${session.id}`,
    kind: 'status',
    tone: toneOf[headline],
    title: `${session.id} · ${headlineWords(standing)} · ${taskTitle(session)}`,
    lines: [
      ...progress(session),
      ...changeLines(session),
      ...forgeLines(session),
      ...messageLines(session.messages),
      ...failureLines(session),
      ...missing(session).map((what) => `${what}.`),
      ...refusalLines(session),
    ],
    actions: actionsFor(session, standing),
    about: aboutOf(session, change),
    replyTo: session.causes[0] ?? null,
  })
}

/** The headline with what belongs to it: `queued, place 2: 5 of 5 agents are running`. */
export const headlineWords = ({ headline, place }: Omit<Standing, 'approvals'>): string =>
  headline === 'queued' && place ? `queued, place ${place.number}: ${place.reason}` : headline

const progress = (session: Session): readonly string[] => {
  const { phase, agent, workspace, report, tool, requester } = session
  if (phase === 'queued') return [`asked for by ${requester}`]
  if (phase === 'preparing' && session.stranger) return [`ending the ${agent} that was started by hand`]
  if (phase === 'preparing') return [workspace ? `starting ${agent}` : 'making the workspace']
  const said = report
    ? saysLine(firstLine(report.text, 160) || report.kind)
    : session.activity === 'idle' && session.lastMessage
      ? saysLine(session.lastMessage)
      : null
  return [`${agent} on ${session.branch}`, ...(tool ? [`runs ${tool.name}`] : []), ...(said ? [said] : [])]
}

/** What the agent said to whoever had spoken to it: a message of its own, whole. */
export const replyCard = ({ id, agent, reply }: Session): Card | null =>
  reply &&
  card({
    key: `said:${id}:${reply.since}`,
    kind: 'reply',
    tone: 'calm',
    title: `${id} · ${agent} to ${list(reply.to)}`,
    body: reply.text,
  })

/** What the agent said last, in a line. */
export const saysLine = (text: string): string => `says: ${firstLine(text, 160)}`

const changeLines = (session: Session): readonly string[] =>
  session.changes.map((change) => {
    const parts = [
      `#${change.number} at ${short(change.head)} → ${change.base}`,
      change.state === 'open'
        ? `checks ${change.checks}${change.failing.length > 0 ? ` (${firstLine(change.failing.map((name) => (change.optional.includes(name) ? `${name} need not` : name)).join(', '), 200)})` : ''}`
        : change.state,
      ...(change.state === 'open' && change.review !== 'none' ? [`review ${change.review.replace('-', ' ')}`] : []),
      ...(change.state === 'open' && change.conflict === 'conflicting'
        ? [`conflict in ${change.conflictFiles.join(', ') || change.base}`]
        : []),
      ...(change.state === 'open' && change.isDraft ? ['draft'] : []),
    ]
    return parts.join(' · ')
  })

/** What the forge has in hand, and what was taken back. */
const forgeLines = ({ merging, update, revert, changes }: Session): readonly string[] => [
  ...(merging?.queued ? [merging.queued.says] : []),
  ...(update && changes.at(-1)?.head === update.head
    ? [update.refused === null ? 'is being brought up to date' : `could not be brought up to date: ${firstLine(update.refused, 200)}`]
    : []),
  ...(revert ? [revert.opened ? `#${revert.opened.number} takes it back` : `a change that takes it back is opened for ${revert.by}`] : []),
]

/** Words on their way: silent once they have arrived. */
const messageLines = (messages: readonly MessageState[]): readonly string[] =>
  messages.flatMap(({ state, text, from }) => {
    const says = {
      queued: 'waits to be said',
      handed: 'is being said',
      doubted: 'is being looked up',
      unconfirmed: 'is not confirmed',
      confirmed: null,
      dropped: null,
    }[state]
    return says === null ? [] : [`“${firstLine(text, 60)}” ${from === 'ao' ? '' : `from ${from} `}${says}`]
  })

const refusalLines = ({ mergeRefusal, merging, phase }: Session): readonly string[] =>
  mergeRefusal && !merging && phase !== 'ended' ? [`the merge was refused: ${firstLine(mergeRefusal.says, 200)}`] : []

const failureLines = ({ failures }: Session): readonly string[] =>
  failures
    .filter(({ isRetried }) => !isRetried)
    .map(
      ({ effect, why, hint, retryAt }) =>
        `${effectWords[effect]} failed: ${firstLine(why, 200)}${retryAt === null ? (hint ? ` ${firstLine(hint, 200)}` : '') : ' It is tried again.'}`,
    )

/** What the agent has committed and the change does not have, because it could not be pushed. */
export const missing = (session: Session): readonly string[] => {
  const { work, pushed, failures, phase } = session
  const change = currentChange(session)
  const isRefused = failures.some(({ effect }) => effect === 'scm.push')
  if (phase === 'ended' || !isRefused || !work || change?.state !== 'open' || work.head === change.head || work.head === pushed) return []
  return [`The agent's commits up to ${short(work.head)} are not in #${change.number}`]
}

const say = (label: string, words: string, isRisky = false): Action => ({ label, say: words, isRisky })

/** What is wrong with its change, in so many words. */
const changesTo = (id: string): Action => ({
  ...say('Request changes', `reject ${id} {text}`),
  form: { title: 'Request changes', label: 'What should change?' },
})

/** What can be done about it now; nothing that would be refused. */
export const actionsFor = (session: Session, { headline, approvals }: Standing): readonly Action[] => {
  const { id, phase } = session
  switch (headline) {
    case 'needs input':
      return answersTo(session)
    case 'mergeable':
      return [say('Merge', `merge ${id}`), changesTo(id), say('Diff', `diff ${id}`)]
    case 'review pending':
      return [say('Approve', `approve ${id}`), changesTo(id), say('Diff', `diff ${id}`)]
    case 'ci running':
      return [...(isOnlyUnproven(session, approvals) ? [say('Merge when green', `merge ${id} when green`)] : []), say('Diff', `diff ${id}`)]
    case 'ci failed':
    case 'conflict':
    case 'pr open':
      return [say('Diff', `diff ${id}`), say('Logs', `logs ${id}`)]
    // Whether the rework is good a person says; the agent's new commit asks for that.
    case 'changes requested':
      return [say('Approve', `approve ${id}`), changesTo(id), say('Diff', `diff ${id}`), say('Logs', `logs ${id}`)]
    case 'stuck':
    case 'exited':
      return [say('Restart', `restart ${id}`), say('Logs', `logs ${id}`), say('Stop', `stop ${id}`, true)]
    case 'paused':
      return [say('Resume', `resume ${id}`)]
    case 'closed':
      return phase === 'ended' ? restoring(session) : [say('Stop', `stop ${id}`, true)]
    case 'failed':
      return [say('Retry', `retry ${id}`)]
    case 'stopped':
      return restoring(session)
    default:
      return []
  }
}

/** Does its change lack nothing but checks? Where that is not certain, merging once green is not offered; it may be said. */
const isOnlyUnproven = (session: Session, approvals: number): boolean => {
  const change = currentChange(session)
  if (!change || session.armed) return false
  const voters = new Set(session.votes.filter(({ head }) => head === change.head).map(({ by }) => by))
  return !change.isDraft && !change.isBehind && change.review !== 'changes-requested' && voters.size + 1 >= approvals
}

/** An ended session comes back, unless its work has reached the base branch. */
export const restoring = ({ id, changes }: Session): readonly Action[] =>
  changes.some(({ state }) => state === 'merged') ? [] : [say('Restore', `restore ${id}`)]

/** The agent's own choices, in its own order, and a no with a reason; where it wants words, a button that asks for them. */
export const answersTo = ({ id, asked }: Session): readonly Action[] => {
  if (asked?.state !== 'asked') return []
  const { options, refusal } = asked.question
  const [no] = refusal === null ? [] : options.slice(refusal - 1, refusal)
  if (options.length > 0)
    return [
      ...options.map((option, index) => say(firstLine(option, 60), `answer ${id} ${index + 1}`)),
      ...(no === undefined
        ? []
        : [
            {
              ...say(`${firstLine(no, 40)}…`, `answer ${id} ${refusal}, {text}`),
              form: { title: firstLine(no, 24), label: 'Why not, or what instead?' },
            },
          ]),
    ]
  return [{ ...say('Answer…', `answer ${id} {text}`), form: { title: 'Answer', label: 'What is your answer?' } }]
}
