import { covers, needs, roleIn } from '../../core/access/authorise.ts'
import type { Person } from '../../core/contracts/access.ts'
import { currentChange, type Session } from '../../core/contracts/session.ts'
import type { About, WishName } from '../../core/contracts/wish.ts'
import { headline as firstLine } from '../../core/kit/text.ts'
import type { Action } from '../contracts/card.ts'
import { alerts } from '../views/alerts.ts'
import { filters } from '../views/board.ts'
import { actionsFor, type Standing } from '../views/session.ts'
import { aboutOf, short, taskTitle } from '../views/words.ts'

/** A session at work, and where it stands. */
export type Now = { readonly session: Session; readonly standing: Standing }

/** A session that waits for people. */
export type Waiting = {
  readonly session: string
  /** What is wanted, its session first. */
  readonly words: string
  /** Epoch ms; null where nobody knows. */
  readonly since: number | null
  /** What they can do about it, the sentences of its alert. */
  readonly actions: readonly Action[]
  readonly about: About
}

/** A session as one word of a list. */
export type Item = { readonly session: string; readonly words: string }

/** Everything at work, each session once: who is needed comes first. */
export type Work = {
  readonly waiting: readonly Waiting[]
  /** They wait for people, but not for whoever this is for. */
  readonly others: readonly Item[]
  readonly stuck: readonly Item[]
  readonly failing: readonly Item[]
  readonly running: readonly string[]
  readonly queued: readonly string[]
}

const decisions: ReadonlySet<string> = new Set(['needs input', 'mergeable', 'review pending', 'closed'])
/** It is over, but for what is left to be cleared away; what became of it stands elsewhere. */
const over: ReadonlySet<string> = new Set(['merged', 'done', 'stopped', 'failed'])
const failing: ReadonlySet<string> = new Set(['ci failed', 'conflict', 'changes requested'])

/** Where all that is at work stands: for somebody in particular, or (null) for everybody. Pure. */
export const workOf = (rows: readonly Now[], who: Person | null): Work => {
  const work = { waiting: [], others: [], stuck: [], failing: [], running: [], queued: [] } as {
    [Group in keyof Work]: Work[Group][number][]
  }
  for (const row of rows) {
    const { session, standing } = row
    const { headline } = standing
    const item = { session: session.id, words: headline }
    const waiting = waitingOf(row)
    const mine = waiting && isFor(who, session, waiting.actions)
    if (waiting && mine) work.waiting.push({ ...waiting, actions: waiting.actions.filter(({ say }) => may(who, session, say)) })
    else if (filters.stuck.includes(headline)) work.stuck.push(item)
    else if (failing.has(headline)) work.failing.push(item)
    else if (waiting) work.others.push(item)
    else if (headline === 'queued') work.queued.push(session.id)
    else if (!over.has(headline)) work.running.push(session.id)
  }
  work.waiting.sort((a, b) => (a.since ?? 0) - (b.since ?? 0))
  return work
}

const waitingOf = ({ session, standing }: Now): Waiting | null => {
  const open = alerts(session, standing)
  if (open.length === 0 && !decisions.has(standing.headline)) return null
  const called = open.find(({ actions }) => actions.some(isDecision))
  return {
    session: session.id,
    words: wanted({ session, standing }, (called ?? open[0])?.title),
    since: sinceOf(session),
    actions: (called?.actions ?? actionsFor(session, standing)).filter(isDecision),
    about: aboutOf(session, currentChange(session)),
  }
}

/** What is wanted, and about what; `called` is how people were called for it. */
const wanted = ({ session, standing: { headline } }: Now, called: string | undefined): string => {
  const { id, asked } = session
  const change = currentChange(session)
  if (headline === 'needs input' && asked) return `${id} asks: ${firstLine(asked.question.text, 200)}`
  if (change?.state === 'open' && (headline === 'mergeable' || headline === 'review pending'))
    return `${id} · ${headline} · #${change.number} at ${short(change.head)} “${firstLine(change.title, 60)}”`
  return called ?? `${id} · ${headline} · ${taskTitle(session, 60)}`
}

/** Since when people have been needed. */
const sinceOf = ({ asked, troubles }: Session): number | null => {
  const times = [
    ...(asked?.state === 'asked' ? [asked.at] : []),
    ...troubles.filter(({ escalated, isEased }) => escalated !== null && !isEased).map(({ firstAt }) => firstAt),
  ]
  return times.length === 0 ? null : Math.min(...times)
}

/** The wish that a sentence begins with; null for one that only reads. */
const wishIn = (say: string): WishName | null => {
  const [verb = ''] = say.split(' ', 1)
  return Object.hasOwn(needs, verb) ? (verb as WishName) : null // it is a key of that table
}

const isDecision = ({ say }: Action): boolean => wishIn(say) !== null

/** Whoever asked for a task may answer its agent; the rest their role lets them do. */
const may = (who: Person | null, session: Session, say: string): boolean => {
  const wish = wishIn(say)
  if (who === null || wish === null) return true
  const held = roleIn(who, session.project)
  return covers(held, needs[wish]) || (wish === 'answer' && held !== null && session.requester === who.name)
}

/** Is it theirs, or may they decide it? */
const isFor = (who: Person | null, session: Session, actions: readonly Action[]): boolean =>
  who === null ||
  session.requester === who.name ||
  (actions.length === 0 ? covers(roleIn(who, session.project), 'operator') : actions.some(({ say }) => may(who, session, say)))
