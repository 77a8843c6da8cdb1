import { z } from 'zod'
import {
  addChild,
  addComment,
  addLabels,
  createIssue,
  deleteComment,
  editComment,
  editItem,
  removeLabel,
  setAssignees,
  setIssueState,
  setLabels,
} from '../acts/issues.ts'
import { setPullState } from '../acts/pulls.ts'
import { refuse } from '../refusal.ts'
import { labelJson } from '../shapes/accounts.ts'
import { commentJson, issueJson } from '../shapes/issues.ts'
import type { Comment, Issue, Pull } from '../state.ts'
import { actorFor, choice, itemOf, needRead, paged, type RepositoryCall, type Route, read, route } from './route.ts'

const labelNames = z.array(z.union([z.string(), z.strictObject({ name: z.string() })]))
const named = (labels: z.infer<typeof labelNames>): readonly string[] =>
  labels.map((label) => (typeof label === 'string' ? label : label.name))

const time = (item: Issue | Pull, sort: string): number =>
  sort === 'updated' ? item.updatedAt : sort === 'comments' ? item.comments.length : item.createdAt

const listed = (call: RepositoryCall): readonly (Issue | Pull)[] => {
  const { query, repository } = call
  if (!repository.hasIssues) refuse(410, 'Issues has been disabled in this repository.')
  const state = choice(call, 'state', ['open', 'closed', 'all'], 'open')
  const sort = choice(call, 'sort', ['created', 'updated', 'comments'], 'created')
  const direction = choice(call, 'direction', ['asc', 'desc'], 'desc')
  const labels = (query.get('labels') ?? '')
    .split(',')
    .filter((name) => name !== '')
    .map((name) => name.toLowerCase())
  const assignee = query.get('assignee')
  const creator = query.get('creator')
  const since = query.get('since')
  if (since !== null && Number.isNaN(Date.parse(since)))
    refuse(422, 'Validation Failed', [{ resource: 'Issue', field: 'since', code: 'invalid' }])
  return [...repository.items.values()]
    .filter((item) => state === 'all' || item.state === state)
    .filter((item) => labels.every((name) => item.labels.some((label) => label.name.toLowerCase() === name)))
    .filter(
      (item) =>
        assignee === null ||
        (assignee === 'none'
          ? item.assignees.length === 0
          : assignee === '*'
            ? item.assignees.length > 0
            : item.assignees.some(({ login }) => login.toLowerCase() === assignee.toLowerCase())),
    )
    .filter((item) => creator === null || item.author?.login.toLowerCase() === creator.toLowerCase())
    .filter((item) => since === null || item.updatedAt >= Date.parse(since))
    .sort((a, b) => (direction === 'asc' ? 1 : -1) * (time(a, sort) - time(b, sort) || a.number - b.number))
}

const common = {
  body: z.string().nullable().optional(),
  labels: labelNames.optional(),
  assignees: z.array(z.string()).optional(),
  milestone: z.null().optional(),
}
const creation = { ...common, title: z.union([z.string(), z.int()]) }
const changes = {
  ...common,
  title: creation.title.optional(),
  state: z.enum(['open', 'closed']).optional(),
  state_reason: z.enum(['completed', 'not_planned', 'duplicate', 'reopened']).nullable().optional(),
}

const commentOf = ({ repository, parameters }: RepositoryCall): Comment => {
  const found = [...repository.items.values()].flatMap(({ comments }) => comments).find(({ id }) => id === Number(parameters.id))
  return found ?? refuse(404, 'Not Found')
}

const issueOf = (call: RepositoryCall): Issue => {
  const item = itemOf(call)
  return item.kind === 'Issue' ? item : refuse(404, 'Not Found')
}

export const issueRoutes: readonly Route<RepositoryCall>[] = [
  route('GET issues', (call) => {
    needRead(call, 'issues')
    return paged(call, listed(call), (item) => issueJson(call.world, item))
  }),
  route('POST issues', async (call) => {
    const actor = actorFor(call, 'issues')
    const { title, body = null, labels = [], assignees = [] } = read(call.body, 'Issue', creation)
    const issue = await createIssue(call.world, call.repository, actor, { title: String(title), body, labels: named(labels), assignees })
    return { status: 201, body: issueJson(call.world, issue) }
  }),
  route('GET issues/{number}', (call) => {
    needRead(call, 'issues')
    if (!call.repository.hasIssues && itemOf(call).kind === 'Issue') refuse(410, 'Issues are disabled for this repo')
    return { body: issueJson(call.world, itemOf(call)) }
  }),
  route('PATCH issues/{number}', async (call) => {
    const actor = actorFor(call, 'issues')
    const item = itemOf(call)
    const { title, body, state, state_reason: reason, labels, assignees } = read(call.body, 'Issue', changes)
    await editItem(call.world, item, actor, { ...(title !== undefined && { title: String(title) }), ...(body !== undefined && { body }) })
    if (labels) await setLabels(call.world, item, actor, named(labels))
    if (assignees) await setAssignees(call.world, item, actor, assignees)
    if (state && item.kind === 'Issue') await setIssueState(call.world, item, actor, state, reason ?? undefined)
    if (state && item.kind === 'PullRequest') await setPullState(call.world, item, actor, state)
    return { body: issueJson(call.world, item) }
  }),

  route('GET issues/{number}/comments', (call) => {
    needRead(call, 'issues')
    const since = Date.parse(call.query.get('since') ?? '')
    const all = itemOf(call).comments.filter(({ updatedAt }) => Number.isNaN(since) || updatedAt >= since)
    return paged(call, all, (comment) => commentJson(call.world, comment))
  }),
  route('POST issues/{number}/comments', async (call) => {
    const item = itemOf(call)
    const actor = actorFor(call, item.kind === 'PullRequest' ? 'pull_requests' : 'issues')
    const { body } = read(call.body, 'IssueComment', { body: z.string() })
    const comment = await addComment(call.world, item, actor, body)
    return { status: 201, body: commentJson(call.world, comment) }
  }),
  route('GET issues/comments/{id}', (call) => ({ body: commentJson(call.world, commentOf(call)) })),
  route('PATCH issues/comments/{id}', async (call) => {
    const actor = actorFor(call, 'issues')
    const { body } = read(call.body, 'IssueComment', { body: z.string() })
    const comment = commentOf(call)
    await editComment(call.world, comment, actor, body)
    return { body: commentJson(call.world, comment) }
  }),
  route('DELETE issues/comments/{id}', async (call) => {
    await deleteComment(call.world, commentOf(call), actorFor(call, 'issues'))
    return { status: 204 }
  }),

  route('GET issues/{number}/labels', (call) => paged(call, itemOf(call).labels, (label) => labelJson(call.world, call.repository, label))),
  route('POST issues/{number}/labels', async (call) => {
    const actor = actorFor(call, 'issues')
    const item = itemOf(call)
    await addLabels(call.world, item, actor, named(read(call.body, 'Label', { labels: labelNames.min(1) }).labels))
    return { body: item.labels.map((label) => labelJson(call.world, call.repository, label)) }
  }),
  route('PUT issues/{number}/labels', async (call) => {
    const actor = actorFor(call, 'issues')
    const item = itemOf(call)
    await setLabels(call.world, item, actor, named(read(call.body, 'Label', { labels: labelNames }).labels))
    return { body: item.labels.map((label) => labelJson(call.world, call.repository, label)) }
  }),
  route('DELETE issues/{number}/labels/{name}', async (call) => {
    const actor = actorFor(call, 'issues')
    const item = itemOf(call)
    await removeLabel(call.world, item, actor, call.parameters.name ?? '')
    return { body: item.labels.map((label) => labelJson(call.world, call.repository, label)) }
  }),
  route('GET labels', (call) =>
    paged(call, [...call.repository.labels.values()], (label) => labelJson(call.world, call.repository, label)),
  ),
  route('POST issues/{number}/assignees', async (call) => {
    const actor = actorFor(call, 'issues')
    const item = itemOf(call)
    const { assignees } = read(call.body, 'Issue', { assignees: z.array(z.string()) })
    await setAssignees(call.world, item, actor, [...new Set([...item.assignees.map(({ login }) => login), ...assignees])])
    return { status: 201, body: issueJson(call.world, item) }
  }),

  route('GET issues/{number}/sub_issues', (call) => {
    needRead(call, 'issues')
    return paged(call, issueOf(call).children, (child) => issueJson(call.world, child))
  }),
  route('POST issues/{number}/sub_issues', async (call) => {
    const actor = actorFor(call, 'issues')
    const { sub_issue_id: id } = read(call.body, 'Issue', { sub_issue_id: z.int(), replace_parent: z.boolean().optional() })
    const child = [...call.repository.items.values()].find((item): item is Issue => item.kind === 'Issue' && item.id === id)
    const parent = issueOf(call)
    await addChild(call.world, parent, child ?? refuse(404, 'The provided sub-issue does not exist'), actor)
    return { status: 201, body: issueJson(call.world, parent) }
  }),
  route('GET issues/{number}/parent', (call) => {
    needRead(call, 'issues')
    return { body: issueJson(call.world, issueOf(call).parent ?? refuse(404, 'Not Found')) }
  }),
]
