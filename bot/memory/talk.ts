import type { Document } from '../../core/contracts/store.ts'
import type { About } from '../../core/contracts/wish.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import { type Awaited, type Awaiting, createAwaiting, emptyAwaiting } from './awaiting.ts'
import { createHeeding, emptyHeeding, type Heeding } from './heeding.ts'
import { renew } from './renew.ts'
import { createTelling, emptyTelling, type Telling } from './telling.ts'

/** Something the bot guessed and does when whoever said it says yes. */
export type Offer = {
  /** The inbound that was guessed at. */
  readonly id: string
  /** The exact command. */
  readonly say: string
  /** The same words as a message to the agent in whose thread they were said; null elsewhere. */
  readonly tell: string | null
  /** The person who said it, and the only one who can take it. */
  readonly by: string
  readonly place: Place
  /** Until when it can be taken: epoch ms. */
  readonly until: number
  /** What the card of that session showed when the offer was made: what is taken is what was seen. */
  readonly about: About | null
  /** What goes where `say` holds `{text}`. */
  readonly text?: string
  /** The words were too old to be done unasked: when they were said, and how long before this was asked. */
  readonly stale?: { readonly at: number; readonly agoMs: number }
  /** How many sessions it would change at once. */
  readonly sessions: number
  readonly outcome: Outcome | null
}

/** How an offer came out, and the inbound that decided it: the same one may come twice. */
export type Outcome = { readonly is: 'taken' | 'turned down' | 'lapsed'; readonly cause: string | null }

/** What somebody spoke of last in a place. `offer` is the one that was the last thing said to them there. */
type Spoken = { readonly session: string | null; readonly at: number; readonly offer: string | null }

/** What the bot remembers of conversations, so that "yes" and "it" have a meaning; small, and kept over restarts. */
export type TalkMemory = Awaiting &
  Heeding &
  Telling & {
    /** By the inbound that was guessed at; the newest last. */
    offers: Record<string, Offer>
    /** By person and place. */
    spoken: Record<string, Spoken>
    /** channel → the project that is meant there. */
    projects: Record<string, string>
    /** The same for private chats: those are no channel of the project. */
    privateProjects: Record<string, string>
  }

export const emptyTalk = (): TalkMemory => ({
  offers: {},
  spoken: {},
  projects: {},
  privateProjects: {},
  ...emptyAwaiting(),
  ...emptyHeeding(),
  ...emptyTelling(),
})

/** How much is remembered, the newest of each. An offer that is forgotten is answered as one that lapsed. */
const kept = { offers: 300, spoken: 1_000, projects: 500 }

/** Nobody has said yes or no, be its time over or not. */
const isUnanswered = ({ outcome }: Offer): boolean => outcome === null || outcome.cause === null

const spokenKey = (person: string, place: Place): string => `${person}\u0000${placeKey(place)}`

/** Questions to the memory, and changes of it; each change is on disk when it resolves. */
export const createTalk = (document: Document<TalkMemory>) => {
  const { value } = document
  Object.assign(value, { ...emptyTalk(), ...value }) // what an older version kept lacks what it did not know
  const awaiting = createAwaiting(document)
  const heeding = createHeeding(document)
  const offer = (id: string): Offer | null => (Object.hasOwn(value.offers, id) ? (value.offers[id] ?? null) : null)
  /** The newest open offer that somebody could answer with "yes" in that place. */
  const offerAt = (place: Place): Offer | null =>
    Object.values(value.offers).findLast(({ id, by, outcome }) => outcome === null && value.spoken[spokenKey(by, place)]?.offer === id) ??
    null
  return {
    ...awaiting,
    ...heeding,
    ...createTelling(document),
    offer,
    offerAt,
    /** Does somebody there have to answer the bot, so that what is said next may be for it? */
    isWaitingAt: (place: Place, now: number): boolean => offerAt(place) !== null || awaiting.awaitedAt(place, now) !== null,
    /** Offers that nobody has answered, the oldest first. */
    open: (): readonly Offer[] => Object.values(value.offers).filter(({ outcome }) => outcome === null),
    /** The session somebody spoke of last in that place, and when. */
    spokenOf: (person: string, place: Place): { readonly session: string; readonly at: number } | null => {
      const { session = null, at = 0 } = value.spoken[spokenKey(person, place)] ?? {}
      return session === null ? null : { session, at }
    },
    /** The offer that was the last thing said to somebody in that place, if they have not answered it. */
    offerTo: (person: string, place: Place): Offer | null => {
      const last = offer(value.spoken[spokenKey(person, place)]?.offer ?? '')
      return last && isUnanswered(last) ? last : null
    },
    /** The offer that this inbound has answered. */
    answeredBy: (inbound: string): Offer | null =>
      Object.values(value.offers).findLast(({ outcome }) => outcome?.cause === inbound) ?? null,
    projectAt: (place: Place): string | null => value.privateProjects[channelKey(place)] ?? value.projects[channelKey(place)] ?? null,
    /** The channel of that platform where that project is meant, the newest there is; never a private chat. */
    channelOf: (platform: string, project: string): Place | null => {
      const key = Object.keys(value.projects).findLast((one) => one.startsWith(`${platform}\u0000`) && value.projects[one] === project)
      return key === undefined ? null : { platform, channel: key.slice(platform.length + 1), thread: null }
    },

    /** Somebody spoke of a session, or of none. What was offered before is no longer the last thing said. */
    spoke: (person: string, place: Place, { session, at }: { readonly session: string | null; readonly at: number }): Promise<void> =>
      document.update(({ spoken }) => {
        const key = spokenKey(person, place)
        const before = spoken[key]
        renew(
          spoken,
          key,
          session === null ? { session: before?.session ?? null, at: before?.at ?? at, offer: null } : { session, at, offer: null },
          kept.spoken,
        )
      }),
    /** What was offered for the same words before stands. */
    offered: (made: Offer): Promise<void> =>
      document.update(({ offers, spoken, awaited }) => {
        delete awaited[spokenKey(made.by, made.place)]
        if (!Object.hasOwn(offers, made.id)) renew(offers, made.id, made, kept.offers)
        const key = spokenKey(made.by, made.place)
        renew(spoken, key, { session: null, at: 0, ...spoken[key], offer: made.id }, kept.spoken)
      }),
    /**
     * The first outcome stands. Gives back how the offer came out: not what was asked for, when somebody was first. An answer that
     * was given in time and heard after it counts.
     */
    settle: async (id: string, outcome: Outcome): Promise<Outcome | null> => {
      await document.update(({ offers }) => {
        const known = offer(id)
        if (known && (known.outcome === null || (isUnanswered(known) && outcome.is !== 'lapsed'))) offers[id] = { ...known, outcome }
      })
      return offer(id)?.outcome ?? null
    },
    use: (place: Place, project: string, { isPrivate = false }: { readonly isPrivate?: boolean } = {}): Promise<void> =>
      document.update(({ projects, privateProjects }) => {
        renew(isPrivate ? privateProjects : projects, channelKey(place), project, kept.projects)
      }),
    /** Somebody is asked for words: the next they say there. What was offered them before is no longer the last thing said. */
    awaits: (asked: Awaited): Promise<void> =>
      document.update((memory) => {
        const key = spokenKey(asked.by, asked.place)
        awaiting.begin(memory, asked)
        if (memory.spoken[key]) memory.spoken[key] = { ...memory.spoken[key], offer: null }
      }),
    /** The channel has another id now: all that is remembered of it moves along. */
    moved: (from: Place, to: Place): Promise<void> => document.update((memory) => moveAll(memory, from, to)),
  }
}

export type Talk = ReturnType<typeof createTalk>

const moveAll = (memory: TalkMemory, from: Place, to: Place): void => {
  const isThere = ({ platform, channel }: Place): boolean => platform === from.platform && channel === from.channel
  const there = (place: Place): Place => (isThere(place) ? { ...place, platform: to.platform, channel: to.channel } : place)
  /** Keys are made of parts; the channel's begin at `at`. */
  const rekey = <T>(table: Record<string, T>, at: number): void => {
    for (const [key, value] of Object.entries(table)) {
      const parts = key.split('\u0000')
      if (parts[at] !== from.platform || parts[at + 1] !== from.channel) continue
      delete table[key]
      table[[...parts.slice(0, at), to.platform, to.channel, ...parts.slice(at + 2)].join('\u0000')] = value
    }
  }
  for (const table of [memory.projects, memory.privateProjects, memory.mutes]) rekey<unknown>(table, 0)
  for (const table of [memory.spoken, memory.awaited]) rekey<unknown>(table, 1)
  for (const table of [memory.offers, memory.awaited] as Record<string, { readonly place: Place }>[])
    for (const [key, value] of Object.entries(table)) table[key] = { ...value, place: there(value.place) }
  for (const [session, places] of Object.entries(memory.follows)) memory.follows[session] = places.map(there)
}
