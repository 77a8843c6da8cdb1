import { parseDocument } from 'yaml'
import { z } from 'zod'
import { plain } from '../../../core/kit/text.ts'

/** An issue as its file says it. */
export type Issue = {
  readonly title: string
  /** Everything after the front matter, as it is. */
  readonly body: string
  readonly isOpen: boolean
  readonly author: string | null
}

/** Why a text is no issue, and what to do about it. */
export type Unreadable = { readonly why: string; readonly cure: string }

/** Reads an issue. Pure; everything in the front matter is optional, and so is the front matter. */
export const readIssue = (text: string): Issue | Unreadable => {
  const { yaml, body } = part(text)
  const document = parseDocument(yaml)
  const error = document.errors[0]
  if (error) return broken(firstLine(error.message).replace(/:$/, ''))
  const parsed = frontMatter.safeParse(toPlain(document) ?? {})
  if (!parsed.success) return broken(z.prettifyError(parsed.error).replace(/^✖ /, '').replaceAll(/\s+/g, ' '))
  const { title, state, author } = parsed.data
  return { title: titleOf(title, body), body, isOpen: state !== 'closed', author: author ?? null }
}

/**
 * The text of the issue closed, with the note in a section of its own at the end. Pure. Comments and order of the front matter and
 * every byte of the body survive; what is closed stays as it is.
 */
export const closedText = (text: string, note: string): string => {
  const { mark, yaml, body, newline } = part(text)
  const document = parseDocument(yaml)
  if (String(document.get('state')).toLowerCase() === 'closed') return text
  document.set('state', 'closed')
  const head = `---\n${document.toString({ lineWidth: 0 })}---\n`.replaceAll('\n', newline)
  const section = `## Closed\n\n${plain(note).trim()}\n`.replaceAll('\n', newline)
  if (body.endsWith(section)) return `${mark}${head}${body}`
  const gap = body === '' || body.endsWith(newline + newline) ? '' : body.endsWith(newline) ? newline : newline + newline
  return `${mark}${head}${body}${gap}${section}`
}

/** Is it one that could not be read? */
export const isUnreadable = (issue: Issue | Unreadable): issue is Unreadable => 'why' in issue

const frontMatter = z.looseObject({
  title: z.union([z.string(), z.number()], 'title must be text').nullish(),
  state: z
    .string()
    .transform((state) => state.toLowerCase())
    .pipe(z.enum(['open', 'closed'], 'state must be open or closed'))
    .nullish(),
  author: z.string('author must be text').nullish(),
})

const broken = (why: string): Unreadable => ({
  why: `its front matter is not right (${why})`,
  cure: 'Put the lines between the two "---" right: title, state (open or closed), author, labels.',
})

/** A byte order mark, the front matter, and the rest; `newline` is the one the front matter uses. */
const part = (text: string): { readonly mark: string; readonly yaml: string; readonly body: string; readonly newline: string } => {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const rest = text.slice(mark.length)
  const newline = /^[^\n]*\r\n/.test(rest) ? '\r\n' : '\n'
  const found = /^---[ \t]*\r?\n([\s\S]*?)(?:^)---[ \t]*(?:\r?\n|$)/m.exec(rest)
  return found?.index === 0
    ? { mark, yaml: (found[1] ?? '').replaceAll('\r\n', '\n'), body: rest.slice(found[0].length), newline }
    : { mark, yaml: '', body: rest, newline }
}

/** Null, too, when it asks for more memory than it is long (nested aliases). */
const toPlain = (document: ReturnType<typeof parseDocument>): unknown => {
  try {
    return document.toJS({ maxAliasCount: 10 })
  } catch (error) {
    return String(error) // not a map, so the schema refuses it
  }
}

const titleOf = (title: string | number | null | undefined, body: string): string => {
  const own = oneLine(String(title ?? ''))
  if (own !== '') return own
  const heading = /^#[ \t]+(.+?)[ \t]*#*[ \t]*$/m.exec(body)?.[1]
  return oneLine(heading ?? body) || 'Untitled'
}

const oneLine = (text: string): string => firstLine(plain(text).trim())

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').trim()
