import type { Person } from '../../core/contracts/access.ts'
import type { RunStreams } from '../../core/contracts/engine.ts'
import type { Escalation } from '../../core/contracts/escalation.ts'
import type { Log } from '../../core/contracts/plugins.ts'
import type { Session } from '../../core/contracts/session.ts'
import type { Document } from '../../core/contracts/store.ts'
import { explain } from '../../core/kit/fault.ts'
import { channelKey, type Place } from '../contracts/inbound.ts'
import type { Reads } from '../contracts/reads.ts'
import { standingOf } from '../draw.ts'
import type { Memory } from '../memory/chat.ts'
import type { Talk } from '../memory/talk.ts'
import { waitedKey } from '../views/calls.ts'
import { waitingIn } from './alerts.ts'
import {
  type AlertRef,
  type AlertStanding,
  type Answer,
  type Call,
  type CallEffect,
  type CallFact,
  type CallInput,
  isOpen,
} from './call.ts'
import { ladderOf, type Surroundings } from './ladder.ts'
import { callMachine } from './machine.ts'
import type { Book, Showing } from './show.ts'

/** Calls that may still have something to do, by name; kept, so that the next start takes them up. */
export type OpenCalls = { open: string[] }
export const noCalls = (): OpenCalls => ({ open: [] })

/** All that calling people needs. */
export type CallsParts = Pick<Surroundings, 'accountsOf' | 'hasPrivate' | 'hasThreads'> & {
  readonly run: RunStreams
  readonly document: Document<OpenCalls>
  readonly reads: Reads
  readonly memory: Memory
  readonly talk: Talk
  readonly people: () => readonly Person[]
  readonly homesOf: (project: string) => readonly Place[]
  readonly home: Place
  readonly escalationOf: (project: string) => Escalation
  readonly showing: Showing
  /** The alert of the session's thread looks different now. */
  readonly onChange: (session: string) => void
  readonly now: () => number
  readonly log: Log
}

/** Sessions that need people within so long of each other for one cause are told together. */
const burstMs = 30 * 60_000

/**
 * Calls people: one stream a call. What a session waits for is shown to it as whole pictures, so a restart needs nothing but looking at every session
 * once more.
 */
export const createCalls = (parts: CallsParts) => {
  const { run, document, reads, memory, talk, people, homesOf, home, escalationOf, showing, onChange, now, log } = parts
  const calls = new Map<string, Call>()
  /** Of open alerts only. */
  const callOf = new Map<string, string>()
  const book: Book = { get: (id) => calls.get(id) ?? null, all: () => [...calls.values()] }
  let turn: Promise<unknown> = Promise.resolve()

  const threadsOf = ({ alerts }: Call): readonly (Place | null)[] =>
    alerts.filter(({ isOpen }) => isOpen).map(({ session }) => memory.placeOf(session))

  const mutedUntil = ({ session, alert }: AlertRef, project: string, at: number): number | null => {
    const place = memory.placeOf(session)
    return place && talk.mutedUntil(place, at, session, `project:${project}`, `kind:${alert.split(':')[2]}`)
  }

  const surroundings: Surroundings = {
    ...parts,
    people,
    escalationOf,
    threadOf: (call) => threadsOf(call)[0] ?? null,
    channelOf: (project) => homesOf(project)[0] ?? home,
    mutedUntil: (call, at) => {
      const muted = call.alerts.filter((one) => one.isOpen).map((one) => mutedUntil(one, call.project, at) ?? 0)
      const first = Math.min(...muted)
      return muted.length === 0 || first === 0 ? null : first
    },
  }

  const heard = (call: Call): void => {
    const before = calls.get(call.id)
    calls.set(call.id, call)
    for (const { alert, isOpen } of call.alerts)
      if (isOpen) callOf.set(alert, call.id)
      else if (callOf.get(alert) === call.id) callOf.delete(alert)
    if (call.settled !== null && call.redrawn === call.settled) void close(call.id)
    const sessions = new Set(call.alerts.map(({ session }) => session))
    if (before?.answer !== call.answer || before?.isRestOver !== call.isRestOver || before?.alerts !== call.alerts)
      for (const session of sessions) onChange(session)
  }

  const streams = run<Call, CallInput, CallFact, CallEffect>({
    machine: callMachine((call) => ladderOf(call, surroundings)),
    perform: (effect, { id, signal }) => showing.perform(effect, id, book, signal),
    publish: heard,
    tick: (at) => ({ at, tick: true }),
  })

  /** What somebody was told of in one message with others stays as long as those. */
  const forget = (): void => {
    const told = new Set([...calls.values()].filter(isOpen).flatMap(waitedKeys))
    for (const call of calls.values())
      if (call.redrawn !== null && !isOpen(call) && !waitedKeys(call).some((key) => told.has(key))) calls.delete(call.id)
  }

  const close = async (id: string): Promise<void> => {
    forget()
    await document
      .update((kept) => {
        kept.open = kept.open.filter((one) => one !== id)
      })
      .catch(() => {}) // told of by the document; the next start finds it settled
  }

  /** The call that an alert belongs to: one of the same cause that was raised a short while ago, or one of its own. */
  const callFor = (alert: string, cause: string | null): string => {
    const same =
      cause === null ? null : [...calls.values()].find((call) => isOpen(call) && call.cause === cause && now() - call.raisedAt < burstMs)
    return (
      same?.id ??
      alert
        .replace(/^alert:/, '')
        .replaceAll(':', '.')
        .replace(/[^\w.-]/g, '-')
        .slice(0, 110)
    )
  }

  const keep = async (id: string): Promise<void> => {
    if (!document.value.open.includes(id))
      await document.update((kept) => {
        kept.open.push(id)
      })
  }

  /** One after the other, so that two sessions with one cause find each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work, work)
    turn = done.catch(() => {})
    return done
  }

  /** What is new of what a session waits for, and what is gone. */
  const differences = (session: Session) => {
    const waiting = waitingIn(session, standingOf(session, reads), reads.settingOf(session).rules.reactions)
    const open = [...callOf].filter(([alert]) => alert.startsWith(`alert:${session.id}:`))
    return {
      raised: waiting.filter(({ alert }) => !callOf.has(alert)),
      gone: open.filter(([alert]) => !waiting.some((one) => one.alert === alert)),
    }
  }

  const take = async (session: Session): Promise<void> => {
    const { raised, gone } = differences(session)
    const { project, requester, id } = session
    const place = memory.placeOf(id)
    for (const { alert, priority, cause: common } of raised) {
      // What is told in one thread for several is seen by whoever sees the others: they are in one channel, and it is not muted.
      const isShared = place !== null && mutedUntil({ alert, session: id }, project, now()) === null
      const cause = common !== null && isShared ? `${common} in ${channelKey(place)}` : null
      const call = callFor(alert, cause)
      await keep(call)
      await streams.accept(call, { at: now(), seen: { kind: 'alert', alert, session: id, project, requester, priority, cause } })
      // One that was open already when its name had not been kept makes no fact, and is not told of.
      if (!calls.has(call)) heard(await streams.state(call))
    }
    for (const [alert, call] of gone) await streams.accept(call, { at: now(), seen: { kind: 'gone', alert } })
  }

  /** Of a session that is there no more nothing is wanted. */
  const forgotten = async (session: string): Promise<void> => {
    for (const [alert, call] of [...callOf])
      if (alert.startsWith(`alert:${session}:`)) await streams.accept(call, { at: now(), seen: { kind: 'gone', alert } })
  }

  /** Draws it as it is; once it is over and says so everywhere, that is kept. Never rejects. */
  const refresh = async (id: string): Promise<void> => {
    const isOver = await showing.refresh(id, book)
    const call = calls.get(id)
    if (!isOver || !call || call.settled === null || call.redrawn === call.settled) return
    await streams
      .accept(id, { at: now(), seen: { kind: 'redrawn', of: call.settled } })
      .catch((error: unknown) => log.warn('calls.redraw.unkept', { call: id, why: explain(error) })) // the next start draws it again
  }

  /** Shows what a session waits for now. Resolves once that is kept; what cannot be kept now is looked at again with the next news. Never rejects. */
  const look = async (session: Session): Promise<void> => {
    try {
      const { raised, gone } = differences(session)
      if (raised.length + gone.length > 0) await inTurn(() => take(session))
    } catch (error) {
      log.error('calls.look.failed', { session: session.id, why: explain(error) })
    }
    for (const call of calls.values()) if (call.alerts.some((one) => one.session === session.id)) void refresh(call.id)
  }

  const openCallsOf = (session: string): readonly Call[] =>
    [...calls.values()].filter((call) => call.alerts.some((one) => one.isOpen && one.session === session))

  return {
    look,

    /** How an alert stands; null where nobody is called about it. */
    standing: (alert: string): AlertStanding | null => {
      const call = calls.get(callOf.get(alert) ?? '')
      if (!call) return null
      const open = call.alerts.filter((one) => one.isOpen)
      const own = open.find((one) => one.alert === alert)?.session
      const others = [...new Set(open.map(({ session }) => session))].filter((session) => session !== own)
      return { isTold: open[0]?.alert === alert, answer: showing.answerOf(call, now()), others, isShared: people().length > 1 }
    },

    /**
     * Somebody has seen, put off or taken what a session waits for; where `until` is null, for as long as the config says. Null when it waits
     * for nobody. @throws {Fault} JOURNAL_FULL
     */
    answer: async (
      { id: session, project }: Session,
      { how, by, until }: { readonly how: Answer['how']; readonly by: string; readonly until: number | null },
    ): Promise<Answer | null> => {
      const open = openCallsOf(session)
      const at = now()
      const { seenMs, takenMs } = escalationOf(project)
      const answer = { how, by, until: until ?? at + (how === 'taken' ? takenMs : seenMs) }
      for (const { id } of open) await streams.accept(id, { at, answer })
      return open.length === 0 ? null : { ...answer, at }
    },

    /** Whose alert that card shows: a session; null for any other card. */
    sessionOf: (card: string): string | null => {
      const [kind, name = ''] = card.split(':')
      if (kind === 'alert') return name
      if (kind === 'call') return calls.get(name)?.alerts.find(({ isOpen }) => isOpen)?.session ?? null
      if (kind !== 'waited') return null
      // Of several nobody knows which is meant.
      const told = [...calls.values()].filter((call) => waitedKeys(call).includes(card))
      return told.length === 1 ? (told[0]?.alerts.find(({ isOpen }) => isOpen)?.session ?? null) : null
    },

    /** A thread may speak again, or somebody's hours are others: what is due is looked at anew. */
    again: (session: string | null): void => {
      for (const call of calls.values())
        if (session === null || call.alerts.some((one) => one.session === session))
          void streams
            .accept(call.id, { at: now(), tick: true })
            .catch((error: unknown) => log.warn('calls.tick.failed', { why: explain(error) }))
    },

    /** After a start: every call goes on, and the sessions they are about are looked at. */
    wake: async (): Promise<void> => {
      for (const id of [...document.value.open]) {
        try {
          const call = await streams.state(id)
          if (call.seq === 0) await close(id)
          else {
            heard(call)
            await streams.accept(id, { at: now(), tick: true })
          }
        } catch (error) {
          log.error('calls.unreadable', { call: id, why: explain(error) })
        }
      }
      const about = new Set([...calls.values()].flatMap(({ alerts }) => alerts.map(({ session }) => session)))
      for (const session of about) {
        const found = await reads.find(session).catch(() => undefined) // one that cannot be read is told of at every start
        if (found) await look(found)
        else if (found === null)
          await inTurn(() => forgotten(session)).catch((error: unknown) => log.error('calls.look.failed', { session, why: explain(error) }))
      }
    },
  }
}

export type Calls = ReturnType<typeof createCalls>

const waitedKeys = ({ steps }: Call): readonly string[] =>
  steps.flatMap(({ person, heldUntil }) => (person !== null && heldUntil !== null ? [waitedKey(person, heldUntil)] : []))
