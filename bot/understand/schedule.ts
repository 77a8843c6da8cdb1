import type { Reached } from './said.ts'
import type { Token } from './tokens.ts'

const wordAt = (tokens: readonly Token[], at: number): string => tokens[at]?.word ?? ''

const hourWords: Readonly<Record<string, string>> = Object.fromEntries(
  'one two three four five six seven eight nine ten eleven twelve'.split(' ').map((word, index) => [word, String(index + 1)]),
)

/** `isWhole`: it says which half of the day it is in. */
type Clock = { readonly at: number; readonly hour: number; readonly minute: number; readonly isWhole: boolean }

/** A time of day: `9`, `8:30`, `9am`, `5 pm`, `17h`, `noon`, `half past 8`, `8 in the evening`. */
const clock = (tokens: readonly Token[], from: number): Clock | null => {
  const word = wordAt(tokens, from)
  if (word === 'noon' || word === 'midday') return { at: from + 1, hour: 12, minute: 0, isWhole: true }
  if (word === 'midnight') return { at: from + 1, hour: 0, minute: 0, isWhole: true }
  const shift = { half: 30, quarter: 15 }[word]
  const direction = wordAt(tokens, from + 1)
  if (shift !== undefined && (direction === 'past' || direction === 'to')) {
    const base = clock(tokens, from + 2)
    if (base?.minute !== 0) return null
    return direction === 'past' ? { ...base, minute: shift } : { ...base, hour: (base.hour + 23) % 24, minute: 60 - shift }
  }
  const [, hours, minutes = '0', suffix] =
    /^(\d{1,2})(?:[:.h](\d{2})|h|)(am|pm|uhr)?$/.exec(hourWords[word] ?? word) ?? /^(\d{2})(\d{2})()$/.exec(word) ?? []
  if (hours === undefined) return null
  let at = from + 1
  let half = suffix
  if (/^(?:am|pm|a\.m|p\.m)$/.test(wordAt(tokens, at))) {
    half = wordAt(tokens, at).replace('.', '')
    at += 1
  }
  if (/^o'?clock$/.test(wordAt(tokens, at))) at += 1
  if (wordAt(tokens, at) === 'in' && wordAt(tokens, at + 1) === 'the' && /^(?:morning|afternoon|evening)$/.test(wordAt(tokens, at + 2))) {
    half = wordAt(tokens, at + 2) === 'morning' ? 'am' : 'pm'
    at += 3
  }
  if (half !== undefined && half !== '' && half !== 'uhr' && (Number(hours) < 1 || Number(hours) > 12)) return null
  const hour = half === 'pm' ? (Number(hours) % 12) + 12 : half === 'am' ? Number(hours) % 12 : Number(hours)
  const isWhole = (half !== undefined && half !== '') || hour === 0 || hour > 12
  return hour > 23 || Number(minutes) > 59 ? null : { at, hour, minute: Number(minutes), isWhole }
}

const days: readonly RegExp[] = [
  /^sun(?:days?)?$/,
  /^mon(?:days?)?$/,
  /^tue(?:s|sdays?)?$/,
  /^wed(?:nesdays?)?$/,
  /^thu(?:rs?|rsdays?)?$/,
  /^fri(?:days?)?$/,
  /^sat(?:urdays?)?$/,
]
/** 0 for a Sunday to 6 for a Saturday; -1 for any other word. */
export const dayOf = (word: string): number => days.findIndex((names) => names.test(word))

/** The day that a word names, and the last one of `tue-thu`; -1 for none. */
const daysOf = (word: string): readonly [number, number] => {
  const [, first, last] = /^([a-z]+)-([a-z]+)$/.exec(word) ?? []
  if (first === undefined || last === undefined) return [dayOf(word), -1]
  const to = dayOf(last)
  return to === -1 ? [-1, -1] : [dayOf(first), to]
}

const everyDay = '*'
const partOfDay: Readonly<Record<string, number>> = {
  morning: 9,
  mornings: 9,
  noon: 12,
  afternoon: 14,
  evening: 18,
  evenings: 18,
  night: 21,
  nights: 21,
}

const nothing: ReadonlySet<string> = new Set()
const cron = /^[\d*/,-]+(?: [\d*/,-]+){4}$/

/** `every weekday at 9`, `mondays and thursdays at 17:30`, `daily at noon`, `at 8 every morning`, `hourly`, as five fields of cron, which can be given themselves, in quotes. Without a time of day it is nine. */
export const readSchedule = (tokens: readonly Token[], from: number, within: ReadonlySet<string> = nothing): readonly Reached[] => {
  const given = tokens[from]?.quoted?.trim() ?? ''
  if (cron.test(given)) return [{ at: from + 1, slots: { schedule: given } }]
  const chosen = new Set<number>()
  let isEvery = false
  let span: string | null = null
  let time: Clock | null = null
  let part: string | null = null
  let end = from
  for (let at = from; at < tokens.length; ) {
    const word = wordAt(tokens, at)
    const [day, until] = daysOf(word)
    const said =
      word === 'at' || word === '@' ? clock(tokens, at + 1) : isEvery || span !== null || chosen.size > 0 ? clock(tokens, at) : null
    if (said) {
      if (time) break
      time = said
      at = said.at
    } else if (/^(?:every|each)$/.test(word)) {
      isEvery = true
      at += 1
      continue
    } else if (day !== -1) {
      const far = until === -1 && /^(?:to|through|thru|-)$/.test(wordAt(tokens, at + 1)) ? dayOf(wordAt(tokens, at + 2)) : -1
      const to = until === -1 ? far : until
      for (let one = day; ; one = (one + 1) % 7) {
        chosen.add(one)
        if (to === -1 || one === to) break
      }
      at += far === -1 ? 1 : 3
    } else if (
      /^(?:mon-fri|weekdays?|workdays?|working-days?)$/.test(word) ||
      (/^(?:working|work|business)$/.test(word) && /^days?$/.test(wordAt(tokens, at + 1)))
    ) {
      span = '1-5'
      at += /^(?:working|work|business)$/.test(word) ? 2 : 1
    } else if (/^weekends?$/.test(word)) {
      span = '0,6'
      at += 1
    } else if (word === 'daily' || (isEvery && word === 'day')) {
      span ??= everyDay
      at += 1
    } else if (word === 'weekly' || (isEvery && word === 'week')) {
      span ??= '1'
      at += 1
    } else if (word === 'hourly' || (isEvery && word === 'hour')) {
      // On some days or at some time it would be another schedule than was said.
      return time === null && span === null && chosen.size === 0 ? [{ at: at + 1, slots: { schedule: '0 * * * *' } }] : []
    } else if (Object.hasOwn(partOfDay, word) && (isEvery || chosen.size > 0 || span !== null)) {
      if (part !== null && part !== word) return [] // two times a day are two schedules
      part = word
      at += 1
    } else if (/^(?:on|in|the|and|of|at|a)$/.test(word) || within.has(word)) {
      at += 1
      continue
    } else break
    end = at
  }
  if (part !== null) span ??= everyDay
  if (chosen.size > 0) for (const one of spanDays[span ?? ''] ?? []) chosen.add(one)
  const dow = chosen.size > 0 ? [...chosen].sort().join(',') : span
  if (dow === null) return []
  const hour = time === null ? (partOfDay[part ?? 'morning'] ?? 9) : hourIn(part, time)
  return [{ at: end, slots: { schedule: `${time?.minute ?? 0} ${hour} * * ${shortened(dow)}` } }]
}

/** What other days may be added to. */
const spanDays: Readonly<Record<string, readonly number[]>> = { '1-5': [1, 2, 3, 4, 5], '0,6': [0, 6] }

/** "every evening at 6" is at 18, "every night at 12" at 0, and "every night at 2" at 2. */
const hourIn = (part: string | null, { hour, isWhole }: Clock): number => {
  if (isWhole || part === null) return hour
  if (/^(?:evening|night)/.test(part) && hour === 12) return 0
  const isLate = /^(?:afternoon|evening)/.test(part) || (/^night/.test(part) && hour > 4)
  return isLate && hour < 12 ? hour + 12 : hour
}

/** `1,2,3,4,5` is `1-5`. */
const shortened = (dow: string): string => {
  const numbers = dow.split(',').map(Number)
  const isRun = numbers.length > 2 && numbers.every((one, index) => index === 0 || one === (numbers[index - 1] ?? 0) + 1)
  return isRun && numbers.length < 7 ? `${numbers[0]}-${numbers.at(-1)}` : numbers.length === 7 ? everyDay : dow
}
