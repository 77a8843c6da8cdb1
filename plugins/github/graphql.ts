import type { Api, Ask } from './api.ts'
import type { Answered } from './caller.ts'
import { fault } from './faults.ts'
import type { Pace } from './pace.ts'
import { faultOfProblem, isLimited, problemsIn } from './read.ts'

type Parts = {
  readonly host: string
  readonly credential: 'token' | 'app'
  readonly secrets: readonly string[]
  readonly pace: Pace
  /** Posts a body to the address of GraphQL. */
  readonly send: (body: string, ask: Ask, isWrite: boolean) => Promise<Answered>
}

/** GraphQL over `send`: part of an answer is an answer. https://docs.github.com/en/graphql/guides/using-graphql-clients */
export const openGraphql =
  ({ host, credential, secrets, pace, send }: Parts): Api['graphql'] =>
  async <T>(query: string, variables: Readonly<Record<string, unknown>>, ask: Ask = {}) => {
    const answered = await send(JSON.stringify({ query, variables }), ask, isMutation(query))
    const { data, errors } = (typeof answered.data === 'object' && answered.data !== null ? answered.data : {}) as {
      readonly data?: unknown
      readonly errors?: unknown
    } // any object is one
    const problems = problemsIn(errors)
    const parts = typeof data === 'object' && data !== null ? Object.values(data) : null
    if (problems.some(isLimited)) {
      const limited = pace.usedUp('graphql')
      if (parts === null || parts.every((part) => part === null)) throw limited
    }
    if (parts !== null) return { data: data as T, errors: problems } // the query asks for that shape
    const [first] = problems
    if (first) throw faultOfProblem(first, { host, credential, secrets, path: 'GraphQL' })
    throw fault('GITHUB_GARBLED', { host, problem: 'it holds neither data nor errors' })
  }

/** What comes before the first word are comments, commas and blanks. */
const isMutation = (query: string): boolean => /^(?:[\s,]|#[^\n]*\n)*mutation\b/.test(query)
