import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Call, methods } from './methods.ts'
import { readMultipart } from './multipart.ts'
import { makeRates } from './rates.ts'
import type { Updates } from './updates.ts'
import type { FakeFile, Refusal, World } from './world.ts'

/**
 * What goes wrong with the next call of a method that shows something to people, or of the one that is named.
 *
 * `busy`: 429, nothing is done. `losesAnswer`: it is done, and the connection is cut. `failsAfter`: it is done, and the
 * answer is 502. `fails`: nothing is done, and the answer is 500.
 */
export type Trouble = { readonly is: 'busy'; readonly retryAfterSeconds: number } | { readonly is: 'losesAnswer' | 'failsAfter' | 'fails' }

/** The door of the stand-in: HTTP as the Bot API speaks it, with its refusals, its rates and what was scripted to go wrong. */
export const serve = async (
  { world, updates, token }: { readonly world: World; readonly updates: Updates; readonly token: string },
  { isRateLimited, port }: { readonly isRateLimited: boolean; readonly port: number },
) => {
  const rates = makeRates(world.now)
  const complaints: string[] = []
  const calls: { method: string; fields: Record<string, unknown> }[] = []
  const troubles: { readonly trouble: Trouble; readonly method: string | null }[] = []
  const sockets = new Set<Socket>()
  const frozen = new WeakSet<Socket>()
  let isFrozen = false
  let whenThawed: (() => void)[] = []

  const troubleFor = (name: string): Trouble | null => {
    const index = troubles.findIndex(({ method }) => (method === null ? /^(?:send|edit|create)/.test(name) : method === name))
    return index === -1 ? null : (troubles.splice(index, 1)[0]?.trouble ?? null)
  }

  const call = async (name: string, fields: Record<string, unknown>, files: Call['files'], response: ServerResponse): Promise<unknown> => {
    const method = methods[name]
    if (!method) throw { error_code: 404, description: 'Not Found: method not found' } satisfies Refusal
    const read = method.fields.safeParse(fields)
    if (!read.success)
      throw {
        error_code: 400,
        description: `Bad Request: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
      }
    const chat = world.chats.get(Number(fields.chat_id))
    const wait = isRateLimited && chat && /^(?:send|edit)/.test(name) ? rates.take(chat, name.startsWith('edit') ? 'edit' : 'post') : null
    if (wait !== null) throw { error_code: 429, description: `Too Many Requests: retry after ${wait}`, parameters: { retry_after: wait } }
    const complain = (what: string): void => void complaints.push(`${name}: ${what}`)
    const whenGone = (stop: () => void): void => void response.on('close', stop)
    return method.run({ world, updates, files, complain, whenGone }, read.data as never) // what its own schema made
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, given = '', rest = ''] = /^\/bot([^/]+)\/(.+)$/.exec(request.url ?? '') ?? []
    const file = /^\/file\/bot([^/]+)\/documents\/(.+)$/.exec(request.url ?? '')
    const body = await bodyOf(request)
    if (frozen.has(request.socket)) return
    if (isFrozen) await new Promise<void>((resolve) => whenThawed.push(resolve))
    const write = (status: number, value: unknown): void => {
      if (!response.destroyed)
        response
          .writeHead(status, { 'content-type': 'application/json', date: new Date(world.now()).toUTCString() })
          .end(JSON.stringify(value))
    }
    if (request.method === 'HEAD') return write(302, null)
    if (file) {
      const found = file[1] === token ? world.files.get(file[2] ?? '') : undefined
      if (!found) return write(404, { ok: false, error_code: 404, description: 'Not Found' })
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': found.bytes.length }).end(found.bytes)
      return
    }
    if (given !== token) {
      complaints.push('unknown token')
      return write(401, { ok: false, error_code: 401, description: 'Unauthorized' })
    }
    const contentType = request.headers['content-type'] ?? ''
    const { fields, files } = contentType.startsWith('multipart/')
      ? readMultipart(body, contentType)
      : {
          fields: body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>),
          files: {} as Record<string, Omit<FakeFile, 'id'>>,
        }
    calls.push({ method: rest, fields })
    const trouble = troubleFor(rest)
    if (trouble?.is === 'busy')
      return write(
        429,
        refusal({
          error_code: 429,
          description: `Too Many Requests: retry after ${trouble.retryAfterSeconds}`,
          parameters: { retry_after: trouble.retryAfterSeconds },
        }),
      )
    if (trouble?.is === 'fails') return write(500, refusal({ error_code: 500, description: 'Internal Server Error' }))
    try {
      const result = await call(rest, fields, files, response)
      if (trouble?.is === 'losesAnswer') return void request.socket.destroy()
      if (trouble?.is === 'failsAfter') return write(502, refusal({ error_code: 502, description: 'Bad Gateway' }))
      write(200, { ok: true, result })
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (!error.isFault) complaints.push(`${rest}: ${error.description}`)
      write(error.error_code, refusal(error))
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      complaints.push(`the stand-in failed: ${String(error)}`)
      response.destroy()
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

  const thaws = (): void => {
    isFrozen = false
    for (const go of whenThawed) go()
    whenThawed = []
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    complaints,
    calls,
    next: (trouble: Trouble, method?: string): void => void troubles.push({ trouble, method: method ?? null }),
    freezes: (): void => {
      for (const socket of sockets) frozen.add(socket)
    },
    freezesAll: (): void => {
      isFrozen = true
    },
    thaws,
    drops: (): void => {
      for (const socket of sockets) socket.destroy()
    },
    close: async (): Promise<void> => {
      updates.close()
      thaws()
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const isRefusal = (error: unknown): error is Refusal => typeof error === 'object' && error !== null && 'error_code' in error
const refusal = ({ isFault: _isFault, ...rest }: Refusal) => ({ ok: false, ...rest })

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
