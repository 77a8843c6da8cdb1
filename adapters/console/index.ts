import { randomUUID } from 'node:crypto'
import type { ChatAdapter, MessageRef } from '../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../bot/contracts/card.ts'
import { fault as chatFault } from '../../bot/contracts/faults.ts'
import type { Place } from '../../bot/contracts/inbound.ts'
import { type Log, loadRoom, openRoomFile, type RoomFile } from './history.ts'
import { cardChars, type Room, show } from './room.ts'
import { type Server, serve } from './server.ts'
import { channel, platform } from './translate.ts'

export { runChat } from './chat.ts'
export { fault } from './faults.ts'
export { sayOnce } from './say.ts'

/** A terminal takes what it gets. */
const unlimited = { burst: 10_000, perMinute: 100_000 }

/**
 * The chat in the terminal: one room that every terminal connected to the socket shares.
 *
 * `isAgent` tells whether a process was started by an agent; such callers are refused. What it cannot do is keep out a
 * process of the same user that lies about its number: see `guest.ts`.
 */
export const createConsole = ({
  socketPath,
  historyFile,
  log,
  isAgent,
}: {
  readonly socketPath: string
  readonly historyFile: string
  readonly log: Log
  readonly isAgent: (pid: number) => Promise<boolean>
}): ChatAdapter => {
  let opening: Promise<{ room: Room; readonly file: RoomFile }> | null = null
  let server: Server | null = null
  let isStopped = false
  const opened = () => (opening ??= loadRoom(historyFile, log).then((room) => ({ room, file: openRoomFile(historyFile, room, log) })))

  const put = async (ref: MessageRef, card: DrawnCard): Promise<void> => {
    if (ref.place.platform !== platform || ref.place.channel !== channel)
      throw chatFault('PLACE_GONE', { platform, channel: ref.place.channel, what: 'channel', problem: `the console has only "${channel}"` })
    // What comes after the last write of the file would be on show for nobody, and believed to be.
    if (isStopped) throw chatFault('CHAT_UNREACHABLE', { platform, problem: 'the bot is stopping' })
    const kept = await opened()
    const shown = show(kept.room, { id: ref.id, thread: ref.place.thread, at: Date.now(), card })
    kept.room = shown.room
    kept.file.save(shown.room)
    await kept.file.reserve(shown.room)
    server?.tell({ is: 'shown', message: shown.message })
  }

  return {
    platform,
    limits: {
      textChars: cardChars,
      hasPictures: false,
      buttons: 30,
      pace: () => ({ posts: unlimited, edits: unlimited, editEveryMs: 0 }),
      account: { posts: unlimited, edits: unlimited },
    },
    start: async (door) => {
      const kept = await opened()
      const mine = await serve(socketPath, door, { room: () => kept.room, isAgent, log })
      server = mine
      isStopped = false
      return async () => {
        isStopped = true
        if (server === mine) server = null
        await mine.stop()
        await kept.file.flush()
      }
    },
    post: async (place: Place, card) => {
      const ref = { place, id: randomUUID() }
      await put(ref, card)
      return ref
    },
    /** Whoever sits at the console is alone with the bot. */
    privately: async () => ({ platform, channel, thread: null }),
    /** A message that is not kept any more appears again as it is now. */
    edit: put,
  }
}
