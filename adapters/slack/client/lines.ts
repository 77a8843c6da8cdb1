import { type App, HTTPReceiver, type ReceiverEvent, SocketModeReceiver } from '@slack/bolt'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import type { SlackOptions } from '../options.ts'
import { platform } from '../translate.ts'
import { calling, quietLogger, webOptions } from './web.ts'

/** Where events come in. */
export type Line = {
  /** Resolves once events can arrive. @throws {Fault} CHAT_REFUSED or CHAT_UNREACHABLE */
  start(): Promise<void>
  stop(): Promise<void>
}

export type LineHost = {
  readonly options: SlackOptions
  readonly log: ChatHost['log']
  /** Takes an event; rejects when it could not be kept, and then Slack is not told that it came. */
  readonly take: (body: unknown) => Promise<void>
  /** Something came over it. */
  readonly onHeard: () => void
  /** It is there again after it was gone. */
  readonly onUp: () => void
  readonly onDown: (why: string) => void
  /** There are so many connections with this app token, more than are ours. */
  readonly onShared: (connections: number) => void
}

export const openLine = (host: LineHost): Line => (host.options.mode === 'http' ? httpLine(host) : socketLine(host))

/**
 * What the library's receivers ask of an app. Ours is no `App` of the library: that one acknowledges an event before it is
 * handled, and also when it could not be.
 */
const receiving = ({ take }: LineHost): App => {
  const app: Pick<App, 'processEvent'> = {
    processEvent: async ({ body, ack }: ReceiverEvent) => {
      await take(body)
      await ack()
    },
  }
  return app as App
}

const dialWithinMs = 10_000
const mostBackoffMs = 30_000

type Call = { readonly ended: Promise<void>; readonly hangUp: () => Promise<void> }

/**
 * Socket Mode. The library's own reconnecting is off: it gives up for good, with an unhandled rejection, at the first error of
 * the network. A warning that a connection will end makes the new one before the old one goes.
 */
const socketLine = (host: LineHost): Line => {
  const { options, log, onHeard, onUp, onDown, onShared } = host
  const stopping = new AbortController()
  let current: Call | null = null
  let isRenewing = false

  /** `expected`: how many connections Slack may still count as ours, this one with them. */
  const dial = async (expected: number): Promise<Call> => {
    const receiver = new SocketModeReceiver({
      appToken: options.appToken ?? '',
      logger: quietLogger(log),
      clientPingTimeout: options.heartbeatMs,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: webOptions(options, log) },
    })
    receiver.init(receiving(host))
    const { client } = receiver
    const ended = new Promise<void>((resolve) => client.once('disconnected', () => resolve()))
    const call: Call = {
      ended,
      hangUp: async () => {
        void client.disconnect()
        await Promise.race([ended, sleep(500)])
        void client.disconnect() // the second time it waits for nobody
      },
    }
    // The library closes a connection at once when Slack says that it will end soon; so it hears of that later.
    const theirs = client.listeners('ws_message')
    client.removeAllListeners('ws_message')
    client.on('ws_message', (data: unknown, isBinary: unknown) => {
      onHeard()
      const news = newsIn(data)
      if (news.connections > expected) onShared(news.connections)
      if (news.isWarning) void renew(call)
      else for (const listener of theirs) listener(data, isBinary)
    })
    const starting = receiver.start()
    starting.catch(() => {}) // told below; a late one is nobody's
    const patience = new AbortController()
    try {
      await calling({ channel: '' }, () => Promise.race([starting, tooLate(patience.signal)]))
    } catch (error) {
      starting.then(call.hangUp, () => {}) // it may come up after we stopped waiting
      await call.hangUp()
      // Nothing is sent by connecting, so nothing is uncertain.
      throw isFault(error, 'CHAT_REFUSED') ? error : fault('CHAT_UNREACHABLE', { platform, problem: explain(error) }, { cause: error })
    } finally {
      patience.abort()
    }
    return call
  }

  const lost = (call: Call): void => {
    if (call !== current || stopping.signal.aborted) return
    current = null
    onDown('the connection was lost')
    void redial()
  }

  const redial = async (): Promise<void> => {
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      const waitMs = Math.min(mostBackoffMs, 250 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2)
      try {
        if (attempt > 0) await sleep(waitMs, stopping.signal)
        // The lost one may still be counted; and a renewal under way may have come first.
        if (current === null) await put(await dial(2), null)
        return onUp()
      } catch (error) {
        if (stopping.signal.aborted) return
        onDown(explain(error))
      }
    }
  }

  const renew = async (old: Call): Promise<void> => {
    if (isRenewing || old !== current || stopping.signal.aborted) return
    isRenewing = true
    try {
      await put(await dial(2), old)
      // What the old one has brought may still be on its way into the store.
      await sleep(1_000, stopping.signal).catch(() => {})
      await old.hangUp()
    } catch (error) {
      log.warn('slack.renew', { problem: explain(error) }) // the old one ends soon; then it is tried again
    } finally {
      isRenewing = false
    }
  }

  /** It is the one from now on, instead of `old`; unless another came first. */
  const put = async (call: Call, old: Call | null): Promise<void> => {
    if (stopping.signal.aborted || (current !== null && current !== old)) return call.hangUp()
    current = call
    void call.ended.then(() => lost(call))
  }

  return {
    start: async () => put(await dial(1), null),
    stop: async () => {
      stopping.abort()
      const last = current
      current = null
      await last?.hangUp()
    },
  }
}

const tooLate = async (signal: AbortSignal): Promise<never> => {
  await sleep(dialWithinMs, signal)
  throw new Error(`Slack did not greet within ${dialWithinMs} ms`)
}

/** What a message of the connection itself says. `connections`: how many this app has. */
const newsIn = (data: unknown): { readonly isWarning: boolean; readonly connections: number } => {
  const text = typeof data === 'string' ? data : ''
  if (!/^\s*\{[^{]*"type"\s*:\s*"(?:hello|disconnect)"/.test(text.slice(0, 300))) return { isWarning: false, connections: 0 }
  try {
    const { type, reason, num_connections } = JSON.parse(text) as { type?: unknown; reason?: unknown; num_connections?: unknown }
    return {
      isWarning: type === 'disconnect' && reason === 'warning',
      connections: type === 'hello' ? Number(num_connections) || 0 : 0,
    }
  } catch {
    return { isWarning: false, connections: 0 } // the library drops what is no JSON
  }
}

/** Signed requests. What is not signed, or too old, is answered with 401 by the library and never gets here. */
const httpLine = (host: LineHost): Line => {
  const { options, log, onHeard, take } = host
  const receiver = new HTTPReceiver({
    signingSecret: options.signingSecret ?? '',
    port: options.port,
    logger: quietLogger(log),
    processBeforeResponse: true,
  })
  const heard: LineHost = {
    ...host,
    take: async (body) => {
      onHeard()
      await take(body)
    },
  }
  let isListening = false
  receiver.init(receiving(heard))
  return {
    start: async () => {
      try {
        await receiver.start({ port: options.port, host: options.host })
        isListening = true
      } catch (error) {
        throw fault(
          'CHAT_UNREACHABLE',
          { platform, problem: `nobody can listen on ${options.host}:${options.port}: ${explain(error)}` },
          { cause: error },
        )
      }
    },
    stop: async () => {
      if (isListening) await receiver.stop()
      isListening = false
    },
  }
}
