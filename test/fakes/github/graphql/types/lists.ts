import type { Issue, Pull } from '../../state.ts'
import { type Arguments, fail, loginOf } from '../asking.ts'

/** As GraphQL has it: `MERGED` is a state of its own. */
export const stateOf = (item: Issue | Pull): 'OPEN' | 'CLOSED' | 'MERGED' => {
  if (item.kind === 'PullRequest' && item.mergedAt !== null) return 'MERGED'
  return item.state === 'open' ? 'OPEN' : 'CLOSED'
}

const hasLabels = (item: Issue | Pull, labels: unknown): boolean =>
  !Array.isArray(labels) || labels.length === 0 || labels.some((name) => item.labels.some((label) => same(label.name, name)))

const same = (one: string, other: unknown): boolean => one.toLowerCase() === String(other).toLowerCase()

/** The pulls that `states`, `labels`, `headRefName` and `baseRefName` leave. */
export const pullsOf = (pulls: readonly Pull[], { states, labels, headRefName, baseRefName }: Arguments): Pull[] =>
  pulls.filter(
    (pull) =>
      (!Array.isArray(states) || states.includes(stateOf(pull))) &&
      (headRefName == null || pull.head.branch === headRefName) &&
      (baseRefName == null || pull.base.branch === baseRefName) &&
      hasLabels(pull, labels),
  )

/** The issues that `states`, `labels` and `filterBy` leave. */
export const issuesOf = (issues: readonly Issue[], { states, labels, filterBy }: Arguments): Issue[] => {
  const filter = (filterBy ?? {}) as Readonly<Record<string, unknown>> // `IssueFilters`
  for (const name of ['milestone', 'milestoneNumber', 'mentioned', 'viewerSubscribed'])
    if (filter[name] != null && filter[name] !== false) fail('UNPROCESSABLE', `The stand-in for GitHub cannot filter issues by ${name}.`)
  const wanted = states ?? filter.states
  return issues.filter(
    (issue) =>
      (!Array.isArray(wanted) || wanted.includes(stateOf(issue))) &&
      hasLabels(issue, labels) &&
      hasLabels(issue, filter.labels) &&
      (filter.createdBy == null || (issue.author !== null && same(loginOf(issue.author), filter.createdBy))) &&
      isAssigned(issue, filter.assignee) &&
      (filter.since == null || issue.updatedAt >= Date.parse(String(filter.since))),
  )
}

/** `*`: to anybody; null (given as such): to nobody. */
const isAssigned = ({ assignees }: Issue, assignee: unknown): boolean => {
  if (assignee === undefined) return true
  if (assignee === null) return assignees.length === 0
  return assignee === '*' ? assignees.length > 0 : assignees.some((account) => same(loginOf(account), assignee))
}

/** In the order of `orderBy`; without it the oldest comes first. */
export const ordered = <Item extends Issue | Pull>(items: readonly Item[], { orderBy }: Arguments): Item[] => {
  const { field = 'CREATED_AT', direction = 'ASC' } = (orderBy ?? {}) as { readonly field?: string; readonly direction?: string } // `IssueOrder`
  const value = (item: Item): number =>
    field === 'UPDATED_AT' ? item.updatedAt : field === 'COMMENTS' ? item.comments.length : item.createdAt
  const sign = direction === 'DESC' ? -1 : 1
  return [...items].sort((one, other) => sign * (value(one) - value(other) || one.number - other.number))
}
