import { DiscordAPIError, HTTPError, RateLimitError, type RawFile, REST, type RESTOptions } from 'discord.js'
import { Agent } from 'undici'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { explain, type Fault, isFault } from '../../../core/kit/fault.ts'
import { channelOf, platform } from '../places.ts'

export type Call = {
  readonly body?: unknown
  readonly files?: readonly { readonly name: string; readonly data: Uint8Array }[]
  readonly query?: Readonly<Record<string, string>>
  /** Interactions are answered with their own token. */
  readonly isOpen?: true
}

/** Asks the API once. What it throws is the library's; `codeOf` reads it, `toFault` makes one of ours. */
export type Api = {
  readonly call: (method: 'get' | 'post' | 'put' | 'patch' | 'delete', route: `/${string}`, call?: Call) => Promise<unknown>
  readonly rest: REST
  /** The difference between Discord's clock and ours at the last answer, ms; null before one came. */
  readonly clockOffMs: () => number | null
}

/** One try for each call, within `answerMs` and a little: pacing and trying again is not done here. */
export const openApi = (options: { readonly apiUrl: string; readonly token: string }, now: () => number, answerMs = 8_000): Api => {
  const settings: Partial<RESTOptions> = {
    api: options.apiUrl.replace(/\/+$/, ''),
    version: '10',
    retries: 0,
    timeout: answerMs,
    rejectOnRateLimit: () => true,
    // The library takes whatever another library of the process has made the default, and cannot work with a newer one's.
    agent: new Agent(),
    // Timers that only tidy up would keep the process alive.
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
  }
  const rest = new REST(settings).setToken(options.token)
  let clockOffMs: number | null = null
  rest.on('response', (_request, response) => {
    const date = Date.parse(response.headers.get('date') ?? '')
    if (Number.isFinite(date)) clockOffMs = date - now()
  })
  return {
    rest,
    clockOffMs: () => clockOffMs,
    call: (method, route, { body, files, query, isOpen } = {}) => {
      const signal = AbortSignal.timeout(answerMs + 1_500)
      const asked = rest[method](route, {
        ...(body !== undefined && { body }),
        ...(files && { files: files.map(({ name, data }): RawFile => ({ name, data: Buffer.from(data) })) }),
        ...(query && { query: new URLSearchParams(query) }),
        ...(isOpen && { auth: false }),
        signal,
      })
      // The library's own limit ends with the headers; a body that never comes would be waited for.
      return Promise.race([asked, aborted(signal)]).catch((error: unknown) => {
        // The library forgets the token then; a bad hour of Discord's would silence the bot for good.
        if (error instanceof DiscordAPIError && error.status === 401) rest.setToken(options.token)
        throw error
      })
    },
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** Discord's own number for what was wrong; null when it is no refusal by Discord. */
export const codeOf = (error: unknown): number | null => (error instanceof DiscordAPIError ? Number(error.code) : null)

const notSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])
/** Unknown channel and server, no access, no permission, private chat not allowed, no server in common. */
const shutOut = new Set([10003, 10004, 50001, 50013, 50007, 50278])
/** Archived, locked. */
const shutThread = new Set([50083, 160005])

/** What the outbox decides by; `place` is where it should have appeared. */
export const toFault = (error: unknown, place: Place | null): Fault => {
  if (isFault(error)) return error
  const cause = { cause: error }
  if (error instanceof RateLimitError) {
    const waits = [error.retryAfter, error.timeToReset, error.sublimitTimeout].filter(Number.isFinite)
    return fault('CHAT_BUSY', { platform, retryAfterMs: Math.ceil(Math.max(50, ...waits)), isEverywhere: error.global }, cause)
  }
  if (error instanceof DiscordAPIError) return refusal(error, place)
  if (error instanceof HTTPError) return fault('CHAT_UNCERTAIN', { platform, problem: `it answered ${error.status}` }, cause)
  const code = networkCode(error)
  if (code !== null && notSent.has(code)) return fault('CHAT_UNREACHABLE', { platform, problem: code }, cause)
  return fault('CHAT_UNCERTAIN', { platform, problem: code ?? explain(error) }, cause)
}

export const badToken = 'the token is not valid; copy it again from the page "Bot" of the application at discord.com/developers'

const refusal = (error: DiscordAPIError, place: Place | null): Fault => {
  const code = Number(error.code)
  const problem = error.status === 401 ? badToken : `${error.message.replace(/\s+/g, ' ').slice(0, 300)} (${error.code})`
  const isThread = place !== null && channelOf(place) !== place.channel
  if (place !== null && shutThread.has(code))
    return fault('PLACE_GONE', { platform, channel: channelOf(place), what: 'thread', problem }, { cause: error })
  if (place !== null && shutOut.has(code)) {
    const what = isThread && code === 10003 ? 'thread' : 'channel'
    return fault('PLACE_GONE', { platform, channel: what === 'thread' ? channelOf(place) : place.channel, what, problem }, { cause: error })
  }
  return fault('CHAT_REFUSED', { platform, problem }, { cause: error })
}

const networkCode = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? null : networkCode(error.cause)
}
