import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { channelJson, type World } from './world.ts'

/** One session: what was sent in it, and how far the bot says it has come. */
export type Session = {
  readonly id: string
  readonly log: { readonly s: number; readonly t: string; readonly d: unknown }[]
  socket: WebSocket | null
  arrived: number
  isOver: boolean
}

export type Gateway = {
  readonly sessions: readonly Session[]
  /** How often a session was begun, and taken up. */
  readonly counts: { identifies: number; resumes: number; connections: number }
  /** Sends it in every session; resolves once the bot has said, by a heartbeat or a resume, that it arrived. */
  dispatch(t: string, d: unknown): Promise<void>
  /** Cuts every connection without a farewell. */
  drop(): void
  /** Closes every connection with a code. */
  closeWith(code: number): void
  /** Asks to connect anew (7), or says that the session is over (9). */
  ask(op: 7 | 9): void
  /** Connections that are there stay open, and nothing goes through them. */
  freeze(): void
  unfreeze(): void
  close(): Promise<void>
}

const messageContent = 1 << 15

export const openGateway = (
  server: Server,
  world: World,
  how: {
    readonly token: () => string
    readonly url: () => string
    readonly mayReadContent: () => boolean
    readonly heartbeatMs: number
    readonly complain: (what: string) => void
  },
): Gateway => {
  const sockets = new WebSocketServer({ server, path: '/gateway' })
  const sessions: Session[] = []
  const frozen = new Set<WebSocket>()
  const waiting = new Set<() => void>()
  const counts = { identifies: 0, resumes: 0, connections: 0 }
  let sequence = 0

  const send = (socket: WebSocket, payload: unknown): void => {
    if (socket.readyState === socket.OPEN && !frozen.has(socket)) socket.send(JSON.stringify(payload))
  }
  const sendIn = (session: Session, t: string, d: unknown): number => {
    const event = { op: 0, s: ++sequence, t, d }
    session.log.push(event)
    if (session.socket) send(session.socket, event)
    return event.s
  }
  const arrive = (session: Session | undefined, s: unknown): void => {
    if (session && typeof s === 'number') session.arrived = Math.max(session.arrived, s)
    for (const look of waiting) look()
  }

  sockets.on('connection', (socket) => {
    counts.connections += 1
    let session: Session | undefined
    send(socket, { op: 10, d: { heartbeat_interval: how.heartbeatMs } })
    const begin = (d: { token: string; intents: number }): void => {
      counts.identifies += 1
      if (d.token !== how.token()) return void socket.close(4004, 'Authentication failed.')
      if ((d.intents & messageContent) !== 0 && !how.mayReadContent()) return void socket.close(4014, 'Disallowed intent(s).')
      for (const old of sessions) if (old.socket === null) old.isOver = true
      session = { id: `session-${sessions.length + 1}`, log: [], socket, arrived: 0, isOver: false }
      sessions.push(session)
      sendIn(session, 'READY', {
        v: 10,
        user: world.bot,
        guilds: [{ id: world.guild, unavailable: true }],
        session_id: session.id,
        resume_gateway_url: how.url(),
        application: { id: world.application, flags: 0 },
      })
      const live = [...world.channels.values()].filter(({ isGone }) => !isGone)
      sendIn(session, 'GUILD_CREATE', {
        id: world.guild,
        name: 'Workshop',
        roles: [{ id: world.guild }, { id: world.botRole, tags: { bot_id: world.bot.id } }],
        channels: live.filter(({ type }) => type === 0 || type === 2).map(channelJson),
        threads: live.filter(({ type, isArchived }) => type === 11 && !isArchived).map(channelJson),
      })
    }
    const resume = (d: { token: string; session_id: string; seq: number }): void => {
      counts.resumes += 1
      const known = sessions.find(({ id }) => id === d.session_id)
      if (d.token !== how.token()) return void socket.close(4004, 'Authentication failed.')
      if (!known || known.isOver) return void send(socket, { op: 9, d: false })
      session = known
      session.socket = socket
      arrive(session, d.seq)
      for (const event of session.log.filter(({ s }) => s > d.seq)) send(socket, { op: 0, ...event })
      sendIn(session, 'RESUMED', {})
    }
    socket.on('message', (raw) => {
      if (frozen.has(socket)) return
      const { op, d } = JSON.parse(String(raw)) as { op: number; d: never }
      if (op === 1) {
        arrive(session, d)
        send(socket, { op: 11 })
      } else if (op === 2) begin(d)
      else if (op === 6) resume(d)
      else {
        how.complain(`gateway: op ${op} is not expected`)
        socket.close(4001, 'Unknown opcode.')
      }
    })
    socket.on('close', (code) => {
      if (session?.socket !== socket) return
      session.socket = null
      if (code === 1000 || code === 1001) session.isOver = true
      for (const look of waiting) look()
    })
  })

  return {
    sessions,
    counts,
    dispatch: (t, d) => {
      const sent = sessions.filter(({ isOver }) => !isOver).map((session) => ({ session, s: sendIn(session, t, d) }))
      return new Promise((resolve) => {
        const look = (): void => {
          if (!sent.every(({ session, s }) => session.isOver || session.arrived >= s)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      })
    },
    drop: () => {
      for (const socket of sockets.clients) socket.terminate()
    },
    closeWith: (code) => {
      for (const socket of sockets.clients) socket.close(code)
    },
    ask: (op) => {
      for (const session of sessions) {
        if (op === 9) session.isOver = true
        if (session.socket) send(session.socket, { op, d: op === 9 ? false : null })
      }
    },
    freeze: () => {
      for (const socket of sockets.clients) {
        frozen.add(socket)
        socket.pause() // so that not even a farewell is answered
      }
    },
    unfreeze: () => {
      for (const socket of frozen) socket.resume()
      frozen.clear()
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        sockets.close(() => resolve())
      }),
  }
}
