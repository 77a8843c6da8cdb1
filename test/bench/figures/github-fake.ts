import { subscribe } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { moveBranches } from '../../fakes/github/acts/pushes.ts'
import { type FakeGithub, type FakeRepository, startFakeGithub } from '../../fakes/github/index.ts'
import type { Pull } from '../../fakes/github/state.ts'
import { signature } from '../../fakes/github/world.ts'
import { kindOf, type Request } from './github-log.ts'
import { takeOrders } from './github-orders.ts'

/*
 * The stand-in for GitHub in a process of its own, so that what it takes is not taken for ours. `ao-bot` may write in all
 * repositories; checks are `build`, `lint` and `test`.
 */

let clock: number | null = null
let github: FakeGithub
let seen = 0
let hook: { readonly url: string; readonly secret: string } | null = null
const hooks = new Map<string, { remove(): void }>()
const repositories = new Map<string, FakeRepository>()
/** Moments at which a delivery was sent, epoch ms. */
const sent: number[] = []

subscribe('undici:request:create', () => void sent.push(Date.now()))

const repositoryOf = (name: string): FakeRepository => {
  const found = repositories.get(name)
  if (!found) throw new Error(`there is no repository ${name}`)
  return found
}

const pullsOf = (repository: FakeRepository): readonly Pull[] =>
  [...repository.items.values()].filter((item): item is Pull => item.kind === 'PullRequest')

const shown = ({ number, head }: Pull) => ({ number, branch: head.branch, head: head.oid })

/** Where a change is, and what it is called there. */
export type ChangeAt = { readonly name: string; readonly number: number }

const pullAt = ({ name, number }: ChangeAt): Pull => {
  const item = repositoryOf(name).items.get(number)
  if (item?.kind !== 'PullRequest') throw new Error(`#${number} of ${name} is no pull request`)
  return item
}

const starts = async (pull: Pull): Promise<void> => {
  await github.ci.passes(pull, 'build', 'lint')
  await github.ci.starts(pull, 'test')
}

const listens = (name: string): void => {
  if (hook) hooks.set(name, repositoryOf(name).hook(hook))
}

export type Opening = { readonly names: readonly string[]; readonly at: number | null; readonly pointsAnHour: number | null }

const orders = {
  /**
   * Opens for business. `at`: its clock stands there and goes on by `passes` only; null: it is the system's. `pointsAnHour`: what
   * the token may spend, where that is not the subject; null is GitHub's own limit.
   */
  begin: async ({ names, at, pointsAnHour }: Opening) => {
    clock = at
    github = await startFakeGithub({ now: () => clock ?? Date.now() })
    for (const name of names) {
      const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`src/part-${n % 8}/file-${n}.mjs`, `export const n = ${n}\n`]))
      const permissions = { ana: 'admin', 'ao-bot': 'write', Ben: 'write', Cem: 'write' } as const
      repositories.set(name, await github.repository(`acme/${name}`, { files, permissions }))
    }
    const clones = names.map((name) => ({ name, url: repositoryOf(name).cloneUrl }))
    const token = github.token('ao-bot')
    for (const resource of ['core', 'graphql'] as const)
      if (pointsAnHour !== null) github.limits.set(token, resource, { limit: pointsAnHour })
    return { url: github.url, gitUrl: github.gitUrl, token: token.value, clones }
  },
  /** Opens a change from each of these branches, whose checks have begun. */
  proposes: async ({ name, branches }: { readonly name: string; readonly branches: readonly string[] }) => {
    const branch = (number: number): string => branches[number - 1] ?? `branch-${number}`
    const pulls = await repositoryOf(name).manyPulls('ao-bot', branches.length, { branch })
    for (const pull of pulls) await starts(pull)
    return pulls.map(shown)
  },
  /** What there is in changes that wait for people: passed checks and a status, some threads, comments and reviews. */
  rests: async ({ name }: { readonly name: string }) => {
    const [ben, cem] = [github.person('Ben'), github.person('Cem')]
    for (const [index, pull] of pullsOf(repositoryOf(name)).entries()) {
      await github.ci.passes(pull, 'test')
      await github.ci.status(pull, 'license', 'success')
      if (index % 5 === 0) {
        const thread = await ben.startsThread(pull, { path: `changes/${index + 1}.txt`, line: 1, body: 'Why this?' })
        await cem.replies(thread, 'I wonder, too.')
      }
      if (index % 5 === 1) await ben.comments(pull, 'Looks like what we need.')
      if (index % 5 === 2) await cem.approves(pull, 'Good.')
    }
  },
  /** A new commit on the branch of every change, with checks that have begun. Nobody is told by a webhook. */
  pushes: async ({ name, text }: { readonly name: string; readonly text: string }) => {
    hooks.get(name)?.remove()
    const repository = repositoryOf(name)
    const pulls = pullsOf(repository)
    const me = github.person('ao-bot').account
    const author = signature(me, github.world.now())
    const commits = pulls.map(({ number, head }) => ({
      ref: `refs/ao/bench/${number}`,
      parents: [head.oid],
      files: { [`changes/${number}.txt`]: `${text}\n` },
      message: text,
      author,
    }))
    const oids = await repository.git.write(commits)
    await moveBranches(github.world, repository, me, Object.fromEntries(pulls.map(({ head }, index) => [head.branch, oids[index] ?? ''])))
    for (const pull of pulls) await starts(pull)
    listens(name)
    await github.delivered()
    return pulls.map(shown)
  },
  /** Their test fails with that log, all in the same moment. Gives that moment: when the first webhook left, where there are any. */
  fails: async ({ all, log }: { readonly all: readonly ChangeAt[]; readonly log: string }): Promise<number> => {
    const [known, before] = [sent.length, Date.now()]
    await Promise.all(all.map((one) => github.ci.fails(pullAt(one), 'test', log)))
    while (hook && sent.length === known) await turn()
    return sent[known] ?? before
  },
  /** Tells that address of everything from now on. */
  hooks: async (given: { readonly url: string; readonly secret: string }) => {
    hook = given
    for (const name of repositories.keys()) listens(name)
    await github.delivered()
  },
  /** Resolves when nothing was asked and no webhook was on its way for so long. */
  rest: async ({ quietMs }: { readonly quietMs: number }) => {
    let [last, since] = [github.requests.length, performance.now()]
    while (performance.now() - since < quietMs) {
      await github.delivered()
      await new Promise((resolve) => setTimeout(resolve, 10))
      if (github.requests.length !== last || github.underWay.now > 0) [last, since] = [github.requests.length, performance.now()]
    }
  },
  /** Requests since the last time. */
  requests: (): readonly Request[] => {
    const all = github.requests.slice(seen)
    seen = github.requests.length
    return all.map(kindOf)
  },
  mostAtOnce: (): number => github.underWay.most,
  delays: ({ delayMs }: { readonly delayMs: number }): void => {
    github.delayMs = delayMs
  },
  passes: ({ ms }: { readonly ms: number }): void => {
    clock = (clock ?? Date.now()) + ms
  },
  /** What it refused because we asked wrongly. */
  complaints: (): readonly string[] => github.complaints,
}
export type FakeOrders = typeof orders

takeOrders(orders)
