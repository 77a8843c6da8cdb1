import type { Place } from '../../bot/contracts/inbound.ts'
import type { Network, Seen } from '../contracts/adapter.ts'

/** Who is in every chat of the stories: ana may do everything, bob only look; nobody knows eve. */
export type Name = 'ana' | 'bob' | 'eve'

/** A message as somebody sees it, and where. */
export type Found = Seen & { readonly place: Place }

/** A platform with the bot in a channel of it, as a story needs it: what people do there and what they see. */
export type Stand = {
  readonly name: string
  /** The chat's name in the config, and what stands below it; null: the console, which is always there. */
  readonly chat: string
  readonly options: Readonly<Record<string, unknown>> | null
  /** Variables that the options name. */
  readonly environment: Readonly<Record<string, string>>
  readonly accounts: Readonly<Record<Name, string>>
  /** The top of the channel where the bot is. */
  readonly channel: Place
  /** Told where the bot that runs now keeps its data. */
  attach?(data: string): void
  /** Says it to the bot, by name where that is needed: at the top of the channel, or in another place. `deliveries`: how often the platform brings it, as after lost acknowledgements. Resolves once it is on its way. */
  says(who: Name, text: string, place?: Place, deliveries?: number): Promise<void>
  /** Presses the newest button of that label in that place. */
  presses(who: Name, label: string, place: Place): Promise<void>
  /** Puts a sign that says "seen" on the newest message with those words in that place; left out where there are no signs. */
  reacts?(who: Name, words: string, place: Place): Promise<void>
  /** Everything that is on show anywhere, oldest first in each place. Where a thread hangs below a message, that message is told once, in the channel. */
  sees(): Promise<readonly Found[]>
  /** What was shown to somebody alone. */
  whispers(): readonly string[]
  /** How often the bot has sent something new, and has edited what was there. */
  sent(): { readonly messages: number; readonly edits: number }
  readonly network: (Omit<Network, 'health'> & Clicks) | null
  close(): Promise<void>
}

export type Clicks = {
  /** The bot's answer to the next pressed button does not get through to whoever pressed it. */
  losesClick(): void
}

/** The newest of the messages that hold those words. */
export const newestWith = <M extends { readonly text: string }>(seen: readonly M[], words: string): M => {
  const found = seen.findLast(({ text }) => text.includes(words))
  if (!found) throw new Error(`Nobody sees "${words}" there.`)
  return found
}
