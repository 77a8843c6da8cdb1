import { realpathSync } from 'node:fs'
import { Agent, WebSocket } from 'undici'
import { z } from 'zod'
import { explain } from '../../../core/kit/fault.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { fault, unreachable } from './faults.ts'

/** What the server says by itself: news, or, with an `id`, a question that waits for `reply`. */
export type Said = { readonly method: string; readonly params: Readonly<Record<string, unknown>>; readonly id: number | string | null }

/** A connection to an app-server. */
export type Line = {
  /** Asks and checks the answer. @throws {Fault} CODEX_REFUSED, AGENT_UNREACHABLE */
  call<T extends z.ZodType>(method: string, params: Readonly<Record<string, unknown>>, answer: T): Promise<z.infer<T>>
  reply(id: number | string, result: unknown): void
  /** Resolves when the connection is no more. */
  readonly closed: Promise<void>
  close(): void
}

/** So long the server may take to answer a call; it does so in milliseconds. */
const callMs = 15_000

/**
 * Connects to the app-server at a socket: JSON-RPC in the frames of a WebSocket, without its "jsonrpc" member.
 *
 * @see https://developers.openai.com/codex/app-server
 * @throws {Fault} AGENT_UNREACHABLE
 */
export const openLine = async (folder: string, socket: string, hear: (said: Said) => void, signal: AbortSignal): Promise<Line> => {
  signal.throwIfAborted()
  const away = (why: string) => unreachable(folder, why)
  const waiting = new Map<
    number,
    { readonly method: string; readonly take: (answer: unknown) => void; readonly fail: (error: Error) => void }
  >()
  // The server links the path to a short one of its own, because a socket's path has room for a hundred letters only.
  const dispatcher = new Agent({ connect: { socketPath: realPath(socket, away) } })
  const socketLine = new WebSocket('ws://localhost/', { dispatcher })
  let calls = 0
  let isClosed = false
  let end = (): void => {}
  const closed = new Promise<void>((resolve) => (end = resolve))

  const close = (): void => {
    if (isClosed) return
    isClosed = true // a socket that is closed before it was open tells an error again
    signal.removeEventListener('abort', close)
    for (const { fail } of waiting.values()) fail(away('the connection ended'))
    waiting.clear()
    socketLine.close()
    end()
    // Nobody waits for a dispatcher to be taken down.
    dispatcher.destroy().catch(() => {})
  }

  socketLine.addEventListener('message', ({ data }) => {
    const value = parseObject(String(data))
    if (value === null) return
    if (typeof value.method === 'string') return hear({ method: value.method, params: objectOf(value.params), id: idOf(value.id) })
    const asked = typeof value.id === 'number' ? waiting.get(value.id) : undefined
    if (asked === undefined) return
    waiting.delete(value.id as number) // looked at just above
    const refusal = value.error === undefined ? null : String(objectOf(value.error).message ?? 'without a word')
    if (refusal === null) asked.take(value.result)
    else asked.fail(fault('CODEX_REFUSED', { method: asked.method, why: refusal }))
  })
  socketLine.addEventListener('close', close)

  const line: Line = {
    call: (method, params, answer) =>
      new Promise((resolve, reject) => {
        if (socketLine.readyState !== WebSocket.OPEN) return reject(away('the connection ended'))
        calls += 1
        const id = calls
        const timer = setTimeout(() => settle(() => reject(away(`no answer to "${method}" in ${callMs / 1000} s`))), callMs)
        const settle = (then: () => void): void => {
          clearTimeout(timer)
          waiting.delete(id)
          then()
        }
        waiting.set(id, {
          method,
          take: (given) =>
            settle(() => {
              const read = answer.safeParse(given)
              if (read.success) resolve(read.data)
              else reject(fault('CODEX_REFUSED', { method, why: `its answer is not as expected (${z.prettifyError(read.error)})` }))
            }),
          fail: (error) => settle(() => reject(error)),
        })
        socketLine.send(JSON.stringify({ id, method, params }))
      }),
    reply: (id, result) => socketLine.send(JSON.stringify({ id, result })),
    closed,
    close,
  }

  await new Promise<void>((resolve, reject) => {
    socketLine.addEventListener('open', () => resolve())
    socketLine.addEventListener('error', ({ error }) => {
      close()
      reject(away(explain(error ?? new Error('no WebSocket'))))
    })
    signal.addEventListener('abort', close, { once: true })
    void closed.then(() => reject(away('the connection ended')))
  })
  await line.call('initialize', { clientInfo, capabilities: { experimentalApi: true } }, z.unknown())
  socketLine.send(JSON.stringify({ method: 'initialized' }))
  return line
}

const clientInfo = { name: 'ao', title: 'ao', version: '1' }

const realPath = (socket: string, unreachable: (why: string) => Error): string => {
  try {
    return realpathSync(socket)
  } catch (error) {
    throw unreachable(explain(error))
  }
}

const idOf = (id: unknown): Said['id'] => (typeof id === 'number' || typeof id === 'string' ? id : null)

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {} // just looked at
