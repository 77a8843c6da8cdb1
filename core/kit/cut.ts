import type { Passage, Run } from './passages.ts'

/** What a text takes up. A text's price is taken as the sum of those of its parts. */
export type Cost = (text: string) => number

/** The longest beginning of a text that costs at most `budget`, cut between words where there are some, never inside a character. */
export const beginning = (text: string, budget: number, cost: Cost): string => {
  let used = 0
  let end = 0
  // A character costs no less than its length, so what comes much later cannot fit; finding characters in all of a long text takes seconds.
  const start = text.slice(0, Math.max(0, budget) + spareChars)
  let isWhole = start.length === text.length
  for (const { segment } of graphemes.segment(start)) {
    used += cost(segment)
    if (used > budget) {
      isWhole = false
      break
    }
    end += segment.length
  }
  if (isWhole) return text
  if (/\s/.test(text.charAt(end))) return text.slice(0, end)
  // A last word that would take the half of what there is with it is cut instead.
  const between = Math.max(...[' ', '\n', '\t'].map((space) => text.lastIndexOf(space, end - 1)))
  return text.slice(0, between >= end / 2 ? between : end)
}

/** The same with an ellipsis where something was left out; empty where not even that fits. */
export const shortened = (text: string, budget: number, cost: Cost): string => {
  if (cost(text) <= budget) return text
  const kept = beginning(text, budget - cost('…'), cost).trimEnd()
  return cost(kept) + cost('…') <= budget ? `${kept}…` : ''
}

/**
 * Both ends of a text with what is missing counted between them: at most `mostLines` lines (the count is one), at most
 * `budget`. Cut between lines, and only where one line alone is too long inside it.
 */
export const bothEnds = (text: string, mostLines: number, budget: number, cost: Cost): string => {
  const lines = text.split('\n')
  if (lines.length === 1) return shortened(text, budget, cost)
  const kept = Math.max(0, mostLines - 1)
  const most = { head: Math.min(lines.length - 1, Math.ceil(kept / 2)), tail: Math.floor(kept / 2) }
  let left = budget - cost(missing(lines.length)) - 2 * cost('\n')
  if (left < 0) return ''
  const head: string[] = []
  const tail: string[] = []
  const take = (line: string | undefined, into: string[], mostCost: number): boolean => {
    if (line === undefined || head.length + tail.length >= lines.length - 1) return false
    const price = cost(line) + cost('\n')
    if (price > mostCost) return false
    into.push(line)
    left -= price
    return true
  }
  const half = Math.floor(left / 2)
  while (head.length < most.head && take(lines[head.length], head, left - half)) {}
  if (head.length === 0 && most.head > 0) take(shortened(lines[0] ?? '', left - half - cost('\n'), cost), head, left - half)
  while (tail.length < most.tail && take(lines[lines.length - 1 - tail.length], tail, left)) {}
  while (head.length < most.head && take(lines[head.length], head, left)) {}
  return [...head, missing(lines.length - head.length - tail.length), ...tail.reverse()].join('\n')
}

const missing = (lines: number): string => `… ${lines} more ${lines === 1 ? 'line' : 'lines'}`

/** The beginning of a passage that costs at most `budget`, and says that something is missing; null where too little would be left to be worth it. */
export const cutPassage = (passage: Passage, budget: number, cost: Cost, costOf: (passage: Passage) => number): Passage | null => {
  switch (passage.kind) {
    case 'code':
      return cutCode(passage, budget, cost, costOf)
    case 'list':
      return cutList(passage, budget, cost, costOf)
    default: {
      const runs = cutRuns(passage.runs, budget, (some) => costOf({ ...passage, runs: some }), cost)
      return runs === null ? null : { ...passage, runs }
    }
  }
}

const cutCode = (
  passage: Extract<Passage, { kind: 'code' }>,
  budget: number,
  cost: Cost,
  costOf: (passage: Passage) => number,
): Passage | null => {
  const lines = passage.text.split('\n')
  let left = budget - costOf({ ...passage, text: missing(lines.length) })
  const end = lines.findIndex((line) => {
    left -= cost(line) + cost('\n')
    return left < 0
  })
  if (end > 0) return { ...passage, text: [...lines.slice(0, end), missing(lines.length - end)].join('\n') }
  const line = shortened(lines[0] ?? '', budget - costOf({ ...passage, text: '' }), cost)
  return line.length < least || end < 0 ? null : { ...passage, text: line }
}

const cutList = (
  passage: Extract<Passage, { kind: 'list' }>,
  budget: number,
  cost: Cost,
  costOf: (passage: Passage) => number,
): Passage | null => {
  const rest = (count: number) => ({ depth: 0, marker: '…', runs: [{ text: `${count} more` }] })
  let left = budget - costOf({ ...passage, items: [rest(passage.items.length)] })
  const end = passage.items.findIndex((item) => {
    left -= costOf({ ...passage, items: [item] }) + cost('\n')
    return left < 0
  })
  if (end > 0) return { ...passage, items: [...passage.items.slice(0, end), rest(passage.items.length - end)] }
  const [first] = passage.items
  if (!first) return null
  const runs = cutRuns(first.runs, budget, (some) => costOf({ ...passage, items: [{ ...first, runs: some }] }), cost)
  return runs === null ? null : { ...passage, items: [{ ...first, runs }] }
}

/** Cut in the text of all of them, so that no character is cut that begins in one and ends in the next. */
const cutRuns = (runs: readonly Run[], budget: number, costOf: (runs: readonly Run[]) => number, cost: Cost): readonly Run[] | null => {
  const frame = costOf(runs) - runs.reduce((sum, { text }) => sum + cost(text), 0)
  const text = runs.map((run) => run.text).join('')
  const kept = beginning(text, budget - frame - cost('…'), cost).trimEnd()
  if (kept.length < least) return null
  let from = 0
  const some = runs.flatMap((run) => {
    const part = run.text.slice(0, Math.max(0, kept.length - from))
    from += run.text.length
    return part === '' ? [] : [{ ...run, text: part }]
  })
  return [...some, { text: '…' }]
}

/** Longer than any character that people write. */
const spareChars = 1_000

/** Fewer characters than this are not worth showing. */
const least = 12

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
