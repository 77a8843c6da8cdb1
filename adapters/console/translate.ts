import type { Inbound } from '../../bot/contracts/inbound.ts'
import type { Say } from './protocol.ts'
import { buttonAt, type Room } from './room.ts'

/** The one platform name, channel and account of the console. */
export const platform = 'console'
export const channel = 'main'

/**
 * What a terminal said, in the bot's words. A bare number presses the button that carries it; the press belongs to where
 * the button stands, not to where the person is. Everything said here is said to the bot.
 */
export const translate = (said: Say, room: Room, now: number): Inbound => {
  const pressed = buttonAt(room, said.text.trim(), said.thread)
  return {
    id: inboundId(said.id),
    account: platform,
    place: { platform, channel, thread: pressed ? pressed.message.thread : said.thread },
    at: Math.min(said.at, now),
    isDirect: true,
    said: pressed ? { how: 'pressed', button: pressed.button.id } : { how: 'typed', text: said.text },
  }
}

/** The inbound's id for the id a terminal gave to what it said. */
export const inboundId = (id: string): string => `${platform}:${id}`

/** What the others in the room are told that somebody said: a pressed button by its label. */
export const heard = (said: Say, room: Room): { readonly text: string; readonly thread: string | null } => {
  const pressed = buttonAt(room, said.text.trim(), said.thread)
  return pressed
    ? { text: `[${said.text.trim()}] ${pressed.button.label}`, thread: pressed.message.thread }
    : { text: said.text.slice(0, 2_000), thread: said.thread }
}
