import type { Definition, List, Nodes, Parents, PhrasingContent, RootContent, Table } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { aligned } from './columns.ts'
import { type Passage, type Run, textOf } from './passages.ts'
import { portionsOf } from './portions.ts'
import { visible } from './visible.ts'

/**
 * Markdown, as agents and people write it, as passages that every chat can draw. It formats and does nothing else: HTML stays
 * text, a link is followed by where it leads (only http and https are shown), and what nobody can see is left out.
 *
 * Every text gives passages: it never throws, and it takes a bounded time. What comes after the first 16,000 characters, and
 * what is tangled beyond reason, is one passage of plain text.
 */
export const passagesOf = (markdown: string): readonly Passage[] => {
  const text = visible(markdown)
  const end = text.length <= mostChars ? text.length : text.lastIndexOf('\n', mostChars) + 1 || mostChars
  const passages = portionsOf(text.slice(0, end)).flatMap(readPortion)
  return joined([...passages, ...asText(text.slice(end))])
}

const mostChars = 16_000
const mostDepth = 12
const mostMarks = 500

const dialect = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }

const readPortion = (source: string): readonly Passage[] => {
  if (isTangled(source)) return asText(source)
  try {
    const tree = fromMarkdown(source, dialect)
    const reader: Reader = { source, definitions: new Map() }
    gatherDefinitions(tree, reader.definitions, 0)
    return tree.children.flatMap((node) => block(node, reader, 0))
  } catch {
    // The parser recurses; a text that is nested deeper than its stack is shown as it was written.
    return asText(source)
  }
}

/** Would a parser take long, or nest deep? Rulers such as `- - - -` are neither. */
const isTangled = (source: string): boolean =>
  (source.match(/[*_~]+/g)?.length ?? 0) > mostMarks || /^(?=.*[^-*\s])(?:[ \t]*(?:>|[-*+]\s|\d{1,9}[.)]\s)){40}/m.test(source)

const asText = (text: string): readonly Passage[] => {
  const words = text.replace(/^\s*\n|\s+$/g, '')
  return words.trim() === '' ? [] : [{ kind: 'text', runs: [{ text: words }] }]
}

type Reader = { readonly source: string; readonly definitions: Map<string, Definition> }
type Style = Omit<Run, 'text'>

const gatherDefinitions = (node: Nodes, found: Map<string, Definition>, depth: number): void => {
  if (node.type === 'definition' && !found.has(node.identifier)) found.set(node.identifier, node)
  if ('children' in node && depth < mostDepth) for (const child of node.children) gatherDefinitions(child, found, depth + 1)
}

const block = (node: RootContent, reader: Reader, depth: number): readonly Passage[] => {
  if (depth > mostDepth) return asText(sourceOf(node, reader))
  switch (node.type) {
    case 'paragraph':
      return paragraph(runsOf(node, {}, reader, depth))
    case 'heading':
      return paragraph(runsOf(node, { isBold: true }, reader, depth))
    case 'code':
      return [{ kind: 'code', language: (node.lang ?? '').replace(/[^\w+#.-]/g, '').slice(0, 30), text: visible(node.value) }]
    case 'thematicBreak':
      return [{ kind: 'text', runs: [{ text: '———' }] }]
    case 'html':
      return asText(visible(node.value))
    case 'list':
      return list(node, reader, depth)
    case 'table':
      return [{ kind: 'code', language: '', text: tableText(node, reader, depth) }]
    case 'blockquote':
      return quoted(node.children.flatMap((child) => block(child, reader, depth + 1)))
    case 'footnoteDefinition': {
      const [first, ...rest] = node.children.flatMap((child) => block(child, reader, depth + 1))
      const label: Run = { text: `[${visible(node.label ?? node.identifier)}] ` }
      return first?.kind === 'text'
        ? [{ kind: 'text', runs: [label, ...first.runs] }, ...rest]
        : [{ kind: 'text', runs: [label] }, ...(first ? [first] : []), ...rest]
    }
    case 'definition':
      return []
    default:
      return asText(sourceOf(node, reader))
  }
}

const paragraph = (runs: readonly Run[]): readonly Passage[] =>
  runs.some(({ text }) => text.trim() !== '') ? [{ kind: 'text', runs }] : []

/** Items one after the other; code and tables in an item stand between two lists. */
const list = (node: List, reader: Reader, depth: number, level = 0): readonly Passage[] =>
  joined(
    node.children.flatMap((item, index): readonly Passage[] => {
      const number = node.ordered ? `${(node.start ?? 1) + index}.` : null
      const box = item.checked === true ? '☑' : item.checked === false ? '☐' : null
      let runs: readonly Run[] = number !== null && box !== null ? [{ text: `${box} ` }] : []
      const marker = number ?? box ?? '•'
      const passages: Passage[] = []
      // The first words stand next to the marker; what comes after code is a paragraph.
      let isMarked = false
      const flush = (): void => {
        if (isMarked) passages.push(...paragraph(runs))
        else passages.push({ kind: 'list', items: [{ depth: level, marker, runs }] })
        isMarked = true
        runs = []
      }
      for (const child of item.children) {
        const parts =
          child.type === 'list' && depth < mostDepth ? list(child, reader, depth + 1, level + 1) : block(child, reader, depth + 1)
        for (const part of parts) {
          if (part.kind === 'text' || part.kind === 'quote') runs = [...runs, ...(isBlank(runs) ? [] : [{ text: '\n' }]), ...part.runs]
          else {
            flush()
            passages.push(part)
          }
        }
      }
      flush()
      return passages
    }),
  )

const isBlank = (runs: readonly Run[]): boolean => runs.every(({ text }) => text.trim() === '' || /^[☐☑] $/.test(text))

/** A quote of everything that can be quoted; code stands between. */
const quoted = (passages: readonly Passage[]): readonly Passage[] =>
  joined(
    passages.map((passage): Passage => {
      if (passage.kind === 'text') return { kind: 'quote', runs: passage.runs }
      if (passage.kind === 'list') return { kind: 'quote', runs: [{ text: textOf(passage) }] }
      return passage
    }),
    true,
  )

/** Neighbouring lists are one, and so are the quotes of one quotation. */
const joined = (passages: readonly Passage[], isQuotation = false): readonly Passage[] => {
  const all: Passage[] = []
  for (const passage of passages) {
    const last = all.at(-1)
    if (last?.kind === 'list' && passage.kind === 'list') all[all.length - 1] = { kind: 'list', items: [...last.items, ...passage.items] }
    else if (isQuotation && last?.kind === 'quote' && passage.kind === 'quote')
      all[all.length - 1] = { kind: 'quote', runs: [...last.runs, { text: '\n' }, ...passage.runs] }
    else all.push(passage)
  }
  return all
}

const runsOf = (node: Parents, style: Style, reader: Reader, depth: number): readonly Run[] =>
  depth > mostDepth
    ? run(sourceOf(node, reader), style)
    : node.children.flatMap((child) => inline(child as PhrasingContent, style, reader, depth + 1))

const inline = (node: PhrasingContent, style: Style, reader: Reader, depth: number): readonly Run[] => {
  switch (node.type) {
    case 'text':
    case 'html':
      return run(node.value, style)
    case 'inlineCode':
      return run(node.value, { ...style, isCode: true })
    case 'break':
      return run('\n', style)
    case 'strong':
      return runsOf(node, { ...style, isBold: true }, reader, depth)
    case 'emphasis':
      return runsOf(node, { ...style, isItalic: true }, reader, depth)
    case 'delete':
      return runsOf(node, { ...style, isStruck: true }, reader, depth)
    case 'link':
      return linked(runsOf(node, style, reader, depth), node.url)
    case 'linkReference':
      return linked(runsOf(node, style, reader, depth), reader.definitions.get(node.identifier)?.url ?? '')
    case 'image':
      return linked(run(node.alt ?? '', style), node.url)
    case 'imageReference':
      return linked(run(node.alt ?? '', style), reader.definitions.get(node.identifier)?.url ?? '')
    case 'footnoteReference':
      return run(`[${node.label ?? node.identifier}]`, style)
    default:
      return run(sourceOf(node, reader), style)
  }
}

const run = (text: string, style: Style): readonly Run[] => {
  const shown = visible(text)
  return shown === '' ? [] : [{ text: shown, ...style }]
}

const linked = (label: readonly Run[], url: string): readonly Run[] => {
  const address = addressOf(url)
  if (address === null) return label
  const words = plainOf(label).trim()
  const isSame = [words, `http://${words}`, `https://${words}`].some((text) => text.replace(/\/$/, '') === address.replace(/\/$/, ''))
  return words === '' || isSame ? [{ text: address }] : [...label, { text: ` (${address})` }]
}

/** Where a link leads, as it may be shown; null for what is no address on the web. Letters that only look like others are spelled out. */
const addressOf = (url: string): string | null => {
  const { protocol, href } = URL.canParse(url) ? new URL(url) : { protocol: '', href: '' }
  if (protocol !== 'http:' && protocol !== 'https:') return null
  return /^[!-~]+$/.test(url) ? url : href
}

const sourceOf = (node: Nodes, { source }: Reader): string =>
  source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? source.length)

const tableText = (node: Table, reader: Reader, depth: number): string =>
  aligned(
    node.children.map((row) => row.children.map((cell) => plainOf(runsOf(cell, {}, reader, depth)))),
    node.align ?? [],
  )

const plainOf = (runs: readonly Run[]): string => runs.map(({ text }) => text).join('')
