import type { Reached, Said } from './said.ts'
import { dayOf } from './schedule.ts'
import type { Token } from './tokens.ts'

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

const units: readonly (readonly [RegExp, Unit])[] = [
  [/^(?:s|secs?|seconds?)$/, 's'],
  [/^(?:m|mins?|minutes?)$/, 'm'],
  [/^(?:h|hrs?|hours?)$/, 'h'],
  [/^(?:d|days?)$/, 'd'],
  [/^(?:w|wks?|weeks?)$/, 'w'],
]
const unitOf = (word: string): Unit | null => units.find(([names]) => names.test(word))?.[1] ?? null

const seconds = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const
type Unit = keyof typeof seconds

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
  if (/^an?$/.test(word) && wordAt(tokens, at + 1) === 'half' && unitOf(wordAt(tokens, at + 2)) === 'h') return { at: at + 3, total: 1_800 }
  let here = at
  if (/^an?$/.test(word) && /^(?:couple|few)$/.test(wordAt(tokens, at + 1))) here += 1
  const number = /^\d{1,5}(?:\.\d{1,2})?$/.test(wordAt(tokens, here)) ? Number(wordAt(tokens, here)) : counts[wordAt(tokens, here)]
  if (number === undefined) return null
  here += wordAt(tokens, here + 1) === 'of' ? 2 : 1
  const more = isAndHalf(tokens, here) ? 3 : 0 // "two and a half hours"
  const unit = unitOf(wordAt(tokens, here + more))
  if (unit === null) return null
  const end = here + more + 1
  const isHalf = more > 0 || isAndHalf(tokens, end) // "an hour and a half"
  return { at: more === 0 && isHalf ? end + 3 : end, total: Math.round((number + (isHalf ? 0.5 : 0)) * seconds[unit]) }
}

const isAndHalf = (tokens: readonly Token[], at: number): boolean =>
  wordAt(tokens, at) === 'and' && wordAt(tokens, at + 1) === 'a' && wordAt(tokens, at + 2) === 'half' && wordAt(tokens, at + 3) !== 'hour'

const quarter = (tokens: readonly Token[], from: number): { readonly at: number; readonly total: number } | null => {
  const at = /^an?$/.test(wordAt(tokens, from)) ? from + 1 : from
  return unitOf(wordAt(tokens, at)) === 'h' ? { at: at + 1, total: 900 } : null
}

/** `2h`, `90 minutes`, `an hour`, `1 hour and 30 minutes`, as `for`. A bare number is none: its unit would be a guess. */
export const readDuration = (tokens: readonly Token[], from: number): readonly Reached[] => {
  let at = from
  if (/^(?:the|next)$/.test(wordAt(tokens, at))) {
    at += wordAt(tokens, at) === 'the' && wordAt(tokens, at + 1) === 'next' ? 2 : 1
    if (unitOf(wordAt(tokens, at)) !== null) {
      const unit = unitOf(wordAt(tokens, at))
      return [{ at: at + 1, slots: { for: `1${unit}` } }]
    }
  }
  return readLength(tokens, at)
}

/** One amount, or several that grow smaller. */
const readLength = (tokens: readonly Token[], from: number): readonly Reached[] => {
  let at = from
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

const sinceWords: Readonly<Record<string, string>> = { today: 'today', yesterday: 'yesterday', overnight: 'overnight', tonight: 'tonight' }
const spans = /^(?:week|month|morning|afternoon|evening|night|weekend|year|quarter|hour|day)$/

/** A stretch of time up to now, as it was said: `today`, `overnight`, `last week`; an amount as `24h`. */
export const readSince = (tokens: readonly Token[], from: number): readonly Reached[] => {
  let at = from
  if (/^(?:since|for|over|in|during|from)$/.test(wordAt(tokens, at))) at += 1
  if (wordAt(tokens, at) === 'the') at += 1
  const word = wordAt(tokens, at)
  if (Object.hasOwn(sinceWords, word)) return [{ at: at + 1, slots: { since: word } }]
  // "in 10 minutes" is to come.
  const [ago] = wordAt(tokens, from) === 'in' && at === from + 1 ? [] : readLength(tokens, at)
  if (ago?.slots.for !== undefined) return [{ at: ago.at, slots: { since: ago.slots.for } }]
  if (/^(?:last|past|this)$/.test(word)) {
    const [length] = word === 'this' ? [] : readLength(tokens, at + 1)
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
  /^(?:tomorrow|tonight|noon|midnight|morning|afternoon|evening|night|lunch|the|next|end|of|day|week|at|o'?clock|am|pm|a\.m|p\.m|later|today|this|in|\d{1,2}(?:[:.h]\d{2})?(?:am|pm|h)?)$/

/** What says nothing of itself, and what cannot come last. */
const joining = /^(?:the|next|of|at|this|in)$/

/** A moment to come, as it was said, but in small letters. */
export const readUntil = ({ text, tokens }: Said, from: number): readonly Reached[] => {
  let at = from
  while (at < tokens.length && at - from < 6 && (untilWords.test(wordAt(tokens, at)) || dayOf(wordAt(tokens, at)) !== -1)) at += 1
  while (at > from && joining.test(wordAt(tokens, at - 1))) at -= 1
  const first = tokens[from]
  const last = tokens[at - 1]
  return at === from || !first || !last ? [] : [{ at, slots: { until: plainly(text.slice(first.from, last.to)) } }]
}

const plainly = (text: string): string =>
  text
    .replace(/[\s.!?,;]+$/, '')
    .replace(/\s+/g, ' ')
    .toLowerCase()
