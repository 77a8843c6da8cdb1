import type { Fault } from '../../core/kit/fault.ts'
import { redacting } from '../../core/kit/redact.ts'
import { headline, plain } from '../../core/kit/text.ts'
import type { GraphqlProblem } from './api.ts'
import { fault } from './faults.ts'

/** A refusal as GitHub gave it. `data` is the JSON of its body, or a text where it was none. */
export type Refusal = {
  readonly host: string
  readonly credential: 'token' | 'app'
  readonly status: number
  /** What was asked for, without the address of the API: `GET /repos/acme/shop`. */
  readonly path: string
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string | number | undefined>>
  readonly data: unknown
  /** Never to be repeated. */
  readonly secrets: readonly string[]
}

/** The fault that a refusal is. Limits have been told from it before. https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export const faultOf = (refusal: Refusal): Fault => {
  const { host, status, path, credential } = refusal
  const said = messageIn(refusal.data)
  const says = wordsOf(said ?? '', refusal.secrets)
  if (status >= 500) return fault('GITHUB_DOWN', { host, status, says })
  if (said === null) return fault('GITHUB_GARBLED', { host, problem: `status ${status} without GitHub's own words` })
  // Whoever shows a bad token too often is told so with 403.
  if (status === 401 || (status === 403 && /login attempts/i.test(said))) return fault('TOKEN_REFUSED', { host, credential, says })
  if (status === 403 && /archived/i.test(said)) return fault('REPOSITORY_ARCHIVED', { path, status, says })
  if (status === 403) return fault('FORBIDDEN', { path, status, says, needs: needsOf(refusal, said) })
  if (status === 404) return fault('REPOSITORY_UNKNOWN', { path: subjectOf(path), status, says })
  if (status === 410) return fault('GONE', { path, status, says })
  if (status === 451) return fault('BLOCKED_BY_LAW', { path, status, says })
  return fault('REFUSED', { path, status, says })
}

/** What is lacking, as a list for people: from the headers where GitHub says so, else from its words. */
const needsOf = ({ headers, credential }: Refusal, said: string): string => {
  if (/SAML|single sign-on/i.test(said)) {
    const address = /https:\/\/[^\s;,"]+/.exec(String(headers['x-github-sso'] ?? ''))?.[0]
    return `to be authorised for the organisation's single sign-on${address === undefined ? ' ("Configure SSO" beside the token in your settings)' : ` at ${address}`}`
  }
  if (/IP allow list/i.test(said)) return "an address that is on the organisation's list of allowed addresses"
  if (/suspended/i.test(said)) return 'an installation or an account that is not suspended'
  const permissions = headers['x-accepted-github-permissions']
  // "issues=write; pull_requests=write": one of these; "contents=read,metadata=read": together.
  if (permissions !== undefined && String(permissions) !== '')
    return `the permission ${String(permissions)
      .split(';')
      .map((each) => each.trim().replace(/,\s*/g, ' with '))
      .join(' or ')}`
  const scopes = lists(headers['x-accepted-oauth-scopes']).filter((scope) => !lists(headers['x-oauth-scopes']).includes(scope))
  if (scopes.length > 0) return `the scope ${scopes.join(' or ')}`
  return credential === 'app' ? 'the permission for it on the page of the App, accepted where it is installed' : 'the permission for it'
}

const lists = (header: string | number | undefined): readonly string[] =>
  String(header ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** `GET /repos/acme/shop/issues/4` → `acme/shop/issues/4`. */
const subjectOf = (path: string): string => path.replace(/^[A-Z]+ /, '').replace(/^\/(?:repos\/)?/, '') || path

/** GitHub's message with the errors it lists below; null when these are not its words. */
export const messageIn = (data: unknown): string | null => {
  if (typeof data !== 'object' || data === null || !('message' in data) || typeof data.message !== 'string') return null
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors.map(errorText).filter((text) => text !== '') : []
  return errors.length === 0 ? data.message : `${data.message}: ${errors.join('; ')}`
}

const errorText = (error: unknown): string => {
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null) return ''
  const at = (name: string): string => {
    const value: unknown = Reflect.get(error, name)
    return typeof value === 'string' ? value : ''
  }
  return at('message') || [at('resource'), at('field'), at('code')].filter((part) => part !== '').join(' ')
}

/** Words of a stranger's, as they may stand in a sentence of ours: one line, not long, without quotes, secrets and a full stop. */
export const wordsOf = (text: string, secrets: readonly string[]): string =>
  headline(redacting(secrets)(plain(text).replace(/\s+/g, ' ').replaceAll('"', '’')), 300).replace(/\.$/, '') || 'nothing more'

/** What GraphQL says besides its data. */
export const problemsIn = (errors: unknown): readonly GraphqlProblem[] =>
  (Array.isArray(errors) ? errors : []).map((error: unknown) => {
    const { path, type, message } = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>> // any object is one
    return {
      path: Array.isArray(path) ? path.filter((part) => typeof part === 'string' || typeof part === 'number') : [],
      type: typeof type === 'string' ? type : null,
      message: typeof message === 'string' ? message : 'nothing more',
    }
  })

/** Is it a limit that was met? GitHub has used both names. */
export const isLimited = ({ type, message }: GraphqlProblem): boolean =>
  type === 'RATE_LIMITED' || type === 'RATE_LIMIT' || /secondary rate limit/i.test(message)

/** The fault that an answer of GraphQL without any data is, or one that is asked for by its path. */
export const faultOfProblem = ({ type, message }: GraphqlProblem, refusal: Omit<Refusal, 'status' | 'data' | 'headers'>): Fault => {
  const status = { FORBIDDEN: 403, INSUFFICIENT_SCOPES: 403, NOT_FOUND: 404, SERVICE_UNAVAILABLE: 503, INTERNAL: 500 }[type ?? '']
  // "Something went wrong while executing your query…" comes without a type when GitHub ran out of time.
  const isTheirs = type === null && /^(?:something went wrong|timeout)/i.test(message)
  return faultOf({ ...refusal, status: status ?? (isTheirs ? 502 : 422), headers: {}, data: { message } })
}
