import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Host } from '../../../core/contracts/plugins.ts'
import { sleep } from '../../../core/kit/time.ts'
import { github as scm } from '../../../plugins/scm/github/index.ts'
import { github as tracker } from '../../../plugins/tracker/github/index.ts'
import { worktree } from '../../../plugins/workspace/git/index.ts'
import { gitIn } from '../../fakes/repo.ts'
import { type Settings, town } from '../../fakes/town.ts'

/** What a town is built with, where it is not as usual. */
export type Around = Pick<Settings, 'limits' | 'reactions' | 'people'> & {
  /** What the project is besides. */
  readonly app?: Readonly<Record<string, unknown>>
  /** Options of scm and tracker alike, on top. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly scm?: Readonly<Record<string, unknown>>
  readonly tracker?: Readonly<Record<string, unknown>>
  /** What variables in them stand for. */
  readonly environment?: Readonly<Record<string, string>>
  readonly onWebhook?: Host['onWebhook']
}

/** A GitHub to be reached, with the token of the bot's account. */
export type Forge = { readonly url: string; readonly gitUrl: string; readonly token: string }

type Files = Readonly<Record<string, string | null>>

const home = mkdtempSync(join(tmpdir(), 'ao-github-home-'))
process.env.HOME = home // nothing of whoever runs this may matter to git
process.env.GIT_CONFIG_NOSYSTEM = '1'
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

/** Pauses between looks are for GitHub; what has a limit of its own keeps it. */
const quickly = (ms: number, signal?: AbortSignal): Promise<void> => sleep(ms <= 2_000 ? Math.min(ms, 5) : ms, signal)

/**
 * A town whose project is a clone of `acme/shop` of that GitHub, reached by the real tracker, scm and worktrees, over real sockets
 * and real git. Agents and their processes are pretended: what they do, stories say; what they commit is real. `clock`: by which
 * commits are dated; the town's if it is not said.
 */
export const townOver = async (
  { url, gitUrl, token }: Forge,
  { app = {}, options = {}, environment = {}, onWebhook, clock, ...given }: Around & { readonly clock?: () => number },
) => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-github-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  const path = join(folder, 'shop')
  mkdirSync(path)
  let now = clock ?? Date.now
  const git = (args: readonly string[], cwd = path): Promise<string> => gitIn(cwd, args, { GIT_CONFIG_NOSYSTEM: '1', ...signing(now()) })
  await git(['clone', '--quiet', `${gitUrl}/acme/shop.git`, path], folder)

  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the config
  const common = { repository: 'acme/shop', token: '${GITHUB_TOKEN}', apiUrl: url, gitUrl, writePause: '0s', ...options }
  const all = await town({
    ...given,
    app: {
      path,
      workspace: 'worktree',
      tracker: { use: 'github', ...common, ...given.tracker },
      scm: { use: 'github', ...common, ...given.scm },
      ...app,
    },
    real: {
      plugins: [scm, tracker, worktree],
      environment: { GITHUB_TOKEN: token, ...environment },
      sleep: quickly,
      ...(onWebhook && { onWebhook }),
    },
  })
  now = clock ?? all.now

  /** An agent whose commits are real ones in its real worktree. */
  const agentIn = (id = 'app-1') => {
    const { commits: _, finishes: __, edits: ___, ...pretended } = all.agentOf(id)
    let known: string | null = null
    const place = (): string => {
      known ??= all.sessions().find((one) => one.id === id)?.workspace?.path ?? null
      if (known === null) throw new Error(`${id} has no workspace yet. The chat shows:\n${all.chat.text()}`)
      return known
    }
    const gitThere = (...args: readonly string[]): Promise<string> => git(args, place())
    const edits = async (written: Files): Promise<void> => {
      for (const [name, text] of Object.entries(written)) {
        const file = join(place(), name)
        await mkdir(dirname(file), { recursive: true })
        if (text === null) rmSync(file)
        else await writeFile(file, text)
      }
    }
    const commits = async (written: Files): Promise<string> => {
      await edits(written)
      await gitThere('add', '--all')
      await gitThere('commit', '--quiet', '--message', `Change ${Object.keys(written).join(' and ')}`)
      return gitThere('rev-parse', 'HEAD')
    }
    return {
      ...pretended,
      /** Where it works. */
      path: place,
      git: gitThere,
      /** Writes files and leaves it at that; null removes one. */
      edits,
      /** Gives the commit. */
      commits,
      /** Commits, reports done and ends its turn. Gives the commit. */
      finishes: async (written: Files, words = 'It adds now.'): Promise<string> => {
        const head = await commits(written)
        await pretended.ends(words)
        return head
      },
    }
  }

  return {
    ...all,
    agent: agentIn(),
    agentIn,
    /** So long later, the bot has looked again. Its usual pace if nothing else is said. */
    later: async (duration = '30s'): Promise<void> => {
      await all.clock.passes(duration)
      await all.eyes.lookAtAgents() // what the look at GitHub led to
    },
  }
}

const signing = (at: number) => {
  const date = `${Math.floor(at / 1_000)} +0000`
  const [name, email] = ['Ada', 'ada@example.com']
  return {
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  }
}
