import type { Authorised } from '../contracts/access.ts'
import type { Change } from '../contracts/change.ts'
import type { Fact } from '../contracts/fact.ts'
import type { Setting } from '../contracts/rules.ts'
import type { Session } from '../contracts/session.ts'
import type { About, SessionWish } from '../contracts/wish.ts'
import { failureOf, isGivenUp } from './failures.ts'
import { fault } from './faults.ts'
import { headline } from './headline.ts'
import { outcomeOf } from './questions.ts'
import { isDialogOpen, obstacles, openChange, voters } from './views.ts'

type Name = SessionWish['name']
type WishOf<N extends Name> = Extract<SessionWish, { name: N }>
type Granting = { readonly at: number; readonly by: string; readonly rule: string; readonly setting: Setting }
type Grants = { readonly [N in Name]: (session: Session, wish: WishOf<N>, granting: Granting) => readonly Fact[] }

/**
 * What a wish makes true. A wish always yields a fact or a fault, never silence; one whose inbound was taken before yields
 * nothing new, so that the inbox may be replayed. All facts carry the inbound as their cause.
 *
 * @throws {Fault} of `core/session/faults`, saying why not and what to do.
 */
export const wished = (session: Session, { wish, by, rule, cause }: Authorised, at: number, setting: Setting): readonly Fact[] => {
  if (!('session' in wish)) throw new Error(`"${wish.name}" is for the fleet, not for a session.`)
  if (session.seq === 0) throw fault('SESSION_UNKNOWN', { session: session.id })
  if (session.causes.includes(cause)) return []
  // The table pairs each wish with its own answer, which the compiler cannot see through the union.
  const grant = grants[wish.name] as (session: Session, wish: SessionWish, granting: Granting) => readonly Fact[]
  return grant(session, wish, { at, by, rule, setting }).map((fact) => ({ ...fact, cause }))
}

const grants: Grants = {
  tell: (session, { text }, { at, by }) => {
    mustLive(session)
    return [{ type: 'message.queued', at, id: `${session.id}-m${session.seq + 1}`, from: by, text: `${by}: ${text}`, trouble: null }]
  },

  answer: (session, { request, choice, text }, { at, by, rule }) => {
    mustLive(session)
    const { asked } = session
    if (rule === 'requester' && session.requester !== by) throw fault('ANSWER_NOT_YOURS', { session: session.id, by })
    if (!asked) throw fault('NO_QUESTION', { session: session.id })
    if (asked.question.request !== (request ?? asked.question.request))
      throw fault('QUESTION_CLOSED', { session: session.id, outcome: 'it asked something else since' })
    if (asked.state !== 'asked') throw fault('QUESTION_CLOSED', { session: session.id, outcome: outcomeOf(asked) })
    const { options } = asked.question
    const chosen = choice === null ? null : options[choice - 1]
    if (choice !== null && chosen === undefined) throw fault('CHOICE_UNKNOWN', { session: session.id, choice, options })
    if (choice === null && text.trim() === '') throw fault('CHOICE_UNKNOWN', { session: session.id, choice: 0, options })
    const said = [chosen, text.trim()].filter((part) => part).join(': ')
    return [{ type: 'question.decided', at, decision: { request: asked.question.request, choice, text: said, by } }]
  },

  approve: (session, { about }, { at, by, setting }) => {
    const { number, base, head, patchId } = changeAsShown(session, about)
    if (!setting.rules.isRequesterCounted && session.requester === by) throw fault('SELF_APPROVAL', { session: session.id, by })
    return [{ type: 'approval.given', at, by, number, base, head, patchId }]
  },

  merge: (session, { when, method, about }, { at, by, rule, setting: { rules } }) => {
    const change = changeAsShown(session, about)
    const { number, base, head, patchId } = change
    const failure = failureOf(session, { effect: 'scm.merge', subject: null })
    if (session.merging && !(failure && isGivenUp(failure)))
      throw fault('MERGING_ALREADY', { session: session.id, number, by: session.merging.by })
    // What the bot itself brings about before it merges is no reason to refuse the order.
    const blocks = obstacles(change, rules).filter((one) => when === 'now' || (one !== 'checks' && one !== 'behind'))
    if (blocks.length > 0) throw refusal(session, change, blocks[0])
    const votes = voters(session, change, rules, by).size
    if (votes < rules.approvals) throw fault('APPROVALS_MISSING', { session: session.id, number, has: votes, needs: rules.approvals })
    const isReady = obstacles(change, rules).length === 0
    if (when === 'green' && !isReady) return [{ type: 'merge.armed', at, by, number, head, patchId, method }]
    return [{ type: 'merge.requested', at, by, number, base, head, patchId, method: method ?? rules.mergeMethod, rule }]
  },

  reject: (session, { text, about }, { at, by }) => {
    const { number, head } = changeAsShown(session, about)
    return [
      { type: 'rejection.given', at, by, number, head, text: text.trim() === '' ? 'Changes are requested.' : text },
      ...recalled(session, at, by),
    ]
  },

  stop: (session, _wish, { at, by }) => {
    mustLive(session)
    const isClosed = session.changes.at(-1)?.state === 'closed'
    return [
      ...(session.merging?.queued ? recalled(session, at, by) : []),
      { type: 'session.ended', at, why: isClosed ? 'closed' : 'stopped', by, note: null },
    ]
  },

  suspend: (session, _wish, { at, by, setting }) => {
    mustLive(session)
    if (session.suspended) throw fault('PAUSED_ALREADY', { session: session.id })
    if (!session.handle) throw fault('NOT_RUNNING', { session: session.id, headline: headline(session, setting.rules) })
    return [{ type: 'session.suspended', at, by }]
  },

  continue: (session, _wish, { at, by }) => {
    mustLive(session)
    if (!session.suspended) throw fault('NOT_PAUSED', { session: session.id })
    return [{ type: 'session.continued', at, by }]
  },

  interrupt: (session, { text }, { at, by, setting }) => {
    mustLive(session)
    const { id, handle, suspended, activity, agent } = session
    if (suspended) throw fault('PAUSED_ALREADY', { session: id })
    if (!handle || session.restart) throw fault('NOT_RUNNING', { session: id, headline: headline(session, setting.rules) })
    if (isDialogOpen(session)) throw fault('ASKS_FIRST', { session: id })
    const isWorking = activity === 'working'
    if (isWorking && !setting.can.interrupts) throw fault('NOT_INTERRUPTIBLE', { session: id, agent })
    if (!isWorking && text === null) throw fault('NOTHING_TO_INTERRUPT', { session: id })
    return [
      ...(isWorking && !session.interrupting ? [{ type: 'interrupt.requested', at, by } as const] : []),
      ...(text === null
        ? []
        : [{ type: 'message.queued', at, id: `${id}-m${session.seq + 1}`, from: by, text: `${by}: ${text}`, trouble: null } as const]),
    ]
  },

  restart: (session, _wish, { at, by, setting }) => {
    mustLive(session)
    if (session.phase === 'queued' || session.phase === 'preparing')
      throw fault('NOT_RUNNING', { session: session.id, headline: headline(session, setting.rules) })
    return [
      ...(session.suspended ? [{ type: 'session.continued', at, by } as const] : []),
      { type: 'restart.requested', at, by, why: 'wished' },
    ]
  },

  retry: (session, { agent }, { at, by }) => {
    const chosen: readonly Fact[] = agent === null || agent === session.agent ? [] : [{ type: 'agent.chosen', at, agent, by }]
    if (session.phase === 'ended' && session.ending?.why === 'failed') return [...chosen, { type: 'session.restored', at, by }]
    if (session.phase === 'ended' && session.failures.length === 0)
      throw fault('SESSION_ENDED', { session: session.id, why: session.ending?.why ?? 'stopped' })
    if (session.phase === 'lost' || (session.phase !== 'ended' && chosen.length > 0))
      return [...chosen, { type: 'restart.requested', at, by, why: 'wished' }]
    const failures = session.failures.filter(({ isRetried }) => !isRetried)
    if (failures.length === 0) throw fault('NOTHING_TO_RETRY', { session: session.id })
    return failures.map(({ effect, subject }) => ({ type: 'effect.retried', at, effect, subject }))
  },

  restore: (session, _wish, { at, by }) => {
    if (session.phase !== 'ended') throw fault('SESSION_LIVES', { session: session.id })
    if (session.changes.some(({ state }) => state === 'merged')) throw fault('SESSION_ENDED', { session: session.id, why: 'merged' })
    return [{ type: 'session.restored', at, by }]
  },

  resend: (session, { message }, { at, by }) => {
    mustLive(session)
    const old = session.messages.find(({ id, state }) => id === message && state === 'unconfirmed')
    if (!old) throw fault('MESSAGE_UNKNOWN', { session: session.id, message })
    return [
      { type: 'message.dropped', at, id: old.id, why: 'sent again' },
      { type: 'message.queued', at, id: `${session.id}-m${session.seq + 1}`, from: by, text: old.text, trouble: null },
    ]
  },

  revert: (session, _wish, { at, by }) => {
    const merged = session.changes.findLast(({ state }) => state === 'merged')
    if (!merged) throw fault('NOT_MERGED', { session: session.id })
    const failure = failureOf(session, { effect: 'scm.revert', subject: null })
    if (session.revert && !(failure && isGivenUp(failure)))
      throw fault('REVERTED_ALREADY', { session: session.id, number: merged.number, by: session.revert.by })
    return [{ type: 'revert.requested', at, by, number: merged.number }]
  },

  clear: (session, _wish, { at, by }) => {
    if (session.phase !== 'ended') throw fault('SESSION_LIVES', { session: session.id })
    if (!session.workspace || session.isWorkspaceRemoved) throw fault('NOTHING_TO_CLEAR', { session: session.id })
    if (session.workspace.isForeign) throw fault('FOLDER_NOT_OURS', { session: session.id, path: session.workspace.path })
    return [{ type: 'workspace.cleared', at, by }]
  },
}

/** A merge that was asked for and is not done is no longer wanted. */
const recalled = ({ merging }: Session, at: number, by: string): readonly Fact[] =>
  merging === null ? [] : [{ type: 'merge.recalled', at, number: merging.number, by }]

const mustLive = ({ id, phase, ending }: Session): void => {
  if (phase === 'ended') throw fault('SESSION_ENDED', { session: id, why: ending?.why ?? 'stopped' })
}

/** The open change, if it is still what the card showed: same number, base and commit, or at least the same diff. */
const changeAsShown = (session: Session, about: About | null): Change => {
  mustLive(session)
  const change = openChange(session)
  if (!change) throw fault('NO_CHANGE', { session: session.id })
  const shown = about?.session === session.id ? about.change : null
  if (!shown) return change
  if (shown.number !== change.number)
    throw fault('STALE', { session: session.id, what: `#${change.number} has taken the place of #${shown.number}` })
  if (shown.base !== change.base) throw fault('STALE', { session: session.id, what: `#${change.number} now goes to ${change.base}` })
  if (shown.head !== change.head && (change.patchId === '' || shown.patchId !== change.patchId))
    throw fault('STALE', { session: session.id, what: `new commits have come to #${change.number} (${change.head.slice(0, 8)})` })
  return change
}

const refusal = (session: Session, change: Change, obstacle: ReturnType<typeof obstacles>[number] | undefined): Error => {
  const of = { session: session.id, number: change.number }
  switch (obstacle) {
    case 'conflict':
      return fault('CONFLICTING', { ...of, files: change.conflictFiles, base: change.base })
    case 'draft':
      return fault('IS_DRAFT', of)
    case 'behind':
      return fault('IS_BEHIND', { ...of, base: change.base })
    case 'review':
      return fault('CHANGES_REQUESTED', of)
    case 'approval':
      return fault('REVIEW_MISSING', of)
    default:
      return fault('NOT_GREEN', { ...of, checks: change.checks, failing: change.failing })
  }
}
