import type { Document } from '../../core/contracts/store.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import { renew } from './renew.ts'

export type Heeding = {
  /** session → where else its news are shown. */
  follows: Record<string, readonly Place[]>
  /** channel and what is muted → until when nothing new of it is shown there, epoch ms. Nothing stands for all. */
  mutes: Record<string, number>
}

export const emptyHeeding = (): Heeding => ({ follows: {}, mutes: {} })

/** Until somebody says otherwise. */
export const forEver = Number.MAX_SAFE_INTEGER

/** How much is remembered, the newest of each. */
const kept = { follows: 1_000, placesOfSession: 20, mutes: 1_000 }

const muteKey = (place: Place, what: Mutable | null): string => `${channelKey(place)}\u0000${what ?? ''}`

/** Where people want to hear more of a session, and where less. */
export const createHeeding = (document: Document<Heeding>) => {
  const { value } = document
  return {
    followersOf: (session: string): readonly Place[] => (Object.hasOwn(value.follows, session) ? (value.follows[session] ?? []) : []),
    follow: (session: string, place: Place): Promise<void> =>
      document.update(({ follows }) => {
        const others = (follows[session] ?? []).filter((one) => placeKey(one) !== placeKey(place))
        renew(follows, session, [...others, place].slice(-kept.placesOfSession), kept.follows)
      }),
    unfollow: (session: string, place: Place): Promise<void> =>
      document.update(({ follows }) => {
        const left = (follows[session] ?? []).filter((one) => placeKey(one) !== placeKey(place))
        if (left.length > 0) follows[session] = left
        else delete follows[session]
      }),
    /** In that channel, threads included. */
    mute: ({ place, what }: Scope, until: number): Promise<void> =>
      document.update(({ mutes }) => {
        renew(mutes, muteKey(place, what), until, kept.mutes)
      }),
    unmute: ({ place, what }: Scope): Promise<void> =>
      document.update(({ mutes }) => {
        delete mutes[muteKey(place, what)]
      }),
    /** Until when nothing new of any of these is shown there, because it is muted or all is; null when it is. */
    mutedUntil: (place: Place, now: number, ...of: readonly Mutable[]): number | null => {
      const until = Math.max(...[null, ...of].map((what) => value.mutes[muteKey(place, what)] ?? 0))
      return until > now ? until : null
    },
  }
}

/** What can be muted by itself: a session by its name, a project as `project:app`, what people are called about as `kind:ci-failed`. */
export type Mutable = string

/** What is muted, and where; null: everything. */
export type Scope = { readonly place: Place; readonly what: Mutable | null }
