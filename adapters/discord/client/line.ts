import { WebSocketManager } from '@discordjs/ws'
import { GatewayCloseCodes, GatewayIntentBits, GatewayOpcodes, type REST } from 'discord.js'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { explain } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { platform } from '../places.ts'
import type { makeBook } from './book.ts'
import { badToken } from './rest.ts'

export type Times = {
  /** How often the connection is asked whether it lives. */
  readonly beatMs: number
  /** After how long a silence it is taken for dead, though it is open. */
  readonly deafMs: number
  /** How long a connection may take to come about. */
  readonly connectMs: number
  /** How long the API may take to answer; after that nobody knows what it did. */
  readonly answerMs: number
  /** The waits before each new try; the last one for ever. */
  readonly againMs: readonly number[]
}
/** Discord asks for a beat every 41 s, and the library notices a silence after up to 82 s and then waits 30 s for a farewell. */
export const usualTimes: Times = {
  beatMs: 10_000,
  deafMs: 25_000,
  connectMs: 30_000,
  answerMs: 8_000,
  againMs: [500, 2_000, 5_000, 10_000, 30_000, 60_000],
}

export type Dispatch = { readonly t: string; readonly d: unknown }
/** A connection that is up. `isNew`: the session before it is over, and with it what Discord would have said again. */
export type Line = { readonly lost: Promise<Lost>; readonly isNew: boolean; close(): Promise<void> }
type Lost = { readonly why: string; readonly isFatal: boolean }

const intents =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.GuildMessageReactions |
  GatewayIntentBits.DirectMessages |
  GatewayIntentBits.DirectMessageReactions |
  GatewayIntentBits.MessageContent

/** Close codes with which Discord says that a wrong setting would have to be put right first. */
const fatal: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]: badToken,
  [GatewayCloseCodes.DisallowedIntents]:
    'the bot may not read messages; switch on "Message Content Intent" on the page "Bot" of the application at discord.com/developers',
  [GatewayCloseCodes.InvalidIntents]: 'the gateway does not know the intents this bot asks for',
  [GatewayCloseCodes.InvalidShard]: 'the gateway refuses the shard',
  [GatewayCloseCodes.ShardingRequired]: 'the bot is in more servers than one connection may serve',
  [GatewayCloseCodes.InvalidAPIVersion]: 'the gateway does not know this version of the API',
}
const endsSession = new Set([
  1000,
  1001,
  GatewayCloseCodes.InvalidSeq,
  GatewayCloseCodes.SessionTimedOut,
  ...Object.keys(fatal).map(Number),
])

/**
 * Connects, taking up the session of the book where there is one. One try: whatever the library would do about a connection that is
 * lost, it is kept from doing.
 */
export const openLine = (use: {
  readonly rest: REST
  readonly token: string
  readonly times: Times
  readonly log: ChatHost['log']
  readonly now: () => number
  readonly stopping: AbortSignal
  readonly book: ReturnType<typeof makeBook>
  readonly heard: () => void
  readonly heardAt: () => number
  readonly onDispatch: (event: Dispatch) => Promise<void>
}): Promise<Line> =>
  new Promise((resolve, reject) => {
    const { book, times, now, heard } = use
    let isOver = false
    let isOpen = false
    let beating: NodeJS.Timeout | null = null
    let lose: (lost: Lost) => void = () => {}
    const lost = new Promise<Lost>((tell) => (lose = tell))
    const manager = new WebSocketManager({
      token: use.token,
      intents,
      rest: use.rest,
      shardCount: 1,
      handshakeTimeout: 10_000,
      helloTimeout: 10_000,
      // Asked before each connection: one that is over waits here for ever instead of connecting again behind our back.
      retrieveSessionInfo: () => (isOver ? new Promise<null>(() => {}) : book.session()),
      updateSessionInfo: (_shard, info) => (isOver ? undefined : book.keep(info)),
    })
    const close = async (): Promise<void> => {
      end({ why: 'it was closed', isFatal: false })
      // A socket that does not open yet must not be touched: the library would take away the listener of its errors.
      if (isOpen) await Promise.race([quietly(() => manager.destroy()), sleep(1_000)])
    }
    const end = (why: Lost): void => {
      if (isOver) return
      isOver = true
      clearTimeout(limit)
      use.stopping.removeEventListener('abort', stop)
      if (beating) clearInterval(beating)
      reject(why.isFatal ? fault('CHAT_REFUSED', { platform, problem: why.why }) : new Error(why.why))
      lose(why)
    }
    const limit = setTimeout(() => void close(), times.connectMs)
    const stop = () => void close()
    use.stopping.addEventListener('abort', stop)
    const up = (isNew: boolean): void => {
      clearTimeout(limit)
      heard()
      beating = setInterval(() => {
        const silentMs = now() - use.heardAt()
        if (silentMs <= times.deafMs) {
          // One that is dead is noticed by its silence.
          void quietly(() => manager.send(0, { op: GatewayOpcodes.Heartbeat, d: book.session()?.sequence ?? null }))
          return
        }
        end({ why: `nothing came for ${Math.round(silentMs / 1000)} s`, isFatal: false })
        void quietly(() => manager.destroy()) // it waits for a farewell that never comes
      }, times.beatMs)
      resolve({ lost, isNew, close })
    }
    manager.on('hello', () => {
      isOpen = true
      if (isOver) void quietly(() => manager.destroy())
    })
    manager.on('heartbeat', heard)
    manager.on('ready', () => !isOver && up(true))
    manager.on('resumed', () => !isOver && up(false))
    manager.on('dispatch', ({ data }) => {
      if (isOver) return
      heard()
      book.begin(data.s)
      void use.onDispatch({ t: data.t, d: data.d }).finally(() => book.end(data.s))
    })
    manager.on('closed', ({ code }) => {
      if (!isOver && endsSession.has(code)) book.keep(null)
      end({ why: fatal[code] ?? `the connection was closed (${code})`, isFatal: code in fatal })
    })
    manager.on('error', ({ error }) => use.log.debug('discord.gateway.error', { problem: explain(error) }))
    use.rest.setToken(use.token) // the library forgets one that was refused
    manager.connect().catch((error: unknown) => {
      // A close code says more, and comes right after.
      setImmediate(() => {
        if (isOver) return
        reject(error)
        end({ why: explain(error), isFatal: false })
      })
    })
  })

/** For what a connection that is over, or soon found to be, may refuse. */
const quietly = (work: () => unknown): Promise<void> =>
  Promise.resolve()
    .then(work)
    .then(
      () => {},
      () => {},
    )
