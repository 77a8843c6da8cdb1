import type { DrawnCard } from './card.ts'
import type { Inbound, Place } from './inbound.ts'

/** A message we posted, for editing it later. Plain data: it is kept over restarts. */
export type MessageRef = { readonly place: Place; readonly id: string }

/** What an adapter may ask of the bot. */
export type Door = {
  /** Takes something a person did. Resolves once it is stored; only then may the platform be told that it arrived. */
  receive(inbound: Inbound): Promise<void>
  /** Resolves once everything that `receive` took with that id has been answered and shown. For doors that wait for the answer. */
  settled(id: string): Promise<void>
  /** What may be typed next: whole texts that begin with `text`, best first. Cheap. */
  complete(text: string, place: Place): readonly string[]
}

/**
 * A chat platform, seen from the bot. Five members; if a sixth seems needed, the bot is asking the platform to do the
 * bot's work. An adapter knows nothing of sessions, tasks or intents: it carries words in and cards out.
 *
 * An adapter is a folder: `translate` (platform event → Inbound, pure), `render` (card → platform payload, pure, within
 * the platform's limits), `client` (the only file with I/O) and `index` (options and wiring).
 */
export interface ChatAdapter {
  readonly platform: string
  readonly limits: {
    readonly textChars: number
    readonly editsPerMinute: number
    readonly postsPerMinute: number
    readonly buttons: number
  }
  /** Starts listening; resolves once events can arrive. The function it gives stops it again and resolves when all is quiet. */
  start(door: Door): Promise<() => Promise<void>>
  /** Posts and says where. @throws {Fault} PLACE_GONE, or CHAT_BUSY with `retryAfterMs` among its facts */
  post(place: Place, card: DrawnCard): Promise<MessageRef>
  /** Redraws a message it posted. Editing a message that somebody deleted is not an error. @throws {Fault} CHAT_BUSY */
  edit(ref: MessageRef, card: DrawnCard): Promise<void>
}
