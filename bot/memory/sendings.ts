import type { Document } from '../../core/contracts/store.ts'
import { fingerprint } from '../../core/kit/text.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import { renew } from './renew.ts'

/** A message that is on its way, or may be: `drawn` is how every try of it looked, empty when they did not all look alike. */
export type OnItsWay = { readonly id: string; readonly drawn: string }

/** What is on its way, and the threads that were made and that nobody has taken yet. */
export type Sendings = {
  /** place and card → what is on its way there. */
  sendings: Record<string, OnItsWay>
  /** How many messages were begun, ever: no two have one id. */
  begun: number
  /** channel and card → the thread that was made for that card. */
  opened: Record<string, Place>
}

export const emptySendings = (): Sendings => ({ sendings: {}, begun: 0, opened: {} })

/** How much is remembered, the newest of each. */
const kept = { sendings: 500, opened: 2_000 }

/** A card in a place as one string. */
export const cardAt = (place: Place, card: string): string => `${placeKey(place)}\u0000${card}`

/** What was begun and not seen to arrive: after a crash it is sent under the same id, so that nothing is lost and nothing is there twice. */
export const createSendings = (document: Document<Sendings>) => {
  const { value } = document
  return {
    onItsWay: (place: Place, card: string): OnItsWay | null => value.sendings[cardAt(place, card)] ?? null,
    /** Where the thread of that card is, if one was made in that channel. */
    openedFor: (channel: Place, card: string): Place | null => value.opened[cardAt(channel, card)] ?? null,

    /** It is sent now, looking like that. Gives the id of the message: of an earlier try, if there was one; `mayBeThere`: that one may have arrived. */
    sending: async (place: Place, card: string, drawn: string, mayBeThere: boolean): Promise<string> => {
      const key = cardAt(place, card)
      let id = ''
      await document.update((memory) => {
        const before = memory.sendings[key]
        if (!before) memory.begun += 1
        id = before?.id ?? fingerprint(`${key} ${memory.begun}`, 24)
        renew(memory.sendings, key, { id, drawn: mayBeThere && before?.drawn !== drawn ? '' : drawn }, kept.sendings)
      })
      return id
    },
    /** It certainly did not arrive, and is not tried again. */
    unsent: (place: Place, card: string): Promise<void> =>
      document.update((memory) => {
        delete memory.sendings[cardAt(place, card)]
      }),
    /** A thread was made for a card. It is remembered until `forgotten`, so that it is not made twice. */
    threadMade: (channel: Place, card: string, thread: Place): Promise<void> =>
      document.update((memory) => {
        delete memory.sendings[cardAt(channel, openKey(card))]
        renew(memory.opened, cardAt(channel, card), thread, kept.opened)
      }),
    /** That thread is no longer there. */
    threadGone: (channel: Place, card: string): Promise<void> =>
      document.update((memory) => {
        delete memory.opened[cardAt(channel, card)]
      }),
  }
}

/** Under which key a card is on its way that opens a thread. */
export const openKey = (card: string): string => `open:${card}`
