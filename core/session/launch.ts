import type { Handle } from '../contracts/runtime.ts'
import type { Session } from '../contracts/session.ts'
import { failureOf } from './failures.ts'

/** The fact that makes a new process wanted, or null when none is: also while a process that a person started has the conversation. */
export const launchSince = (session: Session): number | null => {
  if (session.handle || session.workspace === null || session.stranger || session.suspended) return null
  const asked =
    session.phase === 'preparing'
      ? Math.max(session.workspaceSince, session.phaseSince)
      : session.phase === 'live' || session.phase === 'lost'
        ? (session.restart?.since ?? null)
        : null
  if (asked === null) return null
  const failure = failureOf(session, { effect: 'agent.launch', subject: null })
  return failure?.isRetried ? Math.max(asked, failure.since) : asked
}

/**
 * The handle a launch leads to. Known before it has run, so that a session which ended in the middle of a launch can still
 * end what that launch left behind.
 */
export const handleOf = (session: Session, since: number): Handle => ({
  host: session.host,
  name: session.id,
  run: `${session.id}.${session.startedAt.toString(36)}.${since}`,
})

/** The process there is, or may be: started, or being started. */
export const possibleHandle = (session: Session): Handle | null => {
  const since = launchSince(session)
  return session.handle ?? (since === null || !session.hasSlot ? null : handleOf(session, since))
}
