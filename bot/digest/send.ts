import type { Log } from '../../core/contracts/plugins.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import type { Card } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { DigestMemory, FixedSchedule, Schedule } from '../memory/digests.ts'
import { comesAt, type Due, dueAt } from './due.ts'

/** The clock may be set while a timer runs, so it is looked at as often as that. */
const mostWaitMs = 15 * 60_000

/** A digest is known by its schedule and its moment: however often it is tried, it is one message. */
export const keyOf = ({ id }: Pick<Schedule, 'id'>, { to }: Pick<Due, 'to'>): string => `digest:${id}:${to}`

/**
 * Sends digests at their times, each moment once: it is shown under a key of its own, and kept as done with after that. What was missed is caught
 * up by the newest one. A chat that is down holds up only what goes there.
 */
export const createDigests = ({
  memory,
  fixed = [],
  make,
  show,
  mutedUntil,
  now,
  wakeAt,
  log,
}: {
  readonly memory: DigestMemory
  /** Schedules of the config. */
  readonly fixed?: readonly FixedSchedule[]
  /** The card of a digest; null: there is nothing to say. */
  readonly make: (schedule: Schedule, due: Due & { readonly key: string }) => Promise<Card | null>
  /** Resolves once it is on show. */
  readonly show: (place: Place, card: Card) => Promise<void>
  /** Until when nothing new is shown in that place (epoch ms); null when it is. A digest waits for that, too. */
  readonly mutedUntil: (place: Place, now: number) => number | null
  readonly now: () => number
  readonly wakeAt: (at: number, callback: () => void) => () => void
  readonly log: Log
}) => {
  /** What is being made or sent, by key: nobody waits for it but whoever waits for all. */
  const sending = new Map<string, { readonly id: string; readonly moment: number; readonly done: Promise<void> }>()
  let cancel: () => void = () => {}
  let isRunning = false

  const look = (): void => {
    cancel()
    if (!isRunning) return
    const at = now()
    const wakes: number[] = []
    for (const kept of memory.all()) {
      if (at < kept.madeAt) keep(memory.backdate(kept.id, at), kept.id)
      const moments = [...sending.values()].filter(({ id }) => id === kept.id).map(({ moment }) => moment)
      const schedule = { ...kept, settled: [...kept.settled, ...moments].sort((a, b) => a - b), madeAt: Math.min(at, kept.madeAt) }
      try {
        const due = dueAt(schedule, at)
        const until = due && mutedUntil(kept.place, at)
        if (due && until === null) begin(kept, due)
        else if (until !== null) wakes.push(until)
        wakes.push(comesAt(schedule, at) ?? Number.POSITIVE_INFINITY)
      } catch (error) {
        log.warn('digest.unreadable', { schedule: kept.id, why: explain(error) })
      }
    }
    if (wakes.length > 0) cancel = wakeAt(Math.min(...wakes, at + mostWaitMs), look)
  }

  const begin = (schedule: Schedule, due: Due): void => {
    const key = keyOf(schedule, due)
    const done = send(schedule, due, key)
      .catch((error: unknown) => log.warn('digest.unsent', { schedule: schedule.id, why: explain(error) })) // the next look tries again
      .finally(() => sending.delete(key))
    sending.set(key, { id: schedule.id, moment: due.to, done })
  }

  const send = async (schedule: Schedule, due: Due, key: string): Promise<void> => {
    const card = await make(schedule, { ...due, key })
    if (!memory.all().some(({ id }) => id === schedule.id)) return // nobody wants it any more
    if (card) await show(schedule.place, card).catch((error: unknown) => refused(schedule, error))
    await memory.settle(schedule.id, due.to)
  }

  /** What a chat will not have at any time is not tried again. */
  const refused = ({ id, place }: Schedule, error: unknown): void => {
    if (!isFault(error, 'PLACE_GONE') && !isFault(error, 'CHAT_REFUSED')) throw error
    log.warn('digest.refused', { schedule: id, place: placeKey(place), why: error.message })
  }

  const keep = (kept: Promise<void>, schedule: string): void =>
    void kept.catch((error: unknown) => log.warn('digest.unkept', { schedule, why: explain(error) }))

  return {
    /** Takes up the schedules of the config, catches up what was missed, and goes on. */
    start: async (): Promise<void> => {
      await memory.fix(fixed, now())
      isRunning = true
      look()
    },
    /** Schedules have changed. */
    changed: look,
    /** No timer fires after this, and nothing new is sent. */
    stop: (): void => {
      isRunning = false
      cancel()
    },
    /** Resolves once everything that was begun is on show, or has failed. */
    quiet: async (): Promise<void> => {
      while (sending.size > 0) await Promise.all([...sending.values()].map(({ done }) => done))
    },
  }
}

export type Digests = ReturnType<typeof createDigests>
