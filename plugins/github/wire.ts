import pLimit from 'p-limit'
import type { Host } from '../../core/contracts/plugins.ts'
import type { Ask } from './api.ts'
import { type Bounds, exchange, unless } from './exchange.ts'
import { fault } from './faults.ts'
import type { Settled } from './options.ts'
import type { Pace } from './pace.ts'
import { openSeries } from './series.ts'

/** What a forge's client needs of its surroundings; less than a plugin's host, so that `ao doctor` can make one, too. */
export type Surroundings = Pick<Host, 'now' | 'sleep' | 'log' | 'signal'>

/** An answer in the shape that @octokit/request reads from `fetch`; `body` is the JSON read, or a text. */
export type Received = {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: Headers
  readonly body: unknown
  text(): Promise<string>
}
/** Stands in for `fetch` under @octokit/request. */
export type Send = (url: string, init: RequestInit) => Promise<Received>

/** The way to one forge, for all that share its client: how many at a time, and how fast. */
export type Wire = {
  readonly bounds: (ask: Ask) => Bounds
  /** A `fetch` for one request. `isWrite`: for what POST does not tell (GraphQL); else the method does. */
  sending(pace: Pace, ask: Ask & { readonly isWrite?: boolean }): Send
  /** One of the ten requests that are in flight at the API at most; waits for its turn. */
  slot<T>(pace: Pace, resource: string, ask: Ask, work: () => Promise<T>): Promise<T>
}

const mostAtOnce = 10
const mostHops = 5

export const openWire = (settled: Settled, { now, sleep, signal: stopped }: Surroundings): Wire => {
  const slots = pLimit(mostAtOnce)
  const writes = openSeries()
  let lastWriteAt = Number.NEGATIVE_INFINITY
  const { host, timeoutMs, writePauseMs, graphqlUrl, apiUrl } = settled
  const origin = new URL(apiUrl).origin

  const bounds = ({ signal }: Ask): Bounds => ({ host, timeoutMs, signals: [signal, stopped] })

  const resourceOf = (url: string): string => {
    if (url === graphqlUrl) return 'graphql'
    return url.startsWith(`${apiUrl}/search/`) ? 'search' : 'core'
  }

  const slot: Wire['slot'] = (pace, resource, { signal, isUrgent = false }, work) => {
    const look = (): void => {
      for (const each of [signal, stopped]) each?.throwIfAborted()
      pace.check(resource, isUrgent)
    }
    look()
    const turn = slots(async () => {
      look() // a limit may have been met while it stood in line
      return work()
    })
    return unless([signal, stopped], turn)
  }

  const inSeries = <T>({ signal, isUrgent = false }: Ask, work: () => Promise<T>): Promise<T> => {
    const turn = writes(async () => {
      signal?.throwIfAborted()
      const pauseMs = lastWriteAt + writePauseMs - now()
      if (pauseMs > 0) await sleep(Math.min(pauseMs, writePauseMs), signal ?? stopped)
      try {
        return await work()
      } finally {
        lastWriteAt = now()
      }
    }, isUrgent)
    return unless([signal, stopped], turn)
  }

  const follow = async (url: string, init: RequestInit, ask: Ask, hop = 0): Promise<Received> => {
    const received = await exchange({ url, ...init }, bounds(ask), (response) => receive(response, { url, host, method: init.method }))
    const location = redirectOf(received, url)
    if (location === null) return received
    if (hop >= mostHops) throw fault('GITHUB_GARBLED', { host, problem: 'it redirects in a circle' })
    const isGet = init.method === 'GET' || init.method === 'HEAD'
    if (location.origin === origin) return follow(location.href, init, ask, hop + 1)
    // What changes something is never carried to another host; what reads goes there as anybody would.
    if (!isGet) throw fault('GITHUB_GARBLED', { host, problem: `it sends a change on to another host (${location.host})` })
    return follow(location.href, { ...init, headers: withoutCredential(init.headers) }, ask, hop + 1)
  }

  return {
    bounds,
    slot,
    sending: (pace, ask) => async (url, init) => {
      const resource = resourceOf(url)
      pace.check(resource, ask.isUrgent ?? false)
      const send = () =>
        slot(pace, resource, ask, async () => {
          const received = await follow(url, init, ask)
          const { status, headers } = received
          const limited = pace.note(resource, { status, headers, text: status < 400 ? '' : await received.text() })
          if (limited) throw limited
          return received
        })
      return (ask.isWrite ?? isWrite(url, init)) ? inSeries(ask, send) : send()
    },
  }
}

/** The making of a token changes nothing. */
const isWrite = (url: string, { method }: RequestInit): boolean =>
  method !== 'GET' && method !== 'HEAD' && !/\/app\/installations\/\d+\/access_tokens$/.test(url)

type Asked = { readonly url: string; readonly host: string; readonly method: string | undefined }

/** Reads an answer whole. @throws {Fault} GITHUB_GARBLED when it went well but is not what was asked for */
export const receive = async (response: Response, { url, host, method }: Asked): Promise<Received> => {
  const { status, statusText, headers } = response
  const text = await response.text()
  const base = { status, statusText, url, headers, text: async () => text }
  const garbled = (problem: string, cause?: unknown) => fault('GITHUB_GARBLED', { host, problem }, { cause })
  if (status >= 300 || method === 'HEAD' || (text === '' && status !== 200)) return { ...base, body: text }
  const type = headers.get('content-type') ?? ''
  // Diffs and logs are texts; a page is what a proxy or a wrong address gives.
  if (/\bhtml\b/.test(type)) throw garbled('it is a web page')
  if (type !== '' && !/\bjson\b/.test(type)) return { ...base, body: text }
  try {
    return { ...base, body: JSON.parse(text) }
  } catch (error) {
    throw garbled(`${text.length} characters that are no whole JSON`, error)
  }
}

/** Where an answer sends on to, or null. */
export const redirectOf = ({ status, headers }: { readonly status: number; readonly headers: Headers }, from: string): URL | null => {
  const location = headers.get('location')
  return [301, 302, 303, 307, 308].includes(status) && location !== null && URL.canParse(location, from) ? new URL(location, from) : null
}

/** Without what says who we are. */
export const withoutCredential = (headers: RequestInit['headers']): Headers => {
  const rest = new Headers(headers)
  rest.delete('authorization')
  return rest
}
