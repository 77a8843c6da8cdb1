import { type Document, isScalar, isSeq, parseDocument, stringify } from 'yaml'
import { plain } from '../../../core/kit/text.ts'
import { oneLine, partsOf, wordsOf } from './issue.ts'

/*
 * How the text of an issue changes. All of it is pure, and comments and order of the front matter and every byte of the body survive.
 */

/** The text of a new issue; `id` is what it is found under when it is to be made once more. */
export const newText = ({
  id,
  title,
  body,
  by,
}: {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly by: string
}): string => `---\n${stringify({ title: oneLine(title), author: oneLine(by), id }, { lineWidth: 0 })}---\n${plain(body).trimEnd()}\n`

/** The issue closed, with the note in a section of its own at the end; what is closed stays as it is. */
export const closedText = (text: string, note: string): string => {
  const { yaml, body, newline } = partsOf(text)
  const document = parseDocument(yaml)
  if (String(document.get('state')).toLowerCase() === 'closed') return text
  document.set('state', 'closed')
  const section = sectionOf('Closed', note, newline)
  return withHead(text, document, body.endsWith(section) ? body : withSection(body, section, newline))
}

/** The issue with one more section at the end, marked so that nobody sees it with the id of the note; or as it is, when it has that note. */
export const notedText = (text: string, { id, text: note }: { readonly id: string; readonly text: string }): string => {
  const { body, newline } = partsOf(text)
  const mark = `<!-- note: ${encodeURIComponent(id)} -->`
  if (body.includes(mark)) return text
  return (
    text.slice(0, text.length - body.length) + withSection(body, sectionOf('Note', `${mark}\n\n${plain(note).trim()}`, newline), newline)
  )
}

/** The issue with that label or without it; null when its labels are no list. */
export const labelledText = (text: string, label: string, isOn: boolean): string | null => {
  const { yaml, body } = partsOf(text)
  const document = parseDocument(yaml)
  const node = document.get('labels', true)
  const labels = wordsOf(document.toJS({ maxAliasCount: 10 })?.labels)
  if (labels === null) return null
  if (labels.includes(label) === isOn) return text
  if (isSeq(node) && isOn) node.add(document.createNode(label))
  else if (isSeq(node)) node.items = node.items.filter((item) => String(isScalar(item) ? item.value : item).trim() !== label)
  else document.set('labels', listOf(document, { labels: isOn ? [...labels, label] : labels.filter((one) => one !== label), node }))
  return withHead(text, document, body)
}

/** In one line, with the comment of what stood there. */
const listOf = (document: Document, { labels, node }: { readonly labels: readonly string[]; readonly node: unknown }) => {
  const made = document.createNode(labels, { flow: true })
  if (isScalar(node) && node.comment) made.comment = node.comment
  return made
}

const sectionOf = (title: string, words: string, newline: string): string =>
  `## ${title}\n\n${plain(words).trim()}\n`.replaceAll('\n', newline)

const withSection = (body: string, section: string, newline: string): string => {
  const gap = body === '' || body.endsWith(newline + newline) ? '' : body.endsWith(newline) ? newline : newline + newline
  return body + gap + section
}

const withHead = (text: string, document: Document, body: string): string => {
  const { mark, newline } = partsOf(text)
  return `${mark}${`---\n${document.toString({ lineWidth: 0 })}---\n`.replaceAll('\n', newline)}${body}`
}
