import { open, readFile, rename } from 'node:fs/promises'
import { z } from 'zod'
import type { silent } from '../../core/kit/log.ts'
import { message } from './protocol.ts'
import { emptyRoom, firstNumber, type Room } from './room.ts'

export type Log = typeof silent

/** Keeps the room in a file, so that a restart shows what was there. */
export type RoomFile = {
  /** The room soon; changes made meanwhile go with the same write. */
  save(room: Room): void
  /**
   * Resolves once these numbers may be shown: after a crash none of them is given again. Nearly always at once, because
   * numbers are reserved on disk fifty ahead.
   */
  reserve(room: Room): Promise<void>
  /** Writes what is waiting, and the exact next number. A disk that refuses is logged, not thrown: the chat goes on. */
  flush(): Promise<void>
}

const shape = z.object({ v: z.literal(1), nextNumber: z.number().int().min(firstNumber), messages: z.array(message) })

/** The room as it was kept. A file that cannot be read is put aside as `….damaged`, logged, and the room begins empty. */
export const loadRoom = async (path: string, log: Log): Promise<Room> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!isMissing(error)) log.warn('console.history.unreadable', { path, cause: error })
    return emptyRoom
  }
  try {
    const { messages, nextNumber } = shape.parse(JSON.parse(text))
    return { messages, nextNumber }
  } catch (error) {
    log.warn('console.history.damaged', { path, kept: `${path}.damaged`, cause: error })
    await rename(path, `${path}.damaged`).catch((cause: unknown) => log.warn('console.history.damaged', { path, cause }))
    // Numbers from before the damage are still on people's screens.
    return { ...emptyRoom, nextNumber: (highestNumber(text) ?? 0) + firstNumber + ahead }
  }
}

/** Opens the file that `loadRoom` read `room` from. */
export const openRoomFile = (path: string, room: Room, log: Log): RoomFile => {
  let latest = room
  let reserved = room.nextNumber
  let isDirty = false
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null
  const write = (spare: number): Promise<void> => {
    if (timer) clearTimeout(timer)
    timer = null
    writing = writing.then(async () => {
      const { messages, nextNumber } = latest
      const until = nextNumber + spare
      if (!isDirty && reserved === until) return
      isDirty = false
      try {
        await writeWhole(path, JSON.stringify({ v: 1, nextNumber: until, messages }))
        reserved = until
      } catch (error) {
        isDirty = true
        log.warn('console.history.not-written', { path, cause: error })
      }
    })
    return writing
  }
  return {
    save: (now) => {
      latest = now
      isDirty = true
      timer ??= setTimeout(() => void write(ahead), 100).unref()
    },
    reserve: async ({ nextNumber }) => {
      if (nextNumber > reserved) await write(ahead)
    },
    flush: () => write(0),
  }
}

const ahead = 50

const highestNumber = (text: string): number | null => {
  const found = [...text.matchAll(/"nextNumber":(\d{1,9})|"[\w-]+":(\d{1,9})[,}]/g)].map(([, next, number]) => Number(next ?? number))
  return found.length === 0 ? null : Math.max(...found)
}

/** Whole or not at all: a crash leaves the old text or the new. */
const writeWhole = async (path: string, text: string): Promise<void> => {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
