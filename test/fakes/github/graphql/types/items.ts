import { baseOid, hasPermission, reviewDecision } from '../../rules.ts'
import type { AutoMerge, ChangedFile, Issue, Pull } from '../../state.ts'
import { type Asking, allow, type Fields, itemAddress, mergingOf } from '../asking.ts'
import { shared, timelineOf } from './comments.ts'
import { ordered, stateOf } from './lists.ts'
import { commitOf, type PullCommit, queueOf, refOf, rollupOf } from './nodes.ts'
import { latestOpinions, latestReviews, requestsOf, reviewsOf } from './reviews.ts'

export const issue: Fields<Issue> = {
  ...shared,
  state: stateOf,
  stateReason: ({ stateReason }, { enableDuplicate }) =>
    stateReason === 'duplicate' && enableDuplicate !== true ? 'not_planned' : stateReason,
  parent: ({ parent }) => parent,
  subIssues: ({ children }) => children,
  subIssuesSummary: ({ children }) => {
    const completed = children.filter(({ state }) => state === 'closed').length
    return {
      total: children.length,
      completed,
      percentCompleted: children.length === 0 ? 0 : Math.floor((completed * 100) / children.length),
    }
  },
  timelineItems: timelineOf,
  closedByPullRequestsReferences: ({ repository, number }, { includeClosedPrs }) =>
    [...repository.items.values()].filter(
      (item) => item.kind === 'PullRequest' && item.closes.includes(number) && (includeClosedPrs === true || stateOf(item) !== 'CLOSED'),
    ),
  viewerCanClose: ({ repository, author }, _, { viewer }) =>
    author === viewer.account || hasPermission(repository, viewer.account, 'triage'),
}

type Summary = { readonly total: number; readonly completed: number; readonly percentCompleted: number }
export const subIssuesSummary: Fields<Summary> = {
  total: ({ total }) => total,
  completed: ({ completed }) => completed,
  percentCompleted: ({ percentCompleted }) => percentCompleted,
}

/** What the pull is compared with: the live base while it is open, what the base was when it was merged or closed afterwards. */
const comparedWith = (pull: Pull): string => (pull.state === 'open' ? baseOid(pull) : pull.base.oid)

const filesOf = (pull: Pull): Promise<readonly ChangedFile[]> => pull.repository.git.files(comparedWith(pull), pull.head.oid)
const summed = async (pull: Pull, count: 'additions' | 'deletions'): Promise<number> =>
  (await filesOf(pull)).reduce((sum, file) => sum + file[count], 0)

const canWrite = ({ repository }: Pull, _: unknown, { viewer }: Asking): boolean => hasPermission(repository, viewer.account, 'write')
const canChange = (pull: Pull, given: unknown, asking: Asking): boolean =>
  pull.author === asking.viewer.account || canWrite(pull, given, asking)

export const pull: Fields<Pull> = {
  ...shared,
  state: stateOf,
  isDraft: ({ isDraft }) => isDraft,
  permalink: (pull, _, asking) => itemAddress(asking, pull),
  merged: ({ mergedAt }) => mergedAt !== null,
  mergedAt: ({ mergedAt }) => mergedAt,
  mergedBy: ({ mergedBy }) => mergedBy,
  mergeCommit: ({ repository, mergeCommit }) => (mergeCommit === null ? null : commitOf(repository, mergeCommit)),
  mergeable: async (pull, _, asking) => (await mergingOf(asking, pull)).mergeable,
  mergeStateStatus: async (pull, _, asking) => (await mergingOf(asking, pull)).state,
  canBeRebased: async (pull, _, asking) => (await mergingOf(asking, pull)).mergeable === 'MERGEABLE',
  headRefName: ({ head }) => head.branch,
  headRefOid: ({ head }) => head.oid,
  headRef: ({ head }) => (head.isDeleted ? null : refOf(head.repository, head.branch)),
  headRepository: ({ head }) => head.repository,
  headRepositoryOwner: ({ head }) => head.repository?.owner ?? null,
  isCrossRepository: ({ head, repository }) => head.repository !== repository,
  baseRefName: ({ base }) => base.branch,
  baseRefOid: ({ base }) => base.oid,
  baseRef: ({ repository, base }) => refOf(repository, base.branch),
  baseRepository: ({ repository }) => repository,
  maintainerCanModify: () => false,
  reviewDecision: (pull, _, { world }) => reviewDecision(world, pull),
  reviewRequests: requestsOf,
  reviews: reviewsOf,
  latestReviews,
  latestOpinionatedReviews: (pull, { writersOnly }) => latestOpinions(pull, writersOnly === true),
  viewerLatestReview: ({ reviews }, _, { viewer }) => reviews.findLast(({ author }) => author === viewer.account) ?? null,
  reviewThreads: ({ threads }) => threads,
  totalCommentsCount: ({ comments, threads }) => comments.length + threads.reduce((sum, { comments }) => sum + comments.length, 0),
  commits: async (pull) =>
    (await pull.repository.git.compare(comparedWith(pull), pull.head.oid)).commits.map(
      ({ oid }): PullCommit => ({ kind: 'PullRequestCommit', pull, oid }),
    ),
  files: filesOf,
  changedFiles: async (pull) => (await filesOf(pull)).length,
  additions: (pull) => summed(pull, 'additions'),
  deletions: (pull) => summed(pull, 'deletions'),
  statusCheckRollup: ({ repository, head }, _, asking) => {
    allow(asking, repository, 'checks')
    return rollupOf(repository, head.oid)
  },
  autoMergeRequest: (pull) => pull.autoMerge && { ...pull.autoMerge, pull },
  isInMergeQueue: ({ queueEntry }) => queueEntry !== null,
  isMergeQueueEnabled: ({ repository, base }) => queueOf(repository, base.branch) !== null,
  mergeQueue: ({ repository, base }) => queueOf(repository, base.branch),
  mergeQueueEntry: ({ queueEntry }) => queueEntry,
  closingIssuesReferences: ({ repository, closes }, given) =>
    ordered(
      closes.map((number) => repository.items.get(number)).filter((item) => item?.kind === 'Issue'),
      given,
    ),
  timelineItems: timelineOf,
  viewerCanUpdate: canChange,
  viewerCanClose: canChange,
  viewerCanReopen: canChange,
  viewerCanUpdateBranch: canWrite,
  viewerCanDeleteHeadRef: canWrite,
  viewerCanEnableAutoMerge: (pull, given, asking) =>
    pull.repository.merging.isAutoMergeAllowed && pull.autoMerge === null && canWrite(pull, given, asking),
  viewerCanDisableAutoMerge: (pull, given, asking) => pull.autoMerge !== null && canChange(pull, given, asking),
  viewerCanMergeAsAdmin: ({ repository }, _, { viewer }) => hasPermission(repository, viewer.account, 'admin'),
}

export const pullCommit: Fields<PullCommit> = {
  id: ({ pull, oid }) => `PURC_${pull.id}_${oid}`,
  commit: ({ pull, oid }) => commitOf(pull.repository, oid),
  pullRequest: ({ pull }) => pull,
  url: ({ pull, oid }, _, asking) => `${itemAddress(asking, pull)}/commits/${oid}`,
}

export const changedFile: Fields<ChangedFile> = {
  path: ({ path }) => path,
  additions: ({ additions }) => additions,
  deletions: ({ deletions }) => deletions,
  changeType: ({ status }) => (status === 'removed' ? 'DELETED' : status),
  viewerViewedState: () => 'UNVIEWED',
}

export const autoMerge: Fields<AutoMerge & { readonly pull: Pull }> = {
  enabledAt: ({ enabledAt }) => enabledAt,
  enabledBy: ({ enabledBy }) => enabledBy,
  mergeMethod: ({ method }) => method,
  commitHeadline: ({ title }) => title,
  commitBody: ({ body }) => body,
  pullRequest: ({ pull }) => pull,
}
