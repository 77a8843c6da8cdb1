import { lastAt, nextAt } from '../../core/kit/cron.ts'
import { mostSettled, type Schedule } from '../memory/digests.ts'

/** A digest that is to come now: of the moment `to`, and of all since `from`; epoch ms. */
export type Due = { readonly from: number; readonly to: number }

type When = Pick<Schedule, 'cron' | 'zone' | 'madeAt' | 'settled'>

const dayMs = 86_400_000

/**
 * What is due of a schedule: its newest moment that is not after `now`, unless that is done with. Earlier ones that were missed are part of it,
 * for it goes back to the last one that was. Pure. @throws {Fault} CRON_UNREADABLE, ZONE_UNKNOWN
 */
export const dueAt = (schedule: When, now: number): Due | null => {
  const to = lastAt(schedule.cron, { upTo: now, zone: schedule.zone })
  if (to === null || to <= schedule.madeAt || schedule.settled.includes(to)) return null
  const [oldest = to] = schedule.settled
  // Of moments before those that are remembered nobody knows any more whether they are done with.
  if (schedule.settled.length >= mostSettled && to < oldest) return null
  return { from: beginOf(schedule, to), to }
}

/** From where on a digest of the moment `to` tells: the one before it; of the first, the moment that would have been before it. */
const beginOf = ({ cron, zone, madeAt, settled }: When, to: number): number =>
  settled.findLast((moment) => moment < to) ?? lastAt(cron, { upTo: madeAt, zone }) ?? madeAt - dayMs

/** When it comes next; null for never. @throws {Fault} CRON_UNREADABLE, ZONE_UNKNOWN */
export const comesAt = ({ cron, zone, madeAt, settled }: When, now: number): number | null => {
  let after = Math.max(now, madeAt)
  for (;;) {
    const next = nextAt(cron, { after, zone })
    if (next === null || !settled.includes(next)) return next
    after = next // it has come already, when the clock was ahead
  }
}

/** When a place got its last digest that came by itself; null: none yet. */
export const lastOf = (schedules: readonly Pick<Schedule, 'settled'>[], now: number): number | null => {
  const moments = schedules.flatMap(({ settled }) => settled.filter((moment) => moment <= now))
  return moments.length === 0 ? null : Math.max(...moments)
}
