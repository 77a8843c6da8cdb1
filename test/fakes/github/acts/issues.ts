import { invalid, refuse } from '../refusal.ts'
import { hasPermission } from '../rules.ts'
import { accountJson, labelJson } from '../shapes/accounts.ts'
import { commentJson, issueJson } from '../shapes/issues.ts'
import { pullJson } from '../shapes/pulls.ts'
import type { Account, Comment, Issue, Label, Pull, Repository, World } from '../state.ts'
import { known } from '../world.ts'
import { assignable, isPull, need, needWritable, note, tell, touch } from './common.ts'

/** The next number of a repository, and what an issue or pull request begins with. */
export const begin = (
  world: World,
  repository: Repository,
  author: Account,
  { title, body }: { readonly title: string; readonly body: string | null },
) => {
  const at = world.now()
  return {
    number: Math.max(0, ...repository.items.keys()) + 1,
    repository,
    author,
    title,
    body,
    labels: [] as Label[],
    assignees: [] as Account[],
    isLocked: false,
    comments: [] as Comment[],
    events: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    state: 'open' as const,
  }
}

/** Tells hooks of an issue or pull request, whichever it is. */
export const tellItem = (world: World, item: Issue | Pull, sender: Account, action: string, more: Record<string, unknown> = {}): void =>
  tell(world, isPull(item) ? 'pull_request' : 'issues', action, { repository: item.repository, sender }, () =>
    isPull(item) ? { number: item.number, pull_request: pullJson(world, item), ...more } : { issue: issueJson(world, item), ...more },
  )

export const createIssue = async (
  world: World,
  repository: Repository,
  actor: Account,
  parts: {
    readonly title: string
    readonly body?: string | null
    readonly labels?: readonly string[]
    readonly assignees?: readonly string[]
  },
): Promise<Issue> => {
  need(repository, actor, 'read')
  needWritable(repository)
  if (!repository.hasIssues) refuse(410, 'Issues has been disabled in this repository.')
  if (parts.title.trim() === '') invalid('Issue', 'title', 'missing_field')
  const assignees = (parts.assignees ?? []).map((login) => assignable(world, repository, login, 'Issue', 'assignees'))
  const issue: Issue = known(
    world,
    'Issue',
    { ...begin(world, repository, actor, { title: parts.title, body: parts.body ?? null }), stateReason: null, parent: null, children: [] },
    repository,
  )
  repository.items.set(issue.number, issue)
  // Without the right to it labels and assignees are dropped without a word.
  if (hasPermission(repository, actor, 'triage')) {
    issue.labels = (parts.labels ?? []).map((name) => labelNamed(world, repository, name))
    issue.assignees = assignees
  }
  tellItem(world, issue, actor, 'opened')
  for (const label of issue.labels) tellItem(world, issue, actor, 'labeled', { label: labelJson(world, repository, label) })
  for (const one of issue.assignees) tellItem(world, issue, actor, 'assigned', { assignee: accountJson(world, one) })
  return issue
}

export const editItem = async (
  world: World,
  item: Issue | Pull,
  actor: Account,
  parts: { readonly title?: string; readonly body?: string | null },
): Promise<void> => {
  if (item.author !== actor) need(item.repository, actor, 'write')
  needWritable(item.repository)
  if (parts.title?.trim() === '') invalid('Issue', 'title', 'missing_field')
  const changes: Record<string, { from: string }> = {}
  if (parts.title !== undefined && parts.title !== item.title) {
    changes.title = { from: item.title }
    note(world, item, actor, 'renamed', { from: item.title, to: parts.title })
    item.title = parts.title
  }
  if (parts.body !== undefined && parts.body !== item.body) {
    changes.body = { from: item.body ?? '' }
    item.body = parts.body
    touch(world, item)
  }
  if (Object.keys(changes).length > 0) tellItem(world, item, actor, 'edited', { changes })
}

/** Closes or reopens an issue; nothing happens when it is so already. */
export const setIssueState = async (
  world: World,
  issue: Issue,
  actor: Account,
  state: 'open' | 'closed',
  reason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' = state === 'open' ? 'reopened' : 'completed',
): Promise<void> => {
  if (issue.author !== actor) need(issue.repository, actor, 'triage')
  needWritable(issue.repository)
  if (issue.state === state && (state === 'open' || issue.stateReason === reason)) return
  issue.state = state
  issue.stateReason = reason
  issue.closedAt = state === 'closed' ? world.now() : null
  issue.closedBy = state === 'closed' ? actor : null
  note(world, issue, actor, state === 'closed' ? 'closed' : 'reopened', { state_reason: reason })
  tellItem(world, issue, actor, state === 'closed' ? 'closed' : 'reopened')
}

export const addComment = async (world: World, item: Issue | Pull, actor: Account, body: string): Promise<Comment> => {
  need(item.repository, actor, 'read')
  needWritable(item.repository)
  if (item.isLocked && !hasPermission(item.repository, actor, 'write')) refuse(403, 'Unable to create comment because issue is locked.')
  if (body.trim() === '') invalid('IssueComment', 'body', 'missing_field')
  if (body.length > 65_536) invalid('IssueComment', 'body', 'custom', { message: 'body is too long (maximum is 65536 characters)' })
  const at = world.now()
  const comment: Comment = known(
    world,
    'IssueComment',
    { item, author: actor, body, createdAt: at, updatedAt: at, isMinimized: false },
    item.repository,
  )
  item.comments.push(comment)
  touch(world, item)
  tellComment(world, comment, actor, 'created')
  return comment
}

export const editComment = async (world: World, comment: Comment, actor: Account, body: string): Promise<void> => {
  if (comment.author !== actor) need(comment.item.repository, actor, 'write')
  needWritable(comment.item.repository)
  const from = comment.body
  comment.body = body
  comment.updatedAt = world.now()
  touch(world, comment.item)
  tellComment(world, comment, actor, 'edited', { changes: { body: { from } } })
}

export const deleteComment = async (world: World, comment: Comment, actor: Account): Promise<void> => {
  if (comment.author !== actor) need(comment.item.repository, actor, 'write')
  needWritable(comment.item.repository)
  comment.item.comments.splice(comment.item.comments.indexOf(comment), 1)
  world.nodes.delete(comment.nodeId)
  touch(world, comment.item)
  tellComment(world, comment, actor, 'deleted')
}

const tellComment = (world: World, comment: Comment, sender: Account, action: string, more: Record<string, unknown> = {}): void =>
  tell(world, 'issue_comment', action, { repository: comment.item.repository, sender }, () => ({
    issue: issueJson(world, comment.item),
    comment: commentJson(world, comment),
    ...more,
  }))

/** The label of that name; whoever may write makes new ones by using them. */
export const labelNamed = (world: World, repository: Repository, name: string): Label => {
  const found = repository.labels.get(name.toLowerCase())
  if (found) return found
  const label: Label = known(world, 'Label', { name, color: 'ededed', description: null }, repository)
  repository.labels.set(name.toLowerCase(), label)
  return label
}

export const addLabels = async (world: World, item: Issue | Pull, actor: Account, names: readonly string[]): Promise<void> => {
  need(item.repository, actor, 'triage')
  needWritable(item.repository)
  for (const label of names.map((name) => labelNamed(world, item.repository, name))) {
    if (item.labels.includes(label)) continue
    item.labels.push(label)
    note(world, item, actor, 'labeled', { label: label.name })
    tellItem(world, item, actor, 'labeled', { label: labelJson(world, item.repository, label) })
  }
}

/** @throws Refusal 404 `Label does not exist` when the issue has it not. */
export const removeLabel = async (world: World, item: Issue | Pull, actor: Account, name: string): Promise<void> => {
  need(item.repository, actor, 'triage')
  needWritable(item.repository)
  const label = item.labels.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? refuse(404, 'Label does not exist')
  item.labels = item.labels.filter((one) => one !== label)
  note(world, item, actor, 'unlabeled', { label: label.name })
  tellItem(world, item, actor, 'unlabeled', { label: labelJson(world, item.repository, label) })
}

export const setLabels = async (world: World, item: Issue | Pull, actor: Account, names: readonly string[]): Promise<void> => {
  const wanted = new Set(names.map((name) => name.toLowerCase()))
  for (const { name } of item.labels.filter((one) => !wanted.has(one.name.toLowerCase()))) await removeLabel(world, item, actor, name)
  await addLabels(world, item, actor, names)
}

export const setAssignees = async (world: World, item: Issue | Pull, actor: Account, logins: readonly string[]): Promise<void> => {
  need(item.repository, actor, 'triage')
  needWritable(item.repository)
  const wanted = logins.map((login) => assignable(world, item.repository, login, 'Issue', 'assignees'))
  const gone = item.assignees.filter((one) => !wanted.includes(one))
  const come = wanted.filter((one) => !item.assignees.includes(one))
  item.assignees = wanted
  for (const [name, some] of [['unassigned', gone] as const, ['assigned', come] as const])
    for (const one of some) {
      note(world, item, actor, name, { assignee: one.login })
      tellItem(world, item, actor, name, { assignee: accountJson(world, one) })
    }
}

export const addChild = async (world: World, parent: Issue, child: Issue, actor: Account): Promise<void> => {
  need(parent.repository, actor, 'triage')
  if (child.parent) refuse(422, 'An error occurred while adding the sub-issue to the parent issue. Sub issue may only have one parent')
  child.parent = parent
  parent.children.push(child)
  note(world, parent, actor, 'sub_issue_added', { sub_issue: child.number })
  note(world, child, actor, 'parent_issue_added', { parent: parent.number })
  tell(world, 'sub_issues', 'sub_issue_added', { repository: parent.repository, sender: actor }, () => ({
    sub_issue_id: child.id,
    sub_issue: issueJson(world, child),
    parent_issue_id: parent.id,
    parent_issue: issueJson(world, parent),
  }))
}
