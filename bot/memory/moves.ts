import type { Document } from '../../core/contracts/store.ts'
import type { About } from '../../core/contracts/wish.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import type { Fold } from './folds.ts'
import { keepWhere, renew } from './renew.ts'
import type { Sendings } from './sendings.ts'

/** Channels that have another id now. */
export type Moves = { moves: Record<string, string> }

type Kept = Sendings &
  Moves & {
    places: Record<string, Place>
    origins: Record<string, Place>
    shown: Record<string, Record<string, unknown>>
    abouts: Record<string, Record<string, About>>
    folds: Record<string, Fold>
    messages: Record<string, string>
  }

const keptMoves = 100
/** No channel moves more often than this while somebody looks for it. */
const mostHops = 5

/** What becomes of places that are gone, or that have another name now. `threads` is the index of threads by their place. */
export const createMoves = (document: Document<Kept>, threads: Map<string, string>) => {
  const { value } = document

  /** The session has no thread in that channel; inside of a change. */
  const leaveThread = (memory: Kept, session: string, channel: Place): void => {
    const before = memory.places[session]
    if (!before) return
    if (threads.get(placeKey(before)) === session) threads.delete(placeKey(before))
    delete memory.shown[placeKey(before)]
    keepWhere(memory.sendings, (key) => before.thread === null || !key.startsWith(`${placeKey(before)}\u0000`))
    keepWhere(memory.opened, (_key, thread) => placeKey(thread) !== placeKey(before))
    memory.places[session] = { ...channel, thread: null }
  }

  return {
    /** Where a place is now, if its channel has moved. The threads of a channel do not move with it. */
    whereNow: (place: Place): Place => {
      let now = place
      for (let hops = 0; hops < mostHops; hops += 1) {
        const to: string | undefined = value.moves[channelKey(now)]
        if (to === undefined) break
        now = { ...now, channel: to }
      }
      return now
    },
    /** The thread of that session is gone, with all that was on show in it. Its channel is still known. */
    unplace: (session: string): Promise<void> =>
      document.update((memory) => {
        const place = memory.places[session]
        if (place && place.thread !== null) leaveThread(memory, session, place)
      }),
    /**
     * A channel has another id now. Its sessions are opened anew there; what was on show is out of reach; buttons stay
     * what they are, and what the cards were about goes along.
     */
    moved: (from: Place, to: Place): Promise<void> =>
      document.update((memory) => {
        const [old, now] = [channelKey(from), channelKey(to)]
        if (old === now || from.platform !== to.platform) return
        const isThere = (key: string): boolean => key.startsWith(`${old}\u0000`)
        delete memory.moves[now]
        renew(memory.moves, old, to.channel, keptMoves)
        for (const [session, place] of Object.entries(memory.places)) if (channelKey(place) === old) leaveThread(memory, session, to)
        for (const [cause, place] of Object.entries(memory.origins))
          if (channelKey(place) === old) memory.origins[cause] = { ...to, thread: null }
        for (const table of [memory.shown, memory.sendings, memory.opened, memory.messages])
          keepWhere<unknown>(table, (key) => !isThere(key))
        keepWhere(memory.folds, (_id, { channel }) => channelKey(channel) !== old)
        memory.abouts[now] = { ...memory.abouts[old], ...memory.abouts[now] }
        delete memory.abouts[old]
      }),
  }
}
