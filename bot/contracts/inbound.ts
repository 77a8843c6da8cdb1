/** Where something was said. `thread` is null at the top of a channel; a private chat is a channel of its own. */
export type Place = {
  /** The adapter's name. Nobody but that adapter gives it a meaning. */
  readonly platform: string
  readonly channel: string
  readonly thread: string | null
}

/** Something a person did in a chat, in our words. Made by an adapter's `translate`; stored before it is acknowledged, handled once. */
export type Inbound = {
  /** Unique for what was said, the same however often the platform delivers it. Facts it causes carry it. */
  readonly id: string
  /** The account that spoke, as the platform names it. Who that is, is the bot's business. */
  readonly account: string
  readonly place: Place
  /** When it was said, by the platform's clock: epoch ms. */
  readonly at: number
  /** Was the bot spoken to: by mention, command, button, in private, or in a session's own thread? */
  readonly isDirect: boolean
  readonly said: { readonly how: 'typed'; readonly text: string } | { readonly how: 'pressed'; readonly button: string }
}

/** A place as one string: equal places, equal strings. */
export const placeKey = ({ platform, channel, thread }: Place): string => [platform, channel, thread ?? ''].join('\u0000')
