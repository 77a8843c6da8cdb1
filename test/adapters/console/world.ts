import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConsole } from '../../../adapters/console/index.ts'
import { encode, type FromBot, type FromTerminal, lineReader, type Message, readFromBot } from '../../../adapters/console/protocol.ts'
import type { ChatAdapter } from '../../../bot/contracts/adapter.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { silent } from '../../../core/kit/log.ts'
import { eventually } from '../../contracts/adapter.ts'

/** The room, or a thread of it. */
export const main = (thread: string | null = null): Place => ({ platform: 'console', channel: 'main', thread })

/** A console in a folder of its own; `again` makes another one over the same files, as after a restart. */
export type ConsoleWorld = {
  readonly folder: string
  readonly socketPath: string
  readonly historyFile: string
  readonly adapter: ChatAdapter
  again(): ChatAdapter
  close(): Promise<void>
}

export const makeConsole = async (isAgent: (pid: number) => Promise<boolean> = async () => false): Promise<ConsoleWorld> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-console-')))
  const socketPath = join(folder, 'chat.sock')
  const historyFile = join(folder, 'console.json')
  const again = (): ChatAdapter => createConsole({ socketPath, historyFile, log: silent, isAgent })
  return { folder, socketPath, historyFile, adapter: again(), again, close: () => rm(folder, { recursive: true, force: true }) }
}

/** A bare connection that says exactly what it is told to say. */
export type Wire = {
  readonly socket: Socket
  readonly heard: readonly FromBot[]
  send(line: FromTerminal): void
  raw(bytes: string | Buffer): void
  /** Waits for a line that fits, among those already heard as well. */
  hears<Is extends FromBot['is']>(is: Is, fits?: (line: Extract<FromBot, { is: Is }>) => boolean): Promise<Extract<FromBot, { is: Is }>>
  isClosed(): boolean
  close(): void
}

/** Connects, and says hello unless told otherwise. */
export const openWire = async (
  socketPath: string,
  hello: { v: number; pid: number } | null = { v: 1, pid: process.pid },
): Promise<Wire> => {
  const socket = connect(socketPath)
  const heard: FromBot[] = []
  let isClosed = false
  socket.on(
    'data',
    lineReader(
      (text) => {
        const read = readFromBot(text)
        if ('problem' in read) throw new Error(`The bot said something it must not say: ${read.problem}`)
        heard.push(read.line)
      },
      () => socket.destroy(),
    ),
  )
  socket.on('error', () => {}) // being hung up on is what some tests look for
  socket.on('close', () => {
    isClosed = true
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('error', reject)
  })
  const send = (line: FromTerminal): void => void socket.write(encode(line))
  if (hello) send({ is: 'hello', ...hello })
  return {
    socket,
    heard,
    send,
    raw: (bytes) => void socket.write(bytes),
    hears: async (is, fits = () => true) => {
      type Wanted = Extract<FromBot, { is: typeof is }>
      const find = () => heard.find((line): line is Wanted => line.is === is && fits(line as Wanted)) // `is` was just compared
      const found = await eventually(find, (line) => line !== undefined)
      if (!found) throw new Error(`"${is}" was not heard.`)
      return found
    },
    isClosed: () => isClosed,
    close: () => socket.destroy(),
  }
}

/** The room as somebody sees it who comes in now. */
export const lookIn = async (socketPath: string): Promise<readonly Message[]> => {
  const wire = await openWire(socketPath)
  await wire.hears('ready')
  wire.close()
  return wire.heard.flatMap((line) => (line.is === 'past' ? [line.message] : []))
}
