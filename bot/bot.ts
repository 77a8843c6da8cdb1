import type { Fact } from '../core/contracts/fact.ts'
import type { Fleet, FleetFact } from '../core/contracts/fleet.ts'
import type { Alert } from '../core/contracts/plugins.ts'
import type { Session } from '../core/contracts/session.ts'
import type { Wish } from '../core/contracts/wish.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import { fingerprint, list } from '../core/kit/text.ts'
import type { ChatAdapter, Door } from './contracts/adapter.ts'
import type { Card } from './contracts/card.ts'
import { channelKey, type Inbound, type Place } from './contracts/inbound.ts'
import type { Intent } from './contracts/intent.ts'
import type { Outbox } from './deliver/outbox.ts'
import type { createHearing } from './hear.ts'
import type { HearingParts } from './hearing/parts.ts'
import type { Inbox } from './memory/inbox.ts'
import { createStage, type StageParts } from './stage.ts'
import { complete, contextOf } from './understand/context.ts'
import { completeCard, refused, reply } from './views/answers.ts'
import { answersWish, factWords } from './views/facts.ts'

/** What understands words, and the words it understands. */
export type Language = { readonly intents: readonly Intent[]; readonly createHearing: typeof createHearing }

/** All the bot needs of the world. */
export type Parts = Omit<HearingParts, 'intents' | 'show' | 'shown' | 'chats' | 'mark' | 'drawAgain'> &
  Omit<StageParts, 'outbox'> & {
    /** Loads what understands words. Called once, when the first words come or when there is time. */
    readonly language: () => Promise<Language>
    readonly inbox: Inbox
    readonly outbox: Outbox
    readonly adapterOf: (platform: string) => ChatAdapter | null
    /** The chats there are, by name. */
    readonly platforms: () => readonly string[]
    /** Where what concerns nobody in particular is shown. */
    readonly home: Place
    readonly sleep: (waitMs: number) => Promise<void>
  }

/** How many ids of what was said are remembered for whoever asks whether it is answered. */
const settledRemembered = 1_000
/** How long an answer waits for the first card of a session that it began. */
const firstDrawMs = 2_000
/** How long a private answer may take before it is given in the open. */
const whisperMs = 3_000

/** words → intent → wish → permission → engine. The answer comes back as facts, not as a return value. */
export const createBot = (all: Parts) => {
  const { language, inbox, outbox, home, sleep, adapterOf, ...parts } = all
  const { reads, memory, talk, now, log } = parts
  const stage = createStage({ ...parts, outbox })
  const turns = new Map<string, Promise<unknown>>()
  const settling = new Map<string, Promise<void>>()
  /** What nobody asked for and is still on its way. */
  const errands = new Set<Promise<unknown>>()
  /** What is still on its way to whoever said something. */
  const answers = new Map<string, Set<Promise<unknown>>>()

  /** One thing said is dealt with after the other in a channel, in the order they came. What is shown of it keeps nobody waiting. */
  const enqueue = (inbound: Inbound): void => {
    const lane = channelKey(inbound.place)
    answers.set(inbound.id, new Set())
    const turn = (turns.get(lane) ?? Promise.resolve()).then(() => deal(inbound))
    turns.set(lane, turn)
    settling.set(
      inbound.id,
      turn.then(async (isDealtWith) => {
        await answered(inbound.id)
        // What failed is not marked as dealt with, so the next start tries again.
        if (isDealtWith)
          await inbox.handled(inbound.id).catch((error) => log.error('bot.inbox.failed', { id: inbound.id, why: explain(error) }))
      }),
    )
    for (const id of [...settling.keys()].slice(0, -settledRemembered)) settling.delete(id)
  }

  const deal = async (inbound: Inbound): Promise<boolean> => {
    try {
      await memory.saidAt(inbound.id, inbound.place)
      await (await hearing()).hear(inbound)
      return true
    } catch (error) {
      log.error('bot.inbound.failed', { id: inbound.id, why: explain(error) })
      await show(inbound.place, refused(inbound.id, 'failed', error))
      return false
    }
  }

  /** Puts a card on show. Whoever waits for the answer to what was said waits for it; nobody else does. */
  const show = async (place: Place, card: Card): Promise<void> =>
    answering(
      card.replyTo,
      outbox.show(place, card).catch((error) => log.error('bot.card.lost', { card: card.key, why: explain(error) })),
    )

  /** Several tasks of one order have ids of their own, which begin with that of the order. */
  const answering = (id: string | null, work: Promise<unknown>): void => {
    if (id === null) {
      errands.add(work)
      void work.finally(() => errands.delete(work))
      return
    }
    answers.get(id.replace(/#\d+$/, ''))?.add(work)
  }

  const answered = async (id: string): Promise<void> => {
    const waiting = answers.get(id) ?? new Set()
    while (waiting.size > 0) {
      const some = [...waiting]
      await Promise.allSettled(some)
      for (const one of some) waiting.delete(one)
    }
    answers.delete(id)
  }

  /** Whoever waits for the answer waits until the sessions that came of it are on show. */
  const shown = async (facts: readonly (Fact | FleetFact)[], wish: Wish): Promise<void> => {
    const sessions = [
      ...facts.flatMap((fact) => ('session' in fact && typeof fact.session === 'string' ? [fact.session] : [])),
      ...('session' in wish ? [wish.session] : []),
    ]
    const cause = facts.find((fact) => fact.cause !== undefined)?.cause ?? null
    for (const session of new Set(sessions)) answering(cause, stage.shown(session, sleep(firstDrawMs)))
  }

  const whisper = async (inbound: Inbound, { actions: _actions, about: _about, offer: _offer, ...card }: Card): Promise<boolean> => {
    const said = adapterOf(inbound.place.platform)?.whisper?.(inbound, { ...card, buttons: [] })
    if (!said) return false
    const late = sleep(whisperMs).then(() => false)
    return Promise.race([said, late]).catch((error) => {
      log.warn('bot.whisper.failed', { id: inbound.id, why: explain(error) })
      return false
    })
  }

  let intents: readonly Intent[] = []
  let loaded: ReturnType<typeof createHearing> | null = null
  let loading: Promise<ReturnType<typeof createHearing>> | null = null
  const hearing = (): Promise<ReturnType<typeof createHearing>> => {
    loading ??= language().then(
      (words) => {
        intents = words.intents
        const chats: HearingParts['chats'] = {
          platforms: all.platforms,
          channelFor: (platform, project) =>
            talk.channelOf(platform, project) ?? all.homesOf(project).find((place) => place.platform === platform) ?? null,
          privately: async (platform, account) => (await adapterOf(platform)?.privately?.(account)) ?? null,
          hasPictures: (platform) => adapterOf(platform)?.limits.hasPictures ?? false,
          move: stage.move,
          whisper,
        }
        const mark = (inbound: Inbound): void => void adapterOf(inbound.place.platform)?.mark?.(inbound)
        loaded = words.createHearing({ ...parts, intents, show, shown, chats, mark, drawAgain })
        return loaded
      },
      (error) => {
        loading = null // the next words try again
        throw error
      },
    )
    return loading
  }

  const drawAgain = (id: string | null): void => {
    for (const session of reads.sessions()) if (id === null || session.id === id) redraw(session, null)
  }

  const redraw = (session: Session, cause: string | null): void =>
    answering(
      cause,
      stage.redraw(session, cause === null ? null : memory.originOf(cause)).catch(() => {}),
    ) // logged where it is kept

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
      const isNew = await inbox.receive(inbound)
      void memory.heard(inbound.place.platform, inbound.at)
      if (!isNew) return
      if (inbound.message !== undefined && inbound.place.thread !== null) void memory.noteMessage(inbound.place, inbound.message)
      enqueue(inbound)
    },
    settled: (id) => settling.get(id) ?? Promise.resolve(),
    complete: (text, place) => complete(text, intents, contextOf(place, { memory, talk, reads, who: null, now: now() })),
    isOurs: (place) => memory.sessionAt(place) !== null || talk.isWaitingAt(place, now()),
    placeOf: memory.placeOfMessage,
    form: memory.formOf,
    moved: async (from, to) => {
      await talk.moved(from, to)
      await stage.moved(from, to)
    },
    missed: (platform) => ({ since: memory.heardAt(platform), places: memory.placesOn(platform) }),
  }

  return {
    door,

    /** Something became true of a session: it is drawn, and whoever wished for it is told. */
    news: (session: Session, facts: readonly Fact[]): void => {
      tellCauses(facts, session)
      redraw(session, facts.find(({ cause }) => cause !== undefined)?.cause ?? null)
    },

    /** The queue moved: places in it are published as they move. */
    fleet: (fleet: Fleet, facts: readonly FleetFact[]): void => {
      for (const session of reads.sessions()) if (fleet.entries[session.id]?.slot === 'wanted') redraw(session, null)
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
      if (session) await stage.redraw(session, null)
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
      for (const session of reads.sessions()) redraw(session, null)
      for (const id of memory.unfinished()) {
        const session = await reads.find(id).catch(() => null) // one that cannot be read is told of below
        if (session?.phase === 'ended') redraw(session, null)
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
    stop: (): void => {
      loaded?.stop()
      stage.stop()
    },

    /** Loads what understands words, so that the first ones need not wait for it. */
    warm: async (): Promise<void> => void (await hearing()),

    /** Resolves once everything that was said has been dealt with and is on show. */
    quiet: async (): Promise<void> => {
      await Promise.allSettled([...turns.values(), ...settling.values(), ...errands])
      await stage.quiet()
    },
  }
}

export type Bot = ReturnType<typeof createBot>
