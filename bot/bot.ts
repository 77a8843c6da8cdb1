import type { RunStreams } from '../core/contracts/engine.ts'
import type { Escalation } from '../core/contracts/escalation.ts'
import type { Fact } from '../core/contracts/fact.ts'
import type { Fleet, FleetFact } from '../core/contracts/fleet.ts'
import type { Alert } from '../core/contracts/plugins.ts'
import type { Session } from '../core/contracts/session.ts'
import type { Document } from '../core/contracts/store.ts'
import type { Wish } from '../core/contracts/wish.ts'
import { explain, isFault } from '../core/kit/fault.ts'
import { fingerprint, list } from '../core/kit/text.ts'
import type { ChatAdapter, Door } from './contracts/adapter.ts'
import type { Card } from './contracts/card.ts'
import { fault } from './contracts/faults.ts'
import { channelKey, type Inbound, type Place, placeKey } from './contracts/inbound.ts'
import type { Intent } from './contracts/intent.ts'
import type { Outbox } from './deliver/outbox.ts'
import { createCalls, type OpenCalls } from './escalate/calls.ts'
import { createShowing } from './escalate/show.ts'
import type { createHearing } from './hear.ts'
import type { HearingParts } from './hearing/parts.ts'
import type { Inbox } from './memory/inbox.ts'
import { createStage, type StageParts } from './stage.ts'
import { createPatience } from './staging/patience.ts'
import { createTurns, orderOf } from './turns.ts'
import { complete, contextOf } from './understand/context.ts'
import { blindCard, completeCard, issueCard, refused, reply } from './views/answers.ts'
import { answersWish, factWords, stillWanted } from './views/facts.ts'

/** What understands words, and the words it understands. */
export type Language = { readonly intents: readonly Intent[]; readonly createHearing: typeof createHearing }

/** All the bot needs of the world. */
export type Parts = Omit<HearingParts, 'intents' | 'show' | 'shown' | 'chats' | 'mark' | 'drawAgain' | 'calls'> &
  Omit<StageParts, 'outbox' | 'calls'> & {
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
    /** Runs the streams of calls. */
    readonly runCalls: RunStreams
    readonly openCalls: Document<OpenCalls>
    /** Can somebody be written to in private there? */
    readonly hasPrivate: (platform: string) => boolean
    /** How people are called in a project. */
    readonly escalationOf: (project: string) => Escalation
  }

/** How long an answer waits for the first card of a session that it began. */
const firstDrawMs = 2_000
/** How long a private answer may take before it is given in the open. */
const whisperMs = 3_000
/** How long somebody's private chat is looked for. */
const privateMs = 5_000
/** How long whoever moves a session waits for the new thread. */
const moveMs = 5_000

/** words → intent → wish → permission → engine. The answer comes back as facts, not as a return value. */
export const createBot = (all: Parts) => {
  const { language, inbox, outbox, home, sleep, adapterOf, ...parts } = all
  const { reads, memory, talk, now, log } = parts
  const { atMost, stop: endWaits } = createPatience(all)
  const privateOf: StageParts['privateOf'] = (person, besides) => atMost(privateMs, parts.privateOf(person, besides))
  const calls = createCalls({
    ...parts,
    home,
    run: all.runCalls,
    document: all.openCalls,
    people: reads.people,
    showing: createShowing({ ...parts, outbox, home, people: reads.people, privateOf }),
    onChange: (session) =>
      void reads.find(session).then(
        (found) => found && redraw(found, null),
        () => {},
      ), // told of where it is read
  })
  const stage = createStage({ ...parts, outbox, calls, privateOf })

  const deal = async (inbound: Inbound): Promise<boolean> => {
    try {
      // Nobody is answered for a sign, and there may be many.
      if (inbound.said.how !== 'reacted') await memory.saidAt(inbound.id, inbound.place)
      await (await hearing()).hear(inbound)
      return true
    } catch (error) {
      log.error('bot.inbound.failed', { id: inbound.id, why: explain(error) })
      await show(inbound.place, refused(inbound.id, 'failed', error))
      return false
    }
  }

  const turns = createTurns({ inbox, atMost, log, deal })
  const { enqueue, answering } = turns

  const lost = (card: Card, error: unknown): void => log.error('bot.card.lost', { card: card.key, why: explain(error) })

  /** Puts a card on show. Whoever waits for the answer to what was said waits for it; nobody else does. */
  const show = async (place: Place, card: Card): Promise<void> =>
    answering(
      card.replyTo,
      outbox.show(place, card).catch((error) => {
        if (card.replyTo !== null && isFault(error, 'CHAT_UNREACHABLE')) turns.unanswered(card.replyTo)
        lost(card, error)
      }),
    )

  /** Whoever waits for the answer waits until the sessions that came of it are on show. */
  const shown = async (facts: readonly (Fact | FleetFact)[], wish: Wish): Promise<void> => {
    const sessions = [
      ...facts.flatMap((fact) => ('session' in fact && typeof fact.session === 'string' ? [fact.session] : [])),
      ...('session' in wish ? [wish.session] : []),
    ]
    const cause = facts.find((fact) => fact.cause !== undefined)?.cause ?? null
    for (const session of new Set(sessions)) answering(cause, stage.shown(session, sleep(firstDrawMs)))
  }

  const whisper = async (
    inbound: Inbound,
    { actions: _actions, about: _about, offer: _offer, mentions: _mentions, ...card }: Card,
  ): Promise<boolean> => {
    const said = adapterOf(inbound.place.platform)?.whisper?.(inbound, { ...card, buttons: [], mentions: [] })
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
          privately: async (platform, account) => {
            const asked = adapterOf(platform)?.privately?.(account)
            return asked ? atMost(privateMs, asked) : null
          },
          hasPictures: (platform) => adapterOf(platform)?.limits.hasPictures ?? false,
          move: async (session, to) => {
            const work = stage.move(session, to)
            answering(
              null,
              work.catch((error) => log.warn('bot.move.failed', { session, why: explain(error) })),
            )
            await atMost(moveMs, work)
            const there = memory.placeOf(session)
            const problem = `it has made no thread yet, and ${session} goes on where it is until then`
            if (!there || channelKey(there) !== channelKey(memory.whereNow(to)))
              throw fault('CHAT_UNREACHABLE', { platform: to.platform, problem })
          },
          whisper,
        }
        const mark = (inbound: Inbound): void => void adapterOf(inbound.place.platform)?.mark?.(inbound)
        loaded = words.createHearing({ ...parts, intents, show, shown, chats, calls, mark, drawAgain })
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
    calls.again(id)
    for (const session of reads.sessions()) if (id === null || session.id === id) redraw(session, null)
    // A result that nobody has seen yet may be what was held back.
    answering(null, drawUnfinished(id))
  }

  const drawUnfinished = async (which: string | null): Promise<void> => {
    for (const id of memory.unfinished().filter((one) => which === null || one === which)) {
      const session = await reads.find(id).catch(() => null) // one that cannot be read is told of at every start
      if (session?.phase === 'ended') redraw(session, null)
    }
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
      const to = orderOf(fact.cause)
      // What was wished for is done, and that stands on the card of the session, too: this is no reason to hear it once more.
      const card = reply(to, `${session.id}-${fact.type}`, {
        tone: 'calm',
        title: `${session.id} · ${factWords(fact)}`,
        lines: stillWanted(fact, session),
      })
      answering(
        to,
        outbox.show(origin, card).catch((error) => lost(card, error)),
      )
    }
  }

  /** The name of whoever has that account; null for somebody unknown. */
  const known = (by: Pick<Inbound, 'place' | 'account'>): string | null => {
    try {
      return all.whoIs(by).name
    } catch {
      return null // nobody unknown is told anything, not even why
    }
  }

  const door: Door = {
    receive: async (inbound) => {
      const isNew = await inbox.receive(inbound)
      void memory.heard(inbound.place.platform, Math.min(inbound.at, now())) // a clock that is ahead would hide what comes before it
      if (!isNew) return
      if (inbound.message !== undefined && inbound.place.thread !== null) void memory.noteMessage(inbound.place, inbound.message)
      enqueue(inbound)
    },
    settled: turns.settled,
    complete: (text, place, account) => {
      const who = known({ place, account })
      if (who === null) return []
      const context = contextOf(place, { memory, talk, reads, who, now: now() })
      return complete(text, intents, context, context.project === null ? [] : reads.openTasks(context.project).map(({ key }) => key))
    },
    isOurs: (place) => memory.sessionAt(place) !== null || memory.leftAt(place) !== null || talk.isWaitingAt(place, now()),
    placeOf: memory.placeOfMessage,
    form: memory.formOf,
    moved: async (from, to) => {
      await talk.moved(from, to)
      await all.digests.memory.moved(from, to)
      await stage.moved(from, to)
    },
    missed: (platform) => {
      const homes = reads.projects().flatMap(({ name }) => all.homesOf(name))
      const places = [...memory.placesOn(platform), ...homes.filter((place) => place.platform === platform)]
      return { since: memory.heardAt(platform), places: [...new Map(places.map((place) => [placeKey(place), place])).values()] }
    },
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
        if (!origin || fact.cause === undefined) continue
        if (fact.type === 'issue.wanted' || fact.type === 'issue.made' || fact.type === 'issue.failed')
          void show(origin, issueCard(fact.cause, fact))
        if (fact.type !== 'project.paused' && fact.type !== 'project.resumed') continue
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

    /** Nothing can be seen of a project's changes any more; null: it can again. Said once, in the same message. */
    blind: (project: string, why: Error | null): void => {
      const [place = home] = all.homesOf(project)
      void outbox.show(place, blindCard(project, why)).catch((error) => log.warn('bot.blind.unshown', { project, why: explain(error) }))
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
      // What was said before the stop comes before anything that is said now.
      for (const inbound of inbox.open) enqueue(inbound)
      await calls.wake()
      for (const session of reads.sessions()) redraw(session, null)
      await drawUnfinished(null)
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
    },

    /** No timer of the bot's own fires after this. */
    stop: (): void => {
      loaded?.stop()
      stage.stop()
      endWaits()
    },

    /** Loads what understands words, so that the first ones need not wait for it. */
    warm: async (): Promise<void> => void (await hearing()),

    /** Resolves once everything that was said has been dealt with and is on show. */
    quiet: async (): Promise<void> => {
      await turns.quiet()
      await stage.quiet()
    },
  }
}

export type Bot = ReturnType<typeof createBot>
