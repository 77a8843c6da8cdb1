import { plain } from '../../core/kit/text.ts'
import type { Message } from './protocol.ts'
import { isHeard, type Look, quoted, remark, render, renderShort } from './render.ts'
import type { Screen } from './screen.ts'
import { amountOf, lastFew } from './show.ts'

/** What a person sees of the room. */
export type View = {
  /** A message was posted or changed. */
  shown(message: Message, before: Message | null): void
  heard(text: string, thread: string | null): void
  /** The last few messages of the room or of the thread that was entered, in short. */
  recent(messages: readonly Message[]): void
  /** A line of our own. */
  remark(words: string): void
  list(lines: readonly string[]): void
  /** Words from outside as they may be typed or listed. */
  harmless(words: string): string
}

/** Draws the room on a screen; `thread` is the one that was entered. */
export const openView = (
  screen: Pick<Screen, 'print' | 'canReplace' | 'replace'>,
  eyes: Pick<Look, 'isColoured' | 'isUnicode'> & { readonly columns: () => number; readonly thread: () => string | null },
): View => {
  const seen = new Map<string, 'whole' | 'short'>()
  const look = (message: Pick<Message, 'thread' | 'numbers'>): Look => ({
    columns: eyes.columns(),
    isColoured: eyes.isColoured,
    isUnicode: eyes.isUnicode,
    numberOf: (button) => message.numbers[button] ?? null,
    thread: message.thread === eyes.thread() ? null : message.thread,
  })
  const draw = (message: Message, amount: 'whole' | 'short', hasButtons: boolean): string =>
    amount === 'whole' ? spaced(render(message.card, look(message))) : renderShort(message.card, look(message), hasButtons)
  const note = (words: string): void => screen.print(remark(words, { columns: eyes.columns(), isColoured: eyes.isColoured }))

  return {
    shown: (message, before) => {
      const form = seen.get(message.id) ?? 'whole'
      if (screen.canReplace(message.id)) return screen.replace(draw(message, form, true))
      const amount = amountOf(before?.card ?? null, message.card)
      if (amount === 'nothing') return
      const hasNewButtons = message.card.buttons.some(({ id }) => before?.numbers[id] === undefined)
      seen.delete(message.id)
      seen.set(message.id, amount)
      if (seen.size > 500) for (const id of [...seen.keys()].slice(0, 250)) seen.delete(id)
      const rings = before === null && isHeard(message.card) ? bell : ''
      screen.print(`${rings}${draw(message, amount, hasNewButtons)}`, message.id)
    },
    heard: (text, thread) => screen.print(quoted(text, look({ thread, numbers: {} }))),
    recent: (messages) => {
      const { few, more } = lastFew(messages, eyes.thread())
      if (more > 0) note(`${eyes.isUnicode ? '…' : '...'} ${more} earlier`)
      for (const message of few) {
        seen.set(message.id, 'short')
        screen.print(draw(message, 'short', true), message.id)
      }
    },
    remark: note,
    list: (lines) => screen.print(lines.map((line) => remark(line, { columns: eyes.columns(), isColoured: eyes.isColoured })).join('\n')),
    harmless: (words) => plain(words).replace(/[\n\t]/g, ' '),
  }
}

const bell = '\u0007'

/** What has several lines gets an empty one after it. */
const spaced = (text: string): string => (text.includes('\n') ? `${text}\n` : text)
