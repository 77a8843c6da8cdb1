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
  readonly labels: readonly string[]
  readonly assignees: readonly string[]
  /** What it was made under, if it was made by us. */
  readonly id: string | null
}

/** Why a text is no issue, and what to do about it. */
export type Unreadable = { readonly why: string; readonly cure: string }

/** Reads an issue. Pure; everything in the front matter is optional, and so is the front matter. */
export const readIssue = (text: string): Issue | Unreadable => {
  const { yaml, body } = partsOf(text)
  const document = parseDocument(yaml)
  const error = document.errors[0]
  if (error) return broken(firstLine(error.message).replace(/:$/, ''))
  const parsed = frontMatter.safeParse(toPlain(document) ?? {})
  if (!parsed.success) return broken(z.prettifyError(parsed.error).replace(/^✖ /, '').replaceAll(/\s+/g, ' '))
  const { title, state, author, labels, assignees, assignee, id } = parsed.data
  return {
    title: titleOf(title, body),
    body,
    isOpen: state !== 'closed',
    author: author ?? null,
    labels: wordsOf(labels) ?? [],
    assignees: wordsOf(assignees ?? assignee) ?? [],
    id: id === null || id === undefined ? null : String(id),
  }
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
  labels: z.unknown().optional(),
  assignees: z.unknown().optional(),
  assignee: z.unknown().optional(),
  id: z.unknown().optional(),
})

/** A list of words as people write it: a YAML list, or one text with commas. Null when it is neither. */
export const wordsOf = (value: unknown): readonly string[] | null => {
  if (value === null || value === undefined) return []
  const words = typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(words) || words.some((word) => word === null || typeof word === 'object')) return null
  return words.map((word) => oneLine(String(word))).filter((word) => word !== '')
}

const broken = (why: string): Unreadable => ({
  why: `its front matter is not right (${why})`,
  cure: 'Put the lines between the two "---" right: title, state (open or closed), author, labels.',
})

/** A byte order mark, the front matter, and the rest; `newline` is the one the front matter uses. Pure. */
export const partsOf = (
  text: string,
): { readonly mark: string; readonly yaml: string; readonly body: string; readonly newline: string } => {
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

/** The first line, free of control characters. Pure. */
export const oneLine = (text: string): string => firstLine(plain(text).trim())

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').trim()
