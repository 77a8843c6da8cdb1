import type { Endpoints } from '@octokit/types'

/** A REST route as GitHub documents it: `GET /repos/{owner}/{repo}`. */
export type Route = keyof Endpoints
/** What a route takes: its path and query or body parameters, and headers where one is needed (`accept` for a diff). */
export type ParametersOf<R extends Route> = Endpoints[R]['parameters'] & { readonly headers?: Readonly<Record<string, string>> }
/** What a route answers: `status`, `headers`, `url`, `data`. */
export type ResponseOf<R extends Route> = Endpoints[R]['response']

/** How something is asked. */
export type Ask = {
  /** When it aborts, the request is given up and its reason is thrown. */
  readonly signal?: AbortSignal
  /**
   * A person waits for it (a merge): it goes before all changes that wait, and is sent although another resource's limit is used up
   * (GraphQL's, while this is REST). The limit of its own resource and a secondary limit hold for it, too.
   */
  readonly isUrgent?: boolean
}

/** Something GraphQL could not answer. `path` leads to the place in `data` that is null because of it. */
export type GraphqlProblem = {
  readonly path: readonly (string | number)[]
  /** `NOT_FOUND`, `FORBIDDEN`, `INSUFFICIENT_SCOPES`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`…; null where GitHub gives none. */
  readonly type: string | null
  readonly message: string
}

/** What remains of one limit. `resetAt`: epoch ms. */
export type Limit = { readonly limit: number; readonly remaining: number; readonly resetAt: number }

/** What remains, from the headers of the newest answers; null before the first one. */
export type Limits = {
  /** REST. */
  readonly core: Limit | null
  /** GraphQL; counted in points. */
  readonly graphql: Limit | null
  /** Epoch ms before which nothing is sent; null when all may be. */
  readonly restUntil: number | null
  /** Why it rests, as one sentence without a full stop. */
  readonly why: string | null
}

/** The account that requests are made as. */
export type Me = {
  /** A bot's login has its `[bot]` here. */
  readonly login: string
  /** Node id, as authors have it in GraphQL. */
  readonly id: string
  /** A GitHub App, the token of a workflow, or an account of the type Bot. */
  readonly isBot: boolean
}

/**
 * One credential at one forge.
 *
 * Whatever goes wrong is a Fault of `faults.ts`: GITHUB_UNREACHABLE, GITHUB_DOWN (5xx), GITHUB_GARBLED (no JSON), GITHUB_LIMITED,
 * TOKEN_REFUSED (401), FORBIDDEN (403), REPOSITORY_UNKNOWN (404), REPOSITORY_ARCHIVED, GONE (410), BLOCKED_BY_LAW (451),
 * REFUSED (every other 4xx: 405, 409, 422…). Those that come from an answer have its `status` and GitHub's words as `says` in their
 * `facts`. No text of any holds the token.
 *
 * At most ten requests are in flight. Those that change something (everything but GET and HEAD, and mutations) go one after the
 * other with a pause between. While a limit is used up (`limits().restUntil`) requests fail at once with GITHUB_LIMITED and are not
 * sent. A token that was refused is not shown again for ten seconds.
 */
export type Api = {
  /** The same for the same credential at the same forge: what is asked with one key may go into one request. Holds no secret. */
  readonly key: string
  /** `github.com`, or the host of an Enterprise server. */
  readonly host: string
  /** A REST request. Redirects (a repository that was renamed) are followed with the same method, the token goes to no other host. */
  request<R extends Route>(route: R, parameters: ParametersOf<R>, ask?: Ask): Promise<ResponseOf<R>>
  /**
   * A GET that costs nothing while its answer is the same. What `read` makes of an answer is kept in memory together with the
   * answer's ETag, both or neither: when `read` throws, the next request is made with what was there before. 304 gives the value
   * kept. `isFresh` asks without a condition. What the same route with the same parameters is read as is always the same; another
   * reading of it has another `as`.
   */
  conditional<R extends Route, T>(
    route: R,
    parameters: ParametersOf<R>,
    read: (response: ResponseOf<R>) => T,
    ask?: Ask & { readonly isFresh?: boolean; readonly as?: string },
  ): Promise<{ readonly value: T; readonly isNew: boolean }>
  /** A list, page after page, 100 at a time unless `per_page` says otherwise. `isCut`: there were more than `mostPages`. */
  pages<R extends Route, T>(
    route: R,
    parameters: ParametersOf<R>,
    read: (response: ResponseOf<R>) => readonly T[],
    ask: Ask & { readonly mostPages: number },
  ): Promise<{ readonly items: readonly T[]; readonly isCut: boolean }>
  /**
   * GraphQL. What could be answered is in `data` although some of it has errors: look for yours by `path`. Throws only when there is
   * no data at all, or when all of it is null because a limit is used up.
   */
  graphql<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    ask?: Ask,
  ): Promise<{ readonly data: T; readonly errors: readonly GraphqlProblem[] }>
  /**
   * The end of a text that a route leads to (the log of a job: `GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs`), as UTF-8
   * that begins with a whole line. Asks for the end only, in two small parts where the text is longer than `bytes`; a server that
   * gives the whole is read as a stream of which only the end is kept. The token goes to no other host.
   *
   * @throws {Fault} LOG_TOO_LONG when such a stream is longer than `mostBytes` (default 64 MB); GONE when it has expired
   */
  tail<R extends Route>(
    route: R,
    parameters: ParametersOf<R>,
    ask: Ask & { readonly bytes: number; readonly mostBytes?: number },
  ): Promise<{ readonly text: string; readonly isCut: boolean }>
  /** The password for git over https, good for at least ten minutes more; the user is `x-access-token`. */
  gitToken(signal?: AbortSignal): Promise<string>
  /** Asked once. */
  me(signal?: AbortSignal): Promise<Me>
  limits(): Limits
}

/** One forge with one way to authenticate; see `openGithub` in `open.ts`. */
export type Github = {
  /**
   * Who acts on that repository: the same for all with a token; with an App one for each installation, found by the repository.
   *
   * @throws {Fault} KEY_UNREADABLE, APP_NOT_INSTALLED, and what a request throws
   */
  apiFor(repository: { readonly owner: string; readonly name: string }, signal?: AbortSignal): Promise<Api>
}
