import type { Task } from '../../../core/contracts/task.ts'
import { fingerprint, headline } from '../../../core/kit/text.ts'
import type { Located } from '../../github/repository.ts'
import { newestComments } from './context.ts'
import { at, type Desk, statusOf, whereEnabled } from './desk.ts'
import { fault } from './fault.ts'
import { type Found, findIssue } from './find.ts'
import { type Issue, labelsOf, taskOf, titleOf } from './issue.ts'
import { hasMark, marked } from './mark.ts'

/** Closes an issue after one comment; what is closed already is left as it is. */
export const closeIssue = async (desk: Desk, key: string, note: string): Promise<void> => {
  const found = await findIssue(desk, key)
  if (found.issue.state === 'closed') return
  if (note.trim() !== '')
    await commentOnce(desk, found, { id: `close ${fingerprint(note)}`, text: note }).catch((error: unknown) => {
      // Whoever may close it may still be kept from writing in it.
      if (!found.issue.locked || statusOf(error) !== 403) throw error
      desk.host.log.warn('tracker.close.locked', { project: desk.project.name, key, note })
    })
  const parameters = { ...at(found.located), issue_number: found.issue.number, state: 'closed', state_reason: 'completed' } as const
  await found.located.api.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', parameters)
}

/** Adds a comment unless there is one of this id. @throws {Fault} TASK_LOCKED */
export const noteOn = async (desk: Desk, key: string, note: { readonly id: string; readonly text: string }): Promise<void> => {
  const found = await findIssue(desk, key)
  await commentOnce(desk, found, note).catch((error: unknown) => {
    if (!found.issue.locked || statusOf(error) !== 403) throw error
    throw fault('TASK_LOCKED', { key: `#${found.issue.number}`, repository: found.located.repository.nameWithOwner }, { cause: error })
  })
}

/** GitHub makes a label that the repository has not. */
export const setLabel = async (
  desk: Desk,
  key: string,
  { label, isOn }: { readonly label: string; readonly isOn: boolean },
): Promise<void> => {
  const { located, issue } = await findIssue(desk, key)
  const there = labelsOf(issue).find((name) => name.toLowerCase() === label.toLowerCase())
  const parameters = { ...at(located), issue_number: issue.number }
  if (isOn && there === undefined)
    await located.api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...parameters, labels: [label] })
  if (!isOn && there !== undefined)
    await located.api
      .request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...parameters, name: there })
      .catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error // somebody else was faster
      })
}

/** Writes an issue unless there is one of this id among those that our account wrote since yesterday. */
export const createIssue = (
  desk: Desk,
  { id, title, body, by }: { readonly id: string; readonly title: string; readonly body: string; readonly by: string },
): Promise<Task> =>
  desk.host.lock(`github issues ${desk.project.name}`, async () => {
    const located = await desk.locate()
    const before = await createdBefore(desk, located, id)
    if (before) return taskOf(before)
    const { data } = await whereEnabled(located, () =>
      located.api.request('POST /repos/{owner}/{repo}/issues', {
        ...at(located),
        title: headline(titleOf(title), 256),
        body: marked(asked(body, by), id),
      }),
    )
    return taskOf(data)
  })

/** The account that writes is the bot's own; who asked for it is said below. The name pings nobody and is no markup. */
const asked = (body: string, by: string): string =>
  `${body.trimEnd()}\n\nAsked for by ${titleOf(by).replace(/[^\p{L}\p{N}\p{M} .:_-]/gu, '')}.`.trimStart()

/** The newest first, page after page, until they are older than a day: no first try is so long ago. */
const createdBefore = async ({ host }: Desk, located: Located, id: string): Promise<Issue | null> => {
  const { login } = await located.api.me()
  const since = new Date(host.now() - triedWithinMs).toISOString()
  const newest = { ...at(located), state: 'all', sort: 'created', direction: 'desc', per_page: 100 } as const
  for (let page = 1; page <= mostPages; page += 1) {
    const { data } = await whereEnabled(located, () => located.api.request('GET /repos/{owner}/{repo}/issues', { ...newest, page }))
    const young = data.filter(({ created_at }) => created_at >= since)
    const found = young.find(({ user, body, pull_request }) => !pull_request && isLogin(user?.login, login) && hasMark(body, id))
    if (found) return found
    if (young.length < data.length || data.length < newest.per_page) return null
  }
  return null
}

const commentOnce = (desk: Desk, { located, issue }: Found, { id, text }: { readonly id: string; readonly text: string }): Promise<void> =>
  desk.host.lock(`github issue ${located.repository.id} ${issue.number}`, async () => {
    const { login } = await located.api.me()
    const { comments } = await newestComments(located, issue, { most: mostComments })
    if (comments.some(({ user, body }) => isLogin(user?.login, login) && hasMark(body, id))) return
    const parameters = { ...at(located), issue_number: issue.number, body: marked(text, id) }
    await located.api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', parameters)
  })

const isLogin = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase()

const triedWithinMs = 25 * 60 * 60_000
const mostPages = 5
const mostComments = 500
