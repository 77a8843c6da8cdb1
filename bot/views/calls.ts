import { currentChange, type Session } from '../../core/contracts/session.ts'
import { counted, headline as firstLine, list } from '../../core/kit/text.ts'
import { sayDuration } from '../../core/kit/time.ts'
import type { Action, Card } from '../contracts/card.ts'
import type { Answer, Call, Step } from '../escalate/call.ts'
import { isOpen } from '../escalate/call.ts'
import { reply } from './answers.ts'
import { momentWords } from './times.ts'
import { aboutOf, card } from './words.ts'

/** The key of the card by which one step of a call is made. */
export const stepKey = (call: string, since: number): string => `call:${call}:${since}`

/** The key of the card by which somebody is told at the end of quiet hours of all that waited. */
export const waitedKey = (person: string, until: number): string => `waited:${person}:${until}`

/** What may be said to being called, as buttons; `isShared`: there are others who could take it. */
export const answerActions = (
  session: string,
  { answer, isShared }: { readonly answer: Answer | null; readonly isShared: boolean },
): readonly Action[] => [
  ...(answer === null ? [{ label: 'Seen', say: `seen ${session}`, isRisky: false }] : []),
  ...(answer === null ? [{ label: 'Snooze 1 h', say: `snooze ${session} 1h`, isRisky: false }] : []),
  ...(isShared && answer?.how !== 'taken' ? [{ label: 'Mine', say: `take ${session}`, isRisky: false }] : []),
]

/** Who has it, in a line. */
export const answerLine = ({ how, by, at, until }: Answer): string => {
  if (how === 'taken') return `${by} has taken it; nobody else is called before ${momentWords(until, at)}.`
  return how === 'seen'
    ? `${by} has seen it; nobody else is called before ${momentWords(until, at)}.`
    : `${by} put it off until ${momentWords(until, at)}.`
}

/** The alert of the session's thread, with what people have said to it and which other sessions wait for the same. */
export const withStanding = (
  alert: Card,
  session: string,
  { answer, others, isShared }: { readonly answer: Answer | null; readonly others: readonly string[]; readonly isShared: boolean },
): Card => ({
  ...alert,
  lines: [
    ...alert.lines,
    ...(others.length > 0 ? [`The same in ${list(shown(others))}: this is for all of them.`] : []),
    ...(answer ? [answerLine(answer)] : []),
  ],
  actions: [...alert.actions, ...answerActions(session, { answer, isShared })],
})

const mostNamed = 12

const shown = (sessions: readonly string[]): readonly string[] =>
  sessions.length > mostNamed ? [...sessions.slice(0, mostNamed - 1), counted(sessions.length - mostNamed + 1, 'other')] : sessions

/** What a step is drawn from: the call, its first open alert, and where it was called for before. */
export type StepSight = {
  readonly call: Call
  readonly step: Step
  /** The alert as the session's thread shows it; of a settled call how it came out. */
  readonly alert: Card
  readonly others: readonly string[]
  readonly isShared: boolean
  readonly isSilent: boolean
}

/** Somebody is called: the alert once more, where they are, with why it is they. */
export const stepCard = ({ call, step, alert, others, isShared, isSilent }: StepSight): Card => {
  const key = stepKey(call.id, step.since)
  if (!isOpen(call)) return { ...alert, key, mentions: named(step), isSilent }
  const [, session = ''] = alert.key.split(':')
  const whole = withStanding(alert, session, { answer: call.answer, others, isShared })
  return { ...whole, key, lines: [whyLine(step), ...whole.lines], mentions: named(step), isSilent }
}

const named = ({ person }: Step): readonly string[] => (person === null ? [] : [person])

const whyLine = ({ rung, person, waitedMs }: Step): string => {
  const long = sayDuration(Math.max(60_000, waitedMs))
  if (rung === 'again') return `${person ?? 'Somebody'} had an eye on it, and it still waits: for ${long}.`
  if (rung === 'channel') return `Nobody has answered for ${long}: whoever can, please do.`
  if (rung === 'onCall') return `Nobody has answered for ${long}, and ${person ?? 'somebody'} is on call.`
  return `It has waited for an answer for ${long}.`
}

/** All that waited for somebody while they had quiet hours, in one message. `rows` are the calls, each with its alert. */
export const waitedCard = (
  key: string,
  person: string,
  rows: readonly { readonly call: Call; readonly alert: Card; readonly session: Session }[],
  { isShared }: { readonly isShared: boolean },
): Card => {
  const open = rows.filter(({ call }) => isOpen(call))
  const [only] = rows
  if (rows.length === 1 && only) {
    const { call, alert, session } = only
    const others = [...new Set(call.alerts.filter(({ isOpen }) => isOpen).map((one) => one.session))].filter((one) => one !== session.id)
    const whole = isOpen(call) ? withStanding(alert, session.id, { answer: call.answer, others, isShared }) : alert
    return { ...whole, key, mentions: [person] }
  }
  return card({
    key,
    kind: open.length > 0 ? 'question' : 'status',
    tone: open.length > 0 ? 'ask' : 'calm',
    title: open.length > 0 ? `${counted(open.length, 'thing')} waited for you in your quiet hours` : 'All that waited for you is settled.',
    lines: rows.map(({ alert }) => firstLine(alert.title, 160)),
    actions: open.flatMap(({ alert, session }) => {
      const [first] = alert.actions
      const about = aboutOf(session, currentChange(session))
      const show = { label: 'Show', say: `show ${session.id}`, isRisky: false }
      return [{ ...(first ?? show), label: firstLine(`${session.id}: ${(first ?? show).label}`, 40), about }]
    }),
    mentions: [person],
  })
}

/** The answer to "seen", "snooze" and "take". */
export const answeredCard = (to: string, session: string, answer: Answer): Card => {
  const until = momentWords(answer.until, answer.at)
  const title = {
    seen: `Seen: nobody else is called about ${session} before ${until}.`,
    snoozed: `${session} waits until ${until}; you are told then, if it still does.`,
    taken: `${session} is yours: nobody else is called about it before ${until}.`,
  }[answer.how]
  return reply(to, 'answered', { tone: 'calm', title, lines: [] })
}

/** Nobody is called about that session. */
export const nothingWaits = (to: string, session: string): Card =>
  reply(to, 'answered', { tone: 'calm', title: `${session} waits for nobody now.`, lines: ['Say "status" for what does.'] })
