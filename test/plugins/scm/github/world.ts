import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach } from 'vitest'
import type { Change } from '../../../../core/contracts/change.ts'
import type { ChangeRef, Project, Scm, WorkspaceRef } from '../../../../core/contracts/plugins.ts'
import type { Fault } from '../../../../core/kit/fault.ts'
import { slug } from '../../../../core/kit/text.ts'
import { sleep } from '../../../../core/kit/time.ts'
import { github as plugin } from '../../../../plugins/scm/github/index.ts'
import type { ScmWorld } from '../../../contracts/scm.ts'
import type { Graphql } from '../../../fakes/github/answer.ts'
import { executeGraphql } from '../../../fakes/github/graphql/index.ts'
import { type FakeGithub, type FakeRepository, startFakeGithub } from '../../../fakes/github/index.ts'
import type { Pull, Thread } from '../../../fakes/github/state.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'
import { gitIn } from '../../../fakes/repo.ts'

/** The scm over the stand-in for GitHub, with a real clone of the repository as the project. Ben and Cem have tokens linked. */
export type GithubWorld = ScmWorld & {
  readonly host: FakeHost
  readonly github: FakeGithub
  readonly repository: FakeRepository
  /** The token of the account that the bot acts as, `ao-bot`, which may write. */
  readonly token: string
  git(args: readonly string[], cwd?: string): Promise<string>
  pull(number: number): Pull
  /** Moves the clock on, that of the host and GitHub's. */
  later(ms: number): void
  /** The slot as a new start of the bot would make it, with the same documents. */
  reopened(settings?: Record<string, unknown>): Promise<Scm>
}

type Parts = {
  /** Names of checks that begin by themselves at each head of a pull request. */
  readonly checks?: readonly string[]
  /** Options on top. */
  readonly settings?: Record<string, unknown>
  /** Answers GraphQL instead of the stand-in. */
  readonly graphql?: Graphql
  /** What happens while the plugin pauses. Default: nothing, and not for long. */
  readonly inPause?: () => Promise<void>
}

/** GitHub's times are whole seconds, and nobody says two things in the same one. */
const aWhileMs = 1_000

/** Pauses between looks are for GitHub; what has a limit of its own keeps it. */
const quickly = (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms <= 2_000 ? Math.min(ms, 10) : ms, signal)

const quiet = '[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n'

/** A clone that is made once for each test file; a repository that begins at the same moment begins with the same commit. */
type Pattern = { readonly path: string; readonly url: string; readonly first: string; readonly at: number }
let pattern: Pattern | null = null
afterAll(async () => {
  if (pattern) await rm(pattern.path, { recursive: true, force: true, maxRetries: 3 })
  pattern = null
})

/** Makes a clone of that repository at `path`, with an identity. */
const cloneTo = async (path: string, { url, first, at }: Omit<Pattern, 'path'>): Promise<void> => {
  const made = pattern ?? (await clonePattern({ url, first, at }))
  pattern = made
  if (made.first !== first) throw new Error('The repository does not begin as the pattern does.')
  await cp(made.path, path, { recursive: true })
  const settings = join(path, '.git/config')
  await writeFile(settings, (await readFile(settings, 'utf8')).replace(made.url, url))
}

const clonePattern = async ({ url, first, at }: Omit<Pattern, 'path'>): Promise<Pattern> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'ao-github-pattern-')))
  const git = (...args: readonly string[]) => gitIn(path, args)
  await git('clone', '--quiet', url, '.')
  await git('config', 'user.name', 'Ada')
  await git('config', 'user.email', 'ada@example.com')
  return { path, url, first, at }
}

export const makeGithubWorld = async ({ checks = [], settings = {}, graphql, inPause }: Parts = {}): Promise<GithubWorld> => {
  let aheadMs = 0
  const bornAt = pattern?.at ?? Date.now()
  let isBorn = false
  const now = (): number => (isBorn ? Date.now() + aheadMs : bornAt)
  const [host, github, folder] = await Promise.all([
    makeHost({ sleep: inPause ?? quickly, now }),
    startFakeGithub({ now, ...(graphql && { graphql }) }),
    realpath(await mkdtemp(join(tmpdir(), 'ao-github-'))),
  ])
  const repository = await github.repository('acme/shop', {
    files: Object.fromEntries([1, 2, 3].map((n) => [`src/${n}.txt`, `file ${n}, round 1\n`])),
    permissions: { ana: 'admin', 'ao-bot': 'write', Ben: 'write', Cem: 'write' },
  })
  isBorn = true
  const token = github.token('ao-bot').value
  const people = ['Ben', 'Cem'].map((login) => [login, github.token(login).value])
  github.onHead(async ({ repository, oid, pull }) => {
    if (pull) await github.ci.starts({ repository, oid }, ...checks)
  })

  await writeFile(join(folder, '.gitconfig'), quiet)
  process.env.HOME = folder
  const path = join(folder, 'shop')
  const git = (args: readonly string[], cwd = path): Promise<string> => gitIn(cwd, args)
  const url = repository.cloneUrl.replace('://', `://x-access-token:${token}@`)
  const first = repository.branches.get('main') ?? ''
  await cloneTo(path, { url: repository.cloneUrl, first, at: bornAt })

  const project: Project = { name: 'shop', path, base: 'main' }
  const reopened = async (more: Record<string, unknown> = {}): Promise<Scm> =>
    plugin.create(
      plugin.options.parse({
        repository: 'acme/shop',
        token,
        apiUrl: github.url,
        gitUrl: github.gitUrl,
        writePause: '0s',
        reviewers: Object.fromEntries(people),
        ...settings,
        ...more,
      }),
      host,
      { host: 'here', project },
    )
  const pull = (number: number): Pull => {
    const item = repository.items.get(number)
    if (item?.kind !== 'PullRequest') throw new Error(`#${number} is no pull request`)
    return item
  }
  const threadOf = (ref: ChangeRef, id: string): Thread => {
    const found = pull(ref.number).threads.find(({ nodeId }) => nodeId === id)
    if (!found) throw new Error(`there is no thread ${id}`)
    return found
  }
  const somebody = (author: string, isBot: boolean) => (isBot ? github.bot(author) : github.person(author))

  return {
    scm: await reopened(),
    host,
    github,
    repository,
    token,
    git,
    pull,
    later: (ms) => {
      aheadMs += ms
    },
    reopened,
    project,
    workspace: async (branch) => {
      const workspace = join(folder, slug(branch))
      await git(['worktree', 'add', '--quiet', '--no-track', '-b', branch, workspace, first])
      return { path: workspace, branch, baseCommit: first }
    },
    commit: async ({ path: cwd }, files) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(cwd, name)), { recursive: true })
        await writeFile(join(cwd, name), text)
      }
      await git(['add', '--all'], cwd)
      await git(['commit', '--quiet', '--allow-empty', '--message', `change ${Object.keys(files).join(' ').slice(0, 60)}`], cwd)
      return git(['rev-parse', 'HEAD'], cwd)
    },
    push: async ({ path: cwd, branch }) => void (await git(['push', '--quiet', '--force', url, `HEAD:refs/heads/${branch}`], cwd)),
    moveBase: (files) => github.person('ana').pushes(repository, 'main', files, { message: 'elsewhere' }),
    rebase: async ({ path: cwd }) => {
      await git(['fetch', '--quiet', repository.cloneUrl, 'main'], cwd)
      await git(['rebase', '--quiet', 'FETCH_HEAD'], cwd)
      return git(['rev-parse', 'HEAD'], cwd)
    },
    baseLog: async () =>
      (await repository.git.run(['log', '--format=%H%x09%s%x09%an%x09%P', 'main'])).split('\n').map((line) => {
        const [commit = '', subject = '', author = '', parents = ''] = line.split('\t')
        return { commit, subject, author, parents: parents.split(' ').filter((one) => one !== '').length }
      }),
    branches: async () => [...repository.branches.keys()].sort(),
    endCheck: async (_, { head, name, passes, log }) => {
      await github.ci.checkRun({ repository, oid: head }, name, { conclusion: passes ? 'success' : 'failure', log })
    },
    comment: async (ref, { author, isBot, text, file, line }) => {
      aheadMs += aWhileMs
      const thread = { path: file ?? 'new.txt', line, body: text }
      return (await somebody(author, isBot).startsThread(pull(ref.number), thread)).nodeId
    },
    reply: async (ref, id, { author, isBot, text }) => {
      aheadMs += aWhileMs
      await somebody(author, isBot).replies(threadOf(ref, id), text)
    },
    resolve: (ref, id) => github.person('Ben').resolves(threadOf(ref, id)),
    draft: (ref, isDraft) => github.person('ao-bot')[isDraft ? 'drafts' : 'readies'](pull(ref.number)),
    close: async () => {
      await Promise.all([host.close(), github.close()])
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
      if (github.complaints.length > 0) throw new Error(`GitHub would not have understood: ${github.complaints.join('\n')}`)
    },
  }
}

const { signal } = new AbortController()

/** A workspace with one new file, and the change opened from it. */
export const openOne = async (
  world: GithubWorld,
  branch = 'ao/one',
  files: Readonly<Record<string, string>> = { [`${slug(branch)}.txt`]: 'new\n' },
  scm = world.scm,
): Promise<{ readonly workspace: WorkspaceRef; readonly change: Change; readonly ref: ChangeRef; readonly pull: Pull }> => {
  const workspace = await world.workspace(branch)
  await world.commit(workspace, files)
  const change = await scm.open({ project: world.project, workspace, base: 'main', title: branch, body: 'Because.' }, signal)
  return { workspace, change, ref: { project: world.project, number: change.number }, pull: world.pull(change.number) }
}

export const lookAt = async (world: GithubWorld, number: number, scm = world.scm): Promise<Change> => {
  const [found] = await scm.look([{ project: world.project, number, branch: '' }], signal)
  if (found instanceof Error) throw found
  if (!found) throw new Error(`#${number} was not found`)
  return found
}

/** GraphQL that lets something happen once, right before or after a query with that text in it is answered. */
export const interfering = () => {
  const next: { text: string; when: 'before' | 'after'; act: (() => Promise<unknown>) | null } = { text: '', when: 'after', act: null }
  const graphql: Graphql = async (world, viewer, body) => {
    const act = body.query.includes(next.text) ? next.act : null
    if (act) next.act = null
    if (next.when === 'before') await act?.()
    const answer = await executeGraphql(world, viewer, body)
    if (next.when === 'after') await act?.()
    return answer
  }
  return {
    graphql,
    let: (when: 'before' | 'after', text: string, act: () => Promise<unknown>) => void Object.assign(next, { when, text, act }),
  }
}

/** What was thrown; its code is looked at by whoever asks. */
export const faultOf = (work: Promise<unknown>): Promise<Fault> =>
  work.then(
    () => {
      throw new Error('It went well.')
    },
    (error) => error as Fault,
  )

const worlds: GithubWorld[] = []

/** A world that is closed after the test. */
export const start = async (parts: Parts = {}): Promise<GithubWorld> => {
  const world = await makeGithubWorld(parts)
  worlds.push(world)
  return world
}

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})
