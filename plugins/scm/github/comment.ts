import { fingerprint, plain } from '../../../core/kit/text.ts'
import type { Ground } from './ground.ts'
import { isUncertain, type Standing } from './standing.ts'
import { bodyText, markBegin } from './words.ts'

/** What somebody decided in a chat. */
export type Given = {
  readonly by: string
  readonly verdict: 'approve' | 'request-changes'
  readonly head: string
  readonly text: string
}

/** Says a decision below the change, with who made it, once. */
export const commentOn = async (ground: Ground, standing: Standing, given: Given, signal: AbortSignal): Promise<void> => {
  const mark = markOf(given)
  if (await isThere(ground, standing, mark, signal)) return
  const { api, repository } = await ground.located(signal)
  try {
    await api.request(
      'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      { owner: repository.owner, repo: repository.name, issue_number: standing.number, body: `${mark}\n${wordsOf(given)}` },
      { signal, isUrgent: true },
    )
  } catch (error) {
    if (isUncertain(error) && (await isThere(ground, standing, mark, signal))) return
    throw error
  }
}

/** Invisible on the page. The same decision with the same words on the same commit has the same one. */
const markOf = ({ by, verdict, head, text }: Given): string =>
  `${markBegin}review ${verdict} ${fingerprint(`${by}\n${head}\n${text}`, 16)} -->`

const wordsOf = ({ by, verdict, head, text }: Given): string => {
  const did = verdict === 'approve' ? 'approved' : 'requested changes to'
  const said = bodyText(text)
  // A comment of HTML that is not ours could hide what follows, or look like a mark.
  return [`**${literal(by)}** ${did} ${head} in the chat.`, ...(said === '' ? [] : [said.replaceAll('<!--', '&lt;!--')])].join('\n\n')
}

const literal = (name: string): string =>
  plain(name)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>~|#]/g, '\\$&')
    .trim() || 'Somebody'

/** Looked for among the newest hundred. */
const isThere = async (ground: Ground, { id }: Standing, mark: string, signal: AbortSignal): Promise<boolean> => {
  const { api } = await ground.located(signal)
  const { data } = await api.graphql<Answer>(query, { id }, { signal, isUrgent: true })
  return (data.node?.comments?.nodes ?? []).some((comment) => comment?.viewerDidAuthor && comment.body.startsWith(mark))
}

type Answer = {
  readonly node: {
    readonly comments?: { readonly nodes: readonly ({ readonly body: string; readonly viewerDidAuthor: boolean } | null)[] }
  } | null
}

const query = `query ($id: ID!) {
  node(id: $id) { ... on PullRequest { comments(last: 100) { nodes { body viewerDidAuthor } } } }
}`
