import { permissionOf } from '../../rules.ts'
import type { Account, Comment, Issue, Pull, Repository, TimelineEvent } from '../../state.ts'
import { type Arguments, addressOf, type Fields, itemAddress } from '../asking.ts'
import { commitOf } from './nodes.ts'

/** What somebody is to a repository, as GitHub shows it beside a comment. */
export const associationOf = (repository: Repository, author: Account | null): string => {
  if (!author) return 'NONE'
  if (author === repository.owner) return 'OWNER'
  if (!repository.permissions.has(author.login.toLowerCase()) || permissionOf(repository, author) === null) return 'NONE'
  return repository.owner.kind === 'Organization' ? 'MEMBER' : 'COLLABORATOR'
}

export const comment: Fields<Comment> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  author: ({ author }) => author,
  authorAssociation: ({ item, author }) => associationOf(item.repository, author),
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  createdAt: ({ createdAt }) => createdAt,
  publishedAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  lastEditedAt: ({ createdAt, updatedAt }) => (updatedAt > createdAt ? updatedAt : null),
  isMinimized: ({ isMinimized }) => isMinimized,
  minimizedReason: ({ isMinimized }) => (isMinimized ? 'outdated' : null),
  issue: ({ item }) => (item.kind === 'Issue' ? item : null),
  pullRequest: ({ item }) => (item.kind === 'PullRequest' ? item : null),
  repository: ({ item }) => item.repository,
  url: ({ item, id }, _, asking) => `${itemAddress(asking, item)}#issuecomment-${id}`,
  viewerDidAuthor: ({ author }, _, { viewer }) => author === viewer.account,
}

/** What issues and pull requests have alike. */
export const shared: Fields<Issue | Pull> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  number: ({ number }) => number,
  title: ({ title }) => title,
  body: ({ body }) => body ?? '',
  bodyText: ({ body }) => body ?? '',
  url: (item, _, asking) => itemAddress(asking, item),
  resourcePath: (item, _, asking) => itemAddress(asking, item).slice(asking.world.addresses.html.length),
  repository: ({ repository }) => repository,
  author: ({ author }) => author,
  authorAssociation: ({ repository, author }) => associationOf(repository, author),
  viewerDidAuthor: ({ author }, _, { viewer }) => author === viewer.account,
  labels: ({ labels }) => labels,
  assignees: ({ assignees }) => assignees,
  comments: ({ comments }) => comments,
  closed: ({ state }) => state === 'closed',
  closedAt: ({ closedAt }) => closedAt,
  locked: ({ isLocked }) => isLocked,
  activeLockReason: () => null,
  createdAt: ({ createdAt }) => createdAt,
  publishedAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  lastEditedAt: () => null,
  participants: ({ author, comments, assignees }) => [
    ...new Set([author, ...assignees, ...comments.map((comment) => comment.author)].filter((one) => one?.kind === 'User')),
  ],
}

/** An event of a timeline; `kind` is its type in GraphQL. */
type EventNode = { readonly kind: string; readonly nodeId: string; readonly event: TimelineEvent; readonly item: Issue | Pull }

const kinds: Readonly<Record<string, string>> = { renamed: 'RenamedTitleEvent', 'cross-referenced': 'CrossReferencedEvent' }
const shown = [
  'Closed',
  'Reopened',
  'Labeled',
  'Unlabeled',
  'RenamedTitle',
  'HeadRefForcePushed',
  'Merged',
  'ReadyForReview',
  'ConvertToDraft',
]

const kindOf = (name: string): string =>
  kinds[name] ?? `${name.replace(/(?:^|[_-])(\w)/g, (_, letter: string) => letter.toUpperCase())}Event`

/** Comments and those events that the stand-in can show, oldest first; `itemTypes` picks from them. */
export const timelineOf = (item: Issue | Pull, { itemTypes, since }: Arguments): readonly (Comment | EventNode)[] => {
  const events = item.events.map((event): EventNode => ({ kind: kindOf(event.name), nodeId: `EV_${event.id}`, event, item }))
  const at = (one: Comment | EventNode): number => ('event' in one ? one.event.at : one.createdAt)
  return [...item.comments, ...events.filter(({ kind }) => shown.includes(kind.replace(/Event$/, '')))]
    .filter((one) => !Array.isArray(itemTypes) || itemTypes.includes(enumName(one.kind)))
    .filter((one) => since == null || at(one) >= Date.parse(String(since)))
    .sort((one, other) => at(one) - at(other))
}

const enumName = (kind: string): string => kind.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

const event: Fields<EventNode> = {
  id: ({ nodeId }) => nodeId,
  createdAt: ({ event }) => event.at,
  actor: ({ event }) => event.actor,
}
const labelled: Fields<EventNode> = {
  ...event,
  label: ({ event, item }) => {
    const name = String(event.facts.label)
    const gone = { nodeId: `LA_gone_${name}`, name, color: 'ededed', description: null }
    return item.repository.labels.get(name.toLowerCase()) ?? gone
  },
}
const ofPull: Fields<EventNode> = { ...event, pullRequest: ({ item }) => item }
const moved =
  (name: string) =>
  ({ item, event }: EventNode) => {
    const oid = event.facts[name]
    return typeof oid === 'string' ? commitOf(item.repository, oid) : null
  }

export const events: Readonly<Record<string, Fields<EventNode>>> = {
  ClosedEvent: {
    ...event,
    closable: ({ item }) => item,
    closer: ({ event }) => event.facts.closer ?? null,
    stateReason: ({ item }) => (item.kind === 'Issue' ? item.stateReason : null),
    url: ({ item, event }, _, asking) => `${addressOf(asking, item.repository)}/issues/${item.number}#event-${event.id}`,
  },
  ReopenedEvent: { ...event, closable: ({ item }) => item },
  LabeledEvent: labelled,
  UnlabeledEvent: labelled,
  RenamedTitleEvent: {
    ...event,
    currentTitle: ({ event, item }) => event.facts.to ?? item.title,
    previousTitle: ({ event }) => event.facts.from ?? '',
  },
  HeadRefForcePushedEvent: { ...ofPull, beforeCommit: moved('before'), afterCommit: moved('after') },
  MergedEvent: ofPull,
  ReadyForReviewEvent: ofPull,
  ConvertToDraftEvent: ofPull,
}
