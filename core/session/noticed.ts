import type { AgentPicture } from '../contracts/agent.ts'
import type { Change } from '../contracts/change.ts'
import type { Fact } from '../contracts/fact.ts'
import type { Picture } from '../contracts/input.ts'
import type { Setting } from '../contracts/rules.ts'
import type { Session } from '../contracts/session.ts'
import { detailsKey } from './answers.ts'
import { isNews } from './collisions.ts'
import { evolve } from './evolve.ts'
import { attemptsAfter, failureOf, retryWaitMs } from './failures.ts'
import { openingMessage } from './follow.ts'
import { wantsSlot } from './views.ts'

type Kind = Picture['kind']
type PictureOf<K extends Kind> = Extract<Picture, { kind: K }>
type Reading = { readonly [K in Kind]: (session: Session, seen: PictureOf<K>, at: number, setting: Setting) => readonly Fact[] }

/** What a picture makes true. One that shows nothing new yields no facts, so sensors may repeat themselves and be late. */
export const noticed = (session: Session, seen: Picture, at: number, setting: Setting): readonly Fact[] =>
  // The table pairs each kind with its own reading, which the compiler cannot see through the union.
  (readings[seen.kind] as (session: Session, seen: Picture, at: number, setting: Setting) => readonly Fact[])(session, seen, at, setting)

const readings: Reading = {
  requested: (session, { request, cause }, at) => (session.seq > 0 ? [] : [{ type: 'session.requested', at, cause, ...request }]),

  // A slot that is no longer wanted is not taken, so the fleet sees it free again.
  admitted: (session, _seen, at) => (session.seq > 0 && wantsSlot(session) ? [{ type: 'session.admitted', at }] : []),

  workspace: (session, { workspace }, at) =>
    session.workspace && !session.isWorkspaceRemoved ? [] : [{ type: 'workspace.ready', at, workspace }],

  adopted: ({ stranger }, { process: gone }, at) =>
    stranger?.pid === gone.pid && stranger.startedAt === gone.startedAt ? [{ type: 'agent.adopted', at, process: gone }] : [],

  work: (session, { work }, at) => {
    const isNew = session.work === null || session.work.head !== work.head || session.work.dirty.join('\0') !== work.dirty.join('\0')
    return session.workWantedSince === null && !isNew ? [] : [{ type: 'work.seen', at, work }]
  },

  removed: (session, { savedRef }, at) => (session.isWorkspaceRemoved ? [] : [{ type: 'workspace.removed', at, savedRef }]),

  // Also when the session ended meanwhile: then it is known what is still to be ended.
  started: (session, { handle, message }, at) => {
    if (session.handle?.run === handle.run) return []
    const opening = message === null ? null : openingMessage(session)
    const words: readonly Fact[] =
      opening?.id === message && opening
        ? [
            { type: 'message.handed', at, id: opening.id },
            { type: 'message.sent', at, id: opening.id, way: 'own' },
            { type: 'message.confirmed', at, id: opening.id },
          ]
        : []
    return [{ type: 'agent.started', at, handle }, ...words]
  },

  exited: (session, { handle, code, signal, screen }, at, { can }) => {
    if (session.handle?.run !== handle.run) return []
    if (session.phase === 'ended' || session.restart) return [{ type: 'agent.gone', at }]
    if (hasNotBegun(session, code, at))
      return [
        { type: 'conversation.lost', at, conversation: session.conversation ?? '' },
        { type: 'restart.requested', at, by: 'ao', why: 'lost' },
        { type: 'agent.gone', at },
      ]
    return [{ type: 'agent.exited', at, code, signal, isGood: code === 0 && (can.endsWithTurn || session.isDoneSaid), screen }]
  },

  gone: (session, { handle }, at) => (session.handle?.run === handle.run ? [{ type: 'agent.gone', at }] : []),

  suspended: (session, _seen, at) => (session.suspended && !session.suspended.isDone ? [{ type: 'agent.suspended', at }] : []),
  resumed: (session, _seen, at) => (session.resuming === null ? [] : [{ type: 'agent.resumed', at }]),

  interrupted: ({ interrupting }, { outcome }, at) =>
    interrupting && !interrupting.isHanded ? [{ type: 'interrupt.settled', at, outcome, why: null }] : [],

  agent: (session, { picture }, at, setting) =>
    session.phase === 'live' || session.phase === 'lost' ? heard(session, picture, at, setting) : [],

  sent: (session, { message, way, hasReceipts }, at) => {
    const state = session.messages.find(({ id }) => id === message)
    if (state?.state !== 'handed' || state.sent !== null) return []
    return [
      { type: 'message.sent', at, id: message, way },
      ...(hasReceipts ? [] : [{ type: 'message.unconfirmed', at, id: message } as const]),
    ]
  },

  found: (session, { message, outcome }, at) => {
    const state = session.messages.find(({ id }) => id === message)
    if (state?.state !== 'doubted') return []
    if (outcome === 'seen') return [{ type: 'message.confirmed', at, id: message }]
    return [{ type: outcome === 'absent' && state.tries < 3 ? 'message.absent' : 'message.unconfirmed', at, id: message }]
  },

  handed: (session, { request, outcome }, at) =>
    session.asked?.question.request !== request || session.asked.state !== 'decided'
      ? []
      : [{ type: outcome === 'handed' ? 'question.handed' : 'question.gone', at, request }],

  change: (session, { change }, at) => {
    const known = session.changes.find(({ number }) => number === change.number)
    if (known && isSame(known, change)) return [...unmerged(session, change, at), ...unqueued(session, change, at)]
    const isElsewhere = session.armed?.number === change.number && known !== undefined && known.base !== change.base
    return [
      { type: 'change.seen', at, change },
      ...(isElsewhere ? [{ type: 'merge.disarmed', at, why: `it now goes to ${change.base}` } as const] : []),
      ...unqueued(session, change, at),
      ...elsewhere(session, change, at),
    ]
  },

  details: (session, { key, found }, at) =>
    found === null ? unfound(session, key, at) : session.details?.key === key ? [] : [{ type: 'change.detailed', at, key, found }],

  reviewed: (session, { of }, at) =>
    [...session.votes, ...(session.rejection ? [session.rejection] : [])].some(({ since, isSent }) => since === of && !isSent)
      ? [{ type: 'review.sent', at, of }]
      : [],

  merge: (session, { number, head, outcome }, at) => {
    if (session.merging?.number !== number || session.merging.head !== head) return []
    if (!outcome.merged && outcome.why === 'queued') return [{ type: 'merge.queued', at, number, head, says: outcome.says }]
    if (!outcome.merged) return [{ type: 'merge.refused', at, number, head, why: outcome.why, says: outcome.says }]
    const change = session.changes.find((one) => one.number === number)
    return change ? [{ type: 'change.seen', at, change: { ...change, state: 'merged', mergeCommit: outcome.commit } }] : []
  },

  // Where it went well the change itself shows it, at its new head.
  updated: ({ update }, { number, head, outcome }, at) =>
    update?.number !== number || update.head !== head || update.refused !== null
      ? []
      : [{ type: 'update.refused', at, number, head, says: outcome.updated ? 'it is up to date' : outcome.says }],

  reverted: ({ revert }, { number, url }, at) => (revert && revert.opened === null ? [{ type: 'revert.opened', at, number, url }] : []),

  collisions: (session, { with: others }, at) =>
    session.phase === 'ended'
      ? []
      : [...new Set([...Object.keys(others), ...Object.keys(session.collisions)])].flatMap((other): readonly Fact[] => {
          const files = others[other] ?? []
          return isNews(session.collisions[other], files) ? [{ type: 'collision.seen', at, other, files }] : []
        }),

  withdrawn: ({ withdrawing }, { number }, at) => (withdrawing?.number === number ? [{ type: 'merge.withdrawn', at, number }] : []),

  noted: (session, { stage }, at) => (session.noted === stage ? [] : [{ type: 'task.noted', at, stage }]),

  closed: (session, _seen, at) => (session.isTaskClosed ? [] : [{ type: 'task.closed', at }]),

  called: (session, { key, of }, at) =>
    session.troubles.some((trouble) => trouble.key === key && trouble.escalated?.since === of && trouble.calledFor !== of) ||
    session.failures.some(({ effect, since, isCalled }) => effect === key && since === of && !isCalled)
      ? [{ type: 'people.called', at, key, of }]
      : [],

  failed: (session, { effect, subject, code, why, hint, mayPass, untilMs = null }, at, { can }) => {
    if (effect === 'agent.tell')
      return session.messages.some(({ id, state, sent }) => id === subject && state === 'handed' && sent === null)
        ? [{ type: can.receipts ? 'message.doubted' : 'message.unconfirmed', at, id: subject ?? '' }]
        : []
    if (mayPass && untilMs !== null && untilMs > at)
      return [
        { type: 'effect.failed', at, effect, subject, code, why, hint, retryAt: Math.min(untilMs, at + mostPutOffMs), isPutOff: true },
      ]
    // Nothing waits for ever because of it, and a later try would break off another turn.
    if (effect === 'agent.interrupt')
      return session.interrupting && !session.interrupting.isHanded ? [{ type: 'interrupt.settled', at, outcome: 'failed', why }] : []
    const waitMs = mayPass ? retryWaitMs(attemptsAfter(session.failures, { effect, subject })) : null
    return [{ type: 'effect.failed', at, effect, subject, code, why, hint, retryAt: waitMs === null ? null : at + waitMs }]
  },
}

/** Nobody is believed who wants longer. */
const mostPutOffMs = 2 * 3_600_000

/** A forge that spoke of another commit than the one that was asked about may lag behind itself: it is asked again, for a while. */
const unfound = (session: Session, key: string, at: number): readonly Fact[] => {
  const of = { effect: 'scm.details', subject: key } as const
  const failure = failureOf(session, of)
  const isAsked = session.troubles.some((trouble) => detailsKey(session, trouble.key) === key)
  if (!isAsked || session.details?.key === key || (failure && !failure.isRetried)) return []
  const waitMs = retryWaitMs(attemptsAfter(session.failures, of))
  const why = 'The change was at another commit when its details were read.'
  return [{ type: 'effect.failed', at, ...of, code: null, why, hint: null, retryAt: waitMs === null ? null : at + waitMs }]
}

/** How long after the end of a session a merge that was under way may still show, before it counts as not done. */
const mergeShowsMs = 60_000

/** A merge that was under way when its session ended, and of which the world shows nothing: it was not done. */
const unmerged = ({ phase, ending, merging }: Session, { number, head, state, queued }: Change, at: number): readonly Fact[] =>
  phase === 'ended' && merging?.number === number && state === 'open' && queued === null && at - (ending?.at ?? at) >= mergeShowsMs
    ? [{ type: 'merge.refused', at, number, head, why: 'stopped', says: 'the session was stopped before it was merged' }]
    : []

/** A merge was asked for into another branch than the change goes to now. */
const elsewhere = ({ merging, phase }: Session, { number, base, state }: Change, at: number): readonly Fact[] =>
  merging?.number === number && merging.queued === null && phase !== 'ended' && state === 'open' && base !== merging.base
    ? [{ type: 'merge.refused', at, number, head: merging.head, why: 'stale', says: `it now goes to ${base}` }]
    : []

/** How long a look that was begun before the forge took the order may still show it without. */
const queueShowsMs = 60_000

/** The forge had taken the order to merge, and has dropped it or holds another commit now. */
const unqueued = ({ merging, phase }: Session, { number, head, base, state, queued }: Change, at: number): readonly Fact[] => {
  if (merging?.number !== number || merging.queued === null || state !== 'open' || phase === 'ended') return []
  const isMoved = head !== merging.head || base !== merging.base
  if (!isMoved && (queued !== null || at - merging.queued.at < queueShowsMs)) return []
  const says =
    head !== merging.head
      ? `new commits came while the forge had it in hand (${head.slice(0, 8)})`
      : isMoved
        ? `it now goes to ${base}`
        : 'the forge no longer has it in hand'
  return [{ type: 'merge.refused', at, number, head: merging.head, why: isMoved ? 'head-moved' : 'protected', says }]
}

/** So soon, an error means that the conversation is not there (its file was never written, or is gone), not that the work failed. */
const takingUpMs = 20_000

/** A conversation that could not be taken up would not be the next time either: the agent begins anew, with the task and what was done. */
const hasNotBegun = ({ conversation, takenUpAt }: Session, code: number | null, at: number): boolean =>
  conversation !== null && takenUpAt !== null && code !== null && code !== 0 && at - takenUpAt <= takingUpMs

/** A whole picture of the agent, compared with what is known of it. */
const heard = (session: Session, picture: AgentPicture, at: number, { rules }: Setting): readonly Fact[] => {
  const { asked, reportMark, turnMark, conversation, lostConversation } = session
  const { report, turnEnded, question, answered } = picture
  const isReported = report !== null && report.mark > reportMark
  const isIdled = turnEnded !== null && turnEnded.mark > turnMark && !isOfBefore(session, picture)
  const told: readonly Fact[] = [
    ...(picture.conversation !== null && picture.conversation !== conversation && picture.conversation !== lostConversation
      ? [{ type: 'agent.named', at, conversation: picture.conversation } as const]
      : []),
    ...session.messages
      .filter(({ id, state }) => state !== 'confirmed' && state !== 'dropped' && picture.received.includes(id)) // what arrived late is not said again
      .map(({ id }): Fact => ({ type: 'message.confirmed', at, id })),
    ...closed(session, answered, question, at),
    ...(question !== null && question.request !== asked?.question.request ? [{ type: 'question.asked', at, question } as const] : []),
    ...(isReported ? [{ type: 'agent.reported', at, mark: report.mark, kind: report.kind, text: report.text } as const] : []),
    ...(isIdled && JSON.stringify(picture.usage) !== JSON.stringify(session.usage)
      ? [{ type: 'agent.used', at, usage: picture.usage } as const]
      : []),
    ...(isIdled
      ? [
          {
            type: 'agent.idled',
            at,
            mark: turnEnded.mark,
            message: turnEnded.message,
            ...(turnEnded.isBrokenOff && { isBrokenOff: true }),
          } as const,
        ]
      : []),
  ]
  return [...told, ...worked(told.reduce(evolve, session), picture, at, rules.reactions['agent-stuck'].thresholdMs)]
}

/** The record of an adopted conversation tells of turns that ended before it came here: they count once the agent has done something since. */
const isOfBefore = ({ workspace, starts, takenUpAt }: Session, { workedAt }: AgentPicture): boolean =>
  workspace?.isForeign === true && starts === 1 && takenUpAt !== null && (workedAt ?? 0) <= takenUpAt

const closed = (
  { asked }: Session,
  answered: AgentPicture['answered'],
  question: AgentPicture['question'],
  at: number,
): readonly Fact[] => {
  if (!asked || asked.state === 'confirmed' || asked.state === 'overtaken') return []
  const { request, reply } = asked.question
  const isOpen = asked.state !== 'gone'
  const isOnItsWay = asked.state === 'decided' || asked.state === 'handed'
  if (answered?.request === request) {
    // Also when it closed before it was read who had closed it.
    if (answered.by === 'terminal' && !(reply === 'message' && isOnItsWay))
      return [{ type: 'question.overtaken', at, request, text: answered.text }]
    if (isOpen && reply === 'own') return [{ type: 'question.confirmed', at, request }]
  }
  // An agent that goes on without the answer to a question it put as words has withdrawn it.
  const isWithdrawn = reply === 'message' ? asked.state === 'asked' && question === null : isOpen && question?.request !== request
  return isWithdrawn ? [{ type: 'question.gone', at, request }] : []
}

/**
 * Evidence of work is a fact at most once per quarter of the stuck threshold, and when an idle agent works again. So is the
 * end of a tool, which gives the agent less time to be silent.
 */
const worked = (session: Session, { workedAt, tool, turnEnded }: AgentPicture, at: number, thresholdMs: number): readonly Fact[] => {
  if (session.activity === 'idle' && turnEnded !== null) return []
  const quarterMs = thresholdMs / 4
  const isLater = workedAt !== null && workedAt > session.workedAt
  const isFirstSign = session.takenUpAt !== null && isLater && workedAt > session.takenUpAt
  const isFresh = isFirstSign || (isLater && (session.activity === 'idle' || workedAt - session.workedAt >= quarterMs))
  const isToolNew = tool !== null && session.tool === null
  const isToolOver = tool === null && session.tool !== null && at - session.workedAt >= quarterMs
  return isToolNew || isToolOver || isFresh
    ? [{ type: 'agent.worked', at, workedAt: Math.max(session.workedAt, workedAt ?? tool?.since ?? 0), tool }]
    : []
}

const isSame = (a: Change, b: Change): boolean => JSON.stringify(a) === JSON.stringify(b)
