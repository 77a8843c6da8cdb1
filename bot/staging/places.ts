import type { Log } from '../../core/contracts/plugins.ts'
import type { Session } from '../../core/contracts/session.ts'
import { isFault } from '../../core/kit/fault.ts'
import type { Card } from '../contracts/card.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import type { Reads } from '../contracts/reads.ts'
import type { Outbox } from '../deliver/outbox.ts'
import { isNewsOf } from '../draw.ts'
import type { Memory } from '../memory/chat.ts'
import { goesOnElsewhere, goesOnHere } from '../views/moves.ts'
import { openingCard, threadTitle } from './opening.ts'

export type PlacesParts = {
  readonly reads: Reads
  readonly memory: Memory
  readonly outbox: Outbox
  /** Where a project is shown when nobody asked for it in a chat, or where what was asked for there cannot be shown any more. The last is always there. */
  readonly homesOf: (project: string) => readonly Place[]
  /** Is a thread there made and named by a title? Elsewhere it is but a name, and all threads of a channel are seen at once. */
  readonly hasThreads: (platform: string) => boolean
  /** The chats there are, by name. */
  readonly platforms: () => readonly string[]
  /** A private chat with that person, if the bot can have one; on another platform than `besides`. */
  readonly privateOf: (person: string, besides?: string) => Promise<Place | null>
  readonly now: () => number
  readonly log: Log
}

/** A channel in which more threads of one session are gone so quickly is no place for it. */
const most = { threads: 5, withinMs: 10 * 60_000 }

/** Where each session has its thread: opened where it was asked for, found again or made anew when it is gone, and moved. `latest` is how sessions stand. */
export const createPlaces = (
  { reads, memory, outbox, homesOf, hasThreads, platforms, privateOf, now, log }: PlacesParts,
  latest: ReadonlyMap<string, Session>,
) => {
  const placing = new Map<string, Set<() => void>>()
  const lost = new Map<string, Set<string>>()
  const gone = new Map<string, readonly number[]>()

  const placed = async (id: string, origin: Place | null): Promise<Place> => {
    const known = memory.placeOf(id)
    if (known && isThere(known)) {
      if (latest.get(id)?.phase !== 'ended' && latest.has(id) && !memory.unfinished().includes(id)) await memory.live(id, known)
      return known
    }
    const channel = await channelFor(id, origin)
    await memory.live(id, channel)
    const place = await outbox.open(channel, opening(id), titleOf(id, channel)).catch(async (error: unknown) => {
      if (!isFault(error, 'PLACE_GONE') && !isFault(error, 'CHAT_REFUSED')) throw error
      if (isStillThere(id, channel)) await goElsewhere(id, channel, error)
      return null
    })
    if (place && isStillThere(id, channel)) await memory.live(id, place)
    const at = memory.placeOf(id) ?? (await placed(id, origin))
    if (place) leave(id, place, at)
    for (const tell of placing.get(id) ?? []) tell()
    placing.delete(id)
    return at
  }

  /** Nobody has moved it, or found its thread, while it was opened in that channel. */
  const isStillThere = (id: string, channel: Place): boolean =>
    memory.placeOf(id) === null && channelKey(memory.channelOf(id) ?? channel) === channelKey(channel)

  const isThere = ({ platform }: Place): boolean => platforms().includes(platform)

  /** Where its thread is to be made: where it was decided before, where it was asked for, or at home. A chat that is no longer there is none. */
  const channelFor = async (id: string, origin: Place | null): Promise<Place> => {
    const before = memory.channelOf(id)
    const asked = before ? null : (origin ?? (await askedAt(id)))
    const known = memory.channelOf(id) // somebody else may have found it meanwhile
    if (known && isThere(known)) return known
    return channelIn([asked, ...homesOf(latest.get(id)?.project ?? '')].find((place) => place && isThere(place)) ?? homeless)
  }

  /** After a crash nobody knows any more where it was asked for, but for whoever looks what began it. */
  const askedAt = async (id: string): Promise<Place | null> => {
    const facts = await reads.facts(id).catch(() => []) // then it is shown at home
    const [cause] = facts.flatMap((fact) => fact.cause ?? [])
    return cause === undefined ? null : memory.originOf(cause)
  }

  const opening = (id: string): Card => {
    const session = latest.get(id)
    if (!session) throw new Error('A session that nobody knows is to be shown.')
    return openingCard(session, reads)
  }

  const titleOf = (id: string, { platform }: Place): string => {
    const session = latest.get(id)
    return session ? threadTitle(session, hasThreads(platform)) : ''
  }

  /** What it shows there says where it goes on, and what waits to be shown is shown there. */
  const leave = (id: string, from: Place, to: Place): void => {
    if (placeKey(from) === placeKey(to) || channelKey(memory.whereNow(from)) !== channelKey(from)) return
    const isOurs = (key: string): boolean => key === `session:${id}` || isNewsOf(key, { id })
    outbox.withdraw(from, isOurs)
    for (const key of Object.keys(memory.shownAt(from)).filter(isOurs)) void outbox.show(from, goesOnElsewhere(key, id, to)).catch(() => {}) // the old place may be gone, which is why it moved
  }

  /** A thread that is gone is made anew when it is drawn next, in the same channel while there is one. */
  const unplace = async (id: string, place: Place, error: Error & { readonly facts: Readonly<Record<string, unknown>> }): Promise<void> => {
    const known = memory.placeOf(id)
    if (!known || placeKey(known) !== placeKey(place)) return
    log.warn('bot.place.gone', { session: id, place: placeKey(place), why: error.message })
    const at = now()
    const times = [...(gone.get(id) ?? []), at].filter((one) => Math.abs(at - one) < most.withinMs)
    gone.set(id, times)
    if (error.facts.what === 'thread' && times.length <= most.threads) await memory.unplace(id)
    else await goElsewhere(id, channelIn(place), error)
  }

  /** The channel cannot be used any more: whoever asked comes first, then the homes of the project. */
  const goElsewhere = async (id: string, from: Place, error: Error): Promise<void> => {
    const session = latest.get(id)
    if (!session) throw error
    const shut = (lost.get(id) ?? new Set()).add(channelKey(from))
    lost.set(id, shut)
    const asked = await privateOf(session.requester).catch(() => null) // a courtesy: there are homes besides
    const to = [...(asked ? [asked] : []), ...homesOf(session.project)].find((place) => !shut.has(channelKey(place)))
    if (!to) throw error
    log.warn('bot.channel.lost', { session: id, channel: from.channel, to: channelKey(to), why: error.message })
    await memory.live(id, channelIn(to))
    await outbox.show(channelIn(to), goesOnHere(session.id, from, error)).catch(() => {}) // the session itself comes there, or goes on to the next
  }

  return {
    /** The session's own thread; opened in the channel where it was asked for. @throws {Fault} what `open` throws */
    placed,
    /** It is shown there no longer. */
    leave,
    /** That thread, or its channel, cannot be written to. @throws {Fault} when there is nowhere else to go */
    unplace,

    /** Makes a new thread for it in that channel. The old place says where it goes on. @throws {Fault} what `open` throws */
    move: async (session: Session, to: Place): Promise<void> => {
      const { id } = session
      const from = memory.placeOf(id)
      const place = await outbox.open(channelIn(to), openingCard(session, reads), threadTitle(session, hasThreads(to.platform)))
      await memory.live(id, place)
      lost.delete(id)
      gone.delete(id)
      if (from) leave(id, from, place)
    },

    /** Resolves once it has a thread. */
    found: async (id: string): Promise<void> => {
      if (memory.placeOf(id) !== null) return
      const waiters = placing.get(id) ?? new Set()
      placing.set(id, waiters)
      await new Promise<void>((resolve) => waiters.add(resolve))
    },
  }
}

const channelIn = ({ platform, channel }: Place): Place => ({ platform, channel, thread: null })
/** No place. */
export const homeless: Place = { platform: '', channel: '', thread: null }
