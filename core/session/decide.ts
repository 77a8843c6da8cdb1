import type { Fact } from '../contracts/fact.ts'
import type { Input, Picture } from '../contracts/input.ts'
import type { Setting } from '../contracts/rules.ts'
import type { Session } from '../contracts/session.ts'
import { conditions, type SessionKey } from './conditions.ts'
import { evolve } from './evolve.ts'
import { follow } from './follow.ts'
import { underWay } from './messages.ts'
import { noticed } from './noticed.ts'
import { wished } from './wished.ts'

/**
 * What an input makes true, and all that follows from it. A picture that shows nothing new yields no facts; a wish always
 * yields a fact or a fault.
 *
 * @throws {Fault} of `core/session/faults`, for a wish that cannot be granted.
 */
export const decide = (session: Session, input: Input, setting: Setting): readonly Fact[] => {
  const { at } = input
  const first =
    'wish' in input
      ? wished(session, input.wish, at, setting)
      : 'seen' in input
        ? noticed(session, input.seen, at, setting)
        : 'woke' in input
          ? woke(session, at)
          : []
  const facts = 'seen' in input ? [...first, ...settled(session, first.reduce(evolve, session), input.seen, at, setting)] : first
  return follow(session, facts, at, setting)
}

/** After a restart nobody knows whether words that were being handed over have arrived: they are looked up. */
const woke = (session: Session, at: number): readonly Fact[] => {
  const message = underWay(session)
  return message?.state === 'handed' && session.phase !== 'ended' ? [{ type: 'message.doubted', at, id: message.id }] : []
}

/** A trouble that was gone in the picture before, and is gone in this one, too, is settled: flapping settles nothing. */
const settled = (before: Session, now: Session, seen: Picture, at: number, setting: Setting): readonly Fact[] =>
  before.troubles
    .filter(
      ({ key, isEased }) =>
        isEased && showsIn[key as SessionKey] === seen.kind && conditions[key as SessionKey](now, at, setting).holds === 'no',
    ) // sessions have no other keys
    .map(({ key }) => ({ type: 'trouble.settled', at, key }))

/** Which picture speaks about which trouble. That a nudged agent works again proves nothing; the change it comes to does. */
const showsIn: Readonly<Record<SessionKey, Picture['kind']>> = {
  'ci-failed': 'change',
  'changes-requested': 'change',
  'bugbot-comments': 'change',
  'merge-conflicts': 'change',
  'approved-and-green': 'change',
  'pr-closed': 'change',
  'agent-idle': 'change',
  'agent-stuck': 'agent',
  'agent-needs-input': 'agent',
  'agent-exited': 'agent',
}
