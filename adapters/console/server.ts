import type { Door } from '../../bot/contracts/adapter.ts'
import { fault } from './faults.ts'
import { type Guest, type House, receiveGuest } from './guest.ts'
import type { FromBot } from './protocol.ts'
import { listenAt } from './socket.ts'

const guestLimit = 64

/** The room's door for terminals. */
export type Server = {
  /** To everybody who is in, except one. Never waits. */
  tell(line: FromBot, except?: Guest): void
  /** Hangs up on everybody; resolves when nothing more reaches the bot. */
  stop(): Promise<void>
}

/** Lets terminals in at the path. @throws {Fault} as `listenAt` */
export const serve = async (path: string, door: Door, house: Pick<House, 'room' | 'isAgent' | 'log'>): Promise<Server> => {
  const guests = new Set<Guest>()
  const tell = (line: FromBot, except?: Guest): void => {
    for (const guest of guests) if (guest !== except) guest.send(line)
  }
  const listener = await listenAt(path, (socket) => {
    const guest = receiveGuest(socket, { ...house, door, onSaid: (from, line) => tell(line, from) })
    socket.once('close', () => guests.delete(guest))
    if (guests.size >= guestLimit) guest.expel(fault('ROOM_FULL', { limit: guestLimit }))
    guests.add(guest)
  })
  return {
    tell,
    stop: async () => {
      const closed = listener.close()
      await Promise.all([...guests].map((guest) => guest.leave()))
      await closed
    },
  }
}
