import type { Document } from '../../core/contracts/store.ts'
import { channelKey, type Place } from '../contracts/inbound.ts'

/** When a digest comes by itself, and where. */
export type Schedule = {
  /** Never given twice. People say its number: `d3` is 3. */
  readonly id: string
  readonly place: Place
  /** Whose it is, where it comes in private; null: the channel's. */
  readonly person: string | null
  /** Five fields, by the clock on a wall of that zone. */
  readonly cron: string
  readonly zone: string
  /** It comes also when there is nothing to say. */
  readonly isAlways: boolean
  /** Who wanted it: what they may see is in it. Null: the config. */
  readonly by: string | null
  /** Moments before this are none of its own; epoch ms. */
  readonly madeAt: number
  /** Moments that are done with, sent or silent; of the newest only, rising. */
  readonly settled: readonly number[]
}

/** A schedule that the config names. */
export type FixedSchedule = Pick<Schedule, 'place' | 'cron' | 'zone' | 'isAlways'>

export type DigestsDocument = {
  /** How many schedules were ever made. */
  made: number
  /** By id, the oldest first. */
  schedules: Record<string, Schedule>
}

export const emptyDigests = (): DigestsDocument => ({ made: 0, schedules: {} })

/** So many are enough for one bot, and so many moments are remembered of each: a clock that jumps back comes to them again. */
export const mostSchedules = 200
export const mostSettled = 50

/** The number that people say. */
export const numberOf = ({ id }: Pick<Schedule, 'id'>): number => Number(id.slice(1))

/** Digests at set times; each change is on disk when it resolves. */
export const createDigestMemory = (document: Document<DigestsDocument>) => {
  const { value } = document
  Object.assign(value, { ...emptyDigests(), ...value })
  const all = (): readonly Schedule[] => Object.values(value.schedules)
  const isSame = (one: FixedSchedule, other: FixedSchedule): boolean =>
    channelKey(one.place) === channelKey(other.place) && one.cron === other.cron && one.zone === other.zone
  const add = (memory: DigestsDocument, parts: Omit<Schedule, 'id' | 'settled'>): Schedule => {
    memory.made += 1
    const schedule = { ...parts, id: `d${memory.made}`, settled: [] }
    memory.schedules[schedule.id] = schedule
    return schedule
  }
  return {
    all,
    /** Those that come to that channel. */
    at: (place: Place): readonly Schedule[] => all().filter((one) => channelKey(one.place) === channelKey(place)),
    /** The same place, time and zone are one schedule: it is kept as it was, but for `isAlways`. Null: there are too many. */
    add: async (parts: Omit<Schedule, 'id' | 'settled'>): Promise<Schedule | null> => {
      let made: Schedule | null = null
      await document.update((memory) => {
        const known = Object.values(memory.schedules).find((one) => isSame(one, parts))
        if (known) {
          made = known.by === null ? known : { ...known, isAlways: parts.isAlways, by: parts.by }
          memory.schedules[known.id] = made
        } else if (Object.keys(memory.schedules).length < mostSchedules) made = add(memory, parts)
      })
      return made
    },
    remove: (ids: readonly string[]): Promise<void> =>
      document.update(({ schedules }) => {
        for (const id of ids) delete schedules[id]
      }),
    /** Makes those of the config what it says now: new ones come to be, and what it no longer names is gone. */
    fix: async (fixed: readonly FixedSchedule[], now: number): Promise<void> => {
      const old = all().filter((one) => one.by === null && !fixed.some((other) => isSame(one, other)))
      const added = fixed.filter((one) => !all().some((other) => isSame(one, other)))
      if (old.length === 0 && added.length === 0) return
      await document.update((memory) => {
        for (const { id } of old) delete memory.schedules[id]
        for (const one of added) add(memory, { ...one, person: null, by: null, madeAt: now })
      })
    },
    /** That moment of it is done with. */
    settle: (id: string, moment: number): Promise<void> =>
      document.update(({ schedules }) => {
        const known = schedules[id]
        if (known === undefined || known.settled.includes(moment)) return
        schedules[id] = { ...known, settled: [...known.settled, moment].sort((a, b) => a - b).slice(-mostSettled) }
      }),
    /** The clock has gone back to before it was made. */
    backdate: (id: string, madeAt: number): Promise<void> =>
      document.update(({ schedules }) => {
        const known = schedules[id]
        if (known) schedules[id] = { ...known, madeAt: Math.min(known.madeAt, madeAt) }
      }),
    /** The channel has another id now. */
    moved: (from: Place, to: Place): Promise<void> =>
      document.update(({ schedules }) => {
        for (const [id, one] of Object.entries(schedules))
          if (channelKey(one.place) === channelKey(from))
            schedules[id] = { ...one, place: { ...one.place, platform: to.platform, channel: to.channel } }
      }),
  }
}

export type DigestMemory = ReturnType<typeof createDigestMemory>
