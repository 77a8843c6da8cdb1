import type { Fact } from '../contracts/fact.ts'
import type { Session } from '../contracts/session.ts'
import { workedOut } from './failures.ts'

/** The facts about a session's change: what it looks like, who said what about it, and its way to the base branch. */
type ChangeFact = Extract<
  Fact,
  {
    type:
      | 'change.seen'
      | 'change.detailed'
      | 'review.sent'
      | `approval.${string}`
      | `rejection.${string}`
      | `merge.${string}`
      | `update.${string}`
      | `revert.${string}`
  }
>

/** What each of them changes besides the phase. `next` has the fact's `seq` already. */
export const foldChange = (next: Session, fact: ChangeFact, seq: number): Session => {
  switch (fact.type) {
    case 'change.seen':
      return {
        // A push that was refused stays so as long as nothing has moved.
        ...(next.changes.some(({ number, head }) => number === fact.change.number && head === fact.change.head)
          ? workedOut(next, 'scm.open')
          : workedOut(workedOut(next, 'scm.open'), 'scm.push')),
        changes: upsert(next.changes, fact.change),
        pushed: next.work?.head === fact.change.head ? fact.change.head : next.pushed,
        ...settleMerging(next, fact.change),
        ...settleUpdate(next, fact.change, seq),
      }
    case 'change.detailed':
      return { ...workedOut(next, 'scm.details'), details: { key: fact.key, found: fact.found } }
    case 'approval.given':
      return {
        ...next,
        votes: [...next.votes.filter(({ by, head }) => by !== fact.by || head !== fact.head), { ...fact, since: seq, isSent: false }],
        rejection: next.rejection?.by === fact.by ? null : next.rejection,
        updates: 0,
      }
    case 'rejection.given':
      return {
        ...next,
        rejection: { ...fact, since: seq, isSent: false },
        votes: next.votes.filter(({ by }) => by !== fact.by),
        armed: null,
      }
    case 'review.sent':
      return {
        ...workedOut(next, 'scm.review'),
        votes: next.votes.map((vote) => (vote.since === fact.of ? { ...vote, isSent: true } : vote)),
        rejection: next.rejection?.since === fact.of ? { ...next.rejection, isSent: true } : next.rejection,
      }
    case 'merge.armed':
      return { ...next, armed: { ...fact, since: seq }, updates: 0 }
    case 'merge.disarmed':
      return { ...next, armed: null }
    case 'merge.requested':
      return {
        ...workedOut(workedOut(next, 'scm.merge'), 'scm.withdraw'),
        merging: { ...fact, since: seq, queued: null },
        armed: null,
        mergeRefusal: null,
        // What is still to be taken back would be this order.
        withdrawing: null,
      }
    case 'merge.refused':
      return {
        ...workedOut(next, 'scm.merge'),
        merging: null,
        mergeRefusal: { head: fact.head, why: fact.why, says: fact.says, since: seq },
      }
    case 'merge.queued':
      return {
        ...workedOut(next, 'scm.merge'),
        merging: next.merging && { ...next.merging, queued: { says: fact.says, at: next.merging.queued?.at ?? fact.at } },
      }
    case 'merge.recalled':
      return {
        ...workedOut(next, 'scm.withdraw'),
        // Also where the forge may have been told a moment ago.
        withdrawing: next.merging === null ? next.withdrawing : { since: seq, number: fact.number },
        merging: null,
      }
    case 'merge.withdrawn':
      return { ...workedOut(next, 'scm.withdraw'), withdrawing: null }
    case 'update.requested':
      return {
        ...workedOut(next, 'scm.update'),
        updates: next.updates + 1,
        update: { since: seq, number: fact.number, head: fact.head, baseHead: fact.baseHead, refused: null },
      }
    case 'update.refused':
      return { ...workedOut(next, 'scm.update'), update: next.update && { ...next.update, refused: fact.says } }
    case 'revert.requested':
      return { ...workedOut(next, 'scm.revert'), revert: { since: seq, by: fact.by, number: fact.number, opened: null } }
    case 'revert.opened':
      return {
        ...workedOut(next, 'scm.revert'),
        revert: next.revert && { ...next.revert, opened: { number: fact.number, url: fact.url } },
      }
  }
}

const upsert = (changes: Session['changes'], change: Session['changes'][number]): Session['changes'] =>
  changes.some(({ number }) => number === change.number)
    ? changes.map((old) => (old.number === change.number ? change : old))
    : [...changes, change]

/** Once the world says merged or closed, nobody need ask how the merge went. */
const settleMerging = ({ merging, mergedBy }: Session, change: Session['changes'][number]): Pick<Session, 'merging' | 'mergedBy'> =>
  merging?.number === change.number && change.state !== 'open'
    ? { merging: null, mergedBy: change.state === 'merged' ? merging.by : mergedBy }
    : { merging, mergedBy }

/** The update has done its work once the head has moved, and the workspace with it. */
const settleUpdate = (
  { update, workWantedSince }: Session,
  change: Session['changes'][number],
  seq: number,
): Pick<Session, 'update' | 'workWantedSince'> =>
  update?.number === change.number && change.head !== update.head
    ? { update: null, workWantedSince: update.refused === null ? seq : workWantedSince }
    : { update, workWantedSince }
