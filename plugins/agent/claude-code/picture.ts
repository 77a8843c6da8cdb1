import type { AgentPicture, Question } from '../../../core/contracts/agent.ts'
import { questionOf } from './asks.ts'
import { currentRequest } from './heard.ts'
import type { Closed, Failure, Signs } from './signs.ts'

/**
 * The picture of all signs. The marks are times (epoch ms), because a turn's end may show in the mailbox (a hook) or in the session file
 * (Escape), and both know the time.
 */
export const draw = (picture: AgentPicture, signs: Signs): AgentPicture => {
  const { open, closed } = asksNow(signs)
  const end = endOf(signs)
  const isRunning = end === null || Math.max(signs.begunAt, signs.startedAt, signs.activeAt) > end.at
  const [ask] = open
  const failed = signs.failed && signs.failed.at >= Math.max(signs.begunAt, signs.startedAt, signs.activeAt) ? signs.failed : null
  const question = ask ? questionOf(ask) : failed ? troubleOf(failed) : null
  const [last] = [...closed].sort((a, b) => b.at - a.at)
  const name = last === undefined ? null : [last.request, last.by, last.text].join(' ')
  const isNews = last !== undefined && name !== signs.shown
  const call = signs.calls.find(({ at }) => at >= Math.max(signs.startedAt, signs.goneAt) && (end === null || at > end.at))
  return {
    workedAt: newest(picture.workedAt, signs.workedAt),
    tool: call && !ask && isRunning ? { name: call.tool, since: call.at } : null,
    turnEnded: isRunning || end === null ? null : { mark: end.at, message: end.message, ...(end.isBrokenOff && { isBrokenOff: true }) },
    question: question ?? (picture.question?.request.startsWith('claude-') ? null : picture.question),
    answered: isNews ? { request: last.request, text: last.text, by: last.by } : picture.answered,
    report: picture.report,
    received: signs.received,
    conversation: signs.conversation,
    usage: signs.usage,
    notes: { signs: isNews ? { ...signs, shown: name } : signs },
  }
}

/** Questions that are open, and all that are closed: also those whose tool the session file shows to have ended. */
const asksNow = (signs: Signs): { readonly open: Signs['asks']; readonly closed: readonly Closed[] } => {
  const over = signs.asks.map((ask): Closed | null => {
    const result = signs.results.find((one) => one.tool === ask.tool && one.at >= ask.at && (ask.key === null || one.key === ask.key))
    if (result) return { request: currentRequest(ask), at: result.at, text: result.text, by: 'terminal' }
    const interruptedAt = signs.interruptedAt ?? 0
    return interruptedAt >= ask.at ? { request: currentRequest(ask), at: interruptedAt, text: 'interrupted', by: 'terminal' } : null
  })
  return {
    open: signs.asks.filter((_, index) => over[index] === null),
    closed: [...signs.closed, ...over.filter((one) => one !== null)],
  }
}

type End = { readonly at: number; readonly message: string | null; readonly isBrokenOff?: boolean }

const endOf = ({ ended, interruptedAt, failed, said }: Signs): End | null => {
  const ends: readonly (End | null)[] = [
    ended && { at: ended.at, message: ended.message ?? said },
    interruptedAt === null ? null : { at: interruptedAt, message: null, isBrokenOff: true },
    failed && { at: failed.at, message: failed.text },
  ]
  return ends.reduce((latest, end) => (end !== null && (latest === null || end.at > latest.at) ? end : latest), null)
}

const troubleOf = ({ at, kind, text }: Failure): Question | null =>
  kind === null
    ? null
    : {
        request: `claude-${kind}-${at}`,
        kind,
        text: kind === 'login' ? `${text} (Log in at its terminal with /login, then let it go on.)` : text,
        detail: null,
        options: ['Go on'],
        refusal: null,
        reply: 'message',
      }

const newest = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.max(a, b))
