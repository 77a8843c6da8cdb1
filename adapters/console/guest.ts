import type { Socket } from 'node:net'
import type { Door } from '../../bot/contracts/adapter.ts'
import { explain, type Fault, isFault } from '../../core/kit/fault.ts'
import { fault } from './faults.ts'
import type { Log } from './history.ts'
import { encode, type FromBot, type FromTerminal, lineBytes, lineReader, readFromTerminal, type Say, version } from './protocol.ts'
import type { Room } from './room.ts'
import { channel, heard, platform, translate } from './translate.ts'

/** What a connected terminal may ask for. */
export type House = {
  readonly door: Door
  readonly room: () => Room
  /** Was this process started by an agent, however indirectly? */
  readonly isAgent: (pid: number) => Promise<boolean>
  readonly log: Log
  /** Something was said and stored. */
  readonly onSaid: (guest: Guest, line: FromBot) => void
}

/** A connected terminal, seen from the bot. */
export type Guest = {
  /** Queues a line once it is in; never waits. One that does not read is sent away. */
  send(line: FromBot): void
  /** Tells why, and hangs up. */
  expel(reason: Fault): void
  /** Hangs up; resolves when nothing of what it said is on its way to the bot any more. */
  leave(): Promise<void>
}

/** How long a terminal has to introduce itself, and how long one that was sent away has to read why. Milliseconds. */
const helloMs = 5_000
const farewellMs = 2_000
const waitingBytes = 8 * 1024 * 1024
const windowMs = 10_000
const windowLines = 500

/**
 * Receives a terminal: hello, what is on show, then whatever it says, one after the other. Whatever it does, it disturbs
 * nobody else.
 *
 * The process id in its hello is its own word for it (Node gives no peer credentials of a socket), so a caller that descends
 * from an agent is recognised only while it is honest. An agent that runs under the same user id can write another number
 * here, or the files of the data folder; only running agents as another user keeps them out.
 */
export const receiveGuest = (socket: Socket, house: House): Guest => {
  const { door, room, log } = house
  let state: 'silent' | 'asked' | 'in' | 'gone' = 'silent'
  let speaking: Promise<void> = Promise.resolve()
  let lines = 0

  const write = (line: FromBot): void => void (socket.writable && socket.write(encode(line)))
  const expel = (reason: Fault): void => {
    if (state === 'gone') return
    state = 'gone'
    log.warn('console.guest.expelled', { code: reason.code, what: reason.message, cause: reason.cause })
    write({ is: 'refused', code: reason.code, what: reason.message, hint: reason.hint, mayPass: reason.mayPass })
    socket.end()
    setTimeout(() => socket.destroy(), farewellMs).unref()
  }
  const send = (line: FromBot): void => {
    if (state !== 'in') return
    write(line)
    if (socket.writableLength > waitingBytes) expel(fault('READ_TOO_SLOWLY', { waitingBytes: socket.writableLength }))
  }

  const greet = async ({ v, pid }: { v: number; pid: number }): Promise<void> => {
    if (v !== version) return expel(fault('VERSION_MISMATCH', { terminal: v, bot: version }))
    try {
      if (await house.isAgent(pid)) return expel(fault('CALLER_IS_AGENT', { pid }))
    } catch (cause) {
      return expel(fault('CALLER_UNKNOWN', { pid }, { cause }))
    }
    if (state !== 'asked') return
    clearTimeout(timer)
    state = 'in'
    send({ is: 'welcome', v: version })
    for (const message of room().messages) send({ is: 'past', message })
    send({ is: 'ready' })
  }

  const take = async (said: Say): Promise<void> => {
    if (state === 'gone') return
    const inbound = translate(said, room(), Date.now())
    const news = heard(said, room())
    try {
      await door.receive(inbound)
    } catch (error) {
      log.warn('console.say.not-taken', { id: inbound.id, cause: error })
      const why = isFault(error) ? error : fault('NOT_TAKEN', { problem: explain(error) })
      return send({ is: 'failed', id: said.id, what: why.message, hint: why.hint })
    }
    send({ is: 'stored', id: said.id })
    house.onSaid(guest, { is: 'heard', ...news })
    void door.settled(inbound.id).then(
      () => send({ is: 'done', id: said.id }),
      (error: unknown) =>
        send({
          is: 'failed',
          id: said.id,
          what: `It was kept, but its answer failed: ${explain(error)}.`,
          hint: 'Look at the log with "ao doctor".',
        }),
    )
  }

  const obey = (line: FromTerminal): void => {
    if (line.is === 'hello' && state === 'silent') {
      state = 'asked'
      void greet(line)
    } else if (line.is === 'say' && state === 'in') speaking = speaking.then(() => take(line))
    else if (line.is === 'complete' && state === 'in')
      send({
        is: 'completions',
        id: line.id,
        texts: [...door.complete(line.text, { platform, channel, thread: line.thread }, platform)].slice(0, 100),
      })
    else expel(fault('LINE_UNREADABLE', { problem: `"${line.is}" does not belong here` }))
  }

  const onLine = (text: string): void => {
    if (state === 'gone') return
    lines += 1
    const read = readFromTerminal(text)
    if (lines > windowLines) expel(fault('TOO_MUCH', { lines: windowLines, windowMs }))
    else if ('problem' in read) expel(fault('LINE_UNREADABLE', read))
    else obey(read.line)
  }

  const timer = setTimeout(() => expel(fault('HELLO_MISSING', { waitedMs: helloMs })), helloMs).unref()
  const window = setInterval(() => {
    lines = 0
  }, windowMs).unref()
  socket.on(
    'data',
    lineReader(onLine, () => expel(fault('LINE_TOO_LONG', { limitBytes: lineBytes }))),
  )
  socket.on('error', (error) => log.debug('console.guest.lost', { cause: error }))
  socket.once('close', () => {
    state = 'gone'
    clearTimeout(timer)
    clearInterval(window)
  })
  const guest: Guest = {
    send,
    expel,
    leave: async () => {
      state = 'gone'
      socket.end()
      const grace = setTimeout(() => socket.destroy(), 200).unref()
      await speaking
      if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
      clearTimeout(grace)
    },
  }
  return guest
}
