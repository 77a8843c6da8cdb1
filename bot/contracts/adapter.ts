import type { DrawnCard, Form } from './card.ts'
import type { Inbound, Place, SentFile } from './inbound.ts'

/** A message we posted, for editing it later. Plain data: it is kept over restarts. */
export type MessageRef = { readonly place: Place; readonly id: string }

/** What an adapter may ask of the bot. Everything but `receive`, `settled` and `moved` is answered at once, from memory. */
export type Door = {
  /** Takes something a person did. Resolves once it is stored; only then may the platform be told that it arrived. */
  receive(inbound: Inbound): Promise<void>
  /** Resolves once everything that `receive` took with that id has been answered and shown. For doors that wait for the answer. */
  settled(id: string): Promise<void>
  /** What may be typed next by that account: whole texts that begin with `text`, best first. Cheap. Nothing for somebody unknown. */
  complete(text: string, place: Place, account: string): readonly string[]
  /** Is all that is said there said to the bot: a session's thread, or a place where it waits for an answer? What is said elsewhere without naming the bot is neither kept nor looked at. */
  isOurs(place: Place): boolean
  /** The place a message belongs to, one of ours or one that was said in a thread of ours. For platforms where a thread is a chain of replies. */
  placeOf(channel: Place, message: string): Place | null
  /** What that button asks for before it is pressed; null when it asks for nothing, or is not known. */
  form(button: string): Form | null
  /** The channel has another id now: all that belongs to it moves along. Resolves once that is kept. */
  moved(from: Place, to: Place): Promise<void>
  /** Where something may have been said while nobody listened: the places of that platform that matter, and since when (epoch ms; null: never before). */
  missed(platform: string): { readonly since: number | null; readonly places: readonly Place[] }
}

/** A rate: so many at once, and then so many a minute; together never more than `burst + perMinute` within a minute. */
export type Rate = { readonly burst: number; readonly perMinute: number }

/** What a platform allows in a place. */
export type Pace = {
  /** New messages in that channel, its threads included. */
  readonly posts: Rate
  /** Edits in that channel, its threads included. */
  readonly edits: Rate
  /** The least time between two edits of one message. */
  readonly editEveryMs: number
}

export type Limits = {
  /** The longest text of a message as people see it. */
  readonly textChars: number
  readonly buttons: number
  /** Does a picture show there, so that words need not say it again? */
  readonly hasPictures: boolean
  /** What one channel allows. A place, because a private chat may allow another rate than a group. */
  readonly pace: (place: Place) => Pace
  /** What the whole account allows, all channels together. */
  readonly account: Pick<Pace, 'posts' | 'edits'>
}

/** Which sending this is. */
export type Sending = {
  /** At most 25 ASCII characters: the same for the same message, however often it is tried. */
  readonly id: string
  /** An earlier try may have arrived. The adapter finds it where the platform can tell, else sends it marked as perhaps a repeat. */
  readonly isAgain: boolean
}

/** How it goes with the connection. `heardAt`: when anything came over it last, epoch ms. */
export type Health = {
  readonly state: 'starting' | 'up' | 'down' | 'stopped'
  readonly since: number
  readonly heardAt: number | null
  /** Why it is not up, or what somebody should know, with what helps; null when there is nothing to say. */
  readonly detail: string | null
}

/**
 * A chat platform, seen from the bot: five members, and small capabilities that some platforms have. If a sixth seems needed,
 * the bot is asking the platform to do the bot's work. An adapter knows nothing of sessions, tasks or intents: it carries
 * words in and cards out.
 *
 * An adapter is a folder: `options` (what the config says), `translate` (platform event → Inbound, pure), `render` (card →
 * platform payload, pure, within the platform's limits), `client` (the only file with I/O) and `index` (the wiring).
 *
 * What it throws is a fault of `bot/contracts/faults` and nothing else. It never retries by itself: pacing and trying again
 * is the outbox's business, and a sending whose outcome nobody knows is CHAT_UNCERTAIN.
 */
export interface ChatAdapter {
  readonly platform: string
  readonly limits: Limits
  /** Starts listening; resolves once events can arrive. The function it gives stops it again and resolves when all is quiet. @throws {Fault} CHAT_REFUSED (a wrong token) or CHAT_UNREACHABLE */
  start(door: Door): Promise<() => Promise<void>>
  /** Posts and says where. @throws {Fault} any of `bot/contracts/faults` */
  post(place: Place, card: DrawnCard, sending: Sending): Promise<MessageRef>
  /** Redraws a message it posted. Editing a message that somebody deleted is not an error, nor is an edit that changes nothing. @throws {Fault} as `post` */
  edit(ref: MessageRef, card: DrawnCard): Promise<void>

  /** Shows a card that has a thread of its own below it, or in which it stands. Without this a thread is just a name. @throws {Fault} as `post` */
  open?(
    channel: Place,
    card: DrawnCard,
    sending: Sending & { readonly title: string },
  ): Promise<{ readonly place: Place; readonly ref: MessageRef }>
  /** Shows a card only to whoever did that; false where it cannot be done (any more), and then nothing was shown. */
  whisper?(inbound: Inbound, card: DrawnCard): Promise<boolean>
  /** Puts a small sign on a message: the bot has it. A courtesy: never rejects. */
  mark?(inbound: Inbound): Promise<void>
  /** What is in a file that was sent. @throws {Fault} CHAT_REFUSED when it is gone or larger than `mostBytes`, CHAT_UNREACHABLE */
  fetch?(file: SentFile, mostBytes: number): Promise<Uint8Array>
  /** The private chat with an account, where the bot may begin one. @throws {Fault} as `post` */
  privately?(account: string): Promise<Place>
}
