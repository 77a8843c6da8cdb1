import { fingerprint } from '../../core/kit/text.ts'
import type { Action, Card, DrawnCard } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { Press, Shown } from '../memory/chat.ts'

/** A card ready to be sent, what its buttons stand for, and how it looks, as a fingerprint. */
export type Drawing = { readonly card: DrawnCard; readonly presses: Readonly<Record<string, Press>>; readonly drawn: string }

/** What to do about a card. */
export type Move = { readonly do: 'post' } | { readonly do: 'edit'; readonly ref: Shown['ref'] } | { readonly do: 'nothing' }

/** The least that makes the chat show something that looks like that. What stood in a message with others gets one of its own. */
export const moveTo = (looks: string, shown: Shown | undefined): Move =>
  !shown || shown.fold !== undefined ? { do: 'post' } : shown.drawn === looks ? { do: 'nothing' } : { do: 'edit', ref: shown.ref }

/** How a card looks, as a fingerprint. */
export const drawn = (card: Card): string => fingerprint(JSON.stringify(card), 16)

/** A button's id says nothing and is the same for the same words about the same thing in the same place. */
export const buttonId = (place: Place, { key, about }: Pick<Card, 'key' | 'about'>, { say }: Pick<Action, 'say'>): string =>
  fingerprint(JSON.stringify([placeKey(place), key, say, about]), 16)

/** What pressing that means. */
export const pressOf = ({ say, form }: Action, { about, offer }: Pick<Press, 'about' | 'offer'>): Press => ({
  say,
  about,
  offer,
  ...(form && { form }),
})

/** A card with opaque ids in the place of words. */
export const withButtons = (place: Place, card: Card): Drawing => {
  const { actions, about, offer, mentions, ...rest } = card
  const made = actions.map((action) => ({ action, id: buttonId(place, card, action) }))
  return {
    card: {
      ...rest,
      buttons: made.map(({ id, action: { label, isRisky } }) => ({ id, label, isRisky })),
      mentions: mentions.map((name) => ({ name, account: null })),
    },
    presses: Object.fromEntries(made.map(({ id, action }) => [id, pressOf(action, { about, offer })])),
    drawn: drawn(card),
  }
}
