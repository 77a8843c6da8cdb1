import type { Document } from '../../core/contracts/store.ts'
import type { About } from '../../core/contracts/wish.ts'
import type { MessageRef } from '../contracts/adapter.ts'
import type { Action } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import { renew } from './renew.ts'
import { cardAt, type Sendings } from './sendings.ts'

/** One card of those that stand in one message. `button` is the id of its button, where it has an action. */
export type FoldLine = {
  readonly place: Place
  readonly key: string
  readonly title: string
  /** How the card would look by itself, as a fingerprint. */
  readonly drawn: string
  readonly about: About | null
  readonly offer: string | null
  readonly action: (Action & { readonly button: string }) | null
  /** Does it still wait for somebody? */
  readonly isOpen: boolean
  /** Whom it calls, and whether it makes no sound. An earlier version has kept lines without: they call nobody, and are not silent. */
  readonly mentions?: readonly string[]
  readonly isSilent?: boolean
}

/** Several cards that stand in one message, at the top of their channel. */
export type Fold = { readonly channel: Place; readonly lines: readonly FoldLine[] }

type Kept = Sendings & {
  folds: Record<string, Fold>
  shown: Record<
    string,
    Record<string, { readonly ref: MessageRef; readonly drawn: string; readonly about: About | null; readonly fold?: string }>
  >
}

const keptFolds = 60

/** The key of the message in which the cards of a fold stand. */
export const foldKey = (fold: string): string => `fold:${fold}`

const isLine = (one: FoldLine, place: Place, card: string): boolean => one.key === card && placeKey(one.place) === placeKey(place)

/** Which cards stand together in one message. */
export const createFolds = (document: Document<Kept>) => {
  const { value } = document
  return {
    fold: (id: string): Fold | null => (Object.hasOwn(value.folds, id) ? (value.folds[id] ?? null) : null),
    /** The fold in which that card stands, or will stand. */
    foldWith: (place: Place, card: string): string | null =>
      Object.entries(value.folds).find(([, { lines }]) => lines.some((one) => isLine(one, place, card)))?.[0] ?? null,

    /** These cards stand together from now on; gives the fold's name. */
    folding: (channel: Place, lines: readonly FoldLine[]): { readonly id: string; readonly kept: Promise<void> } => {
      const id = String(value.begun + 1)
      return {
        id,
        kept: document.update((memory) => {
          memory.begun += 1
          renew(memory.folds, id, { channel, lines }, keptFolds)
        }),
      }
    },
    /** Some of its cards are others now. */
    refold: (id: string, fold: Fold): Promise<void> =>
      document.update((memory) => {
        if (Object.hasOwn(memory.folds, id)) renew(memory.folds, id, fold, keptFolds)
      }),
    /** They do not stand together after all. */
    unfold: (id: string): Promise<void> =>
      document.update((memory) => {
        const fold = memory.folds[id]
        delete memory.folds[id]
        if (fold) delete memory.sendings[cardAt(fold.channel, foldKey(id))]
      }),
  }
}
