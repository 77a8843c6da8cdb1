import { onTestFinished } from 'vitest'
import { type FakeGithub, type FakeRepository, startFakeGithub } from '../../fakes/github/index.ts'
import type { Issue, Pull } from '../../fakes/github/state.ts'
import { type Around, townOver } from './over.ts'

/** What a story begins with, where it is not as usual. */
export type Given = Around & {
  /** Names of checks that begin by themselves at each head of a pull request. Default: `test`. */
  readonly checks?: readonly string[]
  /** Protects `main` and so on, before the bot is there. */
  readonly prepares?: (github: FakeGithub, repository: FakeRepository) => Promise<unknown>
}

/** When every story begins: the first moment of a town. */
const beginning = Date.UTC(2026, 0, 5, 9)

/**
 * A town over the stand-in for GitHub, which has the town's clock. Issue #42 waits there; `ao-bot` is the bot's account; Ben and
 * Cem may write, ana owns all of it.
 */
export const scene = async ({ checks = ['test'], prepares, ...around }: Given = {}) => {
  let now = (): number => beginning
  const github = await startFakeGithub({ now: () => now() })
  onTestFinished(async () => {
    await github.close()
    if (github.complaints.length > 0) throw new Error(`GitHub would not have understood: ${github.complaints.join('\n')}`)
  })
  const repository = await github.repository('acme/shop', {
    files,
    permissions: { ana: 'admin', 'ao-bot': 'write', Ben: 'write', Cem: 'write' },
  })
  const owner = github.person('ana')
  const issue = await openIssue(github, repository)
  const token = github.token('ao-bot')
  github.onHead(async ({ pull }) => {
    if (pull) await github.ci.starts(pull, ...checks)
  })
  await prepares?.(github, repository)
  const all = await townOver({ url: github.url, gitUrl: github.gitUrl, token: token.value }, around)
  now = all.now

  return {
    ...all,
    github,
    repository,
    issue,
    token,
    Ben: github.person('Ben'),
    Cem: github.person('Cem'),
    /** Ana on GitHub, who may do everything there. */
    owner,
    ci: github.ci,
    /** The newest pull request, or that one. */
    pull: (number?: number): Pull => {
      const pulls = [...repository.items.values()].filter((item): item is Pull => item.kind === 'PullRequest')
      const found = number === undefined ? pulls.at(-1) : pulls.find((one) => one.number === number)
      if (!found) throw new Error(`There is no pull request ${number ?? ''} yet. The chat shows:\n${all.chat.text()}`)
      return found
    },
    /** Somebody else's work reaches `main`. Gives the commit. */
    baseMoves: (written: Readonly<Record<string, string>>): Promise<string> =>
      owner.pushes(repository, 'main', written, { message: 'Elsewhere' }),
    /** The commits of `main`, newest first. */
    main: async (): Promise<readonly string[]> => (await repository.git.run(['log', '--format=%H', 'main'])).split('\n'),
  }
}

export type Scene = Awaited<ReturnType<typeof scene>>

/** What is on `main` at the beginning. */
export const files = {
  'calc.ts': 'export const add = (a: number, b: number): number => a - b\n',
  'README.md': '# shop\n\nIt adds.\n',
}

/** Writes #42, and nothing else that has a number: the first pull request is #43. */
const openIssue = async (github: FakeGithub, repository: FakeRepository): Promise<Issue> => {
  repository.items.set(41, { number: 41 } as Issue) // the next number is one more than the last
  const issue = await github.person('eve').opens(repository, { title: 'add() subtracts', body: 'add(1, 2) gives -1.' })
  repository.items.delete(41)
  return issue
}

/** A session whose agent is at work on #42. */
export const working = async (given: Given = {}): Promise<Scene> => {
  const all = await scene(given)
  await all.ana.says('fix #42')
  return all
}

/** What mends `calc.ts`. */
export const mended = { 'calc.ts': 'export const add = (a: number, b: number): number => a + b\n' }

/** A session whose pull request, #43, has just been opened. */
export const open = async (given: Given = {}): Promise<Scene> => {
  const all = await working(given)
  await all.agent.finishes(mended)
  return all
}
