import { type Session, used } from '../core/contracts/session.ts'
import type { Card } from './contracts/card.ts'
import type { Question } from './contracts/intent.ts'
import type { Reads } from './contracts/reads.ts'
import { sinceOf } from './understand/since.ts'
import { fleetCost, type Period, sessionCost } from './views/cost.ts'

type Asked = Pick<Extract<Question, { name: 'cost' }>, 'project' | 'since'>

/** What a session cost, or all there are: since a time, or this week with today and all the time beside it. */
export const costCard = async (
  to: string,
  { project, since }: Asked,
  { session, reads, now }: { readonly session: Session | null; readonly reads: Pick<Reads, 'numbers' | 'prices'>; readonly now: number },
): Promise<Card> => {
  const prices = reads.prices()
  if (session !== null && since === null) return sessionCost(to, session.id, { usage: used(session), prices })
  const periods = periodsOf(since, now)
  const spent = (await reads.numbers(Math.min(...periods.map((period) => period.since ?? 0)))).filter(
    (one) => (session === null || one.session === session.id) && (project === null || one.project === project),
  )
  return fleetCost(to, { spent, periods, where: session?.id ?? project, prices })
}

/** The last one is the one that is asked for. */
const periodsOf = (since: string | null, now: number): readonly Period[] => {
  const today: Period = { words: 'today', since: sinceOf('today', now) }
  const began = since === null ? null : sinceOf(since, now)
  if (since === null || began === null)
    return [today, { words: 'from the beginning', since: null }, { words: 'this week', since: sinceOf('this week', now) }]
  return since === 'today' ? [today] : [today, { words: sinceWords(since), since: began }]
}

/** `this week` is a stretch of time; a day and a length are where one begins. */
const sinceWords = (since: string): string =>
  /^(?:tonight|this )/.test(since) ? since : `since ${since.replace(/^(\d+[smhdw])$/, '$1 ago')}`
