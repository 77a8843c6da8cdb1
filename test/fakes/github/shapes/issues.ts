import { hasPermission } from '../rules.ts'
import type { Account, Comment, Issue, Pull, Repository, World } from '../state.ts'
import { accountJson, labelJson, time, timeOr } from './accounts.ts'

type Json = Record<string, unknown>

/** REST address and page of something in a repository. */
export const api = (world: World, repository: Repository): string =>
  `${world.addresses.api}/repos/${repository.owner.login}/${repository.name}`
export const page = (world: World, repository: Repository): string => `${world.addresses.html}/${repository.owner.login}/${repository.name}`

export const association = (repository: Repository, account: Account | null): string => {
  if (account === repository.owner) return 'OWNER'
  if (hasPermission(repository, account, 'triage')) return 'COLLABORATOR'
  return 'NONE'
}

/** What issues and pull requests have in common. */
export const itemJson = (world: World, item: Issue | Pull): Json => ({
  node_id: item.nodeId,
  number: item.number,
  title: item.title,
  user: accountJson(world, item.author),
  body: item.body,
  labels: item.labels.map((label) => labelJson(world, item.repository, label)),
  assignee: accountJson(world, item.assignees[0] ?? null),
  assignees: item.assignees.map((one) => accountJson(world, one)),
  milestone: null,
  state: item.state,
  locked: item.isLocked,
  active_lock_reason: null,
  created_at: time(item.createdAt),
  updated_at: time(item.updatedAt),
  closed_at: timeOr(item.closedAt),
  author_association: association(item.repository, item.author),
})

/** As the issues routes give it; pull requests are issues there, with the key `pull_request`. */
export const issueJson = (world: World, item: Issue | Pull): Json => {
  const url = `${api(world, item.repository)}/issues/${item.number}`
  const pull = item.kind === 'PullRequest' ? item : null
  const pullUrl = `${api(world, item.repository)}/pulls/${item.number}`
  const html = `${page(world, item.repository)}/${pull ? 'pull' : 'issues'}/${item.number}`
  return {
    ...itemJson(world, item),
    id: item.id,
    url,
    repository_url: api(world, item.repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    comments: item.comments.length,
    closed_by: accountJson(world, item.closedBy),
    state_reason: item.kind === 'Issue' ? item.stateReason : null,
    timeline_url: `${url}/timeline`,
    ...(item.kind === 'Issue' && {
      sub_issues_summary: {
        total: item.children.length,
        completed: item.children.filter(({ state }) => state === 'closed').length,
        percent_completed:
          item.children.length === 0
            ? 0
            : Math.floor((100 * item.children.filter(({ state }) => state === 'closed').length) / item.children.length),
      },
      parent_issue_url: item.parent ? `${api(world, item.parent.repository)}/issues/${item.parent.number}` : null,
    }),
    ...(pull && {
      draft: pull.isDraft,
      pull_request: {
        url: pullUrl,
        html_url: html,
        diff_url: `${html}.diff`,
        patch_url: `${html}.patch`,
        merged_at: timeOr(pull.mergedAt),
      },
    }),
  }
}

export const commentJson = (world: World, comment: Comment): Json => ({
  id: comment.id,
  node_id: comment.nodeId,
  url: `${api(world, comment.item.repository)}/issues/comments/${comment.id}`,
  html_url: `${page(world, comment.item.repository)}/${comment.item.kind === 'PullRequest' ? 'pull' : 'issues'}/${comment.item.number}#issuecomment-${comment.id}`,
  issue_url: `${api(world, comment.item.repository)}/issues/${comment.item.number}`,
  user: accountJson(world, comment.author),
  created_at: time(comment.createdAt),
  updated_at: time(comment.updatedAt),
  author_association: association(comment.item.repository, comment.author),
  body: comment.body,
  performed_via_github_app: null,
})
