import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Change, ChangeDetails } from '../../../../core/contracts/change.ts'
import type { Project, Scm } from '../../../../core/contracts/plugins.ts'
import { github as plugin } from '../../../../plugins/scm/github/index.ts'
import { type FakeGithub, type FakeRepository, startFakeGithub } from '../../../fakes/github/index.ts'
import type { Pull } from '../../../fakes/github/state.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'
import { gitIn } from '../../../fakes/repo.ts'

/** One project of the bot: its repository on the stand-in, a clone of it, and the slot. */
export type Place = {
  readonly project: Project
  readonly repository: FakeRepository
  readonly scm: Scm
  git(...args: readonly string[]): Promise<string>
}

type Asked = { readonly kinds: readonly string[]; readonly points: number }

/** Projects that are looked at over the stand-in for GitHub, by a clock of the test. `ao-bot` may write, `ana` administers, `bob` and `cyn` write. */
export type Looks = {
  readonly github: FakeGithub
  readonly host: FakeHost
  readonly places: readonly Place[]
  /** Goes on by so many ms. */
  pass(ms: number): void
  /** The kinds of requests since the last time, and the points they took. */
  asked(): Asked
}

const { signal } = new AbortController()

export const openLooks = async (names: readonly string[] = ['shop'], settings: Record<string, unknown> = {}): Promise<Looks> => {
  let at = Math.floor(Date.now() / 1_000) * 1_000
  const now = (): number => at
  const [host, github, folder] = await Promise.all([
    makeHost({ now }),
    startFakeGithub({ now }),
    realpath(await mkdtemp(join(tmpdir(), 'ao-looks-'))),
  ])
  onTestFinished(async () => {
    await Promise.all([host.close(), github.close()])
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    if (github.complaints.length > 0) throw new Error(`GitHub would not have understood: ${github.complaints.join('\n')}`)
  })
  await writeFile(join(folder, '.gitconfig'), '[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n')
  process.env.HOME = folder
  const token = github.token('ao-bot').value
  const places = await Promise.all(names.map((name) => openPlace({ github, host, folder, name, settings: { token, ...settings } })))
  let seen = 0
  return {
    github,
    host,
    places,
    pass: (ms) => {
      at += ms
    },
    asked: () => {
      const requests = github.requests.slice(seen)
      seen = github.requests.length
      return {
        kinds: requests.map(({ kind }) => kind),
        points: requests.reduce((sum, { kind, cost }) => sum + (kind === 'graphql' ? cost : 0), 0),
      }
    },
  }
}

type Parts = {
  readonly github: FakeGithub
  readonly host: FakeHost
  readonly folder: string
  readonly name: string
  readonly settings: Record<string, unknown>
}

const openPlace = async ({ github, host, folder, name, settings }: Parts): Promise<Place> => {
  const files = Object.fromEntries([1, 2, 3].map((n) => [`src/${n}.txt`, `file ${n}\n`]))
  const repository = await github.repository(`acme/${name}`, {
    files,
    permissions: { ana: 'admin', 'ao-bot': 'write', bob: 'write', cyn: 'write' },
  })
  const path = join(folder, name)
  await gitIn(folder, ['clone', '--quiet', repository.cloneUrl, path])
  const project: Project = { name, path, base: 'main' }
  const options = plugin.options.parse({
    repository: `acme/${name}`,
    apiUrl: github.url,
    gitUrl: github.gitUrl,
    writePause: '0s',
    ...settings,
  })
  return {
    project,
    repository,
    scm: await plugin.create(options, host, { host: 'here', project }),
    git: (...args) => gitIn(path, args),
  }
}

/** A pull request by `ao-bot`, from a branch of its own. */
export const propose = async (
  { github }: Looks,
  { repository }: Place,
  branch = 'ao/one',
  files: Readonly<Record<string, string>> = { 'new.txt': 'new\n' },
): Promise<Pull> => {
  const bot = github.person('ao-bot')
  await bot.pushes(repository, branch, files)
  return bot.proposes(repository, branch, { title: branch })
}

type Seen = Change | null | Error

/** All of them at once, each project by its own slot, as the engine does. */
export const lookAll = async (
  places: readonly Place[],
  pullsOf: (place: Place) => readonly Pull[],
): Promise<readonly (readonly Seen[])[]> =>
  Promise.all(
    places.map((place) =>
      place.scm.look(
        pullsOf(place).map(({ number, head }) => ({ project: place.project, number, branch: head.branch })),
        signal,
      ),
    ),
  )

export const look = async (place: Place, number: number | null, branch = ''): Promise<Change> => {
  const found = await seen(place, number, branch)
  if (found instanceof Error) throw found
  if (!found) throw new Error(`#${number} was not found`)
  return found
}

export const seen = async ({ project, scm }: Place, number: number | null, branch = ''): Promise<Seen> => {
  const [found] = await scm.look([{ project, number, branch }], signal)
  return found ?? null
}

export const details = ({ project, scm }: Place, { number, head }: Pull, at = head.oid): Promise<ChangeDetails | null> =>
  scm.details({ project, number }, at, signal)
