import type { TaskContext } from '../../../core/contracts/task.ts'
import { isFault } from '../../../core/kit/fault.ts'
import type { Ask, ResponseOf } from '../../github/api.ts'
import type { Located, Repository } from '../../github/repository.ts'
import { capped, contextOf, type Issue, repositoryOf, titleOf } from './issue.ts'
import { unmarked } from './mark.ts'

/** A comment as REST gives it. */
export type Comment = ResponseOf<'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'>['data'][number]

/** All that GitHub knows of an issue, with its newest comments and its relatives. */
export const readContext = async (
  located: Located,
  issue: Issue,
  { most, ...ask }: Ask & { readonly most: number },
): Promise<TaskContext> => {
  const [{ comments, more }, parent, parts] = await Promise.all([
    most === 0 || issue.comments === 0 ? { comments: [], more: issue.comments } : newestComments(located, issue, { ...ask, most }),
    readParent(located, issue, ask),
    readParts(located, issue, ask),
  ])
  return {
    ...contextOf(issue),
    comments: comments.map(({ user, body, html_url: url }) => ({
      author: user?.login ?? 'ghost', // what GitHub calls accounts that are no more
      text: capped(unmarked(body ?? ''), { mostBytes: commentBytes, url }),
    })),
    moreComments: more,
    related: [
      ...parent.map((other) => relative(located.repository, other, 'parent')),
      ...parts.map((other) => relative(located.repository, other, 'part')),
    ],
  }
}

/**
 * The newest comments, oldest first, and how many older ones there are. GitHub gives them oldest first and nothing else, so the pages
 * are read from the last one backwards; which is the last one is known from the count, and corrected when more came meanwhile.
 */
export const newestComments = async (
  { api, repository }: Located,
  issue: Pick<Issue, 'number' | 'comments'>,
  { most, ...ask }: Ask & { readonly most: number },
): Promise<{ readonly comments: readonly Comment[]; readonly more: number }> => {
  const readPage = async (page: number): Promise<{ readonly comments: readonly Comment[]; readonly hasNext: boolean }> => {
    const at = { owner: repository.owner, repo: repository.name, issue_number: issue.number, per_page: perPage, page }
    const { data, headers } = await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', at, ask)
    return { comments: data, hasNext: /rel="next"/.test(headers.link ?? '') }
  }
  let first = Math.max(1, Math.ceil(issue.comments / perPage))
  let found: readonly Comment[] = []
  for (let page = first, hasNext = true; hasNext; page += 1) {
    const read = await readPage(page)
    found = [...found, ...read.comments]
    hasNext = read.hasNext
  }
  while (first > 1 && found.length < most) {
    first -= 1
    found = [...(await readPage(first)).comments, ...found]
  }
  const comments = found.slice(-most)
  return { comments, more: (first - 1) * perPage + found.length - comments.length }
}

/** Asked only where the issue does not say itself that there is none. GitHub answers 404 for none, an old Enterprise Server for any. */
const readParent = async ({ api, repository }: Located, issue: Issue, ask: Ask): Promise<readonly Issue[]> => {
  if (issue.parent_issue_url === null) return []
  const at = { owner: repository.owner, repo: repository.name, issue_number: issue.number }
  return orNone(async () => [(await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}/parent', at, ask)).data])
}

/** The same. GitHub takes at most a hundred parts. */
const readParts = async ({ api, repository }: Located, issue: Issue, ask: Ask): Promise<readonly Issue[]> => {
  if (issue.sub_issues_summary?.total === 0) return []
  const at = { owner: repository.owner, repo: repository.name, issue_number: issue.number, per_page: perPage }
  return orNone(async () => (await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues', at, ask)).data)
}

const orNone = async (read: () => Promise<readonly Issue[]>): Promise<readonly Issue[]> => {
  try {
    return await read()
  } catch (error) {
    if (isFault(error) && error.facts.status === 404) return []
    throw error
  }
}

const relative = (repository: Repository, issue: Issue, is: 'parent' | 'part'): TaskContext['related'][number] => {
  const name = repositoryOf(issue)
  const isHere = name.toLowerCase() === repository.nameWithOwner.toLowerCase()
  return { key: `${isHere ? '' : name}#${issue.number}`, title: titleOf(issue.title), isOpen: issue.state === 'open', is }
}

const perPage = 100
const commentBytes = 20_000
