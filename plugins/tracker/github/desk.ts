import type { Host, Project } from '../../../core/contracts/plugins.ts'
import { isFault } from '../../../core/kit/fault.ts'
import type { Ask } from '../../github/api.ts'
import { type Located, openRepositories } from '../../github/repository.ts'
import { fault } from './fault.ts'
import type { Options } from './options.ts'

/** What all parts of one project's tracker work with. */
export type Desk = {
  readonly host: Host
  readonly project: Project
  readonly options: Options
  /** The repository as it is called today, and who asks it. @throws {Fault} ISSUES_DISABLED, and what finding it throws */
  locate(ask?: Ask & { readonly isFresh?: boolean }): Promise<Located>
}

export const openDesk = (options: Options, host: Host, project: Project): Desk => {
  const { repositoryOf } = openRepositories(host)
  return {
    host,
    project,
    options,
    locate: async ({ signal, isFresh = false } = {}) => {
      const ask = signal ? { signal } : {}
      const known = await repositoryOf(project, options, { ...ask, isFresh })
      // What was read minutes ago may have been mended since; only what is so now is a reason to refuse.
      const located = known.repository.hasIssues || isFresh ? known : await repositoryOf(project, options, { ...ask, isFresh: true })
      if (!located.repository.hasIssues) throw disabled(located)
      return located
    },
  }
}

/** The repository as parameters of a route. */
export const at = ({ repository: { owner, name } }: Located): { readonly owner: string; readonly repo: string } => ({ owner, repo: name })

/** The status of the answer that an error comes from; null when it comes from none. */
export const statusOf = (error: unknown): number | null =>
  isFault(error) && typeof error.facts.status === 'number' ? error.facts.status : null

/** Runs it; what GitHub says where issues are switched off becomes that. Other 410s are deleted issues. */
export const whereEnabled = async <T>(located: Located, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (isFault(error) && statusOf(error) === 410 && /disabled/i.test(String(error.facts.says))) throw disabled(located, error)
    throw error
  }
}

const disabled = ({ repository: { nameWithOwner, url } }: Located, cause?: unknown): Error =>
  fault('ISSUES_DISABLED', { repository: nameWithOwner, url }, { cause })
