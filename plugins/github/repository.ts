import type { MergeMethod } from '../../core/contracts/names.ts'
import type { Host, Project } from '../../core/contracts/plugins.ts'
import type { Document } from '../../core/contracts/store.ts'
import type { Api, GraphqlProblem } from './api.ts'
import { credentialName } from './credential.ts'
import { unless } from './exchange.ts'
import { fault } from './faults.ts'
import { openGithub } from './open.ts'
import { type GithubOptions, settle } from './options.ts'
import { faultOfProblem } from './read.ts'
import { nameOf, type RepositoryName } from './remotes.ts'

/** A repository with the settings that matter to changes. Known by `id`, whatever it is called today. */
export type Repository = {
  /** Node id; the same after a rename and a transfer. */
  readonly id: string
  readonly databaseId: number
  /** As they are today. */
  readonly owner: string
  readonly name: string
  readonly nameWithOwner: string
  /** Its page for people. */
  readonly url: string
  /** It is called otherwise than the config or the git remote says. */
  readonly isRenamed: boolean
  readonly isArchived: boolean
  readonly isPrivate: boolean
  readonly hasIssues: boolean
  /** Null when there are no commits yet. */
  readonly defaultBranch: string | null
  /** Null where GitHub does not say, as with Apps. */
  readonly viewerPermission: 'ADMIN' | 'MAINTAIN' | 'WRITE' | 'TRIAGE' | 'READ' | null
  /** Allowed ones, in GitHub's order: merge, squash, rebase. */
  readonly mergeMethods: readonly MergeMethod[]
  readonly isAutoMergeAllowed: boolean
  readonly deletesBranchOnMerge: boolean
}

/** A repository and who asks it. */
export type Located = { readonly api: Api; readonly repository: Repository }

export type Repositories = {
  /**
   * The project's repository, named by the options or by the project's remotes, found by its node id once it was found by name. All of
   * it is read anew after five minutes, or with `isFresh`. That it was renamed, or is another one of the same name, is logged once.
   *
   * @throws {Fault} REMOTE_UNKNOWN, REPOSITORY_UNKNOWN, APP_NOT_INSTALLED, KEY_UNREADABLE, and what a request throws
   */
  repositoryOf(
    project: Project,
    options: GithubOptions,
    ask?: { readonly signal?: AbortSignal; readonly isFresh?: boolean },
  ): Promise<Located>
}

/** What is remembered of a repository, by `owner/name@apiUrl` as it is written; kept on disk. */
type Known = Record<string, { id: string; owner: string; name: string }>

const freshMs = 5 * 60_000

/** When it was asked for, epoch ms, and what came of it. */
type Read<T> = { readonly at: number; readonly found: Promise<T> }

/** One for all plugins of a host: they share what was read. */
export const openRepositories = (host: Host): Repositories => host.shared('github repositories', () => makeRepositories(host))

const makeRepositories = (host: Host): Repositories => {
  const read = new Map<string, Read<Located>>()
  const names = new Map<string, Read<RepositoryName>>()
  /** What was read of late; else it is read. One that fails is not kept: the next one tries again. */
  const lately = <T>(all: Map<string, Read<T>>, key: string, isFresh: boolean, readIt: () => Promise<T>): Promise<T> => {
    const last = all.get(key)
    if (last && !isFresh && host.now() - last.at < freshMs) return last.found
    const found = readIt()
    all.set(key, { at: host.now(), found })
    found.catch(() => all.delete(key)) // whoever awaits it hears of it
    return found
  }

  const locate = async (written: RepositoryName, key: string, options: GithubOptions): Promise<Located> => {
    const document = await host.document<Known>('github-repositories', {})
    const known = document.value[key]
    const api = await openGithub(options, host).apiFor(known ?? written)
    const found = (known && (await byId(api, known.id))) ?? (await byName(api, written))
    await remember(document, key, found)
    const isRenamed = found.nameWithOwner.toLowerCase() !== `${written.owner}/${written.name}`.toLowerCase()
    return { api, repository: { ...repositoryIn(found), isRenamed } }
  }

  const remember = async (document: Document<Known>, key: string, { id, name, owner: { login: owner } }: Found): Promise<void> => {
    const old = document.value[key]
    if (old && old.id === id && old.owner === owner && old.name === name) return
    const facts = { repository: key, now: `${owner}/${name}`, before: old && `${old.owner}/${old.name}` }
    if (old && old.id !== id) host.log.warn('github.another-repository', facts)
    else if (old || !key.startsWith(`${owner}/${name}@`.toLowerCase())) host.log.info('github.renamed', facts)
    await document.update((all) => {
      all[key] = { id, owner, name }
    })
  }

  return {
    repositoryOf: async (project, options, { isFresh = false, signal } = {}) => {
      const settled = settle(options)
      const where = `${project.path} ${options.repository ?? ''} ${settled.apiUrl}`
      // Git is a process of its own, and looks are often.
      const written = await lately(names, where, isFresh, () => nameOf(project, options, settled))
      const key = `${written.owner}/${written.name}@${settled.apiUrl}`.toLowerCase()
      const whose = `${key} ${credentialName(options)}` // two projects may come with different tokens
      // Not with anybody's signal: others may wait for it, too.
      return unless(
        [signal],
        lately(read, whose, isFresh, () => locate(written, key, options)),
      )
    },
  }
}

/** What GraphQL says of it. */
export type Found = {
  readonly id: string
  readonly databaseId: number
  readonly name: string
  readonly owner: { readonly login: string }
  readonly nameWithOwner: string
  readonly url: string
  readonly isArchived: boolean
  readonly isPrivate: boolean
  readonly hasIssuesEnabled: boolean
  readonly defaultBranchRef: { readonly name: string } | null
  readonly viewerPermission: Repository['viewerPermission']
  readonly mergeCommitAllowed: boolean
  readonly squashMergeAllowed: boolean
  readonly rebaseMergeAllowed: boolean
  readonly autoMergeAllowed: boolean
  readonly deleteBranchOnMerge: boolean
}

const fields = `id databaseId name owner { login } nameWithOwner url isArchived isPrivate hasIssuesEnabled defaultBranchRef { name }
  viewerPermission mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed autoMergeAllowed deleteBranchOnMerge`

/** Null when there is nothing of that id any more. */
const byId = async (api: Api, id: string): Promise<Found | null> => {
  const query = `query ($id: ID!) { node(id: $id) { ... on Repository { ${fields} } } }`
  const { data, errors } = await api.graphql<{ node: Found | null }>(query, { id })
  if (data.node?.id === undefined && errors[0] && errors[0].type !== 'NOT_FOUND') throw troubleOf(api, errors[0], id)
  return data.node?.id === undefined ? null : data.node
}

/** The repository of that name, today or once. @throws {Fault} REPOSITORY_UNKNOWN, and what a request throws */
export const byName = async (api: Api, { owner, name }: RepositoryName): Promise<Found> => {
  const query = `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields} } }`
  const { data, errors } = await api.graphql<{ repository: Found | null }>(query, { owner, name })
  const path = `${owner}/${name}`
  if (data.repository) return data.repository
  throw errors[0] ? troubleOf(api, errors[0], path) : fault('REPOSITORY_UNKNOWN', { path, status: 404, says: 'nothing more' })
}

const troubleOf = ({ host }: Api, problem: GraphqlProblem, path: string) =>
  faultOfProblem(problem, { host, credential: 'token', path, secrets: [] })

const repositoryIn = (found: Found): Omit<Repository, 'isRenamed'> => ({
  id: found.id,
  databaseId: found.databaseId,
  owner: found.owner.login,
  name: found.name,
  nameWithOwner: found.nameWithOwner,
  url: found.url,
  isArchived: found.isArchived,
  isPrivate: found.isPrivate,
  hasIssues: found.hasIssuesEnabled,
  defaultBranch: found.defaultBranchRef?.name ?? null,
  viewerPermission: found.viewerPermission,
  mergeMethods: [
    ...(found.mergeCommitAllowed ? (['merge'] as const) : []),
    ...(found.squashMergeAllowed ? (['squash'] as const) : []),
    ...(found.rebaseMergeAllowed ? (['rebase'] as const) : []),
  ],
  isAutoMergeAllowed: found.autoMergeAllowed,
  deletesBranchOnMerge: found.deleteBranchOnMerge,
})
