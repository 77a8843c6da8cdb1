import type { Fact } from '../core/contracts/fact.ts'
import type { Fleet, FleetFact } from '../core/contracts/fleet.ts'
import type { Alert } from '../core/contracts/plugins.ts'
import type { Session } from '../core/contracts/session.ts'
import type { Wish } from '../core/contracts/wish.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import { fingerprint, list } from '../core/kit/text.ts'
import type { Door } from './contracts/adapter.ts'
import type { Card } from './contracts/card.ts'
import { type Inbound, type Place, placeKey } from './contracts/inbound.ts'
import type { Intent } from './contracts/intent.ts'
import type { Outbox } from './deliver/outbox.ts'
import { draw } from './draw.ts'
import type { createHearing, HearingParts } from './hear.ts'
import type { Inbox } from './memory/inbox.ts'
import { complete, contextOf } from './understand/context.ts'
import { completeCard, refused, reply } from './views/answers.ts'
import { answersWish, factWords } from './views/facts.ts'

/** What understands words, and the words it understands. */
export type Language = { readonly intents: readonly Intent[]; readonly createHearing: typeof createHearing }

/** All the bot needs of the world. */
export type Parts = Omit<HearingParts, 'intents' | 'show' | 'shown'> & {
  /** Loads what understands words. Called once, when the first words come or when there is time. */
  readonly language: () => Promise<Language>
  readonly inbox: Inbox
  readonly outbox: Outbox
  /** Where sessions that nobody asked for in a chat are shown, and what concerns nobody in particular. */
  readonly home: Place
  readonly sleep: (waitMs: number) => Promise<void>
}

/** How many ids of what was said are remembered for whoever asks whether it is answered. */
const settledRemembered = 1_000
/** How long an answer waits for the first card of a session that it began. */
const firstDrawMs = 2_000

/** words → intent → wish → permission → engine. The answer comes back as facts, not as a return value. */
export const createBot = ({ language, inbox, outbox, home, sleep, ...parts }: Parts) => {
  const { reads, memory, talk, now, log } = parts
  const turns = new Map<string, Promise<void>>()
  const settling = new Map<string, Promise<void>>()
  const drawing = new Map<string, Promise<void>>()
  const placing = new Map<string, () => void>()

  /** One thing said is dealt with after the other in a channel, in the order they came. */
  const enqueue = (inbound: Inbound): void => {
    const lane = placeKey({ ...inbound.place, thread: null })
    const turn = (turns.get(lane) ?? Promise.resolve()).then(() => deal(inbound))
    turns.set(lane, turn)
    settling.set(inbound.id, turn)
    for (const id of [...settling.keys()].slice(0, -settledRemembered)) settling.delete(id)
  }

  const deal = async (inbound: Inbound): Promise<void> => {
    try {
      await memory.saidAt(inbound.id, inbound.place)
      await (await hearing()).hear(inbound)
      await inbox.handled(inbound.id)
    } catch (error) {
      log.error('bot.inbound.failed', { id: inbound.id, why: explain(error) })
      await show(inbound.place, refused(inbound.id, 'failed', error)) // it is not marked as dealt with, so the next start tries again
    }
  }

  const show = async (place: Place, card: Card): Promise<void> => {
    await outbox.show(place, card).catch((error) => log.error('bot.card.lost', { card: card.key, why: explain(error) }))
  }

  /** Whoever waits for the answer waits until the sessions that came of it are on show. */
  const shown = async (facts: readonly (Fact | FleetFact)[], wish: Wish): Promise<void> => {
    const sessions = [
      ...facts.flatMap((fact) => ('session' in fact && typeof fact.session === 'string' ? [fact.session] : [])),
      ...('session' in wish ? [wish.session] : []),
    ]
    for (const session of new Set(sessions)) {
      if (memory.placeOf(session) === null)
        await Promise.race([new Promise<void>((resolve) => placing.set(session, resolve)), sleep(firstDrawMs)])
      placing.delete(session)
      await drawing.get(session)
    }
  }

  let intents: readonly Intent[] = []
  let loaded: ReturnType<typeof createHearing> | null = null
  let loading: Promise<ReturnType<typeof createHearing>> | null = null
  const hearing = (): Promise<ReturnType<typeof createHearing>> => {
    loading ??= language().then(
      (words) => {
        intents = words.intents
        loaded = words.createHearing({ ...parts, intents, show, shown })
        return loaded
      },
      (error) => {
        loading = null // the next words try again
        throw error
      },
    )
    return loading
  }

  /** Draws all cards of a session as they should be now; what is on show already costs nothing. Draws of one session follow each other. */
  const redraw = (session: Session, cause: string | null): Promise<void> => {
    const turn = (drawing.get(session.id) ?? Promise.resolve()).then(async () => {
      const place = await placeFor(session, cause)
      await Promise.all(draw(session, { reads, shown: memory.shownAt(place) }).map((card) => outbox.show(place, card)))
      if (
        session.phase === 'ended' &&
        Object.keys(memory.shownAt(place)).some((key) => key.startsWith(`result:${session.id}:${session.ending?.since}`))
      )
        await memory.finished(session.id)
    })
    drawing.set(
      session.id,
      turn.catch((error) => log.error('bot.draw.failed', { session: session.id, why: explain(error) })),
    )
    return turn
  }

  /** The session's own thread, in the channel where it was asked for. */
  const placeFor = async (session: Session, cause: string | null): Promise<Place> => {
    const known = memory.placeOf(session.id)
    if (known && (session.phase === 'ended' || memory.unfinished().includes(session.id))) return known
    const place = known ?? { ...((cause === null ? null : memory.originOf(cause)) ?? home), thread: session.id }
    await memory.live(session.id, place)
    placing.get(session.id)?.()
    return place
  }

  const tellCauses = (facts: readonly Fact[], session: Session): void => {
    for (const fact of facts) {
      const origin = fact.cause === undefined ? null : memory.originOf(fact.cause)
      if (fact.cause === undefined || origin === null || !answersWish.has(fact.type)) continue
      const to = fact.cause.replace(/#\d+$/, '')
      void show(origin, reply(to, `${session.id}-${fact.type}`, { tone: 'calm', title: `${session.id} · ${factWords(fact)}` }))
    }
  }

  const door: Door = {
    receive: async (inbound) => {
      if (await inbox.receive(inbound)) enqueue(inbound)
    },
    settled: (id) => settling.get(id) ?? Promise.resolve(),
    isOurs: (place) => memory.sessionAt(place) !== null || talk.offerAt(place) !== null,
    placeOf: () => null,
    form: () => null,
    moved: async () => {},
    missed: () => ({ since: null, places: [] }),
    complete: (text, place) => complete(text, intents, contextOf(place, { memory, talk, reads, who: null, now: now() })),
  }

  return {
    door,

    /** Something became true of a session: it is drawn, and whoever wished for it is told. */
    news: (session: Session, facts: readonly Fact[]): void => {
      tellCauses(facts, session)
      void redraw(session, facts.find(({ cause }) => cause !== undefined)?.cause ?? null).catch(() => {}) // logged where it is kept
    },

    /** The queue moved: places in it are published as they move. */
    fleet: (fleet: Fleet, facts: readonly FleetFact[]): void => {
      for (const session of reads.sessions()) if (fleet.entries[session.id]?.slot === 'wanted') void redraw(session, null).catch(() => {}) // logged where it is kept
      for (const fact of facts) {
        const origin = fact.cause === undefined ? null : memory.originOf(fact.cause)
        if (!origin || fact.cause === undefined || (fact.type !== 'project.paused' && fact.type !== 'project.resumed')) continue
        const isPaused = fact.type === 'project.paused'
        void show(
          origin,
          reply(fact.cause, fact.type, {
            tone: 'calm',
            title: `${fact.project} is ${isPaused ? 'paused: nothing new starts there; what runs goes on' : 'going on'}.`,
            lines: [],
          }),
        )
      }
    },

    /** Calls people: resolves when the alert is on show. */
    call: async ({ session: id }: Alert): Promise<void> => {
      const session = await reads.find(id)
      if (session) await redraw(session, null)
    },

    /** All work is done. */
    complete: async (
      endings: Fleet['endings'],
      of: number,
      reaction: { readonly message: string | null; readonly withSummary: boolean },
    ): Promise<void> => {
      await outbox.show(home, completeCard(endings, { of, lead: reaction.message, withSummary: reaction.withSummary }))
    },

    /** After a start: what is at work is drawn, results that nobody saw are shown, and what was said and not dealt with is. */
    wake: async (broken: readonly { readonly session: string; readonly error: unknown }[]): Promise<void> => {
      for (const session of reads.sessions()) void redraw(session, null).catch(() => {}) // logged where it is kept
      for (const id of memory.unfinished()) {
        const session = await reads.find(id).catch(() => null) // one that cannot be read is told of below
        if (session?.phase === 'ended') void redraw(session, null).catch(() => {}) // logged where it is kept
      }
      if (broken.length > 0) {
        await show(home, {
          ...reply(`broken-${fingerprint(list(broken.map(({ session }) => session)))}`, 'broken', {
            tone: 'bad',
            title: `${list(broken.map(({ session }) => session))} cannot be read and ${broken.length === 1 ? 'is' : 'are'} left alone.`,
            lines: broken.flatMap(({ error }) => (isFault(error) ? [error.message, error.hint] : [explain(error)])),
          }),
          replyTo: null,
        })
      }
      if (talk.open().length > 0) (await hearing()).wake()
      for (const inbound of inbox.open) enqueue(inbound)
    },

    /** No timer of the bot's own fires after this. */
    stop: (): void => loaded?.stop(),

    /** Loads what understands words, so that the first ones need not wait for it. */
    warm: async (): Promise<void> => void (await hearing()),

    /** Resolves once everything that was said has been dealt with and is on show. */
    quiet: async (): Promise<void> => {
      await Promise.allSettled([...turns.values(), ...drawing.values()])
    },
  }
}

export type Bot = ReturnType<typeof createBot>
