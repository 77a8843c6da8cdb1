import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LinkEvent } from '../../adapters/console/link.ts'
import type { Message } from '../../adapters/console/protocol.ts'
import { built } from './bot.ts'

/** A card as it came over the console's socket, and when. */
export type Shown = { readonly message: Message; readonly text: string; readonly at: number }

/** A terminal of the console that writes down when everything came. */
export type Ears = {
  /** Resolves with the moment at which the bot had it on disk. */
  says(words: string): Promise<number>
  /** The first card that fits, from the given moment on. @throws {Error} with what came instead, after `limitMs` */
  sees(what: string, fits: (shown: Shown) => boolean, since?: number, limitMs?: number): Promise<Shown>
  /** Waits until nothing was shown for so long. */
  rests(quietMs: number): Promise<void>
  close(): void
}

/** Connects to the bot with that data folder, by the very code of `ao say`. */
export const openEars = async (data: string): Promise<Ears> => {
  const { openLink } = await built<typeof import('../../adapters/console/link.ts')>('adapters/console/link.js')
  const shown: Shown[] = []
  const stored = new Map<string, number>()
  const troubles: string[] = []
  let look = (): void => {}
  let isJoined = false
  const hear = (event: LinkEvent): void => {
    const at = Date.now()
    if (event.is === 'joined') isJoined = true
    if (event.is === 'shown') shown.push({ message: event.message, text: textOf(event.message), at })
    if (event.is === 'stored') stored.set(event.id, at)
    if (event.is === 'failed' || event.is === 'ended') troubles.push(`${event.what} ${event.hint}`)
    look()
  }
  const link = openLink(join(data, 'ao.sock'), hear)

  const waits = async <T>(what: string, ask: () => T | undefined, limitMs: number): Promise<T> => {
    const giveUpAt = Date.now() + limitMs
    for (;;) {
      const found = ask()
      if (found !== undefined) return found
      const leftMs = giveUpAt - Date.now()
      if (leftMs <= 0) {
        const last = shown.slice(-6).map(({ text, message }) => `${text} [${message.card.buttons.map(({ label }) => label).join(', ')}]`)
        throw new Error(`${what} was not seen within ${limitMs / 1000} s. ${troubles.join('; ')} Last:\n${last.join('\n\n')}`)
      }
      await Promise.race([new Promise<void>((resolve) => (look = resolve)), sleep(leftMs, undefined, { ref: false })])
    }
  }
  await waits('the room', () => (isJoined ? true : undefined), 10_000)

  return {
    says: async (words) => {
      const id = link.say(words, null)
      return waits(`that "${words}" is stored`, () => stored.get(id), 20_000)
    },
    sees: (what, fits, since = 0, limitMs = 40_000) => waits(what, () => shown.find((one) => one.at >= since && fits(one)), limitMs),
    rests: async (quietMs) => {
      for (;;) {
        const waitMs = (shown.at(-1)?.at ?? 0) + quietMs - Date.now()
        if (waitMs <= 0) return
        await sleep(waitMs)
      }
    },
    close: () => link.close(),
  }
}

const textOf = ({ card: { title, lines, body, blocks } }: Message): string =>
  [title, ...lines, body, ...blocks.map((block) => `${block.title}\n${block.text}`)].filter((part) => part !== '').join('\n')
