import type { Authorised, Person } from '../../core/contracts/access.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { FleetFact } from '../../core/contracts/fleet.ts'
import type { Log } from '../../core/contracts/plugins.ts'
import type { About, Wish } from '../../core/contracts/wish.ts'
import type { Card } from '../contracts/card.ts'
import type { Inbound, Place } from '../contracts/inbound.ts'
import type { Context, Intent, Propose, Reading } from '../contracts/intent.ts'
import type { Reads } from '../contracts/reads.ts'
import type { DigestDesk } from '../digest/ask.ts'
import type { Calls } from '../escalate/calls.ts'
import type { Files } from '../files.ts'
import type { Memory } from '../memory/chat.ts'
import type { PeopleMemory } from '../memory/people.ts'
import type { Talk } from '../memory/talk.ts'
import type { Directory } from '../people/directory.ts'

/** What can be done with the chats there are. */
export type Chats = {
  platforms(): readonly string[]
  /** The channel of a project there. */
  channelFor(platform: string, project: string): Place | null
  /** The private chat with an account; null where there is none to be had. */
  privately(platform: string, account: string): Promise<Place | null>
  /** Do pictures show there? */
  hasPictures(platform: string): boolean
  /** Makes a new thread in that channel and tells the old place. @throws {Fault} when it cannot */
  move(session: string, to: Place): Promise<void>
  /** Shows a card to nobody but whoever did that; false where it cannot be done, and then nothing was shown. */
  whisper(inbound: Inbound, card: Card): Promise<boolean>
}

/** All that hearing needs. */
export type HearingParts = {
  readonly intents: readonly Intent[]
  readonly reads: Reads
  readonly memory: Memory
  readonly talk: Talk
  readonly people: PeopleMemory
  readonly whoIs: Directory['whoIs']
  readonly accountsOf: Directory['accountsOf']
  readonly chats: Chats
  readonly calls: Calls
  readonly files: Files
  readonly digests: DigestDesk
  /** Grants an authorised wish; resolves with the facts it made. */
  readonly accept: (authorised: Authorised) => Promise<readonly (Fact | FleetFact)[]>
  /** Null: no language model is configured. */
  readonly propose: Propose | null
  readonly now: () => number
  readonly wakeAt: (at: number, callback: () => void) => () => void
  readonly log: Log
  /** Puts a card on show. Never rejects. */
  readonly show: (place: Place, card: Card) => Promise<void>
  /** Waits until what came of a wish is on show. */
  readonly shown: (facts: readonly (Fact | FleetFact)[], wish: Wish) => Promise<void>
  /** Puts a sign on a message: an agent was told it. A courtesy. */
  readonly mark: (inbound: Inbound) => void
  /** Where that session, null: any, is on show has changed without it: it is drawn anew. */
  readonly drawAgain: (session: string | null) => void
}

/** Somebody known did something. */
export type Asked = { readonly inbound: Inbound; readonly who: Person }

/** Somebody known said something, in words or by a button. */
export type Speaking = Asked & {
  readonly context: Context
  /** As they were said; of a button its sentence. */
  readonly words: string
  /** What goes where the sentence of a button holds `{text}`. */
  readonly text?: string
  /** What the card showed that is answered. */
  readonly aboutOf: (session: string) => About | null
}

/** How a sentence came: typed, by a button, or agreed to after the bot had asked about it. */
export type How = 'typed' | 'pressed' | 'agreed'

/** Does what was read, or offers to. */
export type Act = (reading: Reading, speaking: Speaking, how: How) => Promise<void>
