import { dayOf } from './schedule.ts'

/** What parts of a day begin with. */
const hours: Readonly<Record<string, number>> = {
  morning: 9,
  noon: 12,
  lunch: 12,
  afternoon: 14,
  evening: 18,
  tonight: 20,
  night: 22,
  midnight: 24,
}

/** Words that say nothing of themselves. */
const silent: ReadonlySet<string> = new Set(['the', 'at', 'in', 'on', 'of', "o'clock", 'oclock', 'this', 'next'])

/**
 * The moment to come that words like `tomorrow 9am`, `18:30`, `monday` or `end of day` name: epoch ms, by the clock on this machine's
 * wall. A day without a time begins at nine; a time without a day is the next there is. Null for what names none.
 */
export const momentOf = (words: string, now: number): number | null => {
  const day = { of: null as number | null, isNamed: false, isEnd: false }
  let time: { readonly hour: number; readonly minute: number; readonly isVague: boolean } | null = null
  for (const word of words
    .toLowerCase()
    .replace(/(\d)\s+([ap])\.?m\b\.?/g, '$1$2m')
    .split(/[\s,]+/)) {
    if (word === 'tomorrow') day.of = 1
    else if (word === 'day' || word === 'today') day.isNamed = true
    else if (word === 'end') day.isEnd = true
    else if (word === 'week') day.of = daysUntil(now, day.isEnd ? 5 : 1)
    else if (dayOf(word) !== -1) day.of = daysUntil(now, dayOf(word))
    else if (Object.hasOwn(hours, word)) time = { hour: hours[word] ?? 0, minute: 0, isVague: false }
    else if (!silent.has(word)) {
      time = timeIn(word)
      if (time === null) return null
    }
  }
  const isBare = time === null && day.of === null && !(day.isEnd && day.isNamed)
  if (isBare) return null
  const { hour, minute, isVague } = time ?? { hour: day.isEnd ? 18 : 9, minute: 0, isVague: false }
  const at = (days: number, hour: number): number => {
    const date = new Date(now)
    date.setDate(date.getDate() + days)
    return date.setHours(hour, minute, 0, 0)
  }
  if (day.of !== null) return at(day.of, hour) > now ? at(day.of, hour) : null
  // "until 5" is the next five o'clock, whichever half of the day it is in.
  return [at(0, hour), ...(isVague && hour < 12 ? [at(0, hour + 12)] : []), at(1, hour)].find((one) => one > now) ?? null
}

/** 1 to 7 days: a day of the week is never today. */
const daysUntil = (now: number, day: number): number => ((day - new Date(now).getDay() + 6) % 7) + 1

const timeIn = (word: string): { readonly hour: number; readonly minute: number; readonly isVague: boolean } | null => {
  const [, digits, minutes = '0', half] = /^(\d{1,2})(?:[:.h](\d{2})|h)?(am|pm)?$/.exec(word) ?? []
  const hour = Number(digits)
  const minute = Number(minutes)
  if (digits === undefined || hour > 24 || minute > 59 || (half !== undefined && (hour > 12 || hour === 0))) return null
  const isVague = half === undefined && word === digits
  return { hour: half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0), minute, isVague }
}
