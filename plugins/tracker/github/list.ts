import type { Task } from '../../../core/contracts/task.ts'
import type { Ask, ResponseOf } from '../../github/api.ts'
import type { Located } from '../../github/repository.ts'
import { at, whereEnabled } from './desk.ts'
import { taskOf } from './issue.ts'

/** An open issue of a list. */
export type Listed = { readonly number: number; readonly title: string; readonly createdAt: string; readonly task: Task }

/** Which open issues. Absent: all. */
export type Filter = { readonly labels?: string; readonly assignee?: string }

/**
 * Open issues, oldest first, without pull requests; of more than `most` the newest. Costs nothing while nothing changes: each page is
 * asked for with its ETag. `isFresh` asks without.
 */
export const openIssues = async (
  located: Located,
  filter: Filter,
  { most, ...ask }: Ask & { readonly most: number; readonly isFresh?: boolean },
): Promise<{ readonly issues: readonly Listed[]; readonly isCut: boolean }> => {
  const found = new Map<number, Listed>()
  let hasNext = true
  for (let page = 1; hasNext && page <= mostPages && found.size < most; page += 1) {
    const parameters = { ...at(located), ...newestFirst, ...filter, page }
    const { value } = await whereEnabled(located, () =>
      located.api.conditional('GET /repos/{owner}/{repo}/issues', parameters, readPage, { ...ask, as: 'open issues' }),
    )
    for (const issue of value.issues) found.set(issue.number, issue) // twice when one was opened between two pages
    hasNext = value.hasNext
  }
  const issues = [...found.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.number - b.number)
  return { issues: issues.slice(-most), isCut: hasNext || issues.length > most }
}

const readPage = ({ data, headers }: ResponseOf<'GET /repos/{owner}/{repo}/issues'>) => ({
  issues: data
    .filter(({ pull_request }) => !pull_request)
    .map((issue): Listed => {
      const task = taskOf(issue)
      return { number: issue.number, title: task.title, createdAt: issue.created_at, task }
    }),
  hasNext: /rel="next"/.test(headers.link ?? ''),
})

const newestFirst = { state: 'open', sort: 'created', direction: 'desc', per_page: 100 } as const

/** Pull requests are in the pages, too: where there are very many of them, fewer issues are listed. */
const mostPages = 10
