import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApiError } from './check.ts'
import { openGateway } from './gateway.ts'
import { makeInteractions } from './interactions.ts'
import { makeLimiter } from './limits.ts'
import { makePeople } from './people.ts'
import { makeApi, readBody } from './rest.ts'
import { makeWorld } from './world.ts'

export type FakeDiscordOptions = {
  /** Default: this machine's clock. Interactions end and nonces are forgotten by it. */
  readonly now?: () => number
  /** Keep Discord's rates? Default no; a bench says yes. */
  readonly hasRates?: boolean
  /** How often the gateway asks for a beat. Default as Discord, 41,250 ms. */
  readonly heartbeatMs?: number
}
export type FakeDiscord = Awaited<ReturnType<typeof startFakeDiscord>>

type Trouble = 'losesAnswer' | 'failsAfter' | { readonly busyMs: number; readonly isGlobal: boolean; readonly only: RegExp }

/**
 * Discord on the loopback: the API and the gateway that the real library talks to. It refuses what Discord refuses and keeps
 * each refusal that the bot has caused in `complaints`. What is scripted happens to the next write of the bot, once.
 */
export const startFakeDiscord = async ({ now = Date.now, hasRates = false, heartbeatMs = 41_250 }: FakeDiscordOptions = {}) => {
  const world = makeWorld(now)
  const complaints: string[] = []
  const calls: string[] = []
  const state = {
    token: 'fake-discord-token',
    mayReadContent: true,
    permissions: 0x7fff_ffff_ffffn,
    clockOffMs: 0,
    filesFrom: null as string | null,
  }
  const limiter = makeLimiter(hasRates, now)
  let trouble: Trouble | null = null
  let hold: Promise<void> | null = null
  const plan = (next: Trouble): void => {
    trouble = next
  }

  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cdn = () => state.filesFrom ?? `${origin()}/attachments`
  const interactions = makeInteractions(world, now, cdn)

  const reply = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
    const date = new Date(Date.now() + state.clockOffMs).toUTCString()
    if (status === 204) return void response.writeHead(204, { date, ...headers }).end()
    response.writeHead(status, { 'content-type': 'application/json', date, ...headers }).end(JSON.stringify(body))
  }
  const busy = (response: ServerResponse, waitMs: number, isGlobal: boolean, headers: Readonly<Record<string, string>>): void => {
    const seconds = (waitMs / 1000).toFixed(3)
    const global = isGlobal ? { 'x-ratelimit-global': 'true' } : { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': seconds }
    const body = { message: 'You are being rate limited.', retry_after: waitMs / 1000, global: isGlobal }
    reply(response, 429, body, { 'x-ratelimit-scope': 'user', ...headers, ...global, 'retry-after': seconds })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin())
    if (url.pathname.startsWith('/attachments/')) return sendFile(url, response)
    const method = request.method ?? 'GET'
    const path = url.pathname.replace(/^\/api\/v10/, '')
    const what = `${method} ${path}`
    calls.push(what)
    if (hold) await hold
    const hasOwnToken = /^\/(?:interactions|webhooks)\//.test(path)
    const { body, uploads } = await readBody(request)
    const isScripted =
      method !== 'GET' && !path.endsWith('/commands') && !hasOwnToken && (typeof trouble !== 'object' || trouble?.only.test(what))
    const scripted = isScripted ? trouble : null
    if (scripted) trouble = null
    try {
      if (!hasOwnToken && request.headers.authorization !== `Bot ${state.token}`) throw new ApiError(401, 0, '401: Unauthorized')
      if (typeof scripted === 'object' && scripted !== null) return busy(response, scripted.busyMs, scripted.isGlobal, {})
      const rate = limiter.take(what, hasOwnToken)
      if (rate.retryAfterMs !== null) {
        complaints.push(`${what}: 429`)
        return busy(response, rate.retryAfterMs, rate.isGlobal, rate.headers)
      }
      const answer = api.handle({ method, path, query: url.searchParams, body, uploads })
      if (scripted === 'losesAnswer') return void request.socket.destroy()
      if (scripted === 'failsAfter') return reply(response, 500, { message: 'Internal Server Error', code: 0 })
      reply(response, answer === null || answer === undefined ? 204 : 200, answer, rate.headers)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isBotsFault(error)) complaints.push(`${what}: ${error.status} ${error.message}`)
      reply(response, error.status, { message: error.message, code: error.code })
    }
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      complaints.push(`the stand-in failed: ${error instanceof Error ? error.stack : error}`)
      response.destroy()
    })
  })
  const sendFile = (url: URL, response: ServerResponse): void => {
    const id = url.pathname.split('/')[2]
    const file = people.files().find((each) => each.id === id)
    if (!file || !url.searchParams.has('ex')) return void reply(response, 404, { message: 'This content is no longer available.' })
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.data)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const gatewayUrl = () => origin().replace('http', 'ws').concat('/gateway')
  const gateway = openGateway(server, world, {
    token: () => state.token,
    url: gatewayUrl,
    mayReadContent: () => state.mayReadContent,
    heartbeatMs,
    complain: (what) => void complaints.push(what),
  })
  const api = makeApi({
    world,
    now,
    cdn,
    gatewayUrl,
    interactions,
    mayReadContent: () => state.mayReadContent,
    permissions: () => state.permissions,
    tell: (t, d) => void gateway.dispatch(t, d),
  })
  const people = makePeople(world, gateway, interactions, now, cdn)

  return {
    world,
    people,
    gateway,
    interactions,
    /** What it refused because of the bot: malformed, too long, too fast, without a valid token. */
    complaints: complaints as readonly string[],
    /** Every request to the API: `POST /channels/1/messages`. */
    calls: calls as readonly string[],
    /** What can be changed while it runs: the token, the intent, what the bot may do, Discord's clock, where files are. */
    state,
    apiUrl: () => `${origin()}/api`,
    commands: api.commands,
    commandWrites: api.commandWrites,
    /** `only`: the next write that fits, as `POST /channels/1/messages`. */
    busy: (retryAfterMs: number, isGlobal = false, only = /./) => plan({ busyMs: retryAfterMs, isGlobal, only }),
    losesAnswer: () => plan('losesAnswer'),
    failsAfter: () => plan('failsAfter'),
    /** Every request waits until the function it gives is called. */
    hangs: (): (() => void) => {
      let go: () => void = () => {}
      hold = new Promise((resolve) => (go = resolve))
      return () => {
        hold = null
        go()
      }
    },
    close: async (): Promise<void> => {
      await gateway.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What a bot runs into without being wrong: an interaction answered by somebody else, a thread there already, archived or locked. */
const blameless = new Set([40060, 160004, 160005, 50083, 50024, 50033])
const isBotsFault = ({ status, code }: ApiError): boolean => [400, 401, 405, 413].includes(status) && !blameless.has(code)
