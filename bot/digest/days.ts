import type { Cost, Prices } from '../../core/contracts/cost.ts'
import type { SessionNumbers } from '../../core/contracts/numbers.ts'
import { costOf, noCost, sumOf } from '../../core/kit/prices.ts'
import { wallAt } from '../../core/kit/zone.ts'

/** What ended on one day, and what that day cost. */
export type Day = {
  /** `2026-01-05`, by the clock on a wall of the zone. */
  readonly date: string
  readonly merged: number
  readonly failed: number
  /** By people, or because the change was closed without being merged. */
  readonly stopped: number
  readonly cost: Cost
}

/** How many days a chart shows. */
export const chartDays = 14

/** The last days up to `to`, the oldest first, that of `to` as far as it has gone. Pure. */
export const daysOf = (
  numbers: readonly SessionNumbers[],
  { to, zone, prices }: { readonly to: number; readonly zone: string; readonly prices: Prices },
): readonly Day[] => {
  const dates = datesUpTo(wallAt(to, zone).date)
  const first = dates[0] ?? ''
  const none = { merged: 0, failed: 0, stopped: 0 }
  const counts = new Map(dates.map((date) => [date, { ...none, costs: [] as Cost[] }]))
  const dayOf = (at: number) => (at > to ? undefined : counts.get(wallAt(at, zone).date))
  // Reading a date takes long, and most sessions ended too long ago.
  const since = Date.parse(`${first}T00:00:00Z`) - 86_400_000
  for (const { merged, ended, spendings } of numbers) {
    const at = merged?.at ?? ended?.at ?? 0
    const day = at < since ? undefined : dayOf(at)
    if (day && merged) day.merged += 1
    else if (day && ended?.why === 'failed') day.failed += 1
    else if (day && (ended?.why === 'stopped' || ended?.why === 'closed')) day.stopped += 1
    for (const { at: spentAt, usage } of spendings)
      if (spentAt >= since) dayOf(spentAt)?.costs.push(...usage.map((one) => costOf(one, prices)))
  }
  return [...counts].map(([date, { costs, ...rest }]) => ({ date, ...rest, cost: costs.length === 0 ? noCost : sumOf(costs) }))
}

const datesUpTo = (last: string): readonly string[] =>
  Array.from({ length: chartDays }, (_, index) => {
    const date = new Date(`${last}T00:00:00Z`)
    date.setUTCDate(date.getUTCDate() - (chartDays - 1 - index))
    return date.toISOString().slice(0, 10)
  })

/** Did anything happen on that day? */
export const isBusy = ({ merged, failed, stopped, cost }: Day): boolean => merged + failed + stopped > 0 || cost.usd > 0
