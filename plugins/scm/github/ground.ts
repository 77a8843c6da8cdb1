import type { Host, Project } from '../../../core/contracts/plugins.ts'
import type { Document } from '../../../core/contracts/store.ts'
import { commonFolder } from '../../../core/kit/git.ts'
import { openRepository, type Repository } from '../../../core/kit/repository.ts'
import { fault } from '../../github/faults.ts'
import { openTransport, type Transport } from '../../github/git.ts'
import { type Located, openRepositories } from '../../github/repository.ts'
import type { Options } from './options.ts'
import { type Questions, questionsOf } from './questions.ts'

/** Repository's node id → number of a change → its node id. */
export type Known = { repositories: Record<string, Record<string, string>> }

const emptyKnown: Known = { repositories: {} }

/** What the changes of one project stand on. Everything is opened on first use. */
export type Ground = {
  readonly host: Host
  readonly project: Project
  readonly options: Options
  /** The project's repository on GitHub, as it is called today, and who asks it. @throws {Fault} see `Repositories` */
  located(signal?: AbortSignal): Promise<Located>
  /** Git to that repository. */
  transport(signal?: AbortSignal): Promise<Transport>
  /** What a look stands on, had once for all of it. */
  footing(signal: AbortSignal): Promise<Footing>
  /** The project's repository on this machine: facts of two commits, refs. */
  git(): Promise<Repository>
  /** Work that writes that repository: one at a time. Fetching and pushing by `transport` lock by themselves. */
  locked<T>(work: (git: Repository) => Promise<T>): Promise<T>
}

/** The project's repository on GitHub, what is asked together with all other projects of the same credential, and what is known. */
export type Footing = Located & { readonly questions: Questions; readonly known: Document<Known> }

/** The ground of one project. Touches nothing yet. */
export const openGround = (host: Host, options: Options, project: Project): Ground => {
  const repositories = openRepositories(host)
  let opened: Promise<Repository> | null = null
  let transport: { readonly to: string; readonly made: Transport } | null = null

  const located = (signal?: AbortSignal): Promise<Located> => repositories.repositoryOf(project, options, signal && { signal })

  const git = (): Promise<Repository> => {
    opened ??= open(project.path).catch((error) => {
      opened = null
      throw error
    })
    return opened
  }

  return {
    host,
    project,
    options,
    located,
    transport: async (signal) => {
      const now = await located(signal)
      const to = `${now.api.key} ${now.repository.nameWithOwner}`
      if (transport?.to !== to) transport = { to, made: openTransport(host, options, now) }
      return transport.made
    },
    footing: async (signal) => {
      const found = await located(signal)
      return { ...found, questions: questionsOf(host, found.api), known: await host.document('github-changes', emptyKnown) }
    },
    git,
    locked: async (work) => {
      const found = await git()
      return host.lock(found.path, () => work(found))
    },
  }
}

const open = async (path: string): Promise<Repository> =>
  openRepository(await commonFolder(path), {
    fail: (reason, cause) => fault('FETCH_FAILED', { url: path, reason }, { cause }),
  })
