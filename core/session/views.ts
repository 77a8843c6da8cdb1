import type { Change } from '../contracts/change.ts'
import type { ReactionKey } from '../contracts/names.ts'
import type { Rules } from '../contracts/rules.ts'
import { currentChange, type Session, type Trouble, type Vote } from '../contracts/session.ts'

/** The current change while it is open. */
export const openChange = (session: Session): Change | null => {
  const change = currentChange(session)
  return change?.state === 'open' ? change : null
}

/** Votes that stand for the change as it is: same base, and the same commit or at least the same diff. */
export const standingVotes = ({ votes }: Session, change: Change): readonly Vote[] =>
  votes.filter(
    ({ number, base, head, patchId }) =>
      number === change.number && base === change.base && (head === change.head || (patchId !== '' && patchId === change.patchId)),
  )

/** Why the change may not be merged yet; empty when only a person's word is missing. */
export type Obstacle = 'checks' | 'conflict' | 'draft' | 'behind' | 'review' | 'approval'
export const obstacles = (change: Change, rules: Rules): readonly Obstacle[] => [
  ...(change.checks === 'passing' || (change.checks === 'none' && rules.noChecks === 'mergeable') ? [] : (['checks'] as const)),
  ...(change.conflict === 'conflicting' ? (['conflict'] as const) : []),
  ...(change.isDraft ? (['draft'] as const) : []),
  ...(change.isBehind && (rules.isUpToDateNeeded || change.mustBeUpToDate) ? (['behind'] as const) : []),
  ...(change.review === 'changes-requested' ? (['review'] as const) : []),
  ...(change.review === 'pending' ? (['approval'] as const) : []),
]

/** On whose word a merge by `by` goes: the people whose votes stand, and whoever merges, if theirs counts. Null: the bot by itself. */
export const voters = (session: Session, change: Change, rules: Rules, by: string | null): ReadonlySet<string> =>
  new Set([
    ...standingVotes(session, change).map((vote) => vote.by),
    ...(by !== null && (rules.isRequesterCounted || session.requester !== by) ? [by] : []),
  ])

/** How many votes are missing besides the one that a maintainer's merge is; where the bot merges by itself there is no such one. */
export const missingVotes = (session: Session, change: Change, rules: Rules): number => {
  const { auto, action } = rules.reactions['approved-and-green']
  const own = auto && action === 'auto-merge' ? 0 : 1
  return Math.max(0, rules.approvals - own - voters(session, change, rules, null).size)
}

/** The trouble of that key, if there is one. */
export const troubleOf = ({ troubles }: Session, key: ReactionKey): Trouble | null =>
  troubles.find((trouble) => trouble.key === key) ?? null

/** Does the agent wait for an answer, or is one on the way to it? */
export const isAsking = ({ asked }: Session): boolean =>
  asked !== null && (asked.state === 'asked' || asked.state === 'decided' || asked.state === 'handed')

/** Is a dialog of the agent's own open? Then nothing but its answer may reach the agent. */
export const isDialogOpen = (session: Session): boolean => isAsking(session) && session.asked?.question.reply === 'own'

/** Does it come from a tracker, or is it a sentence? */
export const isTracked = (session: Session): boolean => !session.task.key.startsWith('say-')

/** Does it need one of the fleet's slots to go on, and has none? */
export const wantsSlot = (session: Session): boolean =>
  !session.hasSlot &&
  session.phase !== 'ended' &&
  session.suspended === null &&
  (session.phase === 'queued' || session.phase === 'preparing' || session.restart !== null || session.resuming !== null)
