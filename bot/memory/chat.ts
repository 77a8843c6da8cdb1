import type { Document } from '../../core/contracts/store.ts'
import type { About } from '../../core/contracts/wish.ts'
import type { MessageRef } from '../contracts/adapter.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'

/** What a chat shows for one card. `drawn` is a fingerprint of how it looked. */
export type Shown = { readonly ref: MessageRef; readonly drawn: string; readonly about: About | null }

/** What a button stands for. One of an offer takes it or turns it down. */
export type Press = { readonly say: string; readonly about: About | null; readonly offer: string | null }

/** The bot's memory of its chats: small, and kept over restarts. */
export type ChatMemory = {
  /** The thread of each session. */
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
}

export const emptyMemory = (): ChatMemory => ({ places: {}, origins: {}, unfinished: [], shown: {}, buttons: {}, abouts: {}, refusals: {} })

/** How much is remembered, the newest of each. An older button is answered with "too old"; an older thread is a channel. */
const kept = { sessions: 2_000, cardsOfPlace: 100, places: 300, buttons: 3_000, origins: 500, aboutsOfChannel: 300 }

/** Puts it at the end, as the newest, and forgets the oldest above `most`. */
export const renew = <T>(table: Record<string, T>, key: string, value: T, most: number): Record<string, T> => {
  delete table[key]
  table[key] = value
  for (const old of Object.keys(table).slice(0, -most)) delete table[old]
  return table
}

/** Questions to the memory, and changes of it; each change is on disk when it resolves. */
export const createMemory = (document: Document<ChatMemory>) => {
  const { value } = document
  const threads = new Map(Object.entries(value.places).map(([session, place]) => [placeKey(place), session]))
  return {
    placeOf: (session: string): Place | null => value.places[session] ?? null,
    sessionAt: (place: Place): string | null => (place.thread === null ? null : (threads.get(placeKey(place)) ?? null)),
    originOf: (cause: string): Place | null => value.origins[cause] ?? null,
    unfinished: (): readonly string[] => value.unfinished,
    shownAt: (place: Place): Readonly<Record<string, Shown>> => value.shown[placeKey(place)] ?? {},
    press: (button: string): Press | null => (Object.hasOwn(value.buttons, button) ? (value.buttons[button] ?? null) : null), // the id comes from outside
    /** What the card of that session showed last in this channel, threads included. */
    aboutAt: (place: Place, session: string): About | null => value.abouts[channelKey(place)]?.[session] ?? null,
    refusalOf: (person: string) => value.refusals[person] ?? null,

    saidAt: (cause: string, place: Place): Promise<void> =>
      document.update((memory) => {
        renew(memory.origins, cause, place, kept.origins)
      }),
    live: (session: string, place: Place): Promise<void> =>
      document.update((memory) => {
        const before = memory.places[session]
        if (before && threads.get(placeKey(before)) === session) threads.delete(placeKey(before))
        renew(memory.places, session, place, kept.sessions)
        threads.set(placeKey(place), session)
        if (!memory.unfinished.includes(session)) memory.unfinished.push(session)
      }),
    finished: (session: string): Promise<void> =>
      document.update((memory) => {
        memory.unfinished = memory.unfinished.filter((one) => one !== session)
      }),
    showing: (place: Place, card: string, shown: Shown): Promise<void> =>
      document.update((memory) => {
        const key = placeKey(place)
        renew(memory.shown, key, renew({ ...memory.shown[key] }, card, shown, kept.cardsOfPlace), kept.places)
        if (!shown.about) return
        const channel = channelKey(place)
        memory.abouts[channel] = renew({ ...memory.abouts[channel] }, shown.about.session, shown.about, kept.aboutsOfChannel)
      }),
    buttons: (made: Readonly<Record<string, Press>>): Promise<void> =>
      document.update((memory) => {
        for (const [id, press] of Object.entries(made)) renew(memory.buttons, id, press, kept.buttons)
      }),
    refused: (person: string, what: string, hint: string, at: number): Promise<void> =>
      document.update((memory) => {
        memory.refusals[person] = { what, hint, at }
      }),
  }
}

export type Memory = ReturnType<typeof createMemory>
