import { createHmac, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

export type Envelope = {
  readonly type: 'events_api' | 'interactive' | 'slash_commands'
  readonly payload: Readonly<Record<string, unknown>>
}

/** How what happens in Slack gets to the app: over any one of its sockets, or by signed HTTP. */
export type Wires = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** An address for one connection, good for one use. */
  open(baseUrl: string): string
  /** Resolves once the app has acknowledged it; events are delivered again until then. @throws {Error} when it never did. */
  deliver(envelope: Envelope): Promise<unknown>
  /** The next acknowledgement is lost with its connection: whoever pressed is shown an error. */
  losesAck(): void
  /** Cuts every connection without a word. */
  drop(): void
  /** Asks every connection to be renewed: a warning now, the end after `withinMs`. */
  refresh(withinMs: number): void
  /** Half-open: what arrives over the connections there are is not read, nothing is answered. `newOnes`: new ones are not even greeted. */
  freeze(newOnes: boolean): void
  thaw(): void
  /** From now on what happens waits; `release` lets it go, in order or the last first. */
  hold(): void
  release(order: 'in order' | 'reversed'): void
  connections(): number
  /** How often something was sent to the app. */
  deliveries(): number
  close(): void
}

export const makeWires = (options: {
  readonly ackWithinMs: number
  readonly redeliverAfterMs: readonly number[]
  readonly pingEveryMs: number
  readonly eventsUrl: () => string | null
  readonly signingSecret: string
  readonly complain: (about: string) => void
}): Wires => {
  const server = new WebSocketServer({ noServer: true })
  const tickets = new Set<string>()
  const live: WebSocket[] = []
  const raw = new Map<WebSocket, Duplex>()
  const waiting = new Map<string, { readonly socket: WebSocket; readonly settle: (payload: unknown, error?: Error) => void }>()
  const timers = new Set<NodeJS.Timeout>()
  const frozen = new Set<WebSocket>()
  let areNewOnesFrozen = false
  let isAckLost = false
  let isClosed = false
  let turn = 0
  let sent = 0
  let held: (() => void)[] | null = null

  const later = (waitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, waitMs)
      timers.add(timer)
    })

  const drawOut = (socket: WebSocket): void => {
    const at = live.indexOf(socket)
    if (at >= 0) live.splice(at, 1)
    raw.delete(socket)
    for (const [id, one] of waiting)
      if (one.socket === socket) one.settle(null, new Error(`the socket closed before ${id} was acknowledged`))
  }

  const greet = (socket: WebSocket, beneath: Duplex): void => {
    live.push(socket)
    raw.set(socket, beneath)
    socket.on('close', () => drawOut(socket))
    socket.on('error', () => drawOut(socket))
    socket.on('message', (data) => {
      if (isAckLost) {
        isAckLost = false
        return socket.terminate()
      }
      const { envelope_id: id, payload } = JSON.parse(String(data)) as { envelope_id?: string; payload?: unknown }
      const found = id === undefined ? undefined : waiting.get(id)
      if (found) found.settle(payload ?? {})
      else options.complain(`acknowledged what was not waiting: ${id}`)
    })
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: live.length,
        debug_info: { host: 'applink', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: 'A0APP' },
      }),
    )
    const pings = setInterval(() => frozen.has(socket) || socket.ping(), options.pingEveryMs)
    socket.on('close', () => clearInterval(pings))
  }

  const byHttp = async (url: string, { type, payload }: Envelope, retry: number): Promise<unknown> => {
    const body =
      type === 'events_api'
        ? JSON.stringify(payload)
        : type === 'interactive'
          ? new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
          : new URLSearchParams(Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)])).toString()
    const at = Math.floor(Date.now() / 1_000)
    const response = await fetch(url, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(options.ackWithinMs),
      headers: {
        'content-type': type === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(at),
        'x-slack-signature': `v0=${createHmac('sha256', options.signingSecret).update(`v0:${at}:${body}`).digest('hex')}`,
        ...(retry > 0 ? { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_error' } : {}),
      },
    })
    const words = await response.text()
    if (response.status !== 200) throw new Error(`the app answered ${response.status}`)
    return words
  }

  const bySocket = async ({ type, payload }: Envelope, retry: number): Promise<unknown> => {
    turn += 1
    const socket = live[turn % Math.max(1, live.length)]
    if (!socket) throw new Error('no connection')
    const id = randomUUID()
    const answered = new Promise((resolve, reject) => {
      waiting.set(id, {
        socket,
        settle: (answer, error) => {
          waiting.delete(id)
          if (error) reject(error)
          else resolve(answer)
        },
      })
    })
    if (!frozen.has(socket))
      socket.send(
        JSON.stringify({
          envelope_id: id,
          type,
          payload,
          accepts_response_payload: type !== 'events_api',
          ...(type === 'events_api' ? { retry_attempt: retry, retry_reason: retry > 0 ? 'timeout' : '' } : {}),
        }),
      )
    void later(options.ackWithinMs).then(() => waiting.get(id)?.settle(null, new Error('not acknowledged in time')))
    return answered
  }

  const deliver = async (envelope: Envelope): Promise<unknown> => {
    const isEvent = envelope.type === 'events_api'
    for (let retry = 0; ; retry += 1) {
      const url = options.eventsUrl()
      sent += 1
      try {
        return await (url === null ? bySocket(envelope, retry) : byHttp(url, envelope, retry))
      } catch (error) {
        // Only events are delivered again; whoever pressed or commanded is shown an error.
        const waitMs = options.redeliverAfterMs[retry]
        if (!isEvent || waitMs === undefined || isClosed) throw error
        await later(waitMs)
      }
    }
  }

  return {
    upgrade: (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket')
      if (areNewOnesFrozen) return
      if (ticket === null || !tickets.delete(ticket)) {
        options.complain(`a connection with the ticket ${ticket}`)
        socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n')
        return
      }
      server.handleUpgrade(request, socket, head, (opened) => greet(opened, socket))
    },
    open: (baseUrl) => {
      const ticket = randomUUID()
      tickets.add(ticket)
      return `${baseUrl.replace(/^http/, 'ws')}/link?ticket=${ticket}&app_id=A0APP`
    },
    deliver: async (envelope) => {
      if (held !== null) await new Promise<void>((resolve) => held?.push(resolve))
      return deliver(envelope)
    },
    losesAck: () => {
      isAckLost = true
    },
    drop: () => {
      for (const socket of [...live]) socket.terminate()
    },
    refresh: (withinMs) => {
      for (const socket of [...live]) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'warning', debug_info: { host: 'applink' } }))
        void later(withinMs).then(() => {
          if (!live.includes(socket)) return
          socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'applink' } }))
          socket.close()
        })
      }
    },
    freeze: (newOnes) => {
      areNewOnesFrozen = newOnes
      for (const [socket, beneath] of raw) {
        frozen.add(socket)
        beneath.pause()
      }
    },
    thaw: () => {
      areNewOnesFrozen = false
      for (const beneath of raw.values()) beneath.resume()
      frozen.clear()
    },
    hold: () => {
      held ??= []
    },
    release: (order) => {
      const all = held ?? []
      held = null
      for (const go of order === 'reversed' ? all.reverse() : all) go()
    },
    connections: () => live.length,
    deliveries: () => sent,
    close: () => {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
      for (const [, one] of waiting) one.settle(null, new Error('Slack closed'))
      for (const socket of live) socket.terminate()
      server.close()
    },
  }
}
