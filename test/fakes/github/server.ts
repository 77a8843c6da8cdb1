import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { answer, type Desk, type Written } from './answer.ts'
import { credential } from './auth.ts'
import { blobPath, serveBlob } from './blobs.ts'
import type { Fault, Faults, LoggedRequest } from './faults.ts'
import { gitPath, serveGit } from './git.ts'

export type Served = {
  readonly origin: string
  readonly requests: LoggedRequest[]
  /** Of logs, as far as they were handed to the network. */
  readonly sentBytes: number
  /** API requests under way now, and the most there were at a time. */
  readonly underWay: { now: number; most: number }
  delayMs: number
  /** Cuts all connections. */
  drops(): void
  close(): Promise<void>
}

/** Enterprise servers have the API under a prefix; both ways are understood. */
const prefix = /^\/api(?:\/v3)?(?=\/|$)/

/** The socket, the log and the faults; what is said over it is made elsewhere. */
export const serve = async (
  desk: Desk,
  faults: Faults,
  { delayMs, port, root }: { readonly delayMs: number; readonly port: number; readonly root: string },
): Promise<Served> => {
  const requests: LoggedRequest[] = []
  const sockets = new Set<Socket>()
  const underWay = { now: 0, most: 0 }
  const settings = { delayMs }
  let sentBytes = 0

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [address = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
    const began = performance.now()
    const path = address.replace(prefix, '') || '/'
    const kind = address.startsWith(blobPath) ? 'blob' : gitPath.test(address) ? 'git' : path === '/graphql' ? 'graphql' : 'rest'
    const text = kind === 'rest' || kind === 'graphql' ? await bodyOf(request) : ''
    const log: LoggedRequest = {
      method: request.method ?? 'GET',
      path,
      query,
      kind,
      body: parsed(text),
      at: desk.world.now(),
      login: desk.world.tokens.get(credential(request) ?? '')?.account.login ?? null,
      isConditional: request.headers['if-none-match'] !== undefined || request.headers['if-modified-since'] !== undefined,
      status: 0,
      cost: 0,
      tookMs: 0,
    }
    requests.push(log)
    response.on('close', () => {
      if (response.writableFinished) log.status = response.statusCode
      log.tookMs = performance.now() - began
    })
    const fault = faults.of(log)
    if (fault?.is === 'silent') return
    if (fault?.is === 'slow') await sleep(fault.delayMs)
    if (fault?.is === 'status') return send(response, refusal(fault))
    if (fault?.is === 'html') return send(response, page(fault.status))
    if (kind === 'blob') return serveBlob(desk.world, request, response, (bytes) => (sentBytes += bytes))
    if (kind === 'git') return serveGit(desk.world, root, request, response)
    const token = desk.world.tokens.get(credential(request) ?? '')
    const leave = token && desk.limits.enter(token)
    underWay.now += 1
    underWay.most = Math.max(underWay.most, underWay.now)
    try {
      // Half of the way there, half of the way back.
      const { delayMs: total } = settings
      if (total > 0) await sleep(total / 2)
      const made = await answer(desk, { request, text, log, path, isCrowded: leave === null })
      const leftMs = total - (performance.now() - began)
      if (total > 0 && leftMs > 0) await sleep(leftMs)
      deliver(response, made, fault)
    } finally {
      leave?.()
      underWay.now -= 1
    }
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    take(request, response).catch((error: unknown) => {
      desk.complain(`The stand-in failed at ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`)
      if (!response.headersSent) send(response, { status: 500, headers: {}, text: JSON.stringify({ message: 'Server Error' }) })
      else response.destroy()
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: given } = server.address() as AddressInfo // it listens on a port, not on a path
  const drops = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    origin: `http://127.0.0.1:${given}`,
    requests,
    underWay,
    get sentBytes() {
      return sentBytes
    },
    get delayMs() {
      return settings.delayMs
    },
    set delayMs(ms) {
      settings.delayMs = ms
    },
    drops,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        drops()
      }),
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const parsed = (text: string): unknown => {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}

const send = (response: ServerResponse, { status, headers, text }: Written): void => {
  const hasBody = status !== 204 && status !== 304
  response.writeHead(status, { server: 'github.com', ...headers, ...(hasBody && { 'content-length': String(Buffer.byteLength(text)) }) })
  response.end(hasBody ? text : undefined)
}

const deliver = (response: ServerResponse, made: Written, fault: Fault | null): void => {
  if (response.destroyed) return
  const half = made.text.slice(0, Math.floor(made.text.length / 2))
  if (fault?.is === 'lost') response.socket?.destroy()
  else if (fault?.is === 'truncated') send(response, { ...made, status: 200, text: half })
  else if (fault?.is === 'cut') {
    response.writeHead(made.status, { ...made.headers, 'content-length': String(Buffer.byteLength(made.text)) })
    response.write(half, () => response.socket?.destroy())
  } else send(response, made)
}

const refusal = ({ status, message = standard[status] ?? 'Server Error', headers = {} }: Extract<Fault, { is: 'status' }>): Written => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  text: JSON.stringify({ message, documentation_url: 'https://docs.github.com/rest', status: String(status) }),
})

const standard: Readonly<Record<number, string>> = {
  401: 'Bad credentials',
  403: 'Resource not accessible by personal access token',
  404: 'Not Found',
  410: 'Gone',
  422: 'Validation Failed',
  451: 'Repository access blocked',
}

const page = (status: number): Written => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  text: '<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n  <body><p><strong>We had issues producing the response to your request.</strong></p></body>\n</html>\n',
})
