import { createColors } from 'picocolors'
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import type { Block, Button, Card, DrawnCard } from '../../bot/contracts/card.ts'
import { afterCalls, between, callsOf } from '../../core/kit/called.ts'
import { passagesOf } from '../../core/kit/markdown.ts'
import { type Passage, textOf } from '../../core/kit/passages.ts'
import { plain } from '../../core/kit/text.ts'
import { platform } from './translate.ts'

/** How a card is looked at. */
export type Look = {
  readonly columns: number
  readonly isColoured: boolean
  /** False where only ASCII can be shown. */
  readonly isUnicode: boolean
  /** The number a button is pressed by; null hides the button. */
  readonly numberOf: (button: string) => number | null
  /** The thread to name in front of the title, or null when that goes without saying. */
  readonly thread: string | null
}

/**
 * A card as a terminal shows it: sign, whom it calls, title, indented lines and paragraphs, quoted code and blocks, a picture in words,
 * numbered buttons. No line is wider than the terminal, and nothing from outside can colour, move or pose as a button (buttons
 * alone begin in the first column).
 */
export const render = (card: DrawnCard, look: Look): string => {
  const { lines, body, blocks, picture } = card
  return [
    ...title(card, look),
    ...lines.flatMap((line) => text(line, look)),
    ...passages(body, look),
    ...blocks.flatMap((block) => quote(block, look)),
    ...(picture ? text(`[picture: ${oneLine(picture.alt)}]`, look) : []),
    ...buttons(card.buttons, look),
  ].join('\n')
}

/** Does that card call whoever sits here, so that it should be heard? */
export const isHeard = (card: DrawnCard): boolean => callsIn(card).people.some(({ account }) => account !== null)

/** The card in one line, without whom it calls, and a line of buttons if `hasButtons`. */
export const renderShort = (whole: DrawnCard, look: Look, hasButtons: boolean): string => {
  const card = { ...whole, mentions: [] }
  const [first = ''] = title(card, { ...look, columns: Number.MAX_SAFE_INTEGER })
  const width = widthOf(look)
  // Cut as plain text, so that no colour is cut in half.
  const [short = ''] = title({ ...card, title: cut(oneLine(card.title), width - 2 - tagWidth(look), look) }, { ...look, columns: 100_000 })
  const head = stringWidth(first) <= width ? first : short
  return [head, ...(hasButtons ? buttons(card.buttons, look) : [])].join('\n')
}

/** Does the terminal's locale say UTF-8? `LC_ALL` beats `LC_CTYPE` beats `LANG`; macOS without any is UTF-8. */
export const isUtf8 = (env: Readonly<Record<string, string | undefined>>, platform: string): boolean => {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return locale ? /utf-?8/i.test(locale) : platform === 'darwin'
}

/** A line of our own between cards: dim, wrapped. */
export const remark = (words: string, look: Pick<Look, 'columns' | 'isColoured'>): string =>
  wrap(clean(words), Math.min(widthOf(look), proseColumns))
    .map((row) => inks(look).dim(row))
    .join('\n')

/** What somebody said in another terminal. */
export const quoted = (words: string, look: Look): string => {
  const mark = `${look.isUnicode ? '»' : '>'} ${look.thread === null ? '' : `${oneLine(look.thread)} `}`
  return inks(look).dim(`${mark}${cut(oneLine(words), widthOf(look) - stringWidth(mark), look)}`)
}

const proseColumns = 100
const signs: Readonly<
  Record<Card['tone'], { readonly sign: string; readonly ascii: string; readonly colour: 'blue' | 'cyan' | 'green' | 'red' | 'yellow' }>
> = {
  calm: { sign: '●', ascii: '*', colour: 'blue' },
  busy: { sign: '▲', ascii: '^', colour: 'cyan' },
  good: { sign: '✓', ascii: '+', colour: 'green' },
  bad: { sign: '✗', ascii: 'x', colour: 'red' },
  ask: { sign: '?', ascii: '?', colour: 'yellow' },
}

const title = (card: DrawnCard, look: Look): readonly string[] => {
  const { bold, dim, ...colours } = inks(look)
  const { sign, ascii, colour } = signs[card.tone]
  // A title that begins with the thread's name needs it only once.
  const tag = look.thread === null || oneLine(card.title).startsWith(oneLine(look.thread)) ? '' : oneLine(look.thread)
  const names = namesIn(card, (name) => name)
  const rows = wrap(
    `${names}${tag === '' ? '' : `${tag}  `}${oneLine(card.title)}`,
    Math.min(widthOf(look), Math.max(proseColumns, look.columns > 1_000 ? look.columns : 0)) - 2,
  )
  return rows.map((row, index) => {
    if (index > 0) return `  ${bold(row)}`
    const mark = bold(colours[colour](look.isUnicode ? sign : ascii))
    if (!row.startsWith(names)) return `${mark} ${bold(row)}`
    const start = `${mark} ${namesIn(card, bold)}`
    const rest = row.slice(names.length)
    return tag !== '' && rest.startsWith(`${tag}  `) ? `${start}${dim(tag)}  ${bold(rest.slice(tag.length + 2))}` : `${start}${bold(rest)}`
  })
}

const callsIn = (card: Pick<DrawnCard, 'mentions' | 'isSilent'>) =>
  callsOf(card, { isAccount: (account) => account === platform, costOf: ({ name }) => name.length, chars: 1_000 })

/** Whoever sits here stands out; all others are only named. */
const namesIn = (card: DrawnCard, loud: (name: string) => string): string => {
  const calls = callsIn(card)
  const names = calls.people.map(({ name, account }) => (account === null ? oneLine(name) : loud(oneLine(name))))
  return calls.cost === 0 ? '' : `${names.join(between)}${afterCalls(calls)} `
}

const text = (line: string, look: Look, columns = Math.min(widthOf(look), proseColumns) - 2): readonly string[] =>
  clean(line)
    .split('\n')
    .flatMap((part) => {
      const [, indent = '', bullet = ''] = /^( {0,12})((?:[-*•☐☑…]|\[[ x]\]|\d{1,9}[.)]) )?/.exec(part) ?? []
      const hanging = ' '.repeat(indent.length + bullet.length)
      const rows = wrap(part.slice(hanging.length).trimStart(), columns - hanging.length)
      return rows.map((row, index) => `  ${index === 0 ? indent + bullet : hanging}${row}`.trimEnd())
    })

/** An empty row stands between two passages. */
const passages = (body: string, look: Look): readonly string[] =>
  body.trim() === '' ? [] : passagesOf(body).flatMap((passage, index) => [...(index === 0 ? [] : ['']), ...drawPassage(passage, look)])

const drawPassage = (passage: Passage, look: Look): readonly string[] => {
  if (passage.kind === 'code') return quote({ title: '', text: passage.text }, look)
  if (passage.kind === 'quote')
    return text(textOf(passage), look, Math.min(widthOf(look), proseColumns) - 4).map((row) => bordered(row.slice(2), look))
  if (passage.kind === 'text') return text(textOf(passage), look)
  return passage.items.flatMap((item) => {
    const marker = look.isUnicode ? item.marker : (asciiMarkers[item.marker] ?? item.marker)
    const below = ' '.repeat(2 * item.depth + marker.length + 1)
    return text(textOf({ kind: 'list', items: [{ ...item, marker }] }).replaceAll('\n', `\n${below}`), look)
  })
}

const asciiMarkers: Readonly<Record<string, string>> = { '•': '-', '☐': '[ ]', '☑': '[x]' }

const bordered = (row: string, look: Look): string => inks(look).dim(`  ${look.isUnicode ? '│' : '|'} ${row}`)

const quote = ({ title: name, text: body }: Block, look: Look): readonly string[] => {
  const lines = clean(body).replaceAll('\t', '    ').replace(/\n+$/, '').split('\n')
  const rows = shorten(lines, look).flatMap((line) => wrapHard(cut(line, 800, look), widthOf(look) - 4))
  return [
    ...(name === '' ? [] : wrap(oneLine(name), widthOf(look) - 2).map((row) => `  ${row}`)),
    ...rows.map((row) => bordered(row, look)),
  ]
}

const blockLines = 40

const shorten = (lines: readonly string[], { isUnicode }: Look): readonly string[] => {
  if (lines.length <= blockLines) return lines
  const missing = lines.length - blockLines
  return [
    ...lines.slice(0, blockLines / 2),
    `${isUnicode ? '…' : '...'} ${missing} more ${missing === 1 ? 'line' : 'lines'}`,
    ...lines.slice(-blockLines / 2),
  ]
}

const buttons = (all: readonly Button[], look: Look): readonly string[] => {
  const { bold, cyan, red } = inks(look)
  const width = widthOf(look) - 2
  const rows: { words: string; columns: number }[] = []
  for (const { id, label, isRisky } of all) {
    const number = look.numberOf(id)
    if (number === null) continue
    const words = cut(`${oneLine(label)}${isRisky ? ' !' : ''}`, width - `[${number}] `.length, look)
    const columns = stringWidth(`[${number}] ${words}`)
    const drawn = isRisky ? `${bold(red(`[${number}]`))} ${red(words)}` : `${bold(cyan(`[${number}]`))} ${words}`
    const last = rows.at(-1)
    if (last && last.columns + 3 + columns <= width) {
      last.words += `   ${drawn}`
      last.columns += 3 + columns
    } else rows.push({ words: drawn, columns })
  }
  return rows.map(({ words }) => `${cyan(look.isUnicode ? '›' : '>')} ${words}`)
}

/** One column stays free: some terminals break the line when the last one is filled. */
const widthOf = ({ columns }: Pick<Look, 'columns'>): number => Math.max(19, columns - 1)
const tagWidth = ({ thread }: Look): number => (thread === null ? 0 : stringWidth(oneLine(thread)) + 2)

const wrap = (words: string, columns: number): readonly string[] => wrapAnsi(words, Math.max(8, columns), { hard: true }).split('\n')
const wrapHard = (words: string, columns: number): readonly string[] =>
  wrapAnsi(words, Math.max(8, columns), { hard: true, wordWrap: false, trim: false }).split('\n')

// Bidirectional overrides and isolates: they would let a text be read in another order than it is written.
const directions = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const clean = (words: string): string => plain(words).replace(directions, '')
const oneLine = (words: string): string => clean(words).replace(/\s+/g, ' ').trim()

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** At most so many columns, with an ellipsis where something was left out. */
const cut = (words: string, columns: number, { isUnicode }: Pick<Look, 'isUnicode'>): string => {
  if (stringWidth(words) <= columns) return words
  const end = isUnicode ? '…' : '...'
  let kept = ''
  let used = end.length
  for (const { segment } of graphemes.segment(words)) {
    used += stringWidth(segment)
    if (used > columns) break
    kept += segment
  }
  return `${kept.trimEnd()}${end}`
}

const coloured = createColors(true)
const colourless = createColors(false)
/** Whether there are colours is said by who asks for them, never guessed from the surroundings of this process. */
export const inks = ({ isColoured }: Pick<Look, 'isColoured'>): typeof coloured => (isColoured ? coloured : colourless)
