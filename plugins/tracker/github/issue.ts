import type { Task, TaskContext } from '../../../core/contracts/task.ts'
import { visible } from '../../../core/kit/visible.ts'
import type { ResponseOf } from '../../github/api.ts'
import { unmarked } from './mark.ts'

/** An issue as REST gives it. https://docs.github.com/en/rest/issues/issues#get-an-issue */
export type Issue = ResponseOf<'GET /repos/{owner}/{repo}/issues/{issue_number}'>['data']

/** The task that an issue is, with what stands in the issue itself; its comments and relatives are not in it. Pure. */
export const taskOf = (issue: Issue): Task => ({
  key: `#${issue.number}`,
  title: titleOf(issue.title),
  body: capped(unmarked(issue.body ?? ''), { mostBytes: bodyBytes, url: issue.html_url }),
  url: issue.html_url,
  author: issue.user?.login ?? null,
  context: contextOf(issue),
})

/** Without comments and relatives. Pure. */
export const contextOf = (issue: Issue): TaskContext => ({
  isOpen: issue.state === 'open',
  labels: labelsOf(issue),
  assignees: (issue.assignees ?? []).map(({ login }) => login),
  comments: [],
  moreComments: issue.comments,
  related: [],
})

/** Pure. */
export const labelsOf = ({ labels }: Pick<Issue, 'labels'>): readonly string[] =>
  labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))).filter((name) => name !== '')

/** One line with nothing in it that people cannot see. Pure. */
export const titleOf = (title: string): string => visible(title).replace(/\s+/g, ' ').trim() || 'Untitled'

/** `owner/name` of the repository it is in; after a transfer not the one that was asked. Pure. */
export const repositoryOf = ({ repository_url }: Pick<Issue, 'repository_url'>): string => repository_url.split('/').slice(-2).join('/')

/** A text, or its beginning and where the rest is. Pure. */
export const capped = (text: string, { mostBytes, url }: { readonly mostBytes: number; readonly url: string }): string => {
  const bytes = Buffer.byteLength(text)
  if (bytes <= mostBytes) return text
  const kept = Buffer.from(text)
    .subarray(0, mostBytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '') // half a character
  return `${kept}\n\n(Cut after ${mostBytes} of ${bytes} bytes; all of it is at ${url})`
}

const bodyBytes = 200_000
