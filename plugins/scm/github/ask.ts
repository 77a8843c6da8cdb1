import type { Api, GraphqlProblem } from '../../github/api.ts'
import { faultOfProblem } from '../../github/read.ts'
import type { Meter, Points } from './meter.ts'

/** A GraphQL question that has `rateLimit { cost remaining }` in it; what it cost is noted. */
export type Ask = <T>(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<{ readonly data: T; readonly errors: readonly GraphqlProblem[] }>

export const openAsk =
  (api: Api, meter: Meter): Ask =>
  async <T>(query: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal) => {
    const found = await api.graphql<T & { readonly rateLimit?: Points | null }>(query, variables, { signal })
    meter.note(found.data.rateLimit)
    return found
  }

/** A question about one thing, called `node` in it. @throws {Fault} when it is not there or may not be seen */
export type AskOne = <R>(query: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<R>

export const openAskOne =
  (ask: Ask, host: string): AskOne =>
  async <R>(query: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal) => {
    const { data, errors } = await ask<{ readonly node: R | null }>(query, variables, signal)
    const found = placeIn({ raw: data.node, errors, path: ['node'], host }, (raw: R) => raw)
    if (found instanceof Error) throw found
    return found
  }

/** What a token may not see without it being a reason to show nothing else. */
const dispensable = new Set([
  'mergeQueueEntry',
  'autoMergeRequest',
  'mergeCommit',
  'totalCommentsCount',
  'branchProtectionRule',
  'refUpdateRule',
])

type Place<R> = {
  readonly raw: R | null | undefined
  readonly errors: readonly GraphqlProblem[]
  readonly path: readonly (string | number)[]
  readonly host: string
}

/**
 * What stands at that place of an answer. An Error when it is missing, and also when something below it is that nobody can do
 * without: what could not be seen is not the same as what is not there.
 */
export const placeIn = <R, V>({ raw, errors, path, host }: Place<R>, read: (raw: R) => V): V | Error => {
  const below = errors.filter((error) => begins(error.path, path))
  const problem = below.find((error) => !error.path.some((step) => typeof step === 'string' && dispensable.has(step)))
  if (problem) return faultIn(problem, host)
  // GitHub gives `{}` for the id of something else than was asked for.
  if (raw !== null && raw !== undefined && Object.keys(raw).length > 0) return read(raw)
  return faultIn(errors.find((error) => begins(path, error.path)) ?? gone, host)
}

const begins = (path: readonly (string | number)[], start: readonly (string | number)[]): boolean =>
  start.every((step, index) => path[index] === step)

const gone: GraphqlProblem = { path: [], type: 'NOT_FOUND', message: 'There is no such thing.' }

const faultIn = (problem: GraphqlProblem, host: string): Error =>
  faultOfProblem(problem, { host, credential: 'token', secrets: [], path: 'GraphQL' })

/** Something that has no place spoiled all of it: it may be one of the parts that took too long. */
const spoilIn = (parts: readonly unknown[], errors: readonly GraphqlProblem[], host: string): Error | null => {
  const problem = parts.every((part) => part === null || part === undefined) && errors.find(({ path }) => path.length < 2)
  return problem && problem.type !== 'NOT_FOUND' && problem.type !== 'FORBIDDEN' ? faultIn(problem, host) : null
}

/** Answers `nodes(ids: $ids)`, each by itself. */
export const byIds =
  <R, V>(ask: Ask, { host, query, read }: { readonly host: string; readonly query: string; readonly read: (raw: R) => V }) =>
  async (ids: readonly string[], signal: AbortSignal): Promise<readonly (V | Error)[]> => {
    const { data, errors } = await ask<{ readonly nodes: readonly (R | null)[] | null }>(query, { ids }, signal)
    const spoil = spoilIn(data.nodes ?? [], errors, host)
    if (spoil) throw spoil
    return ids.map((_, index) => placeIn({ raw: data.nodes?.[index], errors, path: ['nodes', index], host }, read))
  }

type Slot = { readonly declares: string; readonly asks: string; readonly variables: Readonly<Record<string, unknown>> }

/** Answers many questions under names of their own (`n0`, `n1`…) in one query. */
export const byNames =
  <K, R, V>(
    ask: Ask,
    {
      host,
      slot,
      read,
      fragments = '',
    }: {
      readonly host: string
      readonly slot: (key: K, name: string) => Slot
      readonly read: (raw: R) => V | Error
      readonly fragments?: string
    },
  ) =>
  async (keys: readonly K[], signal: AbortSignal): Promise<readonly (V | Error)[]> => {
    const slots = keys.map((key, index) => slot(key, `n${index}`))
    const query = `query (${slots.map(({ declares }) => declares).join(', ')}) {
  ${slots.map(({ asks }) => asks).join('\n  ')}
  rateLimit { cost remaining }
}
${fragments}`
    const variables = Object.assign({}, ...slots.map((one) => one.variables)) as Record<string, unknown> // each has names of its own
    const { data, errors } = await ask<Readonly<Record<string, R | null>>>(query, variables, signal)
    const spoil = spoilIn(
      keys.map((_, index) => data[`n${index}`]),
      errors,
      host,
    )
    if (spoil) throw spoil
    return keys.map((_, index) => placeIn({ raw: data[`n${index}`], errors, path: [`n${index}`], host }, read))
  }
