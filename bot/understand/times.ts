import type { Slots } from '../contracts/intent.ts'
import type { Said } from './said.ts'
import type { Token } from './tokens.ts'

type Found = { readonly at: number; readonly slots: Slots }

const wordAt = (tokens: readonly Token[], at: number): string => tokens[at]?.word ?? ''

const counts: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  couple: 2,
  three: 3,
  few: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  'forty-five': 45,
  sixty: 60,
  ninety: 90,
}

const units: readonly (readonly [RegExp, 's' | 'm' | 'h' | 'd' | 'w'])[] = [
  [/^(?:s|secs?|seconds?)$/, 's'],
  [/^(?:m|mins?|minutes?)$/, 'm'],
  [/^(?:h|hrs?|hours?)$/, 'h'],
  [/^(?:d|days?)$/, 'd'],
  [/^(?:w|wks?|weeks?)$/, 'w'],
]
const unitOf = (word: string): 's' | 'm' | 'h' | 'd' | 'w' | null => units.find(([names]) => names.test(word))?.[1] ?? null

const seconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const

/** In the largest unit that leaves no rest, but `90m` stays minutes. */
const written = (total: number): string | null => {
  const unit = (['w', 'd', 'h', 'm', 's'] as const).find((one) => total % seconds[one] === 0)
  return unit === undefined || total <= 0 || total / seconds[unit] > 99_999 ? null : `${total / seconds[unit]}${unit}`
}

/** One amount: `2h`, `1h30`, `1.5 hours`, `half an hour`, `a couple of days`. */
const amount = (tokens: readonly Token[], at: number): { readonly at: number; readonly total: number } | null => {
  const word = wordAt(tokens, at)
  const [, hours, rest] = /^(\d{1,3})h(\d{1,2})(?:m|min)?$/.exec(word) ?? []
  if (hours !== undefined) return { at: at + 1, total: Number(hours) * 3_600 + Number(rest) * 60 }
  const [, joined, letters = ''] = /^(\d{1,5}(?:\.\d{1,2})?)([a-z]+)$/.exec(word) ?? []
  const own = unitOf(letters)
  if (joined !== undefined) return own === null ? null : { at: at + 1, total: Math.round(Number(joined) * seconds[own]) }
  if (word === 'half' && /^an?$/.test(wordAt(tokens, at + 1)) && unitOf(wordAt(tokens, at + 2)) === 'h') return { at: at + 3, total: 1_800 }
  if (word === 'quarter' && wordAt(tokens, at + 1) === 'of') return quarter(tokens, at + 2)
  if (/^an?$/.test(word) && wordAt(tokens, at + 1) === 'quarter') return quarter(tokens, at + (wordAt(tokens, at + 2) === 'of' ? 3 : 2))
  if (word === 'half' && wordAt(tokens, at + 1) === 'hour') return { at: at + 2, total: 1_800 }
  let here = at
  if (/^an?$/.test(word) && /^(?:couple|few)$/.test(wordAt(tokens, at + 1))) here += 1
  const number = /^\d{1,5}(?:\.\d{1,2})?$/.test(wordAt(tokens, here)) ? Number(wordAt(tokens, here)) : counts[wordAt(tokens, here)]
  if (number === undefined) return null
  here += wordAt(tokens, here + 1) === 'of' ? 2 : 1
  const unit = unitOf(wordAt(tokens, here))
  return unit === null ? null : { at: here + 1, total: Math.round(number * seconds[unit]) }
}

const quarter = (tokens: readonly Token[], from: number): { readonly at: number; readonly total: number } | null => {
  const at = /^an?$/.test(wordAt(tokens, from)) ? from + 1 : from
  return unitOf(wordAt(tokens, at)) === 'h' ? { at: at + 1, total: 900 } : null
}

/** `2h`, `90 minutes`, `an hour`, `1 hour and 30 minutes`, as `for`. A bare number is none: its unit would be a guess. */
export const readDuration = (tokens: readonly Token[], from: number): readonly Found[] => {
  let at = from
  if (/^(?:the|next)$/.test(wordAt(tokens, at))) {
    at += wordAt(tokens, at) === 'the' && wordAt(tokens, at + 1) === 'next' ? 2 : 1
    if (unitOf(wordAt(tokens, at)) !== null) {
      const unit = unitOf(wordAt(tokens, at))
      return [{ at: at + 1, slots: { for: `1${unit}` } }]
    }
  }
  let total = 0
  let last = Number.POSITIVE_INFINITY
  for (let next = amount(tokens, at); next; next = amount(tokens, at)) {
    if (next.total >= last) break // `4h 5h` is no duration, `1h 30m` is one
    last = next.total
    total += next.total
    at = next.at
    if (wordAt(tokens, at) === 'and' && amount(tokens, at + 1)) at += 1
    else if (!amount(tokens, at)) break
  }
  const text = total === 0 ? null : written(total)
  return text === null ? [] : [{ at, slots: { for: text } }]
}

const hourWords: Readonly<Record<string, string>> = Object.fromEntries(
  'one two three four five six seven eight nine ten eleven twelve'.split(' ').map((word, index) => [word, String(index + 1)]),
)

type Clock = { readonly at: number; readonly hour: number; readonly minute: number }

/** A time of day: `9`, `8:30`, `9am`, `5 pm`, `17h`, `noon`, `half past 8`, `8 in the evening`. */
const clock = (tokens: readonly Token[], from: number): Clock | null => {
  const word = wordAt(tokens, from)
  if (word === 'noon' || word === 'midday') return { at: from + 1, hour: 12, minute: 0 }
  if (word === 'midnight') return { at: from + 1, hour: 0, minute: 0 }
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
  return hour > 23 || Number(minutes) > 59 ? null : { at, hour, minute: Number(minutes) }
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
const dayOf = (word: string): number => days.findIndex((names) => names.test(word))

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

/** `every weekday at 9`, `mondays and thursdays at 17:30`, `daily at noon`, `at 8 every morning`, `hourly`, as five fields of cron. Without a time of day it is nine. */
export const readSchedule = (tokens: readonly Token[], from: number, within: ReadonlySet<string> = nothing): readonly Found[] => {
  const chosen = new Set<number>()
  let isEvery = false
  let span: string | null = null
  let time: { readonly hour: number; readonly minute: number } | null = null
  let part: string | null = null
  let end = from
  for (let at = from; at < tokens.length; ) {
    const word = wordAt(tokens, at)
    const day = dayOf(word)
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
      const to = /^(?:to|through|-)$/.test(wordAt(tokens, at + 1)) ? dayOf(wordAt(tokens, at + 2)) : -1
      for (let one = day; ; one = (one + 1) % 7) {
        chosen.add(one)
        if (to === -1 || one === to) break
      }
      at += to === -1 ? 1 : 3
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
    } else if (word === 'hourly' || (isEvery && word === 'hour')) return [{ at: at + 1, slots: { schedule: '0 * * * *' } }]
    else if (Object.hasOwn(partOfDay, word) && (isEvery || chosen.size > 0 || span !== null)) {
      part = word
      at += 1
    } else if (/^(?:on|in|the|and|of|at|a)$/.test(word) || within.has(word)) {
      at += 1
      continue
    } else break
    end = at
  }
  if (part !== null) span ??= everyDay
  const dow = chosen.size > 0 ? [...chosen].sort().join(',') : span
  if (dow === null) return []
  const hour = time?.hour ?? (part === null ? 9 : (partOfDay[part] ?? 9))
  const isLate = part !== null && /^(?:afternoon|evening|night)/.test(part) && hour < 12 && time !== null
  return [{ at: end, slots: { schedule: `${time?.minute ?? 0} ${isLate ? hour + 12 : hour} * * ${shortened(dow)}` } }]
}

/** `1,2,3,4,5` is `1-5`. */
const shortened = (dow: string): string => {
  const numbers = dow.split(',').map(Number)
  const isRun = numbers.length > 2 && numbers.every((one, index) => index === 0 || one === (numbers[index - 1] ?? 0) + 1)
  return isRun && numbers.length < 7 ? `${numbers[0]}-${numbers.at(-1)}` : numbers.length === 7 ? everyDay : dow
}

const sinceWords: Readonly<Record<string, string>> = { today: 'today', yesterday: 'yesterday', overnight: 'overnight', tonight: 'tonight' }
const spans = /^(?:week|month|morning|afternoon|evening|night|weekend|year|quarter|hour|day)$/

/** A stretch of time up to now, as it was said: `today`, `overnight`, `last week`; an amount as `24h`. */
export const readSince = (tokens: readonly Token[], from: number): readonly Found[] => {
  let at = from
  if (/^(?:since|for|over|in|during|from)$/.test(wordAt(tokens, at))) at += 1
  if (wordAt(tokens, at) === 'the') at += 1
  const word = wordAt(tokens, at)
  if (Object.hasOwn(sinceWords, word)) return [{ at: at + 1, slots: { since: word } }]
  if (/^(?:last|past|this)$/.test(word)) {
    const [length] = word === 'this' ? [] : readDuration(tokens, at + 1)
    if (length?.slots.for !== undefined) return [{ at: length.at, slots: { since: length.slots.for } }]
    const next = wordAt(tokens, at + 1)
    if (spans.test(next) || dayOf(next) !== -1) {
      const short = word !== 'this' && (next === 'hour' || next === 'day') ? `1${next[0]}` : `${word} ${next}`
      return [{ at: at + 2, slots: { since: short } }]
    }
    return []
  }
  if (word === 'weekend') return [{ at: at + 1, slots: { since: 'weekend' } }]
  return at > from && dayOf(word) !== -1 ? [{ at: at + 1, slots: { since: word } }] : []
}

const untilWords =
  /^(?:tomorrow|tonight|noon|midnight|morning|afternoon|evening|night|lunch|the|next|end|of|day|week|at|o'?clock|am|pm|later|today|this|in|\d{1,2}(?:[:.h]\d{2})?(?:am|pm|h)?)$/

/** A moment to come, as it was said. */
export const readUntil = ({ text, tokens }: Said, from: number): readonly Found[] => {
  let at = from
  while (at < tokens.length && at - from < 6 && (untilWords.test(wordAt(tokens, at)) || dayOf(wordAt(tokens, at)) !== -1)) at += 1
  const first = tokens[from]
  const last = tokens[at - 1]
  return at === from || !first || !last ? [] : [{ at, slots: { until: text.slice(first.from, last.to).replace(/[\s.!?,;]+$/, '') } }]
}
