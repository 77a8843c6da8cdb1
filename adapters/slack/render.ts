import type { Button, DrawnCard, Form } from '../../bot/contracts/card.ts'
import { fault } from '../../bot/contracts/faults.ts'
import { afterCalls, between, type Called, type Calls, callsOf } from '../../core/kit/called.ts'
import { type Laid, layOut } from '../../core/kit/layout.ts'
import { type Passage, type Run, textOf } from '../../core/kit/passages.ts'
import { headline } from '../../core/kit/text.ts'
import { visible } from '../../core/kit/visible.ts'
import { platform } from './translate.ts'

/** What people see of a message at most; the rest goes into files. */
export const textChars = 3_000
export const mostButtons = 25
/** Slack takes about 13,200 characters of blocks (bolt-js#2509), counted as JSON. */
const mostBlockChars = 12_000
const mostIdChars = 255
const mostLabelChars = 75

/** Something that goes into the thread as a file. `alt` says what is on a picture. */
export type Upload = { readonly name: string; readonly bytes: Buffer; readonly alt: string | null }
/** A message as Slack takes it. `text` is what notifications and screen readers get. */
export type Payload = { readonly text: string; readonly blocks: Block[]; readonly files: readonly Upload[] }

export type Block =
  | { readonly type: 'rich_text'; readonly elements: Part[] }
  | { readonly type: 'actions'; readonly elements: DrawnButton[] }
type Part =
  | { readonly type: 'rich_text_section'; readonly elements: Word[] }
  | { readonly type: 'rich_text_preformatted' | 'rich_text_quote'; readonly elements: Word[]; readonly border: 0 }
type Style = { readonly bold?: boolean; readonly italic?: boolean; readonly strike?: boolean; readonly code?: boolean }
type Word = { readonly type: 'text'; readonly text: string; readonly style?: Style } | { readonly type: 'user'; readonly user_id: string }
type ListItem = Extract<Passage, { kind: 'list' }>['items'][number]
type PlainText = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
type DrawnButton = { readonly type: 'button'; readonly action_id: string; readonly text: PlainText; readonly style?: 'danger' }

const signs = { calm: '🔹', busy: '🔷', good: '✅', bad: '❌', ask: '❓' } as const
/**
 * A card as one message. All text is in `rich_text` elements, in which Slack looks for nothing: no mention, no link, no emoji
 * name, no markup. It begins with the people it calls: `user` elements, and `<@U…>` in the text for notifications; nothing else in
 * it names anybody. https://docs.slack.dev/reference/block-kit/block-elements/user-element
 *
 * @throws {Fault} CHAT_REFUSED for buttons that Slack would not take
 */
export const render = (card: DrawnCard): Payload => {
  const actions = drawButtons(card.buttons)
  const picture = card.picture
    ? [{ name: 'picture.png', bytes: Buffer.from(card.picture.png, 'base64'), alt: visible(card.picture.alt).slice(0, 1_000) }]
    : []
  const calls = callsOf(card, { isAccount, costOf: ({ name, account }) => Math.max(name.length, (account ?? '').length + 3), chars: 1_000 })
  const start = drawCalls(calls)
  const laid = layOut(card, { chars: textChars - 10 - calls.cost })
  const small = (from: Laid, elements: Part[]): Payload | null => {
    const blocks: Block[] = [{ type: 'rich_text', elements }, ...actions]
    if (JSON.stringify(blocks).length > mostBlockChars) return null
    const texts = from.files.map(({ name, text }) => ({ name, bytes: Buffer.from(text), alt: null }))
    return { text: fallback(card.tone, from, calls), blocks, files: [...picture, ...texts.filter(({ bytes }) => bytes.length > 0)] }
  }
  // Formatting costs more than the text it formats, so the first thing to go is that.
  const sign = signs[card.tone]
  const whole = small(laid, drawParts(laid, start, sign)) ?? small(laid, drawPlain(laid, start, sign))
  if (whole) return whole
  const short = layOut(card, { chars: 1_000 })
  const left = small(short, drawPlain(short, start, sign))
  if (!left) throw refused('its buttons take up all the room of a message')
  return left
}

/** The form that a button asks for. `carried` comes back with what was typed. */
export const drawForm = (form: Form, carried: string) => ({
  type: 'modal' as const,
  callback_id: 'ao',
  private_metadata: carried,
  title: plainText(form.title, 24),
  submit: plainText('Send', 24),
  close: plainText('Cancel', 24),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'text',
      label: plainText(form.label, 45),
      element: { type: 'plain_text_input' as const, action_id: 'text', multiline: true, max_length: 3_000 },
    },
  ],
})

/** Escaped so that it means nothing to Slack where markup is read. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const refused = (problem: string) => fault('CHAT_REFUSED', { platform, problem })

const fallback = (tone: DrawnCard['tone'], { title, lines }: Laid, calls: Calls): string => {
  const names = calls.people.map(({ name, account }) => (account === null ? escaped(name) : `<@${account}>`))
  const words = escaped([`${signs[tone]} ${title}`, ...lines.slice(0, 1).map((line) => headline(line, 200))].join('\n'))
  return calls.cost === 0 ? words : `${names.join(between)}${afterCalls(calls)}${words}`
}

const isAccount = (account: string): boolean => /^[UW][A-Z0-9]{2,20}$/.test(account)

const drawCalls = (calls: Calls): Word[] => {
  if (calls.cost === 0) return []
  const drawOne = ({ name, account }: Called): Word[] => (account === null ? said(name) : [{ type: 'user', user_id: account }])
  return [...calls.people.flatMap((one, index) => [...said(index === 0 ? '' : between), ...drawOne(one)]), ...said(afterCalls(calls))]
}

const drawButtons = (buttons: readonly Button[]): readonly Block[] => {
  const ids = buttons.map(({ id }) => id)
  const bad = ids.find((id) => id.length === 0 || id.length > mostIdChars)
  if (bad !== undefined) throw refused(`the id of a button has ${bad.length} characters; 1 to ${mostIdChars} fit`)
  if (new Set(ids).size < ids.length) throw refused('two buttons of a card have the same id')
  if (buttons.length > mostButtons) throw refused(`a card has ${buttons.length} buttons; ${mostButtons} fit`)
  if (buttons.length === 0) return []
  const elements = buttons.map(
    ({ id, label, isRisky }): DrawnButton => ({
      type: 'button',
      action_id: id,
      text: plainText(label, mostLabelChars),
      ...(isRisky && { style: 'danger' as const }),
    }),
  )
  return [{ type: 'actions', elements }]
}

/** Title and lines first; text runs on in one section, since Slack puts nothing between two of them. */
const drawParts = ({ title, lines, body, blocks }: Laid, start: readonly Word[], sign: string): Part[] => {
  const parts: Part[] = []
  let words: Word[] = [...start, ...said(`${sign} ${title}`, { bold: true }), ...lines.flatMap((line) => said(`\n${line}`))]
  const close = (): void => {
    if (words.length > 0) parts.push({ type: 'rich_text_section', elements: words })
    words = []
  }
  const gap = (): Word[] => (words.length > 0 ? said('\n\n') : said('\n'))
  const box = (type: 'rich_text_preformatted' | 'rich_text_quote', inside: Word[]): void => {
    if (inside.length === 0) return
    close()
    parts.push({ type, elements: inside, border: 0 })
  }
  for (const passage of body) {
    if (passage.kind === 'code') box('rich_text_preformatted', said(passage.text))
    else if (passage.kind === 'quote') box('rich_text_quote', drawRuns(passage.runs))
    else words.push(...gap(), ...(passage.kind === 'text' ? drawRuns(passage.runs) : passage.items.flatMap(drawItem)))
  }
  for (const block of blocks) {
    if (block.title !== '') words.push(...gap(), ...said(block.title, { bold: true }))
    box('rich_text_preformatted', said(block.text))
  }
  close()
  return parts
}

/** The same without formatting, for a text that has so much of it that Slack would not take it. */
const drawPlain = ({ title, lines, body, blocks }: Laid, start: readonly Word[], sign: string): Part[] => {
  const rest = [...lines, ...body.flatMap((passage) => ['', textOf(passage)]), ...blocks.flatMap((block) => ['', block.title, block.text])]
  return [
    {
      type: 'rich_text_section',
      elements: [...start, ...said(`${sign} ${title}`, { bold: true }), ...said(rest.map((line) => `\n${line}`).join(''))],
    },
  ]
}

const said = (text: string, style?: Style): Word[] => (text === '' ? [] : [{ type: 'text', text, ...(style && { style }) }])

const drawItem = ({ depth, marker, runs }: ListItem, index: number): Word[] => [
  ...said(`${index === 0 ? '' : '\n'}${'  '.repeat(depth)}${marker} `),
  ...drawRuns(runs),
]

const drawRuns = (runs: readonly Run[]): Word[] =>
  runs.flatMap(({ text, isBold, isItalic, isStruck, isCode }) => {
    const style = {
      ...(isBold && { bold: true }),
      ...(isItalic && { italic: true }),
      ...(isStruck && { strike: true }),
      ...(isCode && { code: true }),
    }
    return said(text, Object.keys(style).length > 0 ? style : undefined)
  })

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Text that Slack does not read anything into, cut between what people see as one character; never empty. */
const plainText = (text: string, chars: number): PlainText => {
  const line = visible(text).replace(/\s+/g, ' ').trim()
  if (line.length <= chars) return { type: 'plain_text', text: line === '' ? '…' : line, emoji: false }
  let kept = ''
  for (const { segment } of graphemes.segment(line)) {
    if (kept.length + segment.length > chars - 1) break
    kept += segment
  }
  return { type: 'plain_text', text: `${kept.trimEnd()}…`, emoji: false }
}
