import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { credential, viewerOf } from './auth.ts'
import { etagOf, matches } from './etags.ts'
import type { LoggedRequest } from './faults.ts'
import { type Limits, type Resource, rateHeaders } from './limits.ts'
import { type FieldError, Refusal, refuse } from './refusal.ts'
import { answerApp, answerRest, isForApp, NoRoute } from './rest/index.ts'
import type { Answer } from './rest/route.ts'
import { time } from './shapes/accounts.ts'
import type { Token, Viewer, World } from './state.ts'

export type Written = { readonly status: number; readonly headers: Record<string, string>; readonly text: string }

/** `cost`: what the server takes off the budget of GraphQL. */
export type Graphql = (
  world: World,
  viewer: Viewer,
  body: { readonly query: string; readonly variables?: Record<string, unknown> },
) => Promise<{ readonly status: number; readonly body: unknown; readonly cost: number }>

export type Desk = {
  readonly world: World
  readonly limits: Limits
  readonly graphql: Graphql
  /** What was refused because of the caller. */
  readonly complain: (what: string) => void
}

const documentation = 'https://docs.github.com/rest'

/** One request of the API. `path` has no prefix and no query; `isCrowded`: its caller has too many of them under way. */
export type Asked = {
  readonly request: IncomingMessage
  readonly text: string
  readonly log: LoggedRequest
  readonly path: string
  readonly isCrowded: boolean
}

/** Answers it, REST or GraphQL. */
export const answer = async (desk: Desk, { request, text, log, path, isCrowded }: Asked): Promise<Written> => {
  const { world, limits } = desk
  const resource: Resource = log.kind === 'graphql' ? 'graphql' : path.startsWith('/search/') ? 'search' : 'core'
  let token: Token | null = null
  try {
    if (request.headers['user-agent'] === undefined) {
      desk.complain(`${log.method} ${path} has no user-agent`)
      return noAgent
    }
    const parts = path.split('/').slice(1).map(decoded)
    const asked = {
      world,
      method: log.method,
      path: parts.filter((part, index) => part !== '' || index < parts.length - 1),
      query: new URLSearchParams(log.query),
      accept: request.headers.accept ?? '',
      address: `${world.addresses.api}${path}`,
    }
    if (isForApp(asked.method, asked.path)) {
      const made = await answerApp(
        { ...asked, body: bodyOf(text) },
        credential(request) ?? refuse(401, 'A JSON web token could not be decoded'),
      )
      return written(desk, request, made, { log, budget: {} })
    }
    const viewer = viewerOf(world, credential(request))
    token = viewer.token
    log.login = viewer.account.login
    const slow = limits.slowed()
    if (slow || isCrowded) throw slowDown(slow?.status ?? 403, slow ? slow.retryAfterSeconds : 60)
    const isFree = path === '/rate_limit'
    if (!isFree && log.kind === 'rest' && limits.budget(token, resource).remaining <= 0) throw usedUp(token)
    const body = bodyOf(text)
    if (log.kind === 'graphql') {
      const said = await desk.graphql(world, viewer, body as { query: string }) // what is wrong with it, GraphQL says
      limits.charge(token, resource, said.cost)
      log.cost = said.cost
      return written(desk, request, { status: said.status, body: said.body }, { log, token, resource })
    }
    const made = await answerRest({ ...asked, body }, viewer)
    return written(desk, request, made, { log, token, resource, isFree })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error instanceof NoRoute) desk.complain(`There is no route ${log.method} ${path} here.`)
    if (error.status === 400 || (error.status === 422 && error.message === 'Validation Failed' && hasSlip(error)))
      desk.complain(`${log.method} ${path}: ${error.message} ${JSON.stringify(error.errors ?? [])}`)
    const refused = { status: error.status, headers: error.headers, body: bodyOfRefusal(error) }
    return written(desk, request, refused, { log, ...(token && { token, resource }) })
  }
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part // no such thing has such a name, so it will not be found
  }
}

/** A field that GitHub does not know, one of the wrong kind, or one that is not there. */
const hasSlip = ({ errors }: Refusal): boolean =>
  (errors ?? []).some((error) => typeof error !== 'string' && error.message !== undefined && /^(?:invalid|missing_field)$/.test(error.code))

const bodyOfRefusal = ({
  message,
  errors,
  status,
}: Refusal): { message: string; errors?: readonly FieldError[]; documentation_url: string; status: string } => ({
  message,
  ...(errors && { errors }),
  documentation_url: documentation,
  status: String(status),
})

const bodyOf = (text: string): unknown => {
  if (text === '') return {}
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refuse(400, 'Problems parsing JSON')
  }
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : refuse(400, 'Body should be a JSON object')
}

const noAgent: Written = {
  status: 403,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  text: 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n',
}

const slowDown = (status: number, retryAfterSeconds: number | null): Refusal =>
  new Refusal(
    status,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service)',
    null,
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  )

const usedUp = ({ installation, account }: Token): Refusal =>
  new Refusal(403, `API rate limit exceeded for ${installation ? `installation ID ${installation.id}` : `user ID ${account.id}`}.`)

/** The answer with all the headers that GitHub's have. Only here it is known whether nothing has changed (304), which costs nothing. */
const written = (
  { world, limits }: Desk,
  request: IncomingMessage,
  { status = 200, body, text, headers = {} }: Answer,
  about: {
    readonly log: LoggedRequest
    readonly token?: Token
    readonly resource?: Resource
    readonly isFree?: boolean
    readonly budget?: Record<string, never>
  },
): Written => {
  const { log, token, resource = 'core', isFree = false } = about
  const content = text ?? (body === undefined ? '' : JSON.stringify(body))
  const isTagged = log.method === 'GET' && status === 200
  const etag = isTagged ? etagOf(content) : null
  const isSame = etag !== null && matches(request.headers['if-none-match'], etag)
  if (token && log.kind === 'rest' && !isSame && !isFree) {
    limits.charge(token, resource, 1)
    log.cost = 1
  }
  return {
    status: isSame ? 304 : status,
    text: isSame ? '' : content,
    headers: {
      ...(content !== '' && { 'content-type': text === undefined ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8' }),
      'cache-control': 'private, max-age=60, s-maxage=60',
      vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
      ...(etag !== null && { etag }),
      'x-github-media-type': 'github.v3; format=json',
      'x-github-request-id': requestId(),
      ...(token && rateHeaders(limits.budget(token, resource), resource)),
      ...(token && !token.permissions && { 'x-oauth-scopes': token.scopes.join(', '), 'x-accepted-oauth-scopes': '' }),
      ...(token?.expiresAt != null && {
        'github-authentication-token-expiration': time(token.expiresAt).replace('T', ' ').replace('Z', ' UTC'),
      }),
      date: new Date(world.now()).toUTCString(),
      ...headers,
    },
  }
}

const requestId = (): string => {
  const letters = randomBytes(16).toString('hex').toUpperCase()
  return [letters.slice(0, 4), letters.slice(4, 10), letters.slice(10, 16), letters.slice(16, 22), letters.slice(22, 30)].join(':')
}
