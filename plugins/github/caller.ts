import type { Octokit } from '@octokit/core'
import { isFault } from '../../core/kit/fault.ts'
import type { Ask } from './api.ts'
import type { Settled } from './options.ts'
import type { Pace } from './pace.ts'
import { faultOf } from './read.ts'
import type { Send, Wire } from './wire.ts'

/** An answer; `data` is what was read of the body, `status` 304 says that it is what it was. */
export type Answered = {
  readonly status: number
  readonly url: string
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
}

/** Parameters of a route, whichever it is. */
export type Given = Readonly<Record<string, unknown>> & { readonly headers?: Readonly<Record<string, string>> }

export type Caller = {
  /** One request; rejects with what the library throws. */
  raw(route: string, given: Given, ask: Ask, more?: More): Promise<Answered>
  /** Whatever was thrown, as what the caller is to hear: a fault, or the reason of the signal that aborted. */
  troubleOf(error: unknown, ask: Ask): unknown
}

type More = {
  readonly token?: string
  /** Instead of the usual way. */
  readonly send?: Send
  /** For what POST does not tell; see `Wire`. */
  readonly isWrite?: boolean
}

/** Requests by route over @octokit/core, for one credential. */
export const openCaller = ({ octokit, settled, wire, pace, stopped, credential, secrets }: Parts): Caller => {
  const { apiUrl, graphqlUrl, host } = settled
  return {
    raw: async (route, given, ask, { token, send, isWrite } = {}) => {
      const headers = {
        'x-github-api-version': '2022-11-28',
        ...given.headers,
        ...(token !== undefined && { authorization: `token ${token}` }),
      }
      const fetch = send ?? wire.sending(pace, { ...ask, ...(isWrite !== undefined && { isWrite }) })
      const { request } = await octokit()
      try {
        return await request(route, { ...given, headers, request: { fetch } })
      } catch (error) {
        if (isHttpError(error) && error.status === 304) return { url: '', headers: {}, ...error.response, status: 304, data: '' }
        throw error
      }
    },
    troubleOf: (error, { signal }) => {
      if (signal?.aborted) return signal.reason
      if (stopped.aborted) return stopped.reason
      if (!isHttpError(error)) return error
      const { status, response, request = {} } = error
      if (response === undefined) return error.cause ?? error // what our own `fetch` threw
      const place = request.url === graphqlUrl ? '/graphql' : (request.url ?? '').replace(apiUrl, '').replace(/\?.*$/s, '')
      const path = `${request.method ?? 'GET'} ${place}`
      const make = () => faultOf({ host, credential, status, path, headers: response.headers, data: response.data, secrets })
      const found = make()
      if (isFault(found, 'TOKEN_REFUSED')) pace.refuse(make)
      return found
    },
  }
}

/** Was the credential refused? */
export const isUnauthorized = (error: unknown): boolean => isHttpError(error) && error.status === 401

type Parts = {
  readonly octokit: () => Promise<Octokit>
  readonly settled: Settled
  readonly wire: Wire
  readonly pace: Pace
  /** Aborts when the bot stops. */
  readonly stopped: AbortSignal
  readonly credential: 'token' | 'app'
  /** Never to be repeated in a text. Tokens of installations need not be here: their shape is known. */
  readonly secrets: readonly string[]
}

/** What @octokit/request throws for an answer that is not what was hoped for. https://github.com/octokit/request-error.js */
type HttpError = Error & {
  readonly status: number
  readonly request?: { readonly url?: string; readonly method?: string }
  readonly response?: Omit<Answered, 'status'>
}

const isHttpError = (error: unknown): error is HttpError => error instanceof Error && error.name === 'HttpError' && 'status' in error
