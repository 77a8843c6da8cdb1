import type { Octokit } from '@octokit/core'
import type { Api, Ask, Me } from './api.ts'
import { type Answered, type Given, isUnauthorized, openCaller } from './caller.ts'
import { openConditional } from './conditional.ts'
import type { Bearer } from './credential.ts'
import { fault } from './faults.ts'
import { openGraphql } from './graphql.ts'
import type { Settled } from './options.ts'
import type { Pace } from './pace.ts'
import { openTail } from './tail.ts'
import type { Wire } from './wire.ts'

/** A push may take so long. */
const gitTokenMs = 10 * 60_000

type Parts = {
  readonly key: string
  readonly octokit: () => Promise<Octokit>
  readonly settled: Settled
  readonly wire: Wire
  readonly pace: Pace
  readonly bearer: Bearer
  /** Aborts when the bot stops. */
  readonly stopped: AbortSignal
  readonly secrets: readonly string[]
}

/** The client of one credential: requests with its token, made again where a token that was refused can be helped. */
export const openApi = ({ key, octokit, settled, wire, pace, bearer, stopped, secrets }: Parts): Api => {
  const { host, apiUrl, graphqlUrl } = settled
  const { credential } = bearer
  const caller = openCaller({ octokit, settled, wire, pace, stopped, credential, secrets })

  const withToken = async (ask: Ask, send: (token: string) => Promise<Answered>): Promise<Answered> => {
    for (let tries = 1; ; tries += 1) {
      const token = await bearer.token(ask)
      try {
        return await send(token)
      } catch (error) {
        if (isUnauthorized(error) && (await bearer.isWorthAnother(token, tries, ask))) continue
        throw caller.troubleOf(error, ask)
      }
    }
  }
  const request = (route: string, given: Given, ask: Ask): Promise<Answered> =>
    withToken(ask, (token) => caller.raw(route, given, ask, { token }))

  const graphql = openGraphql({
    host,
    credential,
    secrets,
    pace,
    send: (data, ask, isWrite) => withToken(ask, (token) => caller.raw(`POST ${graphqlUrl}`, { data }, ask, { token, isWrite })),
  })
  const tail = openTail({
    host,
    apiUrl,
    wire,
    pace,
    send: (route, given, ask, send) => withToken(ask, (token) => caller.raw(route, given, ask, { token, send })),
  })

  const pages = async (
    route: string,
    given: Given,
    read: (response: Answered) => readonly unknown[],
    { mostPages, ...ask }: Ask & { readonly mostPages: number },
  ) => {
    const items: unknown[] = []
    let asked: Given = { per_page: 100, ...given }
    for (let page = 1; ; page += 1) {
      const response = await request(route, asked, ask)
      items.push(...read(response))
      const next = nextIn(response, host)
      if (next === null || page >= mostPages) return { items, isCut: next !== null }
      asked = { ...asked, ...next }
    }
  }

  const findMe = async (signal: AbortSignal | undefined): Promise<Me> => {
    const { data } = await graphql<{ viewer: { login: string; id: string } }>('query { viewer { login id } }', {}, signal ? { signal } : {})
    const { login, id } = data.viewer
    return { login, id, isBot: credential === 'app' || login.endsWith('[bot]') }
  }
  let me: Promise<Me> | null = null

  // What a route takes and answers is known by its name alone, from GitHub's own description; inside, all routes are one.
  return {
    key,
    host,
    request: (route, given, ask = {}) => request(route, given, ask),
    conditional: openConditional(request),
    pages,
    graphql,
    tail,
    gitToken: (signal) => bearer.token(signal ? { signal } : {}, gitTokenMs),
    me: (signal) => {
      me ??= findMe(signal).catch((error) => {
        me = null
        throw error
      })
      return me
    },
    limits: pace.limits,
  } as Api
}

/** The parameters of the next page. Only those are taken: the address may be that of a repository under another name. */
const nextIn = ({ headers }: Answered, host: string): Readonly<Record<string, string>> | null => {
  const address = /<([^>]+)>\s*;[^,]*rel="next"/.exec(String(headers.link ?? ''))?.[1]
  if (address === undefined) return null
  if (!URL.canParse(address)) throw fault('GITHUB_GARBLED', { host, problem: 'the address of the next page is none' })
  return Object.fromEntries(new URL(address).searchParams)
}
