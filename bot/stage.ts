import type { Log } from '../core/contracts/plugins.ts'
import type { Session } from '../core/contracts/session.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import { headline as firstLine } from '../core/kit/text.ts'
import { type Card, cardKinds } from './contracts/card.ts'
import { channelKey, type Place, placeKey } from './contracts/inbound.ts'
import type { Reads } from './contracts/reads.ts'
import type { Outbox } from './deliver/outbox.ts'
import { draw, isNewsOf, standingOf } from './draw.ts'
import type { Memory } from './memory/chat.ts'
import type { Talk } from './memory/talk.ts'
import { liveBoard } from './views/board.ts'
import { goesOnElsewhere, goesOnHere } from './views/moves.ts'
import { sessionCard } from './views/session.ts'
import { taskTitle } from './views/words.ts'

/** All the stage needs. */
export type StageParts = {
  readonly reads: Reads
  readonly memory: Memory
  readonly talk: Talk
  readonly outbox: Outbox
  /** Where a project is shown when nobody asked for it in a chat, or where what was asked for there cannot be shown any more. The last is always there. */
  readonly homesOf: (project: string) => readonly Place[]
  /** Is a thread there made and named by a title? Elsewhere it is but a name, and all threads of a channel are seen at once. */
  readonly hasThreads: (platform: string) => boolean
  /** A private chat with that person, if the bot can have one. */
  readonly privateOf: (person: string) => Promise<Place | null>
  readonly now: () => number
  readonly wakeAt: (at: number, callback: () => void) => () => void
  readonly log: Log
}

/** More sessions than that in one channel, and it gets a board. */
const crowd = 5

/**
 * Where each session is on show, and that it is: its thread is opened where it was asked for, found again or made anew when it
 * is gone, and everything a session should show is put there, and where people follow it.
 */
export const createStage = (parts: StageParts) => {
  const { reads, memory, talk, outbox, homesOf, hasThreads, privateOf, now, wakeAt, log } = parts
  const latest = new Map<string, Session>()
  const drawing = new Map<string, Set<Promise<void>>>()
  const placing = new Map<string, Set<() => void>>()
  const lost = new Map<string, Set<string>>()
  const muted = new Map<string, () => void>()

  /** Draws all cards of a session as they should be now; what is on show already costs nothing. The newest state wins. */
  const redraw = (session: Session, origin: Place | null): Promise<void> => {
    latest.set(session.id, session)
    const work = drawn(session.id, origin).catch((error: unknown) => {
      log.error('bot.draw.failed', { session: session.id, why: explain(error) })
      throw error
    })
    const all = drawing.get(session.id) ?? new Set()
    drawing.set(session.id, all.add(work))
    const done = (): void => {
      all.delete(work)
      if (all.size === 0 && drawing.get(session.id) === all) drawing.delete(session.id)
    }
    void work.then(done, done)
    return work
  }

  const drawn = async (id: string, origin: Place | null): Promise<void> => {
    const place = await placed(id, origin)
    const session = latest.get(id)
    if (!session) return
    const cards = cardsAt(session, place)
    // Nobody is called for what was settled before the call went out.
    outbox.withdraw(place, (key) => key.startsWith(`alert:${id}:`) && !cards.some((card) => card.key === key))
    await Promise.all([...cards.map((card) => showIn(session, place, card)), ...news(session, place), board(place)])
    const shown = Object.keys(memory.shownAt(memory.placeOf(id) ?? place))
    if (session.phase !== 'ended' || !shown.some((key) => key.startsWith(`result:${id}:${session.ending?.since}`))) return
    await memory.finished(id)
    if (latest.get(id) === session) latest.delete(id)
  }

  /** What it shows there; where it is muted, nothing that is not there already. */
  const cardsAt = (session: Session, place: Place): readonly Card[] => {
    const shown = memory.shownAt(place)
    const cards = draw(session, { reads, shown })
    const until = talk.mutedUntil(place, session.id, now())
    if (until === null) return cards
    speakAgain(session.id, until)
    return cards.filter(({ key }) => shown[key] !== undefined || key === `session:${session.id}`)
  }

  const speakAgain = (id: string, until: number): void => {
    muted.get(id)?.()
    muted.set(
      id,
      wakeAt(until + 1, () => {
        const session = latest.get(id)
        muted.delete(id)
        if (session) void redraw(session, null).catch(() => {}) // logged where it is kept
      }),
    )
  }

  /** What needs people, and the result, wherever else somebody follows it. */
  const news = (session: Session, own: Place): readonly Promise<void>[] =>
    talk
      .followersOf(session.id)
      .filter((place) => placeKey(place) !== placeKey(own))
      .flatMap((place) =>
        cardsAt(session, place)
          .filter(({ key }) => isNewsOf(key, session))
          .map((card) =>
            outbox.show(place, card).catch((error: unknown) => log.warn('bot.follower.lost', { session: session.id, why: explain(error) })),
          ),
      )

  /** A channel of many has one message that shows them all. */
  const board = async ({ platform, channel }: Place): Promise<void> => {
    const at: Place = { platform, channel, thread: null }
    if (!hasThreads(platform)) return
    const rows = reads
      .sessions()
      .filter(({ id }) => channelKey(memory.placeOf(id) ?? memory.channelOf(id) ?? homeless) === channelKey(at))
      .map((session) => ({ session, ...standingOf(session, reads) }))
    const card = liveBoard(rows, now())
    if (memory.shownAt(at)[card.key] === undefined && (rows.length <= crowd || talk.mutedUntil(at, '', now()) !== null)) return
    await outbox.show(at, card).catch((error: unknown) => log.warn('bot.board.lost', { channel, why: explain(error) }))
  }

  /** The session's own thread; opened in the channel where it was asked for. */
  const placed = async (id: string, origin: Place | null): Promise<Place> => {
    const session = latest.get(id)
    const known = memory.placeOf(id)
    if (known) {
      if (session && session.phase !== 'ended' && !memory.unfinished().includes(id)) await memory.live(id, known)
      return known
    }
    const channel = memory.channelOf(id) ?? channelIn(origin ?? homesOf(session?.project ?? '')[0] ?? homeless)
    await memory.live(id, channel)
    try {
      const place = await outbox.open(channel, openingCard(latest.get(id)), titleOf(latest.get(id), channel))
      const now = memory.placeOf(id)
      if (now) return now // somebody moved it meanwhile
      if (channelKey(memory.channelOf(id) ?? channel) !== channelKey(channel)) return placed(id, origin)
      await memory.live(id, place)
      for (const tell of placing.get(id) ?? []) tell()
      placing.delete(id)
      return place
    } catch (error) {
      if (!isFault(error, 'PLACE_GONE') && !isFault(error, 'CHAT_REFUSED')) throw error
      await goElsewhere(id, channel, error)
      return placed(id, origin)
    }
  }

  /** The first card waits no longer than what it says matters. */
  const openingCard = (session: Session | undefined): Card => {
    if (!session) throw new Error('A session that nobody knows is to be shown.')
    const [first] = draw(session, { reads, shown: {} }).toSorted((a, b) => cardKinds.indexOf(a.kind) - cardKinds.indexOf(b.kind))
    const card = sessionCard(session, standingOf(session, reads))
    return first?.kind === 'approval' || first?.kind === 'question' ? { ...card, kind: first.kind } : card
  }

  const titleOf = (session: Session | undefined, { platform }: Place): string =>
    session === undefined ? '' : hasThreads(platform) ? firstLine(`${session.id} ${taskTitle(session)}`, 90) : session.id

  const showIn = async (session: Session, place: Place, card: Card): Promise<void> => {
    try {
      await outbox.show(place, card)
    } catch (error) {
      if (isFault(error, 'PLACE_GONE')) return heal(session.id, place, error)
      throw error
    }
  }

  /** A thread that is gone is made anew, in the same channel while there is one. */
  const heal = async (id: string, place: Place, error: Error & { readonly facts: Readonly<Record<string, unknown>> }): Promise<void> => {
    const session = latest.get(id)
    if (!session) return
    const known = memory.placeOf(id)
    if (known && placeKey(known) === placeKey(place)) {
      log.warn('bot.place.gone', { session: id, place: placeKey(place), why: error.message })
      if (error.facts.what === 'thread') await memory.unplace(id)
      else await goElsewhere(id, channelIn(place), error)
    }
    await redraw(session, null)
  }

  /** The channel cannot be used any more: whoever asked comes first, then the homes of the project. */
  const goElsewhere = async (id: string, from: Place, error: Error): Promise<void> => {
    const session = latest.get(id)
    if (!session) throw error
    const gone = (lost.get(id) ?? new Set()).add(channelKey(from))
    lost.set(id, gone)
    const asked = await privateOf(session.requester).catch(() => null) // a courtesy: there are homes besides
    const to = [...(asked ? [asked] : []), ...homesOf(session.project)].find((place) => !gone.has(channelKey(place)))
    if (!to) throw error
    log.warn('bot.channel.lost', { session: id, channel: from.channel, to: channelKey(to), why: error.message })
    await memory.live(id, channelIn(to))
    await outbox.show(channelIn(to), goesOnHere(session.id, from, error)).catch(() => {}) // the session itself comes there, or goes on to the next
  }

  return {
    redraw,

    /** Makes a new thread for it in that channel. The old place says where it goes on. @throws {Fault} what `open` throws */
    move: async (id: string, to: Place): Promise<void> => {
      const session = await reads.find(id)
      if (!session) return
      const from = memory.placeOf(id)
      latest.set(id, session)
      const place = await outbox.open(channelIn(to), openingCard(session), titleOf(session, to))
      await memory.live(id, place)
      lost.delete(id)
      if (from) {
        const shown = Object.keys(memory.shownAt(from)).filter((key) => key === `session:${id}` || isNewsOf(key, session))
        for (const key of shown) void outbox.show(from, goesOnElsewhere(key, session.id, place)).catch(() => {}) // the old place may be gone, which is why it moved
      }
      await redraw(session, null)
    },

    /** A channel has another id: what was there is opened anew in the new one. */
    moved: async (from: Place, to: Place): Promise<void> => {
      await memory.moved(from, to)
      for (const session of reads.sessions())
        if (channelKey(memory.channelOf(session.id) ?? homeless) === channelKey(to)) void redraw(session, null).catch(() => {}) // logged where it is kept
    },

    /** Resolves once the session has its place and what it should show is there. `patience` ends the wait for the place. */
    shown: async (id: string, patience: Promise<void>): Promise<void> => {
      if (memory.placeOf(id) === null) {
        const waiters = placing.get(id) ?? new Set()
        placing.set(id, waiters)
        await Promise.race([new Promise<void>((resolve) => waiters.add(resolve)), patience])
      }
      await Promise.allSettled(drawing.get(id) ?? [])
    },

    /** Resolves when nothing is being drawn. */
    quiet: async (): Promise<void> => {
      while (drawing.size > 0) await Promise.allSettled([...drawing.values()].flatMap((all) => [...all]))
    },

    /** No timer fires after this. */
    stop: (): void => {
      for (const cancel of muted.values()) cancel()
    },
  }
}

export type Stage = ReturnType<typeof createStage>

const channelIn = ({ platform, channel }: Place): Place => ({ platform, channel, thread: null })
const homeless: Place = { platform: '', channel: '', thread: null }
