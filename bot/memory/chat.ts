import type { Document } from '../../core/contracts/store.ts'
import type { About } from '../../core/contracts/wish.ts'
import type { MessageRef } from '../contracts/adapter.ts'
import type { Form } from '../contracts/card.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import { createFolds, type Fold, type FoldLine } from './folds.ts'
import { createMoves, type Moves } from './moves.ts'
import { renew } from './renew.ts'
import { cardAt, createSendings, emptySendings, type Sendings } from './sendings.ts'

/** What a chat shows for one card. `drawn` is a fingerprint of how it looked, `fold` the message in which it stands with others. */
export type Shown = { readonly ref: MessageRef; readonly drawn: string; readonly about: About | null; readonly fold?: string }

/** What a button stands for. One of an offer takes it or turns it down. With a `form`, `say` holds `{text}`. */
export type Press = { readonly say: string; readonly about: About | null; readonly offer: string | null; readonly form?: Form }

/** The bot's memory of its chats: small, and kept over restarts. */
export type ChatMemory = Sendings &
  Moves & {
    /** The thread of each session; with no thread, only the channel where it is to be made. */
    places: Record<string, Place>
    /** Where each inbound that led to something was said; for answering there. */
    origins: Record<string, Place>
    /** Sessions whose result has not been seen to be delivered. */
    unfinished: string[]
    /** place → card key → what is on show. */
    shown: Record<string, Record<string, Shown>>
    /** The newest last. */
    buttons: Record<string, Press>
    /** channel → session → what its last card there showed. */
    abouts: Record<string, Record<string, About>>
    /** person → what they were refused last. */
    refusals: Record<string, { readonly what: string; readonly hint: string; readonly at: number }>
    /** Cards that stand together in one message. */
    folds: Record<string, Fold>
    /** channel and message → the thread in which somebody said it. */
    messages: Record<string, string>
    /** platform → when something was heard there last, epoch ms. */
    heard: Record<string, number>
  }

export const emptyMemory = (): ChatMemory => ({
  places: {},
  origins: {},
  unfinished: [],
  shown: {},
  buttons: {},
  abouts: {},
  refusals: {},
  folds: {},
  messages: {},
  heard: {},
  moves: {},
  ...emptySendings(),
})

/** How much is remembered, the newest of each. An older button is answered with "too old"; an older thread is a channel. */
const kept = { sessions: 2_000, cardsOfPlace: 100, places: 300, buttons: 3_000, origins: 500, aboutsOfChannel: 300, messages: 2_000 }

/** How often it is written down that something was heard. */
const heardEveryMs = 10_000

/** Questions to the memory, and changes of it; each change is on disk when it resolves. */
export const createMemory = (document: Document<ChatMemory>) => {
  const { value } = document
  // Written by an earlier version, it lacks what has been added since.
  for (const [name, empty] of Object.entries(emptyMemory())) if (!Object.hasOwn(value, name)) Object.assign(value, { [name]: empty })
  const threads = new Map(Object.entries(value.places).map(([session, place]) => [placeKey(place), session]))
  const heardNow = new Map(Object.entries(value.heard))
  const threadOf = (session: string): Place | null => {
    const place = value.places[session]
    return place && place.thread !== null ? place : null
  }

  /** Puts down what is on show; inside of a change. */
  const put = (memory: ChatMemory, place: Place, card: string, shown: Shown): void => {
    const key = placeKey(place)
    renew(memory.shown, key, renew({ ...memory.shown[key] }, card, shown, kept.cardsOfPlace), Number.POSITIVE_INFINITY)
    forgetPlaces(memory)
    delete memory.sendings[cardAt(place, card)]
    if (!shown.about) return
    const channel = channelKey(place)
    memory.abouts[channel] = renew({ ...memory.abouts[channel] }, shown.about.session, shown.about, kept.aboutsOfChannel)
  }

  /** What is on show in the thread of a session is not forgotten while that goes on: it would be posted once more. */
  const forgetPlaces = (memory: ChatMemory): void => {
    const places = Object.keys(memory.shown)
    if (places.length <= kept.places) return
    const needed = new Set(memory.unfinished.map((session) => placeKey(memory.places[session] ?? nowhere)))
    for (const old of places.filter((place) => !needed.has(place)).slice(0, -kept.places)) delete memory.shown[old]
  }

  return {
    ...createSendings(document),
    ...createFolds(document),
    ...createMoves(document, threads),
    placeOf: threadOf,
    /** Where the thread of that session is to be, or to be made: the channel. */
    channelOf: (session: string): Place | null => {
      const place = value.places[session]
      return place ? { ...place, thread: null } : null
    },
    sessionAt: (place: Place): string | null => (place.thread === null ? null : (threads.get(placeKey(place)) ?? null)),
    /** The session that had its thread there and goes on elsewhere. */
    leftAt: (place: Place): string | null => {
      if (place.thread === null || threads.has(placeKey(place))) return null
      const own = Object.keys(value.shown[placeKey(place)] ?? {}).find((key) => key.startsWith('session:'))
      return own === undefined ? null : own.slice('session:'.length)
    },
    originOf: (cause: string): Place | null => value.origins[cause] ?? null,
    unfinished: (): readonly string[] => value.unfinished,
    shownAt: (place: Place): Readonly<Record<string, Shown>> => value.shown[placeKey(place)] ?? {},
    press: (button: string): Press | null => (Object.hasOwn(value.buttons, button) ? (value.buttons[button] ?? null) : null), // the id comes from outside
    /** What that button asks for before it is pressed. */
    formOf: (button: string): Form | null => (Object.hasOwn(value.buttons, button) ? (value.buttons[button]?.form ?? null) : null),
    /** What the card of that session showed last in this channel, threads included. */
    aboutAt: (place: Place, session: string): About | null => value.abouts[channelKey(place)]?.[session] ?? null,
    refusalOf: (person: string) => value.refusals[person] ?? null,
    heardAt: (platform: string): number | null => heardNow.get(platform) ?? null,
    /** The threads of unfinished sessions on that platform, newest first, then their channels, then others where the bot was spoken to of late. */
    placesOn: (platform: string): readonly Place[] => {
      const spoken = Object.values(value.origins)
        .filter((place) => place.platform === platform)
        .reverse()
        .map((place) => ({ ...place, thread: null }))
      const sessions = new Set(value.unfinished)
      const places = Object.entries(value.places)
        .filter(([session, place]) => place.platform === platform && sessions.has(session))
        .map(([, place]) => place)
        .reverse()
      const channels = new Map([...places, ...spoken].map((place) => [channelKey(place), { ...place, thread: null }]))
      return [...places.filter(({ thread }) => thread !== null), ...channels.values()]
    },
    /** The place a message belongs to: one that we show, or one that was said in a thread of ours. */
    placeOfMessage: (channel: Place, message: string): Place | null => {
      const key = `${channelKey(channel)}\u0000${message}`
      const said = Object.hasOwn(value.messages, key) ? value.messages[key] : undefined
      if (said !== undefined) return { ...channel, thread: said }
      for (const [at, cards] of Object.entries(value.shown))
        for (const { ref, fold } of Object.values(cards))
          if (fold === undefined && ref.id === message && channelKey(ref.place) === channelKey(channel)) return placeFrom(at)
      return null
    },

    /** What that message of a channel shows, by the card's key; null for one that is none of ours, or that holds several. */
    cardOfMessage: (channel: Place, message: string): string | null => {
      for (const cards of Object.values(value.shown))
        for (const [card, { ref, fold }] of Object.entries(cards))
          if (fold === undefined && ref.id === message && channelKey(ref.place) === channelKey(channel)) return card
      return null
    },

    saidAt: (cause: string, place: Place): Promise<void> =>
      document.update((memory) => {
        renew(memory.origins, cause, place, kept.origins)
      }),
    /** That is where it is on show; with no thread, where its thread is to be made. */
    live: (session: string, place: Place): Promise<void> =>
      document.update((memory) => {
        const before = memory.places[session]
        if (before && threads.get(placeKey(before)) === session) threads.delete(placeKey(before))
        renew(memory.places, session, place, kept.sessions)
        if (place.thread !== null) threads.set(placeKey(place), session)
        if (!memory.unfinished.includes(session)) memory.unfinished.push(session)
      }),
    finished: (session: string): Promise<void> =>
      document.update((memory) => {
        memory.unfinished = memory.unfinished.filter((one) => one !== session)
      }),
    showing: (place: Place, card: string, shown: Shown): Promise<void> => document.update((memory) => put(memory, place, card, shown)),
    /** It is redrawn now: until that is confirmed, nobody knows how it looks. */
    redrawing: (place: Place, card: string): Promise<void> =>
      document.update((memory) => {
        const cards = memory.shown[placeKey(place)]
        const before = cards?.[card]
        if (cards && before) cards[card] = { ...before, drawn: '' }
      }),
    /** It was not redrawn after all. */
    unchanged: (place: Place, card: string, before: Shown): Promise<void> =>
      document.update((memory) => {
        const cards = memory.shown[placeKey(place)]
        if (cards?.[card]) cards[card] = before
      }),
    /** A fold is on show, and with it the cards that stand in it; `lines` as they were drawn. */
    foldShowing: (fold: { readonly id: string; readonly place: Place; readonly card: string }, shown: Shown, lines: readonly FoldLine[]) =>
      document.update((memory) => {
        put(memory, fold.place, fold.card, shown)
        for (const { place, key, drawn, about } of lines) {
          const before = memory.shown[placeKey(place)]?.[key]
          if (before?.fold === fold.id && before.drawn === drawn) continue
          put(memory, place, key, { ref: shown.ref, drawn, about, fold: fold.id })
        }
      }),
    buttons: (made: Readonly<Record<string, Press>>): Promise<void> =>
      document.update((memory) => {
        for (const [id, press] of Object.entries(made)) renew(memory.buttons, id, press, kept.buttons)
      }),
    refused: (person: string, what: string, hint: string, at: number): Promise<void> =>
      document.update((memory) => {
        memory.refusals[person] = { what, hint, at }
      }),
    /** Somebody said that in a thread: a reply to it belongs there too. Never rejects. */
    noteMessage: async ({ thread, ...channel }: Place, message: string): Promise<void> => {
      if (thread === null) return
      await document
        .update((memory) => {
          renew(memory.messages, `${channelKey({ ...channel, thread })}\u0000${message}`, thread, kept.messages)
        })
        .catch(() => {}) // told of by the document; it goes with its next write
    },
    /** Something came from that platform, at that time (epoch ms). Never rejects. Written down now and then: what is known after a crash is a little too old, never too new. */
    heard: async (platform: string, at: number): Promise<void> => {
      heardNow.set(platform, at)
      if (Math.abs(at - (value.heard[platform] ?? Number.NEGATIVE_INFINITY)) < heardEveryMs) return
      await document
        .update((memory) => {
          memory.heard[platform] = at
        })
        .catch(() => {}) // told of by the document; it goes with its next write
    },
  }
}

export type Memory = ReturnType<typeof createMemory>

const nowhere: Place = { platform: '', channel: '', thread: null }

const placeFrom = (key: string): Place => {
  const [platform = '', channel = '', thread = ''] = key.split('\u0000')
  return { platform, channel, thread: thread === '' ? null : thread }
}
