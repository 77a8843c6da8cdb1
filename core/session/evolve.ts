import type { Fact } from '../contracts/fact.ts'
import { type Session, used } from '../contracts/session.ts'
import { collided } from './collisions.ts'
import { foldChange } from './evolve-change.ts'
import { failed, retried, workedOut } from './failures.ts'
import { possibleHandle } from './launch.ts'
import { moveMessage, nextMessage, queue } from './messages.ts'
import { ask, moveQuestion, unheardOf } from './questions.ts'
import { transitions } from './transitions.ts'
import { called, ease, escalate, raise, settle, told, untold } from './troubles.ts'

/** A session of which nothing is known yet. */
export const unborn = (id: string): Session => ({
  id,
  seq: 0,
  at: 0,
  startedAt: 0,
  task: { key: '', title: '', body: '', url: null, author: null },
  project: '',
  agent: '',
  host: '',
  base: '',
  branch: '',
  model: null,
  requester: '',
  phase: 'queued',
  phaseSince: 0,
  hasSlot: false,
  suspended: null,
  ending: null,
  restart: null,
  resuming: null,
  interrupting: null,
  stranger: null,
  workspace: null,
  workspaceSince: 0,
  isClearWished: false,
  savedRef: null,
  isWorkspaceRemoved: false,
  work: null,
  workWantedSince: null,
  handle: null,
  starts: 0,
  conversation: null,
  usage: [],
  usedBefore: [],
  takenUpAt: null,
  lostConversation: null,
  activity: 'working',
  activitySince: 0,
  isBrokenOff: false,
  workedAt: 0,
  tool: null,
  turnMark: -1,
  reportMark: -1,
  report: null,
  isDoneSaid: false,
  lastMessage: null,
  unanswered: [],
  reply: null,
  exit: null,
  asked: null,
  messages: [],
  changes: [],
  details: null,
  votes: [],
  rejection: null,
  armed: null,
  merging: null,
  mergedBy: null,
  pushed: null,
  withdrawing: null,
  update: null,
  updates: 0,
  revert: null,
  collisions: {},
  noted: null,
  mergeRefusal: null,
  isTaskClosed: false,
  troubles: [],
  failures: [],
  stuckSteps: 0,
  causes: [],
})

/** Folds one fact into what we know. Total: any fact, any session; no clock, no throw. */
export const evolve = (old: Session, fact: Fact): Session => {
  const seq = old.seq + 1
  const moved = transitions[old.phase][fact.type]
  // An agent that ends well with its turn stays live: the same session, waiting for words.
  const phase = fact.type === 'agent.exited' && fact.isGood ? undefined : moved
  const causes = fact.cause === undefined || old.causes.includes(fact.cause) ? old.causes : [...old.causes.slice(-99), fact.cause]
  // What was being started when it ended must still be ended.
  const handle = fact.type === 'session.ended' ? possibleHandle(old) : old.handle
  const next = fold({ ...old, seq, at: fact.at, causes, handle, ...(phase && { phase, phaseSince: seq }) }, fact, seq)
  return { ...next, hasSlot: next.hasSlot ? keepsSlot(next) : isBackAtWork(old, next) }
}

/** What each fact changes besides the phase. `next` has the fact's `seq` already. */
const fold = (next: Session, fact: Fact, seq: number): Session => {
  switch (fact.type) {
    case 'session.requested': {
      const { task, project, agent, host, base, branch, model, by } = fact
      return {
        ...{ ...next, task, project, agent, host, base, branch, model, requester: by, startedAt: fact.at, workedAt: fact.at },
        ...(fact.adopts && {
          stranger: fact.adopts.process,
          workspace: fact.adopts.workspace,
          workspaceSince: seq,
          conversation: fact.adopts.conversation,
        }),
      }
    }
    case 'session.admitted':
      return { ...next, hasSlot: true }
    case 'session.suspended':
      return { ...next, suspended: { since: seq, isDone: false }, resuming: null }
    case 'session.continued':
      return { ...next, suspended: null, resuming: next.handle ? seq : null }
    case 'session.ended':
      return {
        ...next,
        ending: { why: fact.why, by: fact.by, at: fact.at, since: seq, note: fact.note },
        restart: null,
        resuming: null,
        interrupting: null,
        suspended: null,
        armed: null,
        update: null,
        collisions: {},
      }
    case 'session.restored':
      return {
        ...next,
        ending: null,
        hasSlot: false,
        isClearWished: false,
        failures: [],
        troubles: [],
        isDoneSaid: false,
        stuckSteps: 0,
        // What was asked for before the end is asked for anew, or not at all.
        merging: next.merging?.queued ? next.merging : null,
        noted: null,
        // A workspace that was removed is made again from the branch, which is kept.
        ...(next.isWorkspaceRemoved && { workspace: null, isWorkspaceRemoved: false }),
      }
    case 'interrupt.requested':
      return { ...next, interrupting: { since: seq, by: fact.by, isHanded: false } }
    case 'interrupt.settled':
      return { ...next, interrupting: fact.outcome === 'handed' && next.interrupting ? { ...next.interrupting, isHanded: true } : null }
    case 'restart.requested':
      return { ...next, restart: { since: seq, why: fact.why }, failures: [], stuckSteps: fact.why === 'stuck' ? next.stuckSteps + 1 : 0 }
    case 'agent.chosen':
      return { ...next, agent: fact.agent, conversation: null, usage: [], usedBefore: used(next) }
    case 'agent.adopted':
      return { ...workedOut(next, 'agent.adopt'), stranger: null }
    case 'workspace.ready':
      return { ...workedOut(next, 'workspace.create'), workspace: fact.workspace, workspaceSince: seq, isWorkspaceRemoved: false }
    case 'workspace.cleared':
      return { ...workedOut(next, 'workspace.remove'), isClearWished: true }
    case 'workspace.removed':
      return { ...workedOut(next, 'workspace.remove'), isWorkspaceRemoved: true, savedRef: fact.savedRef ?? next.savedRef }
    case 'work.seen':
      return { ...workedOut(next, 'workspace.look'), work: fact.work, workWantedSince: null }
    case 'agent.started':
      return {
        ...workedOut(next, 'agent.launch'),
        handle: fact.handle,
        starts: next.starts + 1,
        restart: null,
        exit: null,
        takenUpAt: next.conversation === null ? null : fact.at,
        activity: 'working',
        activitySince: seq,
        isBrokenOff: false,
        tool: null,
        workedAt: next.stuckSteps > 0 ? next.workedAt : fact.at,
      }
    case 'agent.suspended':
      return { ...next, hasSlot: false, suspended: next.suspended && { ...next.suspended, isDone: true } }
    case 'agent.resumed':
      return { ...next, resuming: null, workedAt: fact.at }
    case 'agent.exited':
      return {
        ...withoutProcess(next),
        exit: { code: fact.code, signal: fact.signal, screen: fact.screen, at: fact.at },
        ...(fact.isGood && { activity: 'idle', activitySince: seq, isDoneSaid: true, workWantedSince: seq }),
      }
    case 'agent.gone':
      return withoutProcess(workedOut(next, 'agent.end'))
    case 'agent.worked':
      return {
        ...next,
        // What is read of the time before proves nothing about this start.
        takenUpAt: next.takenUpAt !== null && fact.workedAt > next.takenUpAt ? null : next.takenUpAt,
        workedAt: fact.workedAt,
        tool: fact.tool,
        stuckSteps: 0,
        ...(next.activity === 'idle' && { activity: 'working', activitySince: seq, isBrokenOff: false }),
      }
    case 'agent.idled':
      return {
        ...next,
        takenUpAt: null,
        activity: 'idle',
        activitySince: seq,
        isBrokenOff: fact.isBrokenOff === true,
        interrupting: null,
        turnMark: fact.mark,
        lastMessage: fact.message ?? next.lastMessage,
        ...(fact.message !== null &&
          next.unanswered.length > 0 && {
            unanswered: [],
            reply: { since: seq, to: next.unanswered, text: fact.message },
          }),
        tool: null,
        workedAt: fact.at,
        workWantedSince: seq,
      }
    case 'agent.reported':
      return {
        ...next,
        takenUpAt: null,
        reportMark: fact.mark,
        report: { kind: fact.kind, text: fact.text, since: seq },
        workedAt: fact.at,
        stuckSteps: 0,
        isDoneSaid: fact.kind === 'done',
        ...(fact.kind === 'done' && { workWantedSince: seq }),
      }
    case 'agent.named':
      // Sums are those of a conversation; what an earlier one used is not forgotten with it.
      return { ...next, conversation: fact.conversation, ...(next.conversation !== null && { usage: [], usedBefore: used(next) }) }
    case 'agent.used':
      return { ...next, usage: fact.usage }
    case 'conversation.lost':
      return { ...next, conversation: null, takenUpAt: null, lostConversation: fact.conversation, usage: [], usedBefore: used(next) }
    case 'question.asked':
      return { ...next, takenUpAt: null, asked: ask(fact.question, seq, fact.at), workedAt: fact.at }
    case 'question.decided':
    case 'question.handed':
    case 'question.confirmed':
    case 'question.overtaken':
    case 'question.gone':
      return { ...workedOut(next, 'agent.answer'), asked: moveQuestion(next.asked, fact), workedAt: fact.at }
    case 'message.queued':
      return {
        ...next,
        messages: queue(next.messages, fact, seq),
        troubles: fact.trouble ? told(next.troubles, fact.trouble) : next.troubles,
      }
    case 'message.handed':
      // It has something to do again, so what it said before is no longer its last word.
      return {
        ...moveMessage(next, fact.id, 'handed', seq),
        isDoneSaid: false,
        updates: 0,
        activity: 'working',
        activitySince: seq,
        isBrokenOff: false,
        // That a silent agent was told so is no sign of its work.
        workedAt: next.messages.some((message) => message.id === fact.id && message.trouble?.key === 'agent-stuck')
          ? next.workedAt
          : fact.at,
      }
    case 'message.sent':
      return { ...next, messages: next.messages.map((message) => (message.id === fact.id ? { ...message, sent: fact.way } : message)) }
    case 'message.confirmed':
      return { ...moveMessage(next, fact.id, 'confirmed', seq), unanswered: withSpeaker(next, fact.id) }
    case 'message.doubted':
      return moveMessage(next, fact.id, 'doubted', seq)
    case 'message.absent':
      return moveMessage(next, fact.id, 'queued', seq)
    case 'message.unconfirmed':
      return { ...moveMessage(next, fact.id, 'unconfirmed', seq), unanswered: withSpeaker(next, fact.id) }
    case 'message.dropped':
      return { ...moveMessage(next, fact.id, 'dropped', seq), troubles: takeBack(next, fact.id) }
    case 'change.seen':
    case 'change.detailed':
    case 'approval.given':
    case 'rejection.given':
    case 'review.sent':
    case 'merge.armed':
    case 'merge.disarmed':
    case 'merge.requested':
    case 'merge.refused':
    case 'merge.queued':
    case 'merge.recalled':
    case 'merge.withdrawn':
    case 'update.requested':
    case 'update.refused':
    case 'revert.requested':
    case 'revert.opened':
      return foldChange(next, fact, seq)
    case 'trouble.raised':
      return { ...next, troubles: raise(next.troubles, fact, seq) }
    case 'trouble.eased':
      return { ...next, troubles: ease(next.troubles, fact.key) }
    case 'trouble.settled':
      return { ...next, troubles: settle(next.troubles, fact.key) }
    case 'trouble.escalated':
      return { ...next, troubles: escalate(next.troubles, fact, seq) }
    case 'people.called':
      return called(next, fact.key, fact.of)
    case 'effect.failed':
      return { ...next, failures: failed(next.failures, fact, seq) }
    case 'effect.retried':
      return { ...next, failures: retried(next.failures, fact, seq) }
    case 'task.closed':
      return { ...workedOut(next, 'tracker.close'), isTaskClosed: true }
    case 'task.noted':
      return { ...workedOut(next, 'tracker.note'), noted: fact.stage }
    case 'collision.seen':
      return { ...next, collisions: collided(next.collisions, fact, seq) }
  }
}

/** Whoever said that waits for the agent's words on it; what answers a question of its own was no question to it. */
const withSpeaker = ({ messages, unanswered }: Session, id: string): readonly string[] => {
  const { from = 'ao' } = messages.find((message) => message.id === id) ?? {}
  return from === 'ao' || id.startsWith('answer-') || unanswered.includes(from) ? unanswered : [...unanswered, from]
}

/** What ends with a process: what it was asking, and being woken up. An answer that goes as words outlives it. */
const withoutProcess = (session: Session): Session => ({
  ...session,
  handle: null,
  tool: null,
  resuming: null,
  interrupting: null,
  asked: session.asked && unheardOf(session.asked),
})

/**
 * A slot is kept by a process that works, and for one that is about to start: words that wait start an agent again which ended with its
 * turn. A silent agent that was left to people has none; should it work again after all, it has one, whoever got its old one meanwhile.
 */
const keepsSlot = (session: Session): boolean =>
  (session.handle !== null && !isLeftToPeople(session)) ||
  session.restart !== null ||
  session.phase === 'preparing' ||
  (session.phase === 'live' && session.suspended === null && nextMessage(session) !== null)

const isBackAtWork = (old: Session, next: Session): boolean => next.handle !== null && isLeftToPeople(old) && !isLeftToPeople(next)

const isLeftToPeople = ({ troubles }: Session): boolean =>
  troubles.some(({ key, escalated, isEased }) => key === 'agent-stuck' && escalated !== null && !isEased)

/** A message that was never handed over has told nobody anything. */
const takeBack = ({ messages, troubles }: Session, id: string): Session['troubles'] => {
  const unsaid = messages.find((message) => message.id === id && message.state === 'queued')
  return unsaid?.trouble ? untold(troubles, unsaid.trouble) : troubles
}
