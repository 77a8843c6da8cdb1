import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { type Fault, isFault } from '../../core/kit/fault.ts'
import { sleep } from '../../core/kit/time.ts'
import { fault } from './faults.ts'
import { encode, type FromBot, type FromTerminal, lineReader, type Message, readFromBot, type Say, textChars, version } from './protocol.ts'
import { locate } from './socket.ts'

/** What happens on the way to the bot, seen from a terminal. */
export type LinkEvent =
  /** We are in. The first time with all that is on show; later the changes meanwhile come as `shown`. */
  | { readonly is: 'joined'; readonly isFirst: boolean; readonly past: readonly Message[] }
  | { readonly is: 'shown'; readonly message: Message; readonly before: Message | null }
  | { readonly is: 'heard'; readonly text: string; readonly thread: string | null }
  | { readonly is: 'stored' | 'done'; readonly id: string }
  | { readonly is: 'failed'; readonly id: string; readonly what: string; readonly hint: string }
  /** The connection went; it is tried again until it is back or the link is closed. */
  | { readonly is: 'lost' }
  /** It is over: nobody listens at all, or we are not wanted. */
  | { readonly is: 'ended'; readonly what: string; readonly hint: string }

/** Why something did not work, and what to do. */
export type Trouble = { readonly what: string; readonly hint: string }

/** A terminal's end of the socket. */
export type Link = {
  /** Says it, now or once the bot is back, and again after a lost connection until it is done. Gives its id. @throws {Fault} TEXT_TOO_LONG */
  say(text: string, thread: string | null): string
  /** What may be typed next. Empty when the bot does not answer within 300 ms. */
  complete(text: string, thread: string | null): Promise<readonly string[]>
  /** The latest state of every message seen, the ones touched last come last. */
  messages(): readonly Message[]
  isUp(): boolean
  close(): void
}

/**
 * Connects to the bot and stays connected. What is not done when the connection is lost is said again under the same id; the
 * bot keeps ids and does nothing twice.
 */
export const openLink = (socketPath: string, on: (event: LinkEvent) => void): Link => {
  const known = new Map<string, Message>()
  const pending = new Map<string, Say>()
  const asked = new Map<number, (texts: readonly string[]) => void>()
  const closing = new AbortController()
  let socket: Socket | null = null
  let isUp = false
  let hasJoined = false
  let past: Message[] = []
  let questions = 0

  const send = (line: FromTerminal): void => void socket?.write(encode(line))
  const close = (): void => {
    closing.abort(new Error('closed'))
    socket?.destroy()
    isUp = false
  }
  const end = ({ what, hint }: Trouble): void => {
    if (closing.signal.aborted) return
    close()
    on({ is: 'ended', what, hint })
  }

  const see = (message: Message): void => {
    const before = known.get(message.id) ?? null
    known.delete(message.id)
    known.set(message.id, message)
    if (known.size > 1_000) for (const id of [...known.keys()].slice(0, 500)) known.delete(id)
    if (hasJoined && JSON.stringify(before) !== JSON.stringify(message)) on({ is: 'shown', message, before })
  }
  const join = (): void => {
    isUp = true
    const isFirst = !hasJoined
    if (!isFirst) on({ is: 'joined', isFirst, past: [] })
    for (const message of past) see(message)
    hasJoined = true
    if (isFirst) on({ is: 'joined', isFirst, past })
    for (const said of pending.values()) send(said)
  }
  const hear: { readonly [Is in FromBot['is']]: (line: Extract<FromBot, { is: Is }>) => void } = {
    welcome: ({ v }) => {
      past = []
      if (v !== version) end(troubleOf(fault('VERSION_MISMATCH', { terminal: version, bot: v })))
    },
    past: ({ message }) => void past.push(message),
    ready: join,
    shown: ({ message }) => see(message),
    heard: on,
    stored: on,
    done: (line) => {
      if (pending.delete(line.id)) on(line)
    },
    failed: (line) => {
      if (pending.delete(line.id)) on(line)
    },
    completions: ({ id, texts }) => asked.get(id)?.(texts),
    refused: (line) => {
      if (!line.mayPass) end(line)
    },
  }
  const onLine = (text: string): void => {
    if (closing.signal.aborted) return
    const read = readFromBot(text)
    if ('problem' in read) end(troubleOf(fault('LINE_UNREADABLE', read)))
    else {
      const take = hear[read.line.is] as (line: FromBot) => void // the table has the row for exactly this kind of line
      take(read.line)
    }
  }

  const stay = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      const wasUp = await once(socketPath, (opened) => {
        socket = opened
        opened.on(
          'data',
          lineReader(onLine, () => opened.destroy()),
        )
        send({ is: 'hello', v: version, pid: process.pid })
      }).then(() => isUp)
      socket = null
      isUp = false
      if (closing.signal.aborted) return
      if (!hasJoined) throw fault('BOT_GONE', { path: socketPath })
      if (wasUp) {
        failures = 0
        on({ is: 'lost' })
      }
      await sleep(Math.min(100 * 2 ** failures, 3_000), closing.signal)
    }
  }
  void stay().catch((error: unknown) => {
    if (isFault(error)) end(troubleOf(error))
    else if (!closing.signal.aborted) throw error
  })

  return {
    say: (text, thread) => {
      if (text.length > textChars) throw fault('TEXT_TOO_LONG', { chars: text.length, limitChars: textChars })
      const said: Say = { is: 'say', id: randomUUID(), text, thread, at: Date.now() }
      pending.set(said.id, said)
      if (isUp) send(said)
      return said.id
    },
    complete: async (text, thread) => {
      if (!isUp) return []
      const id = ++questions
      const answer = new Promise<readonly string[]>((resolve) => asked.set(id, resolve))
      send({ is: 'complete', id, text: text.slice(0, 10_000), thread })
      const texts = await Promise.race([answer, sleep(300).then((): readonly string[] => [])])
      asked.delete(id)
      return texts
    },
    messages: () => [...known.values()],
    isUp: () => isUp,
    close,
  }
}

/** A fault in the words of the protocol. */
export const troubleOf = ({ message, hint }: Fault): Trouble => ({ what: message, hint })

/** One connection, from its opening to its end, however it ends. */
const once = async (socketPath: string, onOpen: (socket: Socket) => void): Promise<void> => {
  const path = await locate(socketPath).catch((error: unknown) => (isFault(error, 'BOT_GONE') ? null : Promise.reject(error)))
  if (path === null) return
  await new Promise<void>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => onOpen(socket))
    socket.once('error', () => socket.destroy()) // whatever it was, the answer is to connect again
    socket.once('close', () => resolve())
  })
}
