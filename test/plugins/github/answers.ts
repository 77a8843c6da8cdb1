import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { z } from 'zod'
import { type Fault, isFault } from '../../../core/kit/fault.ts'
import { type GithubOptions, githubFields, oneCredential } from '../../../plugins/github/options.ts'

/** A request as it came in. */
export type Asked = {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly at: number
}

/** What is answered: a status with JSON, or anything else by hand. */
export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown; readonly text?: string }
  | ((response: ServerResponse) => void)

/** A server that answers as a test says, and keeps what it was asked. */
export type Answers = {
  readonly url: string
  readonly asked: readonly Asked[]
  /** How many were in flight at once, at most. */
  readonly most: () => number
  /** What comes next is answered by this. */
  by(answer: (asked: Asked) => Answer | Promise<Answer>): void
  close(): Promise<void>
}

export const startAnswers = async (first: (asked: Asked) => Answer | Promise<Answer> = () => ({ json: {} })): Promise<Answers> => {
  const asked: Asked[] = []
  let answer = first
  let [now, most] = [0, 0]
  const server = createServer(async (request, response) => {
    now += 1
    most = Math.max(most, now)
    response.on('close', () => {
      now -= 1
    })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      at: performance.now(),
    }
    asked.push(one)
    const found = await answer(one)
    if (typeof found === 'function') return found(response)
    const { status = 200, headers = {}, json, text } = found
    const body = text ?? (json === undefined ? '' : JSON.stringify(json))
    response.writeHead(status, { ...(json !== undefined && { 'content-type': 'application/json; charset=utf-8' }), ...headers })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    most: () => most,
    by: (next) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A token whose shape nobody knows, so that nothing but our own care keeps it out of texts. */
export const secret = 'very-private-0123456789-token'

/** Options as a config that was read has them. */
export const optionsOf = (written: Readonly<Record<string, unknown>>): GithubOptions =>
  z
    .strictObject(githubFields)
    .superRefine(oneCredential)
    .parse({ writePause: '0s', ...written })

/** The fault that was thrown; anything else fails the test. */
export const caught = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!isFault(error)) throw new Error(`not a fault: ${inspect(error)}`)
  return error
}
