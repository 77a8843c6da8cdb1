import type { Form, Where } from '../contracts/intent.ts'
import { blanks } from '../understand/blanks.ts'
import { synonyms } from '../understand/lexicon.ts'
import { type Node, readPattern } from '../understand/pattern.ts'

/** The places where a form counts, in the order they are told of, with what they are called. */
const places: readonly { readonly title: string; readonly where: readonly (Where | null)[] }[] = [
  { title: 'Forms', where: [null, 'outside'] },
  { title: 'In the thread of a session', where: ['thread'] },
  { title: 'While an agent asks', where: ['asking'] },
  { title: 'While an agent is paused', where: ['paused'] },
]

/** The forms as people read them, by the place where they count: `(merge|ship) <change> [when green]`. Each is told once. */
export const formBlocks = (forms: readonly Form[]): readonly { readonly title: string; readonly text: string }[] => {
  const told = new Set<string>()
  return places.flatMap(({ title, where }) => {
    const lines = forms
      .filter((form) => where.includes(typeof form === 'string' ? null : form.where))
      .map(formText)
      .filter((text) => !told.has(text) && told.add(text))
    return lines.length === 0 ? [] : [{ title, text: lines.join('\n') }]
  })
}

/** One form: blanks in angle brackets, what may be left out in square ones; words that say nothing are left out. */
export const formText = (form: Form): string => {
  const node = readPattern(typeof form === 'string' ? form : form.form, synonyms)
  return written(node, true).replace(/\bi\b/g, 'I')
}

/** More ways to begin than these only tire. */
const mostAlternatives = 5

/** How it begins is told with its other ways; behind that one word does for all that say the same. */
const written = (node: Node, isFirst: boolean): string => {
  if (!isFirst && node.kind !== 'maybe' && saysNothing(node)) return plainest(node)
  switch (node.kind) {
    case 'word':
      return grouped([...node.words])
    case 'all': {
      const told: string[] = []
      for (const part of node.parts) told.push(written(part, isFirst && told.every((text) => text === '')))
      return sentence(told)
    }
    case 'any':
      return grouped(
        plainFirst(node.parts).flatMap((part) => {
          if (part.kind === 'word') return [...part.words]
          return [saysNothing(part) ? plainest(part) : written(part, isFirst)]
        }),
      )
    case 'maybe':
      return saysNothing(node.part) ? '' : `[${written(node.part, false).replace(/^\(([^()]*)\)$/, '$1')}]`
    case 'fill':
      return plainest(node.part)
    case 'blank':
      return blankText(node.name)
  }
}

/** What may stand in one of two places is told in the first. */
const sentence = (parts: readonly string[]): string =>
  parts
    .filter((part, index) => part !== '' && !(part.startsWith('[') && parts.indexOf(part) < index))
    .join(' ')
    .replace(/ (?=[,:])/g, '')

const grouped = (all: readonly string[]): string => {
  const distinct = [...new Set(all.filter((one) => one !== ''))]
  if (distinct.length < 2) return distinct[0] ?? ''
  return `(${(distinct.length > mostAlternatives ? [...distinct.slice(0, mostAlternatives - 1), '…'] : distinct).join('|')})`
}

/** The shortest of its ways to say it. */
const plainest = (node: Node): string => {
  switch (node.kind) {
    case 'word':
      return [...node.words][0] ?? ''
    case 'all':
      return sentence(node.parts.map(plainest))
    case 'any': {
      const [first] = plainFirst(node.parts)
      return first ? plainest(first) : ''
    }
    case 'maybe':
      return ''
    case 'fill':
      return plainest(node.part)
    case 'blank':
      return blankText(node.name)
  }
}

const plainFirst = (parts: readonly Node[]): readonly Node[] => [
  ...parts.filter(({ kind }) => kind === 'word'),
  ...parts.filter(({ kind }) => kind !== 'word'),
]

/** Is it there for the sound of it only? */
const saysNothing = (node: Node): boolean => {
  switch (node.kind) {
    case 'word':
      return true
    case 'maybe':
      return saysNothing(node.part)
    case 'fill':
    case 'blank':
      return false
    default:
      return node.parts.every(saysNothing)
  }
}

/** `<session>`, `"<words>"`, `fix <words>`; names to choose among are told all. Verdicts stand for no words of their own. */
const blankText = (name: string): string => {
  const shown = blanks[name]?.shown ?? name
  if (shown === name && verdicts.has(name)) return ''
  if (shown.includes(', ')) return `(${shown.replaceAll(', ', '|')})`
  const marked = shown.replace(/(?<![\p{L}\p{N}])[a-z]+(?=[^\p{L}\p{N}]*$)/u, '<$&>')
  return marked === shown && /\w/.test(shown) ? `<${shown}>` : marked
}

const verdicts: ReadonlySet<string> = new Set(['yes', 'always', 'no'])
