import type { Session } from '../core/contracts/session.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import type { Card } from './contracts/card.ts'
import { channelKey, type Place, placeKey } from './contracts/inbound.ts'
import { draw, isNewsOf, standingOf } from './draw.ts'
import type { AlertStanding } from './escalate/call.ts'
import type { Talk } from './memory/talk.ts'
import { createPlaces, homeless, type PlacesParts } from './staging/places.ts'
import { createWorks } from './staging/works.ts'
import { liveBoard } from './views/board.ts'

/** All the stage needs. */
export type StageParts = PlacesParts & {
  readonly talk: Talk
  /** Those who call people: told of each session before it is drawn, and asked how an alert stands. */
  readonly calls: { look(session: Session): Promise<void>; standing(alert: string): AlertStanding | null }
  readonly wakeAt: (at: number, callback: () => void) => () => void
}

/** More sessions than that in one channel, and it gets a board. */
const crowd = 5

/**
 * Where each session is on show, and that it is: its thread is opened where it was asked for, found again or made anew when it
 * is gone, and everything a session should show is put there, and where people follow it.
 */
export const createStage = (parts: StageParts) => {
  const { reads, memory, talk, calls, outbox, hasThreads, now, wakeAt, log, homesOf } = parts
  const latest = new Map<string, Session>()
  const drawing = createWorks()
  /** What is drawn besides: nobody waits for it but whoever waits for all. */
  const besides = createWorks()
  const muted = new Map<string, () => void>()
  let isStopped = false
  const { placed, leave, unplace, move, found } = createPlaces(parts, latest)

  /** Draws all cards of a session as they should be now; what is on show already costs nothing. The newest state wins. */
  const redraw = (session: Session, origin: Place | null): Promise<void> => {
    latest.set(session.id, session)
    const work = drawn(session.id, origin).catch((error: unknown) => {
      log.error('bot.draw.failed', { session: session.id, why: explain(error) })
      throw error
    })
    drawing.add(session.id, work)
    return work
  }

  const drawn = async (id: string, origin: Place | null): Promise<void> => {
    const place = await placed(id, origin)
    const session = latest.get(id)
    if (!session) return
    await calls.look(session)
    const cards = cardsAt(session, place)
    withdraw(session, place, cards)
    const elsewhere = news(session, place)
    beside(id, elsewhere)
    beside(id, board(place))
    await Promise.all(cards.map((card) => showIn(session, place, card)))
    const there = memory.placeOf(id)
    if (there && placeKey(there) !== placeKey(place)) leave(id, place, there)
    if (await isOvertaken(session, cards)) return redrawNow(id)
    const over = elsewhere.then(() => finish(session, place))
    beside(id, over)
  }

  const beside = (id: string, work: Promise<void>): void =>
    besides.add(
      id,
      work.catch((error: unknown) => log.error('bot.draw.failed', { session: id, why: explain(error) })),
    )

  /** Nobody is called for what was settled before the call went out. */
  const withdraw = ({ id }: Session, place: Place, cards: readonly Card[]): void =>
    outbox.withdraw(place, (key) => key.startsWith(`alert:${id}:`) && !cards.some((card) => card.key === key))

  /** Did it go on while people were called? Then the call has to say what became of it. */
  const isOvertaken = async ({ id, seq }: Session, cards: readonly Card[]): Promise<boolean> =>
    cards.some(({ key }) => key.startsWith(`alert:${id}:`)) && (await newest(id))?.seq !== seq

  /** How it stands now. */
  const newest = async (id: string): Promise<Session | null> => {
    const session = latest.has(id) ? null : await reads.find(id)
    return latest.get(id) ?? session
  }

  const redrawNow = async (id: string): Promise<void> => {
    const session = await newest(id)
    if (session) await redraw(session, null)
  }

  /** Over when the result was seen to be on show, wherever it should be. */
  const finish = async (session: Session, place: Place): Promise<void> => {
    const { id, phase, ending } = session
    const shown = Object.keys(memory.shownAt(memory.placeOf(id) ?? place))
    if (phase !== 'ended' || !shown.some((key) => key.startsWith(`result:${id}:${ending?.since}`))) return
    if (latest.has(id) && latest.get(id) !== session) return // it goes on, or whoever drew what is newer does this
    await memory.finished(id)
    if (latest.get(id) === session) latest.delete(id)
  }

  /** What it shows there; where it is muted, nothing that is not there already. */
  const cardsAt = (session: Session, place: Place): readonly Card[] => {
    const shown = memory.shownAt(place)
    const cards = draw(session, { reads, shown, calledAbout: calls.standing })
    const whole = talk.mutedUntil(place, now(), session.id, `project:${session.project}`)
    const untilOf = ({ key }: Card): number | null => whole ?? talk.mutedUntil(place, now(), `kind:${kindOf(key)}`)
    const news = cards.filter(({ key }) => shown[key] === undefined && key !== `session:${session.id}`)
    const held = news.filter((card) => untilOf(card) !== null)
    if (whole !== null || held.length > 0)
      speakAgain(session.id, place, whole ?? Math.min(...held.map((card) => untilOf(card) ?? whole ?? 0)))
    return cards.filter((card) => !held.includes(card))
  }

  const speakAgain = (id: string, place: Place, until: number): void => {
    if (isStopped) return
    const key = `${id}\u0000${placeKey(place)}`
    muted.get(key)?.()
    muted.set(
      key,
      wakeAt(until + 1, () => {
        muted.delete(key)
        void redrawNow(id).catch(() => {}) // logged where it is kept
      }),
    )
  }

  /** What needs people, and the result, wherever else somebody follows it. */
  const news = async (session: Session, own: Place): Promise<void> => {
    const shows = talk
      .followersOf(session.id)
      .filter((place) => placeKey(place) !== placeKey(own))
      .map(async (place) => {
        const cards = cardsAt(session, place).filter(({ key }) => isNewsOf(key, session))
        withdraw(session, place, cards)
        await Promise.all(cards.map((card) => outbox.show(place, card))).catch((error: unknown) =>
          log.warn('bot.follower.lost', { session: session.id, why: explain(error) }),
        )
        return isOvertaken(session, cards)
      })
    const now = (await Promise.all(shows)).includes(true) ? await newest(session.id) : null
    if (now) await news(now, memory.placeOf(session.id) ?? own)
  }

  /** A channel of many has one message that shows them all. */
  const board = async ({ platform, channel }: Place): Promise<void> => {
    const at: Place = { platform, channel, thread: null }
    if (!hasThreads(platform)) return
    const rows = reads
      .sessions()
      .filter(({ id }) => channelKey(memory.placeOf(id) ?? memory.channelOf(id) ?? homeless) === channelKey(at))
      .map((session) => ({ session, ...standingOf(session, reads) }))
    const card = liveBoard(rows, now())
    if (memory.shownAt(at)[card.key] === undefined && (rows.length <= crowd || talk.mutedUntil(at, now()) !== null)) return
    await outbox.show(at, card).catch((error: unknown) => log.warn('bot.board.lost', { channel, why: explain(error) }))
  }

  const showIn = async (session: Session, place: Place, card: Card): Promise<void> => {
    try {
      await outbox.show(place, card)
    } catch (error) {
      if (isFault(error, 'CHAT_REFUSED') && card.kind !== 'status') return showAtHome(session, place, card)
      if (!isFault(error, 'PLACE_GONE')) throw error
      await unplace(session.id, place, error)
      await redraw(latest.get(session.id) ?? session, null)
    }
  }

  /** Who is needed, and how it ended, is told somewhere, whatever its own chat refuses. */
  const showAtHome = async (session: Session, from: Place, card: Card): Promise<void> => {
    const home = homesOf(session.project).findLast((place) => channelKey(place) !== channelKey(from))
    if (home) await outbox.show(home, card)
  }

  return {
    redraw,

    /** Makes a new thread for it in that channel. The old place says where it goes on. @throws {Fault} what `open` throws */
    move: async (id: string, to: Place): Promise<void> => {
      const session = await newest(id)
      if (!session) return
      const from = memory.placeOf(id)
      await move(session, to)
      if (from) beside(id, board(from))
      await redrawNow(id)
    },

    /** A channel has another id: what was there is opened anew in the new one. */
    moved: async (from: Place, to: Place): Promise<void> => {
      await memory.moved(from, to)
      for (const session of reads.sessions())
        if (channelKey(memory.channelOf(session.id) ?? homeless) === channelKey(to)) void redraw(session, null).catch(() => {}) // logged where it is kept
    },

    /** Resolves once the session has its place and what it should show is there. `patience` ends the wait for the place. */
    shown: async (id: string, patience: Promise<void>): Promise<void> => {
      await Promise.race([found(id), patience])
      await Promise.allSettled(drawing.of(id))
    },

    /** Resolves when nothing is being drawn. */
    quiet: async (): Promise<void> => {
      while (!drawing.isEmpty() || !besides.isEmpty()) await Promise.allSettled([...drawing.everything(), ...besides.everything()])
    },

    /** No timer fires after this. */
    stop: (): void => {
      isStopped = true
      for (const cancel of muted.values()) cancel()
    },
  }
}

/** What an alert is about; empty for any other card. */
const kindOf = (key: string): string => (key.startsWith('alert:') ? (key.split(':')[2] ?? '') : '')

export type Stage = ReturnType<typeof createStage>
