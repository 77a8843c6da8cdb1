import type { Session } from '../core/contracts/session.ts'
import type { Card } from './contracts/card.ts'
import type { Reads } from './contracts/reads.ts'
import type { AlertStanding } from './escalate/call.ts'
import type { Shown } from './memory/chat.ts'
import { alerts, resolvedAlert } from './views/alerts.ts'
import { resultCard } from './views/answers.ts'
import { withStanding } from './views/calls.ts'
import { replyCard, type Standing, sessionCard } from './views/session.ts'

/** Alerts of the card are told apart from the rest by their key. */
const isAlertOf = (key: string, session: Session): boolean => key.startsWith(`alert:${session.id}:`)

/** Is that card news for whoever follows the session: a call, or its result? */
export const isNewsOf = (key: string, session: Pick<Session, 'id'>): boolean =>
  key.startsWith(`alert:${session.id}:`) || key.startsWith(`result:${session.id}:`)

/** Where a session stands, as the views want to know it. */
export const standingOf = (session: Session, reads: Pick<Reads, 'headline' | 'queue' | 'settingOf'>): Standing => ({
  headline: reads.headline(session),
  place: reads.queue().find((place) => place.session === session.id) ?? null,
  approvals: reads.settingOf(session).rules.approvals,
})

/**
 * Every card a session should have in its place now: its own, the agent's answer to people, one for each thing people are called for, alerts whose cause
 * is gone (edited to say so), and its result. Pure; comparing with what is on show is the outbox's business.
 */
export const draw = (
  session: Session,
  {
    reads,
    shown,
    calledAbout = () => null,
  }: {
    readonly reads: Pick<Reads, 'headline' | 'queue' | 'settingOf'>
    readonly shown: Readonly<Record<string, Shown>>
    /** How the call about an alert stands; null where there is none. */
    readonly calledAbout?: (alert: string) => AlertStanding | null
  },
): readonly Card[] => {
  const standing = standingOf(session, reads)
  const open = alerts(session, standing).flatMap((alert) => {
    const call = calledAbout(alert.key)
    if (call === null) return [alert]
    // Another session tells of the same; what is on show here already goes on being true.
    return call.isTold || shown[alert.key] !== undefined ? [withStanding(alert, session.id, call)] : []
  })
  const gone = Object.entries(shown)
    .filter(([key, { about }]) => isAlertOf(key, session) && about !== null && !open.some((card) => card.key === key))
    .map(([key]) => key)
  const result = session.phase === 'ended' && session.ending ? resultCard(session) : null
  const own = sessionCard(session, standing)
  // What is asked of people stands on the alert; the same buttons twice would only ask twice.
  const card = open.length > 0 ? { ...own, actions: [] } : own
  const said = replyCard(session)
  return [...open, ...(said ? [said] : []), ...(result ? [result] : []), card, ...gone.map((key) => resolvedAlert(key, session, standing))]
}
