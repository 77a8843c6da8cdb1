import type { Rules } from '../contracts/rules.ts'
import { currentChange, type Headline, type Session } from '../contracts/session.ts'
import { missingVotes, obstacles, troubleOf } from './views.ts'

/**
 * What people read first. Attention goes before progress: a session with an open change that asks something *needs input*.
 *
 * The order of the lines is their meaning.
 */
export const headline = (session: Session, rules: Rules): Headline => {
  const change = currentChange(session)
  if (change?.state === 'merged') return 'merged'
  if (session.phase === 'ended') return session.ending?.why ?? 'stopped'
  if (session.merging) return 'merging'
  if (session.phase === 'queued') return 'queued'
  if (session.suspended) return 'paused'
  if (session.phase === 'preparing') return 'spawning'
  if (session.phase === 'lost') return session.restart ? 'spawning' : 'exited'
  if (session.asked?.state === 'asked') return 'needs input'
  if (troubleOf(session, 'agent-stuck')) return 'stuck'
  if (change?.state === 'closed') return 'closed'
  if (change?.state === 'open') {
    const [first] = obstacles(change, rules)
    if (change.conflict === 'conflicting') return 'conflict'
    if (change.checks === 'failing') return 'ci failed'
    if (first === 'review') return 'changes requested'
    if (change.checks === 'pending') return 'ci running'
    if (first === 'approval') return 'review pending'
    if (first !== undefined) return 'pr open'
    return missingVotes(session, change, rules) > 0 ? 'review pending' : 'mergeable'
  }
  return session.activity === 'idle' ? 'idle' : 'working'
}

/** Is a person the only one who can do the next step of its change? Such changes fill the review limit. */
export const isPersonNext = (session: Session, rules: Rules): boolean => {
  const line = headline(session, rules)
  return line === 'mergeable' || line === 'review pending' || line === 'closed'
}
