import { z } from 'zod'
import { type FieldError, refuse } from '../refusal.ts'
import { hasPermission, tokenAllows } from '../rules.ts'
import type { Account, Issue, Pull, Repository, Viewer, World } from '../state.ts'

/** What a route may look at. */
export type Call = {
  readonly world: World
  readonly viewer: Viewer
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
  readonly accept: string
  /** The address of the request without its query, for links to other pages. */
  readonly address: string
}

export type RepositoryCall = Call & { readonly repository: Repository }

/** `text` instead of `body`: not JSON. */
export type Answer = {
  readonly status?: number
  readonly body?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Route<Asked = Call> = {
  readonly method: string
  /** `/repos/{owner}/{repo}/…` of the documentation; routes within a repository begin after that. */
  readonly path: readonly string[]
  readonly run: (call: Asked) => Answer | Promise<Answer>
}

/** `'GET issues/{number}'` and what answers it. */
export const route = <Asked = Call>(what: string, run: Route<Asked>['run']): Route<Asked> => {
  const [method = '', path = ''] = what.split(' ')
  return { method, path: path.split('/').filter((part) => part !== ''), run }
}

/** The route of a request and its parameters. A last part `{name*}` takes all the rest, with its slashes. */
export const find = <Asked>(
  routes: readonly Route<Asked>[],
  method: string,
  path: readonly string[],
): { readonly route: Route<Asked>; readonly parameters: Record<string, string> } | null => {
  for (const one of routes) {
    const parameters = one.method === method ? parametersOf(one.path, path) : null
    if (parameters) return { route: one, parameters }
  }
  return null
}

const parametersOf = (pattern: readonly string[], path: readonly string[]): Record<string, string> | null => {
  const isOpen = pattern.at(-1)?.endsWith('*}') ?? false
  if (isOpen ? path.length < pattern.length : path.length !== pattern.length) return null
  const parameters: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const given = path[index] ?? ''
    if (part.endsWith('*}')) parameters[part.slice(1, -2)] = path.slice(index).join('/')
    else if (part.startsWith('{')) parameters[part.slice(1, -1)] = given
    else if (part !== given) return null
  }
  return parameters
}

/** What was sent, if it has the right shape. @throws Refusal 422 with `errors`, also for fields that GitHub does not know. */
export const read = <Shape extends z.ZodRawShape>(body: unknown, resource: string, shape: Shape): z.infer<z.ZodObject<Shape>> => {
  const result = z.strictObject(shape).safeParse(body ?? {})
  if (result.success) return result.data
  const errors = result.error.issues.flatMap((issue): readonly FieldError[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((field) => ({ resource, field, code: 'invalid', message: `"${field}" is not a permitted key.` }))
    const field = String(issue.path[0] ?? '')
    const isMissing = (body as Record<string, unknown> | null)?.[field] === undefined // an object, by the schema
    return [{ resource, field, code: isMissing ? 'missing_field' : 'invalid', message: issue.message }]
  })
  return refuse(422, 'Validation Failed', errors)
}

/** One page of a list, with the `link` header to the others. `per_page` is 30 unless asked, and never more than 100. */
export const paged = <One>(
  { query, address }: Call,
  all: readonly One[],
  shape: (one: One) => unknown,
  wrap: (page: unknown[]) => unknown = (page) => page,
): Answer => {
  const size = Math.min(100, positive(query.get('per_page')) ?? 30)
  const page = positive(query.get('page')) ?? 1
  const last = Math.max(1, Math.ceil(all.length / size))
  const to = (number: number, name: string): string => {
    const there = new URLSearchParams(query)
    there.set('page', String(number))
    return `<${address}?${there}>; rel="${name}"`
  }
  const links = [
    ...(page > 1 ? [to(Math.min(page - 1, last), 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ]
  const body = wrap(all.slice((page - 1) * size, page * size).map(shape))
  return { body, ...(links.length > 0 && { headers: { link: links.join(', ') } }) }
}

const positive = (text: string | null): number | null => (text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : null)

/** One of the words that a parameter may be. @throws Refusal 422 for any other. */
export const choice = <Word extends string>({ query }: Call, name: string, words: readonly Word[], usual: Word): Word => {
  const given = query.get(name)
  if (given === null) return usual
  return words.find((word) => word === given) ?? refuse(422, 'Validation Failed', [{ resource: 'Search', field: name, code: 'invalid' }])
}

/** Whoever asks, if the token may do this at all. What the account may do is asked by the acts. */
export const actorFor = ({ viewer, repository }: RepositoryCall, area: string, access: 'read' | 'write' = 'write'): Account => {
  if (!tokenAllows(viewer, repository, area, access))
    refuse(403, `Resource not accessible by ${viewer.token.installation ? 'integration' : 'personal access token'}`)
  return viewer.account
}

/** @throws Refusal 403 when the token is not for looking at this. */
export const needRead = (call: RepositoryCall, area: string): void => {
  actorFor(call, area, 'read')
}

/** @throws Refusal 404, as GitHub answers who has no right to settings. */
export const needAdmin = ({ viewer, repository }: RepositoryCall): void => {
  if (!hasPermission(repository, viewer.account, 'admin')) refuse(404, 'Not Found')
}

export const itemOf = ({ repository, parameters }: RepositoryCall): Issue | Pull =>
  repository.items.get(Number(parameters.number)) ?? refuse(404, 'Not Found')

export const pullOf = (call: RepositoryCall): Pull => {
  const item = itemOf(call)
  return item.kind === 'PullRequest' ? item : refuse(404, 'Not Found')
}

/** A branch, a tag's or a commit's full name. @throws Refusal 422 `No commit found for SHA: x`. */
export const commitOf = async ({ repository }: RepositoryCall, ref: string): Promise<string> => {
  const name = ref.replace(/^(?:refs\/)?heads\//, '')
  const oid = repository.branches.get(name) ?? (/^[0-9a-f]{40}$/.test(ref) && (await repository.git.commit(ref)) ? ref : undefined)
  return oid ?? refuse(422, `No commit found for SHA: ${ref}`)
}
