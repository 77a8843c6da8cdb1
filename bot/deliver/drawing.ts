import { fingerprint } from '../../core/kit/text.ts'
import type { Action, Card, DrawnCard, Mention } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { Press, Shown } from '../memory/chat.ts'

/** A card ready to be sent, what its buttons stand for, and how it looks, as a fingerprint. */
export type Drawing = { readonly card: DrawnCard; readonly presses: Readonly<Record<string, Press>>; readonly drawn: string }

/** What to do about a card. */
export type Move = { readonly do: 'post' } | { readonly do: 'edit'; readonly ref: Shown['ref'] } | { readonly do: 'nothing' }

/** The least that makes the chat show something that looks like that. What stood in a message with others gets one of its own. */
export const moveTo = (looks: string, shown: Shown | undefined): Move =>
  !shown || shown.fold !== undefined ? { do: 'post' } : shown.drawn === looks ? { do: 'nothing' } : { do: 'edit', ref: shown.ref }

/** The account of a person on a platform; null where they have none. */
export type AccountOf = (person: string, platform: string) => string | null

/**
 * How a card looks, as a fingerprint. Whether it makes a sound is no look, and a card that calls nobody looks as it did before
 * cards could: what an earlier version has put on show is not drawn anew.
 */
export const drawn = ({ isSilent: _, mentions, ...card }: Card | DrawnCard): string =>
  fingerprint(JSON.stringify({ ...card, ...(mentions.length > 0 && { mentions }) }), 16)

/** A button's id says nothing and is the same for the same words about the same thing in the same place. */
export const buttonId = (place: Place, { key, about }: Pick<Card, 'key' | 'about'>, action: Pick<Action, 'say' | 'about'>): string =>
  fingerprint(JSON.stringify([placeKey(place), key, action.say, action.about ?? about]), 16)

/** What pressing that means. */
export const pressOf = ({ say, form, about: own }: Action, { about, offer }: Pick<Press, 'about' | 'offer'>): Press => ({
  say,
  about: own ?? about,
  offer,
  ...(form && { form }),
})

/** People as that platform knows them. */
export const mentioned = (names: readonly string[], { platform }: Place, accountOf: AccountOf): readonly Mention[] =>
  names.map((name) => ({ name, account: accountOf(name, platform) }))

/** A card with opaque ids in the place of words, and accounts beside names. */
export const withButtons = (place: Place, card: Card, accountOf: AccountOf): Drawing => {
  const { actions, about, offer, mentions, ...rest } = card
  const made = actions.map((action) => ({ action, id: buttonId(place, card, action) }))
  return {
    card: {
      ...rest,
      buttons: made.map(({ id, action: { label, isRisky } }) => ({ id, label, isRisky })),
      mentions: mentioned(mentions, place, accountOf),
    },
    presses: Object.fromEntries(made.map(({ id, action }) => [id, pressOf(action, { about, offer })])),
    drawn: drawn(card),
  }
}
