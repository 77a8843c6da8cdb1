import type { ServerResponse } from 'node:http'

/** How an answer is written: whole, or as a stream of events. */
export type Wire = {
  json(body: unknown, status?: number, headers?: Readonly<Record<string, string>>): void
  /** `name` is the event's, where the protocol has names. */
  event(name: string | null, data: unknown): void
  end(): void
}

export const wireTo = (response: ServerResponse): Wire => ({
  json: (body, status = 200, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  },
  event: (name, data) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    response.write(`${name === null ? '' : `event: ${name}\n`}data: ${text}\n\n`)
  },
  end: () => void response.end(),
})
