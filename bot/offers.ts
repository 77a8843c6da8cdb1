import type { Log } from '../core/contracts/plugins.ts'
import type { Card } from './contracts/card.ts'
import { type Place, placeKey } from './contracts/inbound.ts'
import type { Offer, Outcome, Talk } from './memory/talk.ts'
import { offerCard } from './views/offers.ts'

/** How long an offer stands. */
export const offerMs = 10 * 60_000

/** Offers and their cards: made, answered once, and called off when their time is over, after a restart as well. */
export const createOffers = ({
  talk,
  show,
  wakeAt,
  log,
}: {
  readonly talk: Talk
  /** Puts a card on show. Never rejects. */
  readonly show: (place: Place, card: Card) => Promise<void>
  readonly wakeAt: (at: number, callback: () => void) => () => void
  readonly log: Log
}) => {
  const timers = new Map<string, () => void>()

  const drop = (id: string): void => {
    timers.get(id)?.()
    timers.delete(id)
  }

  /** When its time is over the card says so. */
  const watch = (made: Offer): void => {
    drop(made.id)
    const over = (): void => void lapse(made).catch((error) => log.error('bot.bug', { id: made.id, error }))
    timers.set(made.id, wakeAt(made.until + 1, over))
  }

  const lapse = async ({ id, place }: Offer): Promise<void> => {
    drop(id)
    await talk.settle(id, { is: 'lapsed', cause: null })
    const known = talk.offer(id)
    if (known?.outcome?.is === 'lapsed') await show(place, offerCard(known))
  }

  return {
    /** Keeps it and shows it. The same offer, made to the same person in the same place before, is no longer one. */
    make: async (made: Offer): Promise<void> => {
      const isSame = ({ id, say, text, by, place }: Offer): boolean =>
        id !== made.id && say === made.say && text === made.text && by === made.by && placeKey(place) === placeKey(made.place)
      for (const before of talk.open().filter(isSame)) await lapse(before)
      await talk.offered(made)
      if (made.outcome === null) watch(made)
      await show(made.place, offerCard(made))
    },
    /** The first outcome stands: gives back how it came out. */
    settle: async (made: Offer, outcome: Outcome): Promise<Offer> => {
      const stands = await talk.settle(made.id, outcome)
      drop(made.id)
      const settled = { ...made, outcome: stands }
      await show(made.place, offerCard(settled))
      return settled
    },
    /** After a start: offers go on waiting for their answer, and those whose time is over say so. */
    wake: (): void => {
      for (const one of talk.open()) watch(one)
    },
    /** No timer fires after this. */
    stop: (): void => {
      for (const id of [...timers.keys()]) drop(id)
    },
  }
}

export type Offers = ReturnType<typeof createOffers>
