/** A request as the log keeps it. `login`: whose token it had. `cost`: what it took of a budget. */
export type LoggedRequest = {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  readonly kind: 'rest' | 'graphql' | 'git' | 'blob'
  /** GraphQL's query and variables, or what was sent. */
  readonly body: unknown
  readonly at: number
  login: string | null
  isConditional: boolean
  /** 0 until it is answered, and for ever when it never is. */
  status: number
  cost: number
  tookMs: number
}

export type Fault =
  /** Refused with this status before anything is done. */
  | { readonly is: 'status'; readonly status: number; readonly message?: string; readonly headers?: Readonly<Record<string, string>> }
  /** A page instead of JSON, as from a proxy. */
  | { readonly is: 'html'; readonly status: number }
  /** Nothing ever comes back, nothing is done. */
  | { readonly is: 'silent' }
  /** Done, but the connection is cut in the middle of the answer. */
  | { readonly is: 'cut' }
  /** Done, but the connection is cut before anything of the answer. */
  | { readonly is: 'lost' }
  /** Done, answered with 200 and half of the JSON. */
  | { readonly is: 'truncated' }
  /** Done, but so much later. */
  | { readonly is: 'slow'; readonly delayMs: number }

export type Match = {
  readonly method?: string
  readonly path?: string | RegExp
  readonly kind?: LoggedRequest['kind']
  /** Found in the body, e.g. in a GraphQL query. */
  readonly body?: string | RegExp
  readonly login?: string
}

export type Faults = {
  /** For the next `times` requests that match, or until undone (call what it gives). */
  fails(match: Match, how: Fault, times?: number): () => void
  of(request: LoggedRequest): Fault | null
}

export const makeFaults = (): Faults => {
  const all: { readonly match: Match; readonly how: Fault; left: number }[] = []
  return {
    fails: (match, how, times = Number.POSITIVE_INFINITY) => {
      const one = { match, how, left: times }
      all.push(one)
      return () => {
        one.left = 0
      }
    },
    of: (request) => {
      const one = all.find(({ match, left }) => left > 0 && isMet(match, request))
      if (!one) return null
      one.left -= 1
      return one.how
    },
  }
}

const isMet = ({ method, path, kind, body, login }: Match, request: LoggedRequest): boolean =>
  (method === undefined || method === request.method) &&
  (path === undefined || (typeof path === 'string' ? path === request.path : path.test(request.path))) &&
  (kind === undefined || kind === request.kind) &&
  (login === undefined || login === request.login) &&
  (body === undefined || (typeof body === 'string' ? text(request.body).includes(body) : body.test(text(request.body))))

const text = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body ?? ''))
