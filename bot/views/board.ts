import type { QueuePlace } from '../../core/contracts/fleet.ts'
import type { Headline, Session } from '../../core/contracts/session.ts'
import { counted } from '../../core/kit/text.ts'
import type { Card } from '../contracts/card.ts'
import type { StatusFilter } from '../contracts/intent.ts'
import { reply } from './answers.ts'
import { headlineWords } from './session.ts'
import { card, taskTitle, toneOf } from './words.ts'

/** A session with its headline and its place in the queue. */
export type Row = { readonly session: Session; readonly headline: Headline; readonly place: QueuePlace | null }

const signs = { calm: '○', busy: '●', good: '✓', bad: '✗', ask: '?' } as const

/** Which headlines each filter lets through. */
export const filters: Readonly<Record<StatusFilter, readonly Headline[]>> = {
  stuck: ['stuck', 'exited'],
  mergeable: ['mergeable'],
  'needs-me': ['needs input', 'mergeable', 'review pending', 'stuck', 'exited', 'closed'],
  failing: ['ci failed', 'conflict', 'changes requested', 'stuck', 'exited', 'failed'],
  running: ['spawning', 'working', 'idle', 'needs input', 'pr open', 'ci running', 'ci failed', 'merging'],
  queued: ['queued'],
  ended: ['merged', 'closed', 'done', 'stopped', 'failed'],
}

/** Who is needed comes first, then what is red, then the rest as it began. */
const order: readonly (keyof typeof signs)[] = ['ask', 'bad', 'busy', 'calm', 'good']

/** The sessions as a list. */
export const board = (
  to: string,
  rows: readonly Row[],
  { filter, hidden }: { readonly filter: StatusFilter | null; readonly hidden: number },
): Card => {
  const sorted = [...rows].sort((a, b) => order.indexOf(toneOf[a.headline]) - order.indexOf(toneOf[b.headline]))
  const width = Math.max(0, ...rows.map(({ session }) => session.id.length))
  return reply(to, 'status', {
    tone: 'calm',
    title:
      rows.length === 0
        ? filter === null
          ? 'Nothing is at work.'
          : filter === 'needs-me'
            ? 'Nothing needs you.'
            : `Nothing is ${filter}.`
        : `${counted(rows.length, 'session')}${filter === null ? '' : ` ${filter}`}`,
    lines: [
      ...sorted.map(
        ({ session, headline, place }) =>
          `${signs[toneOf[headline]]} ${session.id.padEnd(width)}  ${headlineWords({ headline, place })}  ${taskTitle(session, 60)}`,
      ),
      ...(rows.length === 0 && filter === null ? ['Say "fix #1" to begin.'] : []),
      ...(hidden > 0 ? [`${hidden} ended: say "status ended".`] : []),
    ],
  })
}

/** The sessions that ended last, newest first; `all` is how many there are. */
export const endedBoard = (to: string, rows: readonly Row[], all: number): Card => {
  const width = Math.max(0, ...rows.map(({ session }) => session.id.length))
  return reply(to, 'status', {
    tone: 'calm',
    title:
      rows.length === 0
        ? 'Nothing has ended yet.'
        : all > rows.length
          ? `The last ${rows.length} of ${all} sessions that ended`
          : `${counted(rows.length, 'session')} ended`,
    lines: [
      ...rows.map(
        ({ session, headline }) => `${signs[toneOf[headline]]} ${session.id.padEnd(width)}  ${headline}  ${taskTitle(session, 60)}`,
      ),
      ...(rows.length > 0 && all > rows.length ? [`Older ones by their name, as in "show ${rows.at(-1)?.session.id ?? ''}".`] : []),
    ],
  })
}

/** The one message of a channel of many sessions: who is needed first, then how many are how. A new one every day. */
export const liveBoard = (rows: readonly Row[], now: number): Card => {
  const sorted = [...rows].sort((a, b) => order.indexOf(toneOf[a.headline]) - order.indexOf(toneOf[b.headline]))
  const needed = rows.filter(({ headline }) => filters['needs-me'].includes(headline)).length
  return card({
    key: `board:${new Date(now).toISOString().slice(0, 10)}`,
    kind: 'status',
    tone: needed > 0 ? 'ask' : 'calm',
    title:
      rows.length === 0
        ? 'Nothing is at work here.'
        : `${rows.length} at work here${needed > 0 ? `, ${needed} ${needed === 1 ? 'needs' : 'need'} you` : ''}`,
    lines: sorted
      .slice(0, boardLines)
      .map(
        ({ session, headline, place }) =>
          `${signs[toneOf[headline]]} ${session.id}  ${headlineWords({ headline, place })}  ${taskTitle(session, 40)}`,
      )
      .concat(sorted.length > boardLines ? [`… ${sorted.length - boardLines} more: say "status".`] : []),
  })
}

const boardLines = 30

/** What waits, in order, and why. */
export const queueCard = (to: string, places: readonly QueuePlace[], sessions: readonly Session[], paused: readonly string[]): Card =>
  reply(to, 'queue', {
    tone: 'calm',
    title: places.length === 0 ? 'Nothing waits.' : `${places.length} waiting`,
    lines: [
      ...places.map(({ number, session, reason }) => {
        const found = sessions.find(({ id }) => id === session)
        return `${number}. ${session}  ${reason}${found ? `  ${taskTitle(found, 60)}` : ''}`
      }),
      ...paused.map((project) => `${project} is paused: say "resume ${project}".`),
    ],
  })
