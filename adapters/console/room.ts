import type { Button, DrawnCard } from '../../bot/contracts/card.ts'
import { plain } from '../../core/kit/text.ts'
import type { Message } from './protocol.ts'

/** What is on show: the messages touched last come last. `nextNumber` is the number the next new button gets. */
export type Room = { readonly messages: readonly Message[]; readonly nextNumber: number }

/** Numbers begin here, so that "1" to "9" stay words: an agent's question may be answered with "2". */
export const firstNumber = 11

/** How many characters of a card are kept; a longer one is cut in its body, blocks and lines, never in its title or buttons. */
export const cardChars = 16_000

/** Nothing was ever shown. */
export const emptyRoom: Room = { messages: [], nextNumber: firstNumber }

/**
 * Posts a card, or puts it in the place of an earlier state of the same message. Buttons that stay keep their numbers; a
 * number is never given twice. The last 200 messages (at most 2 MiB) are kept.
 */
export const show = (
  room: Room,
  { id, thread, at, card }: Omit<Message, 'numbers'>,
): { readonly room: Room; readonly message: Message } => {
  const before = room.messages.find((message) => message.id === id)
  let nextNumber = room.nextNumber
  const numbers: Record<string, number> = {}
  for (const button of card.buttons) numbers[button.id] ??= before?.numbers[button.id] ?? nextNumber++
  const message = { id, thread, at, card: trim(card), numbers }
  const messages = [...room.messages.filter((other) => other !== before), message]
  return { room: { messages: lastOf(messages), nextNumber }, message }
}

/** The button that a bare number means now, if any: in a thread only that thread's buttons count. */
export const buttonAt = (
  room: Room,
  text: string,
  thread: string | null,
): { readonly message: Message; readonly button: Button } | null => {
  if (!/^[1-9]\d{0,8}$/.test(text)) return null
  const number = Number(text)
  for (const message of room.messages) {
    const button = message.card.buttons.find(({ id }) => message.numbers[id] === number)
    if (button) return thread === null || message.thread === thread ? { message, button } : null
  }
  return null
}

/** The card without escape sequences and within `cardChars`; of a picture only its words are kept, because no more is shown. */
export const trim = (card: DrawnCard): DrawnCard => {
  let left = cardChars
  const take = (text: string, mostChars: number): string => {
    const cut = cutMiddle(plain(text), Math.max(0, Math.min(left, mostChars)))
    left -= cut.length
    return cut
  }
  const title = take(card.title, 500)
  const buttons = card.buttons.map((button) => ({ ...button, label: plain(button.label).slice(0, 100) }))
  left -= buttons.reduce((sum, { label }) => sum + label.length, 0)
  const lines = card.lines.slice(0, 200).map((line) => take(line, 2_000))
  const body = cutEnd(plain(card.body), Math.max(0, card.blocks.length === 0 ? left : Math.floor(left / 2)))
  left -= body.length
  return {
    ...card,
    title,
    buttons,
    lines,
    body,
    mentions: card.mentions.slice(0, 100).map(({ name, account }) => ({ name: plain(name).slice(0, 100), account })),
    picture: card.picture && { alt: plain(card.picture.alt).slice(0, 500), png: '' },
    blocks: card.blocks.map((block) => ({ title: take(block.title, 200), text: take(block.text, cardChars) })),
  }
}

/** The beginning of a text: what comes later in Markdown may depend on what is missing. */
const cutEnd = (text: string, chars: number): string => {
  if (text.length <= chars) return text
  if (chars < 80) return ''
  const head = text
    .slice(0, chars - 40)
    .replace(/\n[^\n]*$/, '')
    .replace(/[\ud800-\udbff]$/, '')
  return `${head}\n… ${missingIn(text.slice(head.length))}`
}

const missingIn = (text: string): string => {
  const lines = text.trim().split('\n').length
  return `${lines} more ${lines === 1 ? 'line' : 'lines'}`
}

/** Both ends of a text, cut between lines where there are some, with what is missing counted. */
const cutMiddle = (text: string, chars: number): string => {
  if (text.length <= chars) return text
  if (chars < 80) return `${[...text.slice(0, Math.max(0, chars - 2))].join('')}…`.slice(0, chars)
  const half = Math.floor((chars - 40) / 2)
  const head = text.slice(0, half).replace(/\n[^\n]*$/, '')
  const tail = text.slice(-half).replace(/^[^\n]*\n/, '')
  const missing = missingIn(text.slice(head.length, text.length - tail.length))
  return `${head.replace(/[\ud800-\udbff]$/, '')}\n… ${missing}\n${tail.replace(/^[\udc00-\udfff]/, '')}`
}

const keptMessages = 200
const keptChars = 2 * 1024 * 1024

const lastOf = (messages: readonly Message[]): readonly Message[] => {
  const kept = messages.slice(-keptMessages)
  let chars = 0
  const first = kept.findLastIndex((message) => {
    chars += charsOf(message.card)
    return chars > keptChars
  })
  return kept.slice(first + 1)
}

const charsOf = ({ title, lines, body, blocks }: DrawnCard): number =>
  title.length +
  body.length +
  lines.reduce((sum, line) => sum + line.length, 0) +
  blocks.reduce((sum, block) => sum + block.title.length + block.text.length, 0)
