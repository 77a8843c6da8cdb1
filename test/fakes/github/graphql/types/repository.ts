import { hasPermission, permissionOf } from '../../rules.ts'
import type { Issue, Label, MergeMethod, Pull, QueueEntry, Repository } from '../../state.ts'
import { addressOf, allow, type Fields, fail, mayAdminister } from '../asking.ts'
import { issuesOf, ordered, pullsOf } from './lists.ts'
import { commitOf, type Queue, queueOf, refOf, ruleOf } from './nodes.ts'

const numbered = (repository: Repository, number: unknown, kind: 'Issue' | 'PullRequest'): Issue | Pull => {
  const item = repository.items.get(Number(number))
  if (item?.kind === kind) return item
  return fail('NOT_FOUND', `Could not resolve to ${kind === 'Issue' ? 'an Issue' : 'a PullRequest'} with the number of ${String(number)}.`)
}

const all = <Kind extends 'Issue' | 'PullRequest'>({ items }: Repository, kind: Kind) =>
  [...items.values()].filter((item): item is Extract<Issue | Pull, { kind: Kind }> => item.kind === kind)

const allows = (method: MergeMethod) => (repository: Repository) => repository.merging.methods.includes(method)

const objectOf = async (repository: Repository, { oid, expression }: Readonly<Record<string, unknown>>) => {
  const [revision = '', path] = String(oid ?? expression ?? '').split(/:(.*)/s)
  const branch = revision.replace(/^refs\/heads\//, '')
  const head = repository.branches.get(branch === 'HEAD' ? repository.defaultBranch : branch) ?? branch
  const found = /^[0-9a-f]{40}$/.test(head) ? await repository.git.commit(head) : null
  if (!found) return null
  if (!path) return commitOf(repository, found.oid)
  const name = `${found.oid}:${path}`
  const size = await repository.git.run(['cat-file', '-s', name]).catch(() => null) // no such file: GitHub says null
  if (size === null) return null
  const text = await repository.git.run(['cat-file', 'blob', name])
  return { kind: 'Blob', repository, text: Buffer.byteLength(text) < Number(size) ? `${text}\n` : text } // `run` takes the last line end off
}

export const blob: Fields<{ readonly text: string; readonly repository: Repository }> = {
  text: ({ text }) => text,
  byteSize: ({ text }) => Buffer.byteLength(text),
  isBinary: () => false,
  isTruncated: () => false,
  repository: ({ repository }) => repository,
}

export const repository: Fields<Repository> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  name: ({ name }) => name,
  nameWithOwner: ({ owner, name }) => `${owner.login}/${name}`,
  owner: ({ owner }) => owner,
  url: (repository, _, asking) => addressOf(asking, repository),
  resourcePath: ({ owner, name }) => `/${owner.login}/${name}`,
  sshUrl: ({ owner, name }, _, { world }) => `git@${new URL(world.addresses.html).hostname}:${owner.login}/${name}.git`,
  description: () => null,
  isArchived: ({ isArchived }) => isArchived,
  isPrivate: ({ isPrivate }) => isPrivate,
  visibility: ({ isPrivate }) => (isPrivate ? 'PRIVATE' : 'PUBLIC'),
  isDisabled: () => false,
  isLocked: () => false,
  isEmpty: ({ branches }) => branches.size === 0,
  isFork: () => false,
  isMirror: () => false,
  isInOrganization: ({ owner }) => owner.kind === 'Organization',
  hasIssuesEnabled: ({ hasIssues }) => hasIssues,
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  pushedAt: ({ pushedAt }) => pushedAt,
  archivedAt: ({ isArchived, updatedAt }) => (isArchived ? updatedAt : null),
  viewerPermission: (repository, _, { viewer }) => permissionOf(repository, viewer.account),
  viewerCanAdminister: (repository, _, { viewer }) => hasPermission(repository, viewer.account, 'admin'),
  defaultBranchRef: (repository) => refOf(repository, repository.defaultBranch),
  mergeCommitAllowed: allows('merge'),
  squashMergeAllowed: allows('squash'),
  rebaseMergeAllowed: allows('rebase'),
  viewerDefaultMergeMethod: ({ merging }) => merging.methods[0] ?? 'merge',
  autoMergeAllowed: ({ merging }) => merging.isAutoMergeAllowed,
  deleteBranchOnMerge: ({ merging }) => merging.deletesBranchOnMerge,
  allowUpdateBranch: ({ merging }) => merging.suggestsUpdate,
  mergeQueue: (repository, { branch }) => queueOf(repository, String(branch ?? repository.defaultBranch)),
  branchProtectionRules: (repository, _, asking) =>
    mayAdminister(asking, repository) ? [...repository.protections.keys()].map((name) => ruleOf(repository, name)) : [],
  ref: (repository, { qualifiedName }) => refOf(repository, String(qualifiedName).replace(/^(?:refs\/)?heads\//, '')),
  refs: (repository, { refPrefix, query }) =>
    refPrefix === 'refs/heads/'
      ? [...repository.branches.keys()]
          .filter((name) => query == null || name.includes(String(query)))
          .map((name) => refOf(repository, name))
      : [],
  object: (repository, given) => objectOf(repository, given),
  issue: (repository, { number }, asking) => {
    allow(asking, repository, 'issues')
    return numbered(repository, number, 'Issue')
  },
  issues: (repository, given, asking) => {
    allow(asking, repository, 'issues')
    return ordered(issuesOf(all(repository, 'Issue'), given), given)
  },
  pullRequest: (repository, { number }, asking) => {
    allow(asking, repository, 'pull_requests')
    return numbered(repository, number, 'PullRequest')
  },
  pullRequests: (repository, given, asking) => {
    allow(asking, repository, 'pull_requests')
    return ordered(pullsOf(all(repository, 'PullRequest'), given), given)
  },
  issueOrPullRequest: (repository, { number }, asking) => {
    const item = repository.items.get(Number(number))
    if (!item) return fail('NOT_FOUND', `Could not resolve to an issue or pull request with the number of ${String(number)}.`)
    allow(asking, repository, item.kind === 'Issue' ? 'issues' : 'pull_requests')
    return item
  },
  label: ({ labels }, { name }) => [...labels.values()].find((label) => label.name.toLowerCase() === String(name).toLowerCase()) ?? null,
  labels: ({ labels }, { query }) => [...labels.values()].filter(({ name }) => query == null || name.includes(String(query))),
}

export const label: Fields<Label> = {
  id: ({ nodeId }) => nodeId,
  name: ({ name }) => name,
  color: ({ color }) => color,
  description: ({ description }) => description,
}

export const mergeQueue: Fields<Queue> = {
  id: ({ repository, branch }) => `MQ_${Buffer.from(`${repository.id}:${branch}`).toString('base64url')}`,
  repository: ({ repository }) => repository,
  url: ({ repository, branch }, _, asking) => `${addressOf(asking, repository)}/queue/${branch}`,
  entries: ({ repository, branch }) => repository.queues.get(branch) ?? [],
  configuration: ({ repository }) => ({ mergeMethod: repository.merging.methods[0] ?? 'merge' }),
}

/** Its place in the line, from 1. */
export const positionOf = (entry: QueueEntry): number => (entry.pull.repository.queues.get(entry.pull.base.branch) ?? []).indexOf(entry) + 1

const baseOf = (entry: QueueEntry) => {
  const oid = entry.pull.repository.branches.get(entry.pull.base.branch)
  return oid === undefined ? null : commitOf(entry.pull.repository, oid)
}

export const queueEntry: Fields<QueueEntry> = {
  id: ({ nodeId }) => nodeId,
  position: positionOf,
  state: ({ state }) => state,
  pullRequest: ({ pull }) => pull,
  enqueuer: ({ enqueuer }) => enqueuer,
  enqueuedAt: ({ enqueuedAt }) => enqueuedAt,
  estimatedTimeToMerge: () => null,
  jump: ({ isJump }) => isJump,
  solo: () => false,
  baseCommit: baseOf,
  headCommit: ({ pull, groupOid }) => (groupOid === null ? null : commitOf(pull.repository, groupOid)),
  mergeQueue: ({ pull }) => queueOf(pull.repository, pull.base.branch),
}

export const queueConfiguration: Fields<{ readonly mergeMethod: MergeMethod }> = { mergeMethod: ({ mergeMethod }) => mergeMethod }
