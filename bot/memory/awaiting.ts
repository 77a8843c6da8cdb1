import type { Document } from '../../core/contracts/store.ts'
import type { About } from '../../core/contracts/wish.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import { renew } from './renew.ts'

/** Words that somebody was asked for: the next they say in that place fill a sentence of the bot's. */
export type Awaited = {
  /** The inbound that led to it. */
  readonly id: string
  /** The sentence, with `{text}` where the words go. */
  readonly say: string
  /** What was asked. */
  readonly label: string
  readonly about: About | null
  readonly by: string
  readonly place: Place
  /** Epoch ms. */
  readonly until: number
  /** How it came out, and the inbound that decided it: the same one may come twice. */
  readonly outcome: { readonly is: 'filled' | 'off'; readonly cause: string } | null
}

export type Awaiting = {
  /** By person and place: one at a time. */
  awaited: Record<string, Awaited>
}

export const emptyAwaiting = (): Awaiting => ({ awaited: {} })

const mostAwaited = 300

const keyOf = (person: string, place: Place): string => `${person}\u0000${placeKey(place)}`

/** What people were asked for in so many words. */
export const createAwaiting = (document: Document<Awaiting>) => {
  const { value } = document
  return {
    /** What that person was asked for in that place last, however it came out. */
    awaitedOf: (person: string, place: Place): Awaited | null => value.awaited[keyOf(person, place)] ?? null,
    /** What that person is still asked for anywhere in that channel. */
    awaitedIn: (person: string, channel: Place): Awaited | null =>
      Object.values(value.awaited).findLast(
        (one) => one.by === person && one.outcome === null && channelKey(one.place) === channelKey(channel),
      ) ?? null,
    /** What somebody is still asked for in that place. */
    awaitedAt: (place: Place, now: number): Awaited | null =>
      Object.values(value.awaited).findLast((one) => one.outcome === null && now <= one.until && placeKey(one.place) === placeKey(place)) ??
      null,
    begin: (memory: Awaiting, asked: Awaited): void => void renew(memory.awaited, keyOf(asked.by, asked.place), asked, mostAwaited),
    /** The first outcome stands. */
    ended: ({ by, place, id }: Awaited, outcome: NonNullable<Awaited['outcome']>): Promise<void> =>
      document.update(({ awaited }) => {
        const known = awaited[keyOf(by, place)]
        if (known?.id === id && known.outcome === null) awaited[keyOf(by, place)] = { ...known, outcome }
      }),
  }
}
