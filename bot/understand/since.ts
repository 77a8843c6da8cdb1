import { dayOf } from './schedule.ts'

const lengthsMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const

/** When parts of a day begin, as hours of the day. */
const hours: Readonly<Record<string, number>> = { morning: 5, afternoon: 12, evening: 18, night: 20 }

/**
 * When a stretch of time up to now began that words like `today`, `last week`, `monday`, `overnight` or `24h` name: epoch ms, by the clock on
 * this machine's wall; days and what is longer begin at midnight, weeks on Monday. Null for what names none.
 */
export const sinceOf = (words: string, now: number): number | null => {
  const [, count, unit] = /^(\d{1,5})([smhdw])$/.exec(words) ?? []
  if (unit === 's' || unit === 'm' || unit === 'h') return now - Number(count) * lengthsMs[unit]
  if (unit !== undefined) return midnight(now, Number(count) * (unit === 'w' ? 7 : 1))
  const [first = '', second] = words.toLowerCase().split(/\s+/)
  const isLast = second !== undefined && first !== 'this'
  return named(second ?? first, isLast, now)
}

const named = (word: string, isLast: boolean, now: number): number | null => {
  const date = new Date(now)
  if (word === 'today' || word === 'day') return midnight(now, isLast ? 1 : 0)
  if (word === 'yesterday') return midnight(now, 1)
  if (word === 'overnight') return midnight(now, 1) + hoursMs('night')
  if (word === 'tonight') return latest(midnight(now, 0) + hoursMs('night'), now)
  if (Object.hasOwn(hours, word)) return latest(midnight(now, isLast ? 1 : 0) + hoursMs(word), now)
  if (word === 'hour') return now - lengthsMs.h
  if (word === 'week') return midnight(now, daysSince(now, 1) + (isLast ? 7 : 0))
  if (word === 'weekend') return midnight(now, daysSince(now, 6))
  if (word === 'month') return new Date(date.getFullYear(), date.getMonth() - (isLast ? 1 : 0), 1).getTime()
  if (word === 'quarter') return new Date(date.getFullYear(), Math.floor(date.getMonth() / 3) * 3 - (isLast ? 3 : 0), 1).getTime()
  if (word === 'year') return new Date(date.getFullYear() - (isLast ? 1 : 0), 0, 1).getTime()
  return dayOf(word) === -1 ? null : midnight(now, daysSince(now, dayOf(word)))
}

const hoursMs = (part: string): number => (hours[part] ?? 0) * lengthsMs.h

/** A part of today that has not begun is that of yesterday. */
const latest = (at: number, now: number): number => (at <= now ? at : midnight(at, 1) + (at - midnight(at, 0)))

/** The beginning of a day; a day of 23 hours is one, too. */
const midnight = (now: number, daysAgo: number): number => {
  const date = new Date(now)
  date.setDate(date.getDate() - daysAgo)
  return date.setHours(0, 0, 0, 0)
}

/** 0 to 6 days. */
const daysSince = (now: number, day: number): number => (new Date(now).getDay() - day + 7) % 7
