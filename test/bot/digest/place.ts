import type { Card } from '../../../bot/contracts/card.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import type { Due } from '../../../bot/digest/due.ts'
import { createDigests } from '../../../bot/digest/send.ts'
import { createDigestMemory, emptyDigests, type FixedSchedule } from '../../../bot/memory/digests.ts'
import { card } from '../../../bot/views/words.ts'
import { silent } from '../../../core/kit/log.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'

export const channel: Place = { platform: 'town', channel: 'dev', thread: null }

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const never = new Promise<never>(() => {})

/** What was to be shown: which moment, told from when on, and when it was tried (epoch ms). */
export type Shown = Due & { readonly key: string; readonly at: number; readonly isNew: boolean }

/** Digests and a clock that is an input; a chat that can be down, and a bot that can die. What is kept outlives it. */
export const digestPlace = async (start: number, { isQuiet = () => false }: { readonly isQuiet?: (due: Due) => boolean } = {}) => {
  let now = start
  let life = 0
  let isDown = false
  let isGone = false
  let isDying = false
  let isBroken = false
  let mutedUntil: number | null = null
  let onMake: () => Promise<void> = async () => {}
  const timers = new Set<{ readonly at: number; readonly callback: () => void; readonly of: number }>()
  const heals: (() => void)[] = []
  const shown: Shown[] = []
  const document = await openMemoryDocuments().open('digests', emptyDigests())
  let running: ReturnType<typeof createDigests> | null = null
  const memory = createDigestMemory(document)

  const settle = async (): Promise<void> => {
    for (let count = 0; count < 6; count += 1) await turn()
  }

  const starts = async (fixed: readonly FixedSchedule[] = []): Promise<void> => {
    life += 1
    const mine = life
    const show = async (_place: Place, { key, title }: Card): Promise<void> => {
      if (mine !== life) return never
      const due: Due = JSON.parse(title)
      if (isGone) throw fault('PLACE_GONE', { platform: 'town', channel: 'dev', what: 'channel', problem: 'it is gone' })
      if (isDown) await new Promise<void>((resolve) => heals.push(resolve))
      if (mine !== life) return never
      shown.push({ ...due, key, at: now, isNew: !shown.some((one) => one.key === key) })
      if (isDying) {
        isDying = false
        life += 1
        return never
      }
    }
    running = createDigests({
      memory,
      fixed,
      make: async (_schedule, { key, ...due }) => {
        await onMake()
        if (isBroken) throw new Error('Nothing can be read.')
        return isQuiet(due) ? null : card({ key, kind: 'status', tone: 'calm', title: JSON.stringify(due) })
      },
      show,
      mutedUntil: () => mutedUntil,
      now: () => now,
      wakeAt: (at, callback) => {
        const timer = { at, callback, of: mine }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
      log: silent,
    })
    await running.start()
    await settle()
  }

  return {
    memory,
    shown,
    now: () => now,
    starts,
    add: async (cron: string, zone = 'UTC', isAlways = false): Promise<string> => {
      const made = await memory.add({ place: channel, person: null, cron, zone, isAlways, by: 'bob', madeAt: now })
      running?.changed()
      await settle()
      return made?.id ?? ''
    },
    remove: async (id: string): Promise<void> => {
      await memory.remove([id])
      running?.changed()
      await settle()
    },
    /** Time goes on, and timers fire in their order. */
    passes: async (ms: number): Promise<void> => {
      const until = now + ms
      for (;;) {
        const next = [...timers].filter(({ at, of }) => of === life && at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.callback()
        await settle()
      }
      now = until
    },
    /** The clock is set: timers run on as they were, by so much too late or too early. */
    jumps: (ms: number): void => {
      now += ms
      for (const timer of [...timers]) {
        timers.delete(timer)
        timers.add({ ...timer, at: timer.at + ms })
      }
    },
    crashes: (): void => {
      life += 1
    },
    isAlive: (): boolean => running !== null && [...timers].some(({ of }) => of === life),
    /** It dies when the next digest is on show, before that is kept. */
    willCrash: (): void => {
      isDying = true
    },
    goesDown: (): void => {
      isDown = true
    },
    mutes: (until: number | null): void => {
      mutedUntil = until
    },
    breaks: (): void => {
      isBroken = true
    },
    mends: (): void => {
      isBroken = false
    },
    /** That happens while the next ones are made. */
    whileMaking: (what: () => Promise<void>): void => {
      onMake = what
    },
    isGone: (): void => {
      isGone = true
    },
    heals: async (): Promise<void> => {
      isDown = false
      for (const heal of heals.splice(0)) heal()
      await settle()
    },
    quiet: async (): Promise<void> => running?.quiet(),
    stops: (): void => running?.stop(),
  }
}
