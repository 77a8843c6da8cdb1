import { headline } from '../../../core/kit/text.ts'
import type { Ask } from '../../github/api.ts'
import type { Located } from '../../github/repository.ts'
import { at, type Desk, statusOf, whereEnabled } from './desk.ts'
import { fault } from './fault.ts'
import { type Issue, repositoryOf } from './issue.ts'
import { hasAll, type Named, nearestOf, readKey, wordsOf } from './key.ts'
import { openIssues } from './list.ts'

/** An issue and the repository it is in. */
export type Found = { readonly located: Located; readonly issue: Issue }

/** The issue that a key, an address or words mean. @throws {Fault} TASK_UNKNOWN, TASK_IS_CHANGE, ISSUES_DISABLED */
export const findIssue = async (desk: Desk, key: string, ask: Ask = {}): Promise<Found> => {
  const named = readKey(key)
  const located = await desk.locate(ask)
  if (named === null) return readIssue(desk, key, await numberByWords(desk, located, key, ask), ask)
  const why = await otherPlace(located, named, ask)
  if (why !== null) throw await unknown(desk, key, { why, ...ask })
  return readIssue(desk, key, named.number, ask)
}

const readIssue = async (desk: Desk, key: string, number: number, ask: Ask): Promise<Found> => {
  const located = await desk.locate(ask)
  const parameters = { ...at(located), issue_number: number }
  const read = () => located.api.request('GET /repos/{owner}/{repo}/issues/{issue_number}', parameters, ask)
  const { data: issue } = await whereEnabled(located, read).catch(async (error: unknown) => {
    const status = statusOf(error)
    if (status === 404 || status === 410) throw await unknown(desk, key, { why: status === 410 ? 'it was deleted' : null, ...ask })
    throw error
  })
  if (issue.pull_request) throw fault('TASK_IS_CHANGE', { key: `#${issue.number}`, repository: located.repository.nameWithOwner })
  if (isName(located, repositoryOf(issue))) return { located, issue }
  // It was moved, or the repository was renamed since it was last looked at.
  const fresh = await desk.locate({ ...ask, isFresh: true })
  if (isName(fresh, repositoryOf(issue))) return { located: fresh, issue }
  throw await unknown(desk, key, { why: `it was moved to ${repositoryOf(issue)}#${issue.number}`, ...ask })
}

/** Why a key is of another place; null when it is of ours, maybe under a name that it had before. */
const otherPlace = async ({ api, repository }: Located, { repository: name, host }: Named, ask: Ask): Promise<string | null> => {
  const here = new URL(repository.url).host.toLowerCase()
  if (host !== null && host !== here) return `that address is on ${host}, and the project is on ${here}`
  if (name === null || isName({ repository }, name)) return null
  const [owner = '', repo = ''] = name.split('/')
  const other = await api.request('GET /repos/{owner}/{repo}', { owner, repo }, ask).catch((error: unknown) => {
    if (statusOf(error) !== null) return null // not there, or not for us: either way not this one, which can be read
    throw error
  })
  return other?.data.node_id === repository.id ? null : `${name} is another repository`
}

/** The only open issue that the words fit: the only hit of a search, or the one that has them all in its title. */
const numberByWords = async (desk: Desk, located: Located, key: string, ask: Ask): Promise<number> => {
  const words = wordsOf(key)
  const hits = words.length === 0 ? [] : await search(located, words, ask)
  if (hits.length === 1 && hits[0]) return hits[0].number
  // The search knows what is new only after a while; the list knows it at once.
  const titles = hits.length > 0 ? hits : (await openIssues(located, {}, { most: desk.options.mostTasks, ...ask })).issues
  const fitting = words.length === 0 ? [] : titles.filter(({ title }) => hasAll(title, words))
  const same = fitting.filter(({ title }) => wordsOf(title).length === words.length)
  const [one] = fitting.length === 1 ? fitting : same.length === 1 ? same : []
  if (one) return one.number
  throw await unknown(desk, key, { why: hits.length === 0 ? null : `several open ones have these words`, near: hits, ...ask })
}

/** All hits; none where GitHub ran out of time: the only one it had by then need not be the only one. https://docs.github.com/en/rest/search/search */
const search = async ({ api, repository }: Located, words: readonly string[], ask: Ask): Promise<readonly Titled[]> => {
  const where = `repo:${repository.nameWithOwner} is:issue is:open`
  const q = [...words.filter((_, index) => words.slice(0, index + 1).join(' ').length + where.length < mostChars), where].join(' ')
  const { data } = await api.request('GET /search/issues', { q, per_page: 50 }, ask)
  return data.incomplete_results ? [] : data.items.filter(({ pull_request }) => !pull_request)
}

type Titled = { readonly number: number; readonly title: string }
type Unknown = Ask & { readonly why: string | null; readonly near?: readonly Titled[] }

const unknown = async (desk: Desk, key: string, { why, near = [], ...ask }: Unknown): Promise<Error> => {
  const located = await desk.locate(ask)
  const open = near.length > 0 ? near : (await openIssues(located, {}, { most: desk.options.mostTasks, ...ask })).issues
  return fault('TASK_UNKNOWN', {
    key: headline(key, 80),
    repository: located.repository.nameWithOwner,
    url: located.repository.url,
    why,
    near: nearestOf(key, open).map(({ number, title }) => `#${number} (${headline(title, 60)})`),
  })
}

const isName = ({ repository }: Pick<Located, 'repository'>, name: string): boolean =>
  name.toLowerCase() === repository.nameWithOwner.toLowerCase()

/** GitHub refuses more, and is not of one mind about whether the qualifiers count. */
const mostChars = 256
