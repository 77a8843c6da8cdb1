import { Cron } from 'croner'
import { catalogue, explain, row } from './fault.ts'
import { isZone } from './zone.ts'

/** Why a schedule is none. */
export const fault = catalogue({
  CRON_UNREADABLE: row<{ cron: string; problem: string }>(
    (f) => `"${f.cron}" is no schedule: ${f.problem}.`,
    () => 'Write five fields of cron: minute, hour, day, month and day of the week, as in 0 9 * * 1-5.',
  ),
  ZONE_UNKNOWN: row<{ zone: string }>(
    (f) => `There is no time zone called "${f.zone}".`,
    () => 'Write it as in Europe/Berlin.',
  ),
})

/**
 * The first moment after `after` that five fields of cron name by the clock on a wall of that zone; epoch ms, a whole minute. Null when there
 * is none. A time of day that a day does not have comes at the next moment it has; one that it has twice comes once. What comes every
 * hour or every few minutes goes on as time does. @throws {Fault} CRON_UNREADABLE, ZONE_UNKNOWN
 */
export const nextAt = (cron: string, { after, zone }: { readonly after: number; readonly zone: string }): number | null =>
  read(cron, zone).nextRun(new Date(after))?.getTime() ?? null

/** The last moment that is not after `upTo`, as `nextAt` counts them. @throws {Fault} CRON_UNREADABLE, ZONE_UNKNOWN */
export const lastAt = (cron: string, { upTo, zone }: { readonly upTo: number; readonly zone: string }): number | null => {
  const schedule = read(cron, zone)
  // What is asked for runs before a whole second, so the one that `upTo` lies in has to be over.
  const [last] = schedule.previousRuns(1, new Date(Math.floor(upTo / 1_000) * 1_000 + 1_000))
  return last?.getTime() ?? null
}

const known = new Map<string, Cron>()

/** Reading one takes longer than asking it. It never fires by itself: time is an input here. */
const read = (cron: string, zone: string): Cron => {
  const key = `${zone}\u0000${cron}`
  const before = known.get(key)
  if (before) return before
  if (!isZone(zone)) throw fault('ZONE_UNKNOWN', { zone })
  try {
    const schedule = new Cron(cron, { timezone: zone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' })
    if (known.size >= mostKnown) known.clear()
    known.set(key, schedule)
    return schedule
  } catch (error) {
    const problem = explain(error).replace(/^\w+: |\.$/g, '')
    throw fault('CRON_UNREADABLE', { cron, problem }, { cause: error })
  }
}

const mostKnown = 200
