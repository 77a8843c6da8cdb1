import type { Button, Card, DrawnCard } from '../../bot/contracts/card.ts'
import { fault } from '../../bot/contracts/faults.ts'
import { afterCalls, between, type Called, callsOf } from '../../core/kit/called.ts'
import { shortened } from '../../core/kit/cut.ts'
import { layOut } from '../../core/kit/layout.ts'
import type { Passage, Run } from '../../core/kit/passages.ts'
import { visible } from '../../core/kit/visible.ts'
import type { Formatting, Keyboard, Mentioned } from './client/types.ts'

/** What is sent for a card: a message, and what hangs below it. */
export type Drawn = {
  readonly text: string
  readonly entities: readonly (Formatting | Mentioned)[]
  readonly keyboard: Keyboard
  readonly picture: { readonly caption: string; readonly png: string } | null
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** It comes without a sound. */
  readonly isSilent: boolean
}

/** The longest text we send. Telegram takes 4,096. */
export const textChars = 3_500
export const mostButtons = 24
export const repeatMark = '(may be a repeat)'

/**
 * A card as Telegram shows it: text with formatting beside it, so nothing has to be escaped, and nothing from outside names,
 * commands or formats. It begins with the people it calls. @throws {Fault} CHAT_REFUSED for a button that Telegram would drop
 */
export const render = (card: DrawnCard, { isAgain }: { readonly isAgain: boolean }): Drawn => {
  const sign = `${signs[card.tone]} `
  const start = callSpans(card)
  const startCost = start.reduce((sum, { text }) => sum + cost(text), 0)
  const laid = layOut(card, { chars: textChars - startCost - sign.length - repeatMark.length - 2, cost })
  const page = pageOf([
    ...start,
    plainly(sign),
    { text: laid.title, styles: ['bold'] },
    ...laid.lines.map((line) => plainly(`\n${line}`)),
    ...laid.body.flatMap((passage) => [plainly('\n\n'), ...spansOf(passage)]),
    ...laid.blocks.flatMap(({ title, text }): Span[] => [
      plainly('\n\n'),
      { text: title, styles: ['bold'] },
      plainly('\n'),
      { text, styles: ['pre'] },
    ]),
    ...(isAgain ? [plainly(`\n\n${repeatMark}`)] : []),
  ])
  return {
    ...page,
    keyboard: keyboardOf(card.buttons),
    picture: card.picture && { caption: calm(shortened(visible(card.picture.alt), 900, cost), []).text, png: card.picture.png },
    files: laid.files,
    isSilent: card.isSilent,
  }
}

/** A line of text as it is shown over everything else: a title and what is said with it, at most 200 characters. */
export const renderShort = (card: Pick<DrawnCard, 'title' | 'lines'>): string =>
  shortened(visible([card.title, ...card.lines].join('\n')), 200, (text) => text.length)

/** The name of a topic: 1 to 128 characters. */
export const topicName = (title: string): string =>
  shortened(visible(title).replace(/\s+/g, ' ').trim(), 128, (text) => text.length) || 'session'

const signs: Readonly<Record<Card['tone'], string>> = { calm: '🔹', busy: '⏳', good: '✅', bad: '🔴', ask: '❓' }

/** A piece of text that looks the same throughout. */
type Span = {
  readonly text: string
  readonly styles: readonly Formatting['type'][]
  readonly language?: string
  /** The number of whoever is called by it. */
  readonly calls?: number
}

const plainly = (text: string): Span => ({ text, styles: [] })

const callSpans = (card: DrawnCard): readonly Span[] => {
  const calls = callsOf(card, { isAccount, costOf: ({ name }) => cost(name) + 2, chars: Math.floor(textChars / 3) })
  if (calls.cost === 0) return []
  const spanOf = ({ name, account }: Called): Span =>
    account === null ? plainly(name) : { text: name || 'you', styles: [], calls: Number(account) }
  return [...calls.people.flatMap((one, index) => [plainly(index === 0 ? '' : between), spanOf(one)]), plainly(afterCalls(calls))]
}

/** Numbers of people; those of groups are negative. */
const isAccount = (account: string): boolean => /^[1-9]\d{0,15}$/.test(account) && Number.isSafeInteger(Number(account))

const spansOf = (passage: Passage): readonly Span[] => {
  switch (passage.kind) {
    case 'code':
      return [{ text: passage.text, styles: ['pre'], language: passage.language }]
    case 'list':
      return passage.items.flatMap(({ depth, marker, runs }, index) => [
        plainly(`${index === 0 ? '' : '\n'}${'  '.repeat(depth)}${marker} `),
        ...runs.map(spanOf),
      ])
    case 'quote':
      // Fixed width stands alone: Telegram lets it be inside of nothing.
      return passage.runs.map(({ isCode: _, ...run }) => ({ text: run.text, styles: ['blockquote', ...spanOf(run).styles] }))
    default:
      return passage.runs.map(spanOf)
  }
}

const spanOf = ({ text, isBold, isItalic, isStruck, isCode }: Run): Span => ({
  text,
  styles: isCode
    ? ['code']
    : [
        ...(isBold ? (['bold'] as const) : []),
        ...(isItalic ? (['italic'] as const) : []),
        ...(isStruck ? (['strikethrough'] as const) : []),
      ],
})

/** The pieces as one text with its formatting beside it. Telegram counts in UTF-16 units, as strings here do. */
const pageOf = (spans: readonly Span[]): Pick<Drawn, 'text' | 'entities'> => {
  let text = ''
  const entities: (Formatting | Mentioned)[] = []
  for (const span of spans) {
    if (span.calls !== undefined)
      entities.push({ type: 'text_mention', offset: text.length, length: span.text.length, user: { id: span.calls } })
    for (const type of span.text === '' ? [] : span.styles) {
      const last = entities.findLastIndex((entity) => entity.type === type)
      const before = entities[last]
      if (before && before.offset + before.length === text.length) entities[last] = { ...before, length: before.length + span.text.length }
      else entities.push({ type, offset: text.length, length: span.text.length, ...(span.language ? { language: span.language } : {}) })
    }
    text += span.text
  }
  return calm(text, entities.slice(0, mostEntities))
}

/** Telegram leaves out what comes after the hundredth. */
const mostEntities = 100

/**
 * Telegram makes names and commands of words by itself, and a tap on a command says it. An invisible sign in between keeps
 * them words. In fixed width it does not look for them, and addresses stay whole.
 */
const calm = (text: string, entities: Drawn['entities']): Pick<Drawn, 'text' | 'entities'> => {
  const fixed = entities.filter(({ type }) => type === 'pre' || type === 'code')
  const breaks = [...text.matchAll(/https?:\/\/[\w.-]+[\w./?=&%#~:+-]*|(?<!\w)@(?=\w)|(?<![\w/])\/(?=\w+(?![\w/]))/g)]
    .filter(({ 0: found, index }) => found.length === 1 && !fixed.some(({ offset, length }) => offset <= index && index < offset + length))
    .map(({ index }) => index + 1)
  const moved = (at: number): number => at + breaks.filter((place) => place < at).length
  return {
    text: [0, ...breaks].map((from, index) => text.slice(from, breaks[index])).join('\u2060'),
    entities: entities.map((entity) => {
      const offset = moved(entity.offset)
      return { ...entity, offset, length: moved(entity.offset + entity.length) - offset }
    }),
  }
}

/** At least what `calm` makes of it. */
const cost = (text: string): number => text.length + (text.match(/[@/]/g)?.length ?? 0)

const keyboardOf = (buttons: readonly Button[]): Keyboard => {
  if (buttons.length > 100)
    throw fault('CHAT_REFUSED', { platform: 'telegram', problem: `${buttons.length} buttons, and there may be 100` })
  const rows: Keyboard = []
  for (const { id, label, isRisky } of buttons) {
    const bytes = Buffer.byteLength(id)
    if (bytes < 1 || bytes > 64)
      throw fault('CHAT_REFUSED', { platform: 'telegram', problem: `the id of a button has ${bytes} bytes, and may have 1 to 64` })
    const text = shortened(visible(label).replace(/\s+/g, ' ').trim(), 48, (words) => words.length) || '·'
    const button = { text, callback_data: id, ...(isRisky && { style: 'danger' as const }) }
    const last = rows.at(-1)
    if (last && last.length < Math.min(...[...last, button].map(({ text: { length } }) => (length <= 10 ? 3 : length <= 20 ? 2 : 1))))
      last.push(button)
    else rows.push([button])
  }
  return rows
}
