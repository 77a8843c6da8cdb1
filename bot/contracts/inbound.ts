/** Where something was said. `thread` is null at the top of a channel; a private chat is a channel of its own. */
export type Place = {
  /** The adapter's name. Nobody but that adapter gives it a meaning. */
  readonly platform: string
  readonly channel: string
  readonly thread: string | null
}

/** A file that somebody sent, as the platform names it: enough for the adapter to fetch it, also after a restart. */
export type SentFile = {
  readonly id: string
  /** As it was called there; never trusted as a path. */
  readonly name: string
  /** Null where the platform does not say. */
  readonly sizeBytes: number | null
  /** Something spoken is turned into words; all else is a file. */
  readonly kind: 'file' | 'voice'
}

/**
 * What was done. `pressed` with a `text` is a button whose form was filled in. `edited` and `deleted` name the inbound they
 * are about: an edit never does anything again, and what was deleted is told as such. `reacted` is a thumb, eyes, a tick or any other sign
 * on one of our messages.
 */
export type Said =
  | { readonly how: 'typed'; readonly text: string; readonly files?: readonly SentFile[] }
  | { readonly how: 'pressed'; readonly button: string; readonly text?: string }
  | { readonly how: 'edited'; readonly of: string; readonly text: string }
  | { readonly how: 'deleted'; readonly of: string }
  /** A sign put on the message that `Inbound.message` names: "I have seen it". */
  | { readonly how: 'reacted' }

/** Something a person did in a chat, in our words. Made by an adapter's `translate`; stored before it is acknowledged, handled once. */
export type Inbound = {
  /** Unique for what was said, the same however often the platform delivers it. Facts it causes carry it. */
  readonly id: string
  /** The account that spoke, as the platform names it. Who that is, is the bot's business. */
  readonly account: string
  readonly place: Place
  /** When it was said, by the platform's clock: epoch ms. */
  readonly at: number
  /** Was the bot spoken to: by mention, command, button, in private, or in a place that is `Door.isOurs`? */
  readonly isDirect: boolean
  /** The platform's own id of the message, where it is one: what a reply chain and an acknowledgement hang on. */
  readonly message?: string
  readonly said: Said
}

/** A place as one string: equal places, equal strings. */
export const placeKey = ({ platform, channel, thread }: Place): string => [platform, channel, thread ?? ''].join('\u0000')

/** The channel of a place as one string: its threads share it. */
export const channelKey = ({ platform, channel }: Place): string => `${platform}\u0000${channel}`
