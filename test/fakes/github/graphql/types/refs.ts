import { commitNodeId } from '../../ids.ts'
import { hasPermission } from '../../rules.ts'
import type { Commit, Signature } from '../../state.ts'
import { addressOf, allow, type Fields, mayAdminister } from '../asking.ts'
import { ordered, pullsOf } from './lists.ts'
import { type CommitNode, commitOf, type Ref, type Rule, refId, rollupOf, ruleOf } from './nodes.ts'

export const ref: Fields<Ref> = {
  id: refId,
  name: ({ name }) => name,
  prefix: () => 'refs/heads/',
  repository: ({ repository }) => repository,
  target: ({ repository, name }) => commitOf(repository, repository.branches.get(name) ?? ''),
  // Only those who administer the repository see the rule itself; what follows from it for the viewer everybody sees.
  branchProtectionRule: ({ repository, name }, _, asking) => (mayAdminister(asking, repository) ? ruleOf(repository, name) : null),
  refUpdateRule: ({ repository, name }) => ruleOf(repository, name),
  associatedPullRequests: ({ repository, name }, given) => {
    const pulls = [...repository.items.values()].filter((item) => item.kind === 'PullRequest')
    return ordered(
      pullsOf(
        pulls.filter(({ head }) => head.repository === repository && head.branch === name),
        given,
      ),
      given,
    )
  },
}

const shared: Fields<Rule> = {
  pattern: ({ pattern }) => pattern,
  allowsDeletions: () => false,
  allowsForcePushes: () => false,
  blocksCreations: () => false,
  requiresCodeOwnerReviews: () => false,
  requiresConversationResolution: ({ rule }) => rule.requiresResolvedThreads,
  requiresLinearHistory: () => false,
  requiredApprovingReviewCount: ({ rule }) => rule.requiredApprovals || null,
  requiredStatusCheckContexts: ({ rule }) => rule.requiredChecks,
}

export const protectionRule: Fields<Rule> = {
  ...shared,
  id: ({ rule }) => rule.nodeId,
  databaseId: ({ rule }) => rule.id,
  repository: ({ repository }) => repository,
  requiresApprovingReviews: ({ rule }) => rule.requiredApprovals > 0,
  requiresStatusChecks: ({ rule }) => rule.requiredChecks.length > 0,
  requiresStrictStatusChecks: ({ rule }) => rule.isStrict,
  requiredStatusChecks: ({ rule }) => rule.requiredChecks.map((context) => ({ context })),
  dismissesStaleReviews: ({ rule }) => rule.dismissesStaleReviews,
  isAdminEnforced: ({ rule }) => rule.isAdminBound,
  requiresCommitSignatures: () => false,
  restrictsPushes: ({ rule }) => rule.pushers !== null,
  lockBranch: () => false,
  requireLastPushApproval: () => false,
}

export const updateRule: Fields<Rule> = {
  ...shared,
  requiresSignatures: () => false,
  viewerAllowedToDismissReviews: ({ repository }, _, { viewer }) => hasPermission(repository, viewer.account, 'admin'),
  viewerCanPush: ({ repository, rule }, _, { viewer }) =>
    rule.pushers
      ? rule.pushers.includes(viewer.account.login)
      : hasPermission(repository, viewer.account, 'write') && rule.requiredApprovals === 0,
}

const read = async ({ repository, oid }: CommitNode): Promise<Commit> => {
  const commit = await repository.git.commit(oid)
  if (!commit) throw new Error(`There is no commit ${oid} in ${repository.owner.login}/${repository.name}.`)
  return commit
}

export const commit: Fields<CommitNode> = {
  id: ({ repository, oid }) => commitNodeId(repository, oid),
  oid: ({ oid }) => oid,
  abbreviatedOid: ({ oid }) => oid.slice(0, 7),
  repository: ({ repository }) => repository,
  url: ({ repository, oid }, _, asking) => `${addressOf(asking, repository)}/commit/${oid}`,
  commitUrl: ({ repository, oid }, _, asking) => `${addressOf(asking, repository)}/commit/${oid}`,
  message: async (commit) => (await read(commit)).message,
  messageHeadline: async (commit) => (await read(commit)).message.split('\n', 1)[0],
  messageBody: async (commit) => (await read(commit)).message.split('\n').slice(1).join('\n').trim(),
  committedDate: async (commit) => (await read(commit)).committer.at,
  authoredDate: async (commit) => (await read(commit)).author.at,
  author: async (commit) => (await read(commit)).author,
  committer: async (commit) => (await read(commit)).committer,
  parents: async (commit) => (await read(commit)).parents.map((oid) => commitOf(commit.repository, oid)),
  statusCheckRollup: ({ repository, oid }, _, asking) => {
    allow(asking, repository, 'checks')
    return rollupOf(repository, oid)
  },
  checkSuites: ({ repository, oid }, { filterBy }, asking) => {
    allow(asking, repository, 'checks')
    const { appId, checkName } = (filterBy ?? {}) as { readonly appId?: number; readonly checkName?: string } // `CheckSuiteFilter`
    const runs = repository.runs.get(oid) ?? []
    return (repository.suites.get(oid) ?? []).filter(
      (suite) =>
        (appId == null || suite.app.id === appId) &&
        (checkName == null || runs.some((run) => run.suite === suite && run.name === checkName)),
    )
  },
  associatedPullRequests: ({ repository, oid }) =>
    [...repository.items.values()].filter((item) => item.kind === 'PullRequest' && (item.head.oid === oid || item.mergeCommit === oid)),
}

export const gitActor: Fields<Signature> = {
  name: ({ name }) => name,
  email: ({ email }) => email,
  date: ({ at }) => at,
  user: ({ email }, _, { world }) => world.accounts.get(/^\d+\+(.+)@users\.noreply\./.exec(email)?.[1]?.toLowerCase() ?? '') ?? null,
}

export const requiredCheck: Fields<{ readonly context: string }> = { context: ({ context }) => context, app: () => null }
