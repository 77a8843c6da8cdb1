import type { Person } from '../../core/contracts/access.ts'
import type { Log } from '../../core/contracts/plugins.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import { endOf, ownZone } from '../../core/kit/zone.ts'
import type { Card } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { Reads } from '../contracts/reads.ts'
import type { Outbox } from '../deliver/outbox.ts'
import { standingOf } from '../draw.ts'
import type { Memory } from '../memory/chat.ts'
import { alerts, resolvedAlert } from '../views/alerts.ts'
import { stepCard, stepKey, waitedCard, waitedKey } from '../views/calls.ts'
import { type Answer, type Call, type CallEffect, type CallInput, isOpen, restsUntil, type Step } from './call.ts'

/** All that showing calls needs. */
export type ShowingParts = {
  readonly reads: Reads
  readonly memory: Memory
  readonly outbox: Outbox
  readonly people: () => readonly Person[]
  readonly accountsOf: (person: string) => readonly { readonly platform: string; readonly account: string }[]
  /** A private chat with that person, on another platform than `besides`; null where there is none to be had. */
  readonly privateOf: (person: string, besides?: string) => Promise<Place | null>
  readonly homesOf: (project: string) => readonly Place[]
  readonly home: Place
  readonly now: () => number
  readonly wakeAt: (at: number, callback: () => void) => () => void
  readonly log: Log
}

/** Where steps of calls are on show, and that they are. */
export const createShowing = ({ reads, memory, outbox, people, accountsOf, privateOf, homesOf, home, now, wakeAt, log }: ShowingParts) => {
  const channelOf = ({ project }: Call): Place => homesOf(project)[0] ?? home

  const threadOf = ({ alerts }: Call): Place | null => {
    const session = (alerts.find((one) => one.isOpen) ?? alerts[0])?.session ?? ''
    return memory.placeOf(session)
  }

  /** Whom it is for decides where it is: in the thread where the platform can call them there, else where it can. */
  const placeFor = async (call: Call, { rung, person, heldUntil }: Step): Promise<Place> => {
    const thread = threadOf(call)
    const here = thread ?? channelOf(call)
    if (rung === 'channel' || person === null) return channelOf(call)
    // What waited is one message, be it about however many threads.
    if (heldUntil !== null) return (await privateOf(person)) ?? channelOf(call)
    if (rung === 'elsewhere') return (await privateOf(person, thread?.platform)) ?? here
    const isHere = accountsOf(person).some(({ platform }) => platform === here.platform)
    if (rung === 'onCall') return (await privateOf(person)) ?? here
    return isHere ? here : ((await privateOf(person)) ?? here)
  }

  /** The alert of the call as the thread of its first open session shows it, or how it came out. */
  const alertOf = async (call: Call) => {
    const first = call.alerts.find((one) => one.isOpen) ?? call.alerts.at(-1)
    const session = first ? await reads.find(first.session) : null
    if (!first || !session) return null
    const standing = standingOf(session, reads)
    const card = alerts(session, standing).find(({ key }) => key === first.alert) ?? resolvedAlert(first.alert, session, standing)
    return { card, session }
  }

  const isQuiet = ({ priority, requester }: Call): boolean => {
    const person = people().find(({ name }) => name === requester)
    return priority !== 'urgent' && person?.quiet !== undefined && endOf(person.quiet, now(), person.zone ?? ownZone()) > now()
  }

  const answerOf = (call: Call, at: number): Answer | null => ((restsUntil(call) ?? 0) > at ? call.answer : null)

  /** The card of a step, and under which key it is shown; null where there is nothing left to say anything of. */
  const drawn = async (call: Call, step: Step, all: readonly Call[]): Promise<Card | null> => {
    if (step.heldUntil !== null && step.person !== null) return drawnTogether(step.person, step.heldUntil, all)
    const found = await alertOf(call)
    if (!found) return null
    const open = call.alerts.filter((one) => one.isOpen)
    const others = [...new Set(open.map(({ session }) => session))].slice(1)
    const isSilent = step.person === null && isQuiet(call)
    return stepCard({
      call: { ...call, answer: answerOf(call, now()) },
      step,
      alert: found.card,
      others,
      isShared: people().length > 1,
      isSilent,
    })
  }

  /** All that waited for somebody until that moment is one message. */
  const drawnTogether = async (person: string, until: number, all: readonly Call[]): Promise<Card> => {
    const mine = all.filter(({ steps }) =>
      steps.some((step) => step.person === person && step.heldUntil === until && step.state !== 'held'),
    )
    const rows = await Promise.all(
      mine.map(async (call) => {
        const found = await alertOf(call)
        return found ? [{ call: { ...call, answer: answerOf(call, now()) }, alert: found.card, session: found.session }] : []
      }),
    )
    return waitedCard(waitedKey(person, until), person, rows.flat(), { isShared: people().length > 1 })
  }

  /** Where to, once that is known: a chat that does not answer is asked again. @throws what `signal` aborts with */
  const placeOnce = async (call: Call, step: Step, signal: AbortSignal): Promise<Place> => {
    for (;;) {
      try {
        return await placeFor(call, step)
      } catch (error) {
        log.warn('calls.nowhere', { call: call.id, why: explain(error) })
        await later(signal)
      }
    }
  }

  const later = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const cancel = wakeAt(now() + askAgainMs, resolve)
      signal.addEventListener('abort', () => {
        cancel()
        reject(signal.reason)
      })
    })

  const showStep = async (call: Call, step: Step, { all }: Book, signal: AbortSignal): Promise<CallInput> => {
    const of = step.since
    const places = [await placeOnce(call, step, signal), channelOf(call), home]
    let why = 'there is nothing to say of it'
    for (const place of new Map(places.map((one) => [placeKey(one), one])).values()) {
      const card = await drawn(call, step, all())
      if (!card) break
      try {
        await outbox.show(place, card)
        return { at: now(), seen: { kind: 'reached', of, place } }
      } catch (error) {
        if (!isFault(error, 'PLACE_GONE') && !isFault(error, 'CHAT_REFUSED')) throw error
        why = explain(error)
        log.warn('calls.refused', { call: call.id, place: placeKey(place), why })
      }
    }
    return { at: now(), seen: { kind: 'lost', of, why } }
  }

  /** Every card of the call, wherever it is on show or on its way. Are they a record of their time from now on? */
  const redraw = async (call: Call, { all }: Book): Promise<boolean> => {
    // One platform that is down keeps no other card from telling.
    const redrawn = async (step: Step): Promise<void> => {
      const place = step.place ?? (await placeFor(call, step))
      const key = step.heldUntil === null ? stepKey(call.id, step.since) : waitedKey(step.person ?? '', step.heldUntil)
      const at = memory.whereNow(place)
      // What is forgotten cannot be edited, and would come as news.
      const isThere = memory.shownAt(at)[key] !== undefined || memory.onItsWay(at, key) !== null || memory.foldWith(at, key) !== null
      if (!isThere) return outbox.withdraw(place, (one) => one === key)
      const card = await drawn(call, step, all())
      if (card) await outbox.show(place, card)
    }
    // What is about to be shown of an open call shows itself.
    const steps = call.steps.filter(({ state }) => state === 'reached' || (state === 'wanted' && !isOpen(call)))
    for (const done of await Promise.allSettled(steps.map(redrawn)))
      if (done.status === 'rejected') log.warn('calls.redraw.failed', { call: call.id, why: explain(done.reason) })
    // What is still under way (an answer on its way to the agent, a merge) is said once more when it is done.
    return !isOpen(call) && ((await alertOf(call))?.card.about ?? null) === null
  }

  const redrawing = new Map<string, { isAgain: boolean; readonly done: Promise<boolean> }>()

  /** As it is by then; whoever asks meanwhile has it drawn once more. */
  const redrawNow = (id: string, book: Book): Promise<boolean> => {
    const under = redrawing.get(id)
    if (under) {
      under.isAgain = true
      return under.done
    }
    const draw = async (): Promise<boolean> => {
      for (let isOver = false; ; ) {
        own.isAgain = false
        const call = book.get(id)
        isOver = call === null || (await redraw(call, book))
        if (!own.isAgain) return isOver
      }
    }
    const own: { isAgain: boolean; done: Promise<boolean> } = { isAgain: false, done: Promise.resolve(false) }
    redrawing.set(id, own)
    own.done = draw().finally(() => redrawing.delete(id))
    return own.done
  }

  return {
    answerOf,

    /** Carries out what a call wants. */
    perform: async (effect: CallEffect, id: string, book: Book, signal: AbortSignal): Promise<CallInput | null> => {
      const call = book.get(id)
      if (!call) return null
      if (effect.do === 'call.show') return showStep(call, effect.step, book, signal)
      return (await redrawNow(id, book)) ? { at: now(), seen: { kind: 'redrawn', of: effect.since } } : null
    },

    /** What is on show of a call looks as it should now. Is it over, and all its cards a record of their time? Never rejects. */
    refresh: (id: string, book: Book): Promise<boolean> =>
      redrawNow(id, book).catch((error: unknown) => {
        log.warn('calls.redraw.failed', { call: id, why: explain(error) })
        return false
      }),
  }
}

export type Showing = ReturnType<typeof createShowing>

/** The calls there are, as they are by then. */
export type Book = { readonly get: (id: string) => Call | null; readonly all: () => readonly Call[] }

/** After so long a chat that did not answer is asked once more. */
const askAgainMs = 60_000
