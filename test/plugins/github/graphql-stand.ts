import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addPull } from '../../fakes/github/acts/pulls.ts'
import { moveBranches } from '../../fakes/github/acts/pushes.ts'
import { executeGraphql } from '../../fakes/github/graphql/index.ts'
import { makeSettle } from '../../fakes/github/settling.ts'
import type { Account, Pull, Repository, Viewer, World } from '../../fakes/github/state.ts'
import { account, addRepository, addToken, makeWorld, signature } from '../../fakes/github/world.ts'

type AnswerError = {
  readonly type?: string
  readonly path?: readonly (string | number)[]
  readonly message: string
  readonly extensions?: unknown
  readonly locations?: unknown
}

export type Answer = {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the query, which only the test knows
  readonly data: any
  readonly errors: readonly AnswerError[]
  readonly cost: number
  readonly status: number
}

export type Stand = {
  readonly world: World
  readonly ana: Account
  readonly viewer: Viewer
  /** Points that were spent so far. */
  spent: number
  repository(name: string, parts?: Parameters<typeof addRepository>[3]): Promise<Repository>
  /** A pull of ana's, of one commit on a branch of its own that writes `files`. */
  pull(repository: Repository, parts?: Partial<Pull> & { readonly files?: Readonly<Record<string, string>> }): Promise<Pull>
  /** Another commit on a branch. */
  push(repository: Repository, branch: string, files: Readonly<Record<string, string>>): Promise<string>
  ask(query: string, variables?: Record<string, unknown>, viewer?: Viewer): Promise<Answer>
  close(): Promise<void>
}

/** A world without a server: a query goes in, its answer comes out. It is always the first of January, 2026. */
export const makeStand = async (): Promise<Stand> => {
  const folder = await mkdtemp(join(tmpdir(), 'graphql-'))
  const repositories: Repository[] = []
  const now = () => Date.UTC(2026, 0, 1)
  const limit = 5_000
  const world: World = makeWorld({
    now,
    addresses: { api: 'http://api.localhost', git: 'http://localhost', html: 'http://localhost' },
    budget: () => ({ limit, used: stand.spent, remaining: Math.max(0, limit - stand.spent), resetAt: now() + 1_800_000 }),
    settle: makeSettle(() => world),
    emit: () => {},
  })
  const ana = account(world, 'ana')
  const write = async (repository: Repository, branch: string, parent: string, files: Readonly<Record<string, string>>) => {
    const author = signature(ana, now())
    const [oid = ''] = await repository.git.write([
      { ref: 'refs/ao/work', parents: [parent], files, message: 'Work\n\nMore words', author },
    ])
    await moveBranches(world, repository, ana, { [branch]: oid })
    return oid
  }

  const stand: Stand = {
    world,
    ana,
    viewer: { account: ana, token: addToken(world, ana) },
    spent: 0,
    repository: async (name, parts) => {
      const made = await addRepository(world, name, join(folder, `${repositories.length}.git`), parts)
      repositories.push(made)
      return made
    },
    pull: async (repository, { files = { 'new.txt': 'new\n' }, ...parts } = {}) => {
      const base = repository.defaultBranch
      const branch = `ao/${repository.items.size + 1}`
      const oid = await write(repository, branch, repository.branches.get(base) ?? '', files)
      const made = addPull(world, repository, ana, { title: 'A title', body: 'A body', isDraft: false, base, branch, oid })
      return Object.assign(made, parts)
    },
    push: (repository, branch, files) => write(repository, branch, repository.branches.get(branch) ?? '', files),
    ask: async (query, variables = {}, viewer = stand.viewer) => {
      const { body, cost, status } = await executeGraphql(world, viewer, { query, variables })
      stand.spent += cost
      const { data = null, errors = [] } = JSON.parse(JSON.stringify(body)) as Partial<Answer> // as it comes over the wire
      return { data, errors, cost, status }
    },
    close: async () => {
      for (const { git } of repositories) git.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return stand
}
