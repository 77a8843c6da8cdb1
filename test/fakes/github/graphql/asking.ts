import { GraphQLError } from 'graphql'
import { Refusal } from '../refusal.ts'
import { hasPermission, mergeable, mergeState, permissionOf, tokenAllows } from '../rules.ts'
import type { Account, Budget, Issue, Node, Pull, Repository, Viewer, World } from '../state.ts'
import type { Cost } from './cost.ts'

/** One execution: who asks, what it costs, and what was found out for it already. */
export type Asking = {
  readonly world: World
  readonly viewer: Viewer
  readonly cost: Cost
  /** With the cost taken off. */
  readonly budget: Budget
  readonly merges: Map<Pull, Promise<Merging>>
}

export type Arguments = Readonly<Record<string, unknown>>
/** Answers a field; what it gives is turned into GitHub's form (dates, names of enums, pages) by the type of the field. */
export type Resolve<Source> = (source: Source, given: Arguments, asking: Asking) => unknown
export type Fields<Source> = Readonly<Record<string, Resolve<Source>>>

/** Throws an error of GitHub's; `type` is what programs match. */
export const fail = (type: string, message: string): never => {
  throw new GraphQLError(message, { extensions: { type } })
}

export const isMissing = (id: unknown): never => fail('NOT_FOUND', `Could not resolve to a node with the global id of '${String(id)}'`)

/** The refusals of the acts, which are worded for REST, as GraphQL has them. */
export const typeOf = ({ status }: Refusal): string => (status === 404 ? 'NOT_FOUND' : status === 403 ? 'FORBIDDEN' : 'UNPROCESSABLE')

export const isRefusal = (error: unknown): error is Refusal => error instanceof Refusal

/** What the areas of a token's permissions are called, by what is asked for. */
export type Area = 'metadata' | 'issues' | 'pull_requests' | 'checks' | 'statuses' | 'contents' | 'administration' | 'merge_queues'

/** Does the viewer know that it exists? */
export const isSeen = ({ viewer }: Asking, repository: Repository): boolean =>
  (viewer.token.installation !== null || permissionOf(repository, viewer.account) !== null) &&
  tokenAllows(viewer, repository, 'metadata', 'read')

/** Throws `FORBIDDEN` for what the token has no permission for, in the words GitHub has for its kind. */
export const allow = ({ viewer }: Asking, repository: Repository, area: Area, access: 'read' | 'write' = 'read'): void => {
  if (tokenAllows(viewer, repository, area, access)) return
  fail('FORBIDDEN', `Resource not accessible by ${viewer.token.installation ? 'integration' : 'personal access token'}`)
}

/** Are the settings of the repository open to the viewer? An App needs the permission for them, anybody else to be an administrator. */
export const mayAdminister = ({ viewer }: Asking, repository: Repository): boolean => {
  const { account, token } = viewer
  if (!token.installation) return hasPermission(repository, account, 'admin')
  return token.installation.repositories.has(repository) && token.permissions?.administration !== undefined
}

const areas: Partial<Record<Node['kind'], Area>> = {
  Issue: 'issues',
  PullRequest: 'pull_requests',
  PullRequestReview: 'pull_requests',
  PullRequestReviewThread: 'pull_requests',
  PullRequestReviewComment: 'pull_requests',
  CheckSuite: 'checks',
  CheckRun: 'checks',
  StatusContext: 'statuses',
  MergeQueueEntry: 'merge_queues',
}

/** The repository that a thing is in; null for accounts. */
export const homeOf = (node: Node): Repository | null => {
  if (node.kind === 'Repository') return node
  if (node.kind === 'IssueComment') return node.item.repository
  if (node.kind === 'PullRequestReviewComment') return node.thread.pull.repository
  if (node.kind === 'CheckRun') return node.suite.repository
  if ('pull' in node) return node.pull.repository
  return 'repository' in node ? node.repository : null
}

/** Throws `FORBIDDEN` unless the viewer may see it. */
export const allowNode = (asking: Asking, node: Node): void => {
  const home = homeOf(node)
  if (!home) return
  if (home.isBlocked) fail('FORBIDDEN', 'Repository access blocked')
  if (!isSeen(asking, home)) allow(asking, home, 'metadata')
  if (!isSeen(asking, home)) fail('FORBIDDEN', 'Resource not accessible by personal access token')
  const area = node.kind === 'IssueComment' ? areas[node.item.kind] : areas[node.kind]
  if (area) allow(asking, home, area)
}

export type Merging = {
  readonly mergeable: Awaited<ReturnType<typeof mergeable>>
  readonly state: Awaited<ReturnType<typeof mergeState>>
}

/** Both answers about merging come from one look: the first one of two cannot have worked it out for the second. */
export const mergingOf = ({ world, merges }: Asking, pull: Pull): Promise<Merging> => {
  const known = merges.get(pull)
  if (known) return known
  const look = mergeable(world, pull).then(
    async (answer): Promise<Merging> => ({ mergeable: answer, state: answer === 'UNKNOWN' ? 'UNKNOWN' : await mergeState(world, pull) }),
  )
  merges.set(pull, look)
  return look
}

export const addressOf = ({ world }: Asking, repository: Repository): string =>
  `${world.addresses.html}/${repository.owner.login}/${repository.name}`

export const itemAddress = (asking: Asking, item: Issue | Pull): string =>
  `${addressOf(asking, item.repository)}/${item.kind === 'Issue' ? 'issues' : 'pull'}/${item.number}`

/** A bot's login has no `[bot]` in GraphQL. */
export const loginOf = (account: Account): string => (account.kind === 'Bot' ? account.login.replace(/\[bot\]$/, '') : account.login)
