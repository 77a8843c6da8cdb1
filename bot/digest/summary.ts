import type { Person } from '../../core/contracts/access.ts'
import type { Cost, Prices } from '../../core/contracts/cost.ts'
import type { Ending } from '../../core/contracts/names.ts'
import type { SessionNumbers } from '../../core/contracts/numbers.ts'
import { costOf, sumOf } from '../../core/kit/prices.ts'
import { chartDays, type Day, daysOf } from './days.ts'
import { type Pace, paceOf } from './pace.ts'
import { type Now, type Work, workOf } from './standing.ts'

/** A change that was merged. */
export type Merged = {
  readonly session: string
  /** Null where the world does not say which. */
  readonly number: number | null
  readonly title: string
  readonly url: string | null
  /** From its task to its merge. */
  readonly tookMs: number
}

/** A session that ended and was not merged. */
export type Ended = { readonly session: string; readonly why: Ending; readonly by: string }

/** What happened between two moments, and how things stand. Epoch ms. */
export type Summary = {
  readonly from: number
  readonly to: number
  /** Where the clock is that times are told by. */
  readonly zone: string
  /** The only project it is about; null: all that are seen. */
  readonly project: string | null
  readonly work: Work
  readonly merged: readonly Merged[]
  readonly ended: readonly Ended[]
  readonly cost: Cost
  readonly tokens: number
  /** So many days up to `to`, and as many before them. */
  readonly span: { readonly days: number; readonly last: Pace; readonly before: Pace }
  readonly days: readonly Day[]
}

export type SummaryOf = {
  readonly from: number
  readonly to: number
  readonly zone: string
  readonly project: string | null
  /** Whom it is for; null: everybody who reads it. */
  readonly who: Person | null
  readonly prices: Prices
}

const dayMs = 86_400_000

/** From when on numbers are needed for a summary. */
export const numbersSince = ({ from, to }: Pick<SummaryOf, 'from' | 'to'>): number =>
  Math.min(from, to - (chartDays + 1) * dayMs, to - 2 * spanDays({ from, to }) * dayMs)

/** A week, or as long as the summary is. */
const spanDays = ({ from, to }: Pick<SummaryOf, 'from' | 'to'>): number => Math.max(7, Math.ceil((to - from) / dayMs))

/** What happened, as far as it is seen. What was at `from` belongs to the summary before. Pure. */
export const summary = (rows: readonly Now[], all: readonly SessionNumbers[], of: SummaryOf): Summary => {
  const { from, to, zone, project, who, prices } = of
  const numbers = all.filter((one) => project === null || one.project === project)
  const isIn = (at: number): boolean => at > from && at <= to
  const merged = numbers.flatMap((one) => (one.merged && isIn(one.merged.at) ? [{ one, at: one.merged.at }] : []))
  const ended = numbers.flatMap(({ session, merged: how, ended: end }) =>
    end && how === null && isIn(end.at) ? [{ session, why: end.why, by: end.by }] : [],
  )
  const usage = numbers.flatMap(({ spendings }) => spendings.filter(({ at }) => isIn(at)).flatMap((spending) => spending.usage))
  const days = spanDays({ from, to })
  return {
    from,
    to,
    zone,
    project,
    work: workOf(
      rows.filter(({ session }) => project === null || session.project === project),
      who,
    ),
    merged: merged
      .sort((a, b) => a.at - b.at)
      .map(({ one, at }) => ({
        session: one.session,
        number: one.change?.number ?? null,
        title: one.change?.title ?? one.task.title,
        url: one.change?.url ?? null,
        tookMs: at - one.requestedAt,
      })),
    ended,
    cost: sumOf(usage.map((one) => costOf(one, prices))),
    tokens: usage.reduce((sum, one) => sum + one.input + one.cacheRead + one.cacheWrite + one.output, 0),
    span: {
      days,
      last: paceOf(numbers, { from: to - days * dayMs, to }),
      before: paceOf(numbers, { from: to - 2 * days * dayMs, to: to - days * dayMs }),
    },
    days: daysOf(numbers, { to, zone, prices }),
  }
}

/** Nothing happened, and nothing is at work. */
export const isQuiet = ({ work, merged, ended }: Summary): boolean =>
  merged.length === 0 && ended.length === 0 && Object.values(work).every((group) => group.length === 0)
