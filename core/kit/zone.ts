import type { Hours } from '../contracts/escalation.ts'

/** The clock on a wall: minutes since midnight, the day of the week (0 is Sunday), and the date as `2026-11-22`. */
export type Wall = { readonly minutes: number; readonly day: number; readonly date: string }

/** Where this machine's clock is. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Is there a zone of that name? */
export const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false // that is how it says so
  }
}

/** What the clock on a wall of that zone shows at `at` (epoch ms). */
export const wallAt = (at: number, zone: string): Wall => {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const date = `${parts.year}-${parts.month}-${parts.day}`
  return { minutes: Number(parts.hour) * 60 + Number(parts.minute), day: new Date(`${date}T00:00:00Z`).getUTCDay(), date }
}

/** Is it one of those hours there, on one of those days? Hours that go past midnight belong to the day on which they begin. */
export const isWithin = (
  { from, to }: Hours,
  at: number,
  { zone, days = null }: { readonly zone: string; readonly days?: readonly number[] | null },
): boolean => {
  const { minutes, day } = wallAt(at, zone)
  const isOn = (one: number): boolean => days === null || days.includes(one)
  if (from < to) return minutes >= from && minutes < to && isOn(day)
  return (minutes >= from && isOn(day)) || (minutes < to && isOn((day + 6) % 7))
}

/** The first moment after `at` that is none of those hours: a whole minute. `at` where it is none. */
export const endOf = (hours: Hours, at: number, zone: string): number => {
  const isIn = (moment: number): boolean => isWithin(hours, moment, { zone })
  if (!isIn(at)) return at
  const minute = Math.floor(at / minuteMs)
  const left = (hours.to - wallAt(at, zone).minutes + dayMinutes) % dayMinutes
  // Where clocks are set meanwhile, the end comes sooner or later than they say.
  let end = Math.max(minute, minute + left - mostSetMinutes) + 1
  while (isIn(end * minuteMs)) end += 1
  return end * minuteMs
}

/**
 * What `find` finds by the clock on this machine's wall, as if that hung in the zone: it is given the moment at which this wall shows what that one
 * shows at `at`, and gives such a moment itself. What no clock there shows, because it is set forward, comes by as much later.
 */
export const sameWall = (zone: string, at: number, find: (at: number) => number | null): number | null => {
  const found = find(shownAgain(at, zone, ownZone()))
  return found === null ? null : shownAgain(found, ownZone(), zone)
}

/** The moment at which the wall of `to` shows what that of `from` shows at `at`. */
const shownAgain = (at: number, from: string, to: string): number => {
  const shown = at + offsetAt(at, from)
  const near = shown - offsetAt(shown - offsetAt(at, to), to)
  const found = shown - offsetAt(near, to)
  return found + offsetAt(found, to) === shown ? found : Math.max(near, found)
}

/** How far that wall is ahead of Greenwich, in ms. */
const offsetAt = (at: number, zone: string): number => {
  const { date, minutes } = wallAt(at, zone)
  return Date.parse(`${date}T00:00:00Z`) + minutes * minuteMs - Math.floor(at / minuteMs) * minuteMs
}

const minuteMs = 60_000
const dayMinutes = 24 * 60
/** No clock is set by more. */
const mostSetMinutes = 120

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than all that is asked of it. */
const clockOf = (zone: string): Intl.DateTimeFormat => {
  const known = clocks.get(zone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  clocks.set(zone, clock)
  return clock
}
