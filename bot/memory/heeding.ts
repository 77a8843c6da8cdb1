import type { Document } from '../../core/contracts/store.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import { renew } from './renew.ts'

export type Heeding = {
  /** session → where else its news are shown. */
  follows: Record<string, readonly Place[]>
  /** channel and session → until when nothing new of it is shown there, epoch ms. No session stands for all. */
  mutes: Record<string, number>
}

export const emptyHeeding = (): Heeding => ({ follows: {}, mutes: {} })

/** Until somebody says otherwise. */
export const forEver = Number.MAX_SAFE_INTEGER

/** How much is remembered, the newest of each. */
const kept = { follows: 1_000, placesOfSession: 20, mutes: 1_000 }

const muteKey = (place: Place, session: string | null): string => `${channelKey(place)}\u0000${session ?? ''}`

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
    /** In that channel, threads included: of one session, or of all where it is null. */
    mute: ({ place, session }: Scope, until: number): Promise<void> =>
      document.update(({ mutes }) => {
        renew(mutes, muteKey(place, session), until, kept.mutes)
      }),
    unmute: ({ place, session }: Scope): Promise<void> =>
      document.update(({ mutes }) => {
        delete mutes[muteKey(place, session)]
      }),
    /** Until when nothing new of that session, null: of all, is shown there; null when it is. */
    mutedUntil: (place: Place, session: string | null, now: number): number | null => {
      const until = Math.max(value.mutes[muteKey(place, session)] ?? 0, value.mutes[muteKey(place, null)] ?? 0)
      return until > now ? until : null
    },
  }
}

/** What is muted. */
export type Scope = { readonly place: Place; readonly session: string | null }
