import type { Setting } from '../contracts/rules.ts'
import type { Session } from '../contracts/session.ts'
import { actsAt, deadline, stuckSteps } from './answers.ts'
import { canBeStuck, stuckAt, talksUntil } from './conditions.ts'
import { underWay } from './messages.ts'

/**
 * The first moment after `after` at which the clock alone may make something true, or null: the engine sends a tick then.
 * `after` is the time of the last input, because whatever was due until then has been done by it.
 */
export const due = (session: Session, setting: Setting, after: number): number | null => {
  if (session.seq === 0) return null
  const retries = session.failures.flatMap(({ retryAt }) => (retryAt === null ? [] : [retryAt]))
  const moments =
    session.phase === 'ended'
      ? retries
      : [
          ...retries,
          ...troubleTimes(session, setting),
          ...stuckTimes(session, setting),
          ...receiptTimes(session, setting),
          ...talkTimes(session),
        ]
  const ahead = moments.filter((moment) => moment > after)
  return ahead.length === 0 ? null : Math.min(...ahead)
}

const troubleTimes = (session: Session, { rules }: Setting): readonly number[] =>
  session.troubles.flatMap((trouble) => {
    if (trouble.isEased || trouble.escalated || trouble.key === 'agent-stuck') return []
    const reaction = rules.reactions[trouble.key]
    const until = reaction.auto && reaction.action === 'send-to-agent' ? deadline(trouble, reaction) : null
    const starts = actsAt(trouble, reaction)
    return [starts, ...(until === null ? [] : [Math.max(until, starts)])]
  })

const stuckTimes = (session: Session, { rules }: Setting): readonly number[] => {
  if (!canBeStuck(session)) return []
  const reaction = rules.reactions['agent-stuck']
  const trouble = session.troubles.find(({ key }) => key === 'agent-stuck')
  if (!trouble || trouble.isEased) return [stuckAt(session, reaction)]
  return trouble.escalated ? [] : stuckSteps(session, reaction)
}

const talkTimes = (session: Session): readonly number[] => {
  const until = talksUntil(session)
  return until === null ? [] : [until]
}

const receiptTimes = (session: Session, { can }: Setting): readonly number[] => {
  const message = underWay(session)
  return message?.state === 'handed' && message.sent !== null && can.receipts ? [message.at + can.receipts.absenceProvesAfterMs] : []
}
