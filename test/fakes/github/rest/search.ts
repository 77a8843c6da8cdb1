import { refuse } from '../refusal.ts'
import { hasPermission } from '../rules.ts'
import { issueJson } from '../shapes/issues.ts'
import type { Issue, Pull } from '../state.ts'
import { type Call, choice, paged, type Route, route } from './route.ts'

const failed = (message: string): never =>
  refuse(422, 'Validation Failed', [{ resource: 'Search', field: 'q', code: message === 'missing' ? 'missing' : 'invalid', message }])

type Test = (item: Issue | Pull) => boolean

const meanings: Readonly<Record<string, (value: string) => Test>> = {
  is: (value) => (item) =>
    ({
      issue: item.kind === 'Issue',
      pr: item.kind === 'PullRequest',
      'pull-request': item.kind === 'PullRequest',
      open: item.state === 'open',
      closed: item.state === 'closed',
      merged: item.kind === 'PullRequest' && item.mergedAt !== null,
      draft: item.kind === 'PullRequest' && item.isDraft,
    })[value] ?? failed(`The search contains an unknown "is" qualifier: ${value}`),
  type: (value) => (item) => (value === 'issue') === (item.kind === 'Issue'),
  state: (value) => (item) => item.state === value,
  label: (value) => (item) => item.labels.some(({ name }) => name.toLowerCase() === value),
  assignee: (value) => (item) => item.assignees.some(({ login }) => login.toLowerCase() === value),
  author: (value) => (item) => item.author?.login.toLowerCase() === value,
  head: (value) => (item) => item.kind === 'PullRequest' && item.head.branch.toLowerCase() === value,
  base: (value) => (item) => item.kind === 'PullRequest' && item.base.branch.toLowerCase() === value,
}

const mostFound = 1_000
const longest = 256

const search = (call: Call) => {
  const { world, viewer, query } = call
  const asked = query.get('q') ?? ''
  if (asked.trim() === '') failed('missing')
  if (asked.length > longest) failed('The search is longer than 256 characters.')
  const tests: Test[] = []
  const words: string[] = []
  const names: string[] = []
  let places = ['title', 'body', 'comments']
  for (const [, minus, name, quoted, plain] of asked.matchAll(/(-)?(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/gi)) {
    const value = (quoted ?? plain ?? '').toLowerCase()
    if (name === undefined) words.push(value)
    else if (name === 'repo') names.push(value)
    else if (name === 'in') places = value.split(',')
    else if (name !== 'sort') {
      const test = meanings[name]?.(value) ?? failed(`The search contains an unknown qualifier: ${name}`)
      tests.push(minus ? (item) => !test(item) : test)
    }
  }
  const repositories = names.map((name) => world.names.get(name)).filter((one) => one && hasPermission(one, viewer.account, 'read'))
  if (names.length > 0 && repositories.length < names.length)
    failed(
      'The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.',
    )
  const among =
    names.length > 0 ? repositories : [...world.repositories.values()].filter((one) => hasPermission(one, viewer.account, 'read'))
  const text = (item: Issue | Pull): string =>
    [
      ...(places.includes('title') ? [item.title] : []),
      ...(places.includes('body') ? [item.body ?? ''] : []),
      ...(places.includes('comments') ? item.comments.map(({ body }) => body) : []),
    ]
      .join('\n')
      .toLowerCase()
  const sort = choice(call, 'sort', ['comments', 'created', 'updated', 'best-match'], 'best-match')
  const order = choice(call, 'order', ['asc', 'desc'], 'desc') === 'asc' ? 1 : -1
  const found = among
    .flatMap((repository) => [...(repository?.items.values() ?? [])])
    .filter((item) => tests.every((test) => test(item)))
    .filter((item) => words.every((word) => text(item).includes(word)))
    .sort(
      (a, b) =>
        order *
        (sort === 'updated'
          ? a.updatedAt - b.updatedAt
          : sort === 'comments'
            ? a.comments.length - b.comments.length
            : a.createdAt - b.createdAt || a.number - b.number),
    )
  return paged(
    call,
    found.slice(0, mostFound),
    (item) => ({ ...issueJson(world, item), score: 1 }),
    (items) => ({ total_count: found.length, incomplete_results: false, items }),
  )
}

export const searchRoutes: readonly Route[] = [route('GET search/issues', search)]
