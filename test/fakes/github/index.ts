import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Graphql } from './answer.ts'
import { manyIssues, manyPulls } from './bulk.ts'
import { type Ci, makeCi } from './ci.ts'
import { type Faults, type LoggedRequest, makeFaults } from './faults.ts'
import { writeHooks } from './git.ts'
import { type Hook, makeHooks } from './hooks.ts'
import { type Limits, makeLimits } from './limits.ts'
import { makePerson, type Person } from './people.ts'
import { type Served, serve } from './server.ts'
import { makeSettle } from './settling.ts'
import type { App, Head, Installation, Issue, Pull, Repository, Token, World } from './state.ts'
import { runGit } from './store/run.ts'
import { account, addApp, addRepository, addToken, fullName, install, makeWorld, type RepositoryParts } from './world.ts'

/** A repository of the world, with what tests want of it. */
export type FakeRepository = Repository & {
  readonly fullName: string
  readonly cloneUrl: string
  /** Tells this address of what happens from now on, and greets it with a `ping`. */
  hook(parts: { readonly url: string; readonly secret: string; readonly events?: readonly string[] }): Hook
  /** The text of a file on a branch or in a commit; null when it is not there. */
  reads(ref: string, path: string): Promise<string | null>
  /** Many at once: see `bulk.ts`. */
  manyPulls(author: string, count: number, parts?: Parameters<typeof manyPulls>[4]): Promise<readonly Pull[]>
  manyIssues(author: string, count: number, title?: (number: number) => string): Promise<readonly Issue[]>
}

export type FakeGithub = {
  /** What `apiUrl` is set to. GraphQL is at `{url}/graphql`. */
  readonly url: string
  /** The same API as an Enterprise server has it, GraphQL at `…/api/graphql`. */
  readonly enterpriseUrl: string
  /** `{gitUrl}/{owner}/{name}.git` */
  readonly gitUrl: string
  readonly world: World
  readonly limits: Limits
  /** Every request that came, in order. */
  readonly requests: readonly LoggedRequest[]
  /** Everything it refused because the caller made a mistake: unknown routes, fields and so on. Empty in a good test. */
  readonly complaints: readonly string[]
  /** API requests under way now, and the most there were at a time. */
  readonly underWay: Served['underWay']
  /** Bytes of job logs that were sent. */
  readonly sentLogBytes: number
  /** How long each answer of the API takes; may be changed at any time. Git and logs are not slowed. */
  delayMs: number
  readonly ci: Ci
  person(login: string): Person
  /** A bot that acts by itself: its account has the type `Bot`, its login ends with `[bot]`. */
  bot(slug: string): Person
  repository(fullName: string, parts?: RepositoryParts): Promise<FakeRepository>
  /** A token of somebody, classic unless it has `permissions`. */
  token(login: string, parts?: Parameters<typeof addToken>[2]): Token
  app(slug: string, owner?: string): App
  install(app: App, repositories: readonly Repository[], permissions?: Installation['permissions']): Installation
  /** Called for each new head: of branches, of pull requests and of merge groups. Start its checks here. */
  onHead(begin: (head: Head) => unknown): void
  /** Lets requests fail, so many times or until what it gives is called. */
  fails: Faults['fails']
  /** Resolves when no webhook is on its way any more. */
  delivered(): Promise<void>
  /** Cuts all connections there are. */
  drops(): void
  close(): Promise<void>
}

/** A stand-in for GitHub on real loopback sockets: REST, GraphQL, git over http, job logs and webhooks. It refuses what GitHub refuses. */
export const startFakeGithub = async ({
  now = Date.now,
  delayMs = 0,
  port = 0,
  graphql = ourGraphql,
}: {
  readonly now?: () => number
  readonly delayMs?: number
  readonly port?: number
  readonly graphql?: Graphql
} = {}): Promise<FakeGithub> => {
  const root = await mkdtemp(join(tmpdir(), 'fake-github-'))
  await writeHooks(root)
  const limits = makeLimits(now)
  const faults = makeFaults()
  const complaints: string[] = []
  const hooks = makeHooks(() => world)
  const addresses = { api: '', git: '', html: '' }
  const world: World = makeWorld({ now, addresses, budget: limits.budget, emit: hooks.emit, settle: makeSettle(() => world) })
  const desk = { world, limits, graphql, complain: (what: string) => complaints.push(what) }
  const served = await serve(desk, faults, { delayMs, port, root })
  Object.assign(addresses, { api: served.origin, git: served.origin, html: served.origin })

  const dress = (repository: Repository): FakeRepository => {
    const { git } = repository
    const described = Object.defineProperties(repository, {
      fullName: { get: () => fullName(repository) },
      cloneUrl: { get: () => `${addresses.git}/${fullName(repository)}.git` },
    }) as Repository & Pick<FakeRepository, 'fullName' | 'cloneUrl'> // the two that were just defined
    return Object.assign(described, {
      hook: (parts: Parameters<FakeRepository['hook']>[0]) => hooks.add(repository, parts),
      reads: async (ref: string, path: string) => {
        const { status, output } = await runGit(git.folder, ['show', `${ref}:${path}`])
        return status === 0 ? output.toString() : null
      },
      manyPulls: (author: string, count: number, parts?: Parameters<typeof manyPulls>[4]) =>
        manyPulls(world, repository, account(world, author), count, parts),
      manyIssues: (author: string, count: number, title?: (number: number) => string) =>
        manyIssues(world, repository, account(world, author), count, title),
    })
  }

  return {
    url: served.origin,
    enterpriseUrl: `${served.origin}/api/v3`,
    gitUrl: served.origin,
    world,
    limits,
    requests: served.requests,
    complaints,
    underWay: served.underWay,
    get sentLogBytes() {
      return served.sentBytes
    },
    get delayMs() {
      return served.delayMs
    },
    set delayMs(ms) {
      served.delayMs = ms
    },
    ci: makeCi(world),
    person: (login) => makePerson(world, login),
    bot: (slug) => makePerson(world, `${slug}[bot]`, 'Bot'),
    repository: async (name, parts) => {
      for (const login of Object.keys(parts?.permissions ?? {})) account(world, login)
      return dress(await addRepository(world, name, join(root, `${world.nextId()}.git`), parts))
    },
    token: (login, parts) => addToken(world, account(world, login), parts),
    app: (slug, owner = 'ana') => addApp(world, slug, account(world, owner)),
    install: (app, repositories, permissions) => install(world, app, repositories, permissions),
    onHead: (begin) => {
      world.onHead.add(begin)
    },
    fails: faults.fails,
    delivered: hooks.idle,
    drops: served.drops,
    close: async () => {
      hooks.close()
      await served.close()
      for (const { git } of world.repositories.values()) git.close()
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Read on first use: its schema takes a while. */
const ourGraphql: Graphql = async (world, viewer, body) => {
  const { executeGraphql } = await import('./graphql/index.ts')
  return executeGraphql(world, viewer, body)
}
