/** A pattern, taken apart. */
export type Node =
  | { readonly kind: 'word'; readonly words: ReadonlySet<string> }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly parts: readonly Node[] }
  | { readonly kind: 'maybe'; readonly part: Node }
  | { readonly kind: 'blank'; readonly name: string }
  | { readonly kind: 'fill'; readonly slot: string; readonly value: string | number | true; readonly part: Node }

/**
 * Reads a pattern: words, `[may be left out]`, `(one|or another)`, `{blank}`, `{slot:value=words|that fill it}` and
 * `<synonyms>`. A pattern that cannot be read is a bug of whoever wrote it.
 */
export const readPattern = (pattern: string, synonyms: Readonly<Record<string, string>>): Node => {
  let at = 0
  const wrong = (what: string): Error => new Error(`The pattern "${pattern}" ${what} at ${at}.`)

  const take = (sign: string): void => {
    if (pattern[at] !== sign) throw wrong(`lacks "${sign}"`)
    at += 1
  }
  const until = (end: RegExp): string => {
    const from = at
    while (at < pattern.length && !end.test(pattern[at] ?? '')) at += 1
    return pattern.slice(from, at)
  }

  const alternatives = (): Node => {
    const parts = [sequence()]
    while (pattern[at] === '|') {
      at += 1
      parts.push(sequence())
    }
    return joined(parts)
  }

  const sequence = (): Node => {
    const parts: Node[] = []
    while (at < pattern.length && !'|)]}'.includes(pattern[at] ?? '')) {
      if (pattern[at] === ' ') at += 1
      else parts.push(part())
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'all', parts }
  }

  const part = (): Node => {
    const sign = pattern[at]
    if (sign === '[') return { kind: 'maybe', part: enclosed('[', ']') }
    if (sign === '(') return enclosed('(', ')')
    if (sign === '{') return blank()
    if (sign === '<') {
      take('<')
      const name = until(/>/)
      take('>')
      const words = synonyms[name]
      if (words === undefined) throw wrong(`knows no synonyms "${name}"`)
      return readSynonyms(words, synonyms)
    }
    const word = until(/[\s[\](){}|<>]/)
    if (word === '') throw wrong('has a stray sign')
    return { kind: 'word', words: new Set([word.toLowerCase()]) }
  }

  const enclosed = (open: string, close: string): Node => {
    take(open)
    const inner = alternatives()
    take(close)
    return inner
  }

  const blank = (): Node => {
    take('{')
    const name = until(/[:}]/)
    if (pattern[at] === '}') {
      take('}')
      return { kind: 'blank', name }
    }
    take(':')
    const value = until(/=/)
    take('=')
    const inner = alternatives()
    take('}')
    return { kind: 'fill', slot: name, value: value === 'true' ? true : /^\d+$/.test(value) ? Number(value) : value, part: inner }
  }

  const whole = alternatives()
  if (at < pattern.length) throw wrong('ends too early')
  return whole
}

/** Synonyms stand in many patterns: each is read once. */
const readSynonyms = (words: string, synonyms: Readonly<Record<string, string>>): Node => {
  const known = read.get(words)
  if (known) return known
  const node = readPattern(words, synonyms)
  read.set(words, node)
  return node
}
const read = new Map<string, Node>()

/** Alternatives of single words become one set, which is looked up at once. */
const joined = (parts: readonly Node[]): Node => {
  if (parts.length === 1 && parts[0]) return parts[0]
  const words = new Set(parts.flatMap((part) => (part.kind === 'word' ? [...part.words] : [])))
  const others = parts.filter(({ kind }) => kind !== 'word')
  const single: readonly Node[] = words.size === 0 ? [] : [{ kind: 'word', words }]
  return others.length === 0 && single[0] ? single[0] : { kind: 'any', parts: [...others, ...single] }
}

/** The words a text that fits can begin with; null when it can begin with anything. */
export const beginnings = (node: Node): ReadonlySet<string> | null => {
  const known = begun.get(node)
  if (known !== undefined) return known
  const words = firstWords(node)
  begun.set(node, words)
  return words
}
const begun = new WeakMap<Node, ReadonlySet<string> | null>()

const firstWords = (node: Node): ReadonlySet<string> | null => {
  switch (node.kind) {
    case 'word':
      return node.words
    case 'blank':
      return null
    case 'fill':
      return beginnings(node.part)
    case 'maybe':
      return beginnings(node.part)
    case 'any':
      return union(node.parts.map(beginnings))
    case 'all': {
      const last = node.parts.findIndex((part) => !canBeEmpty(part))
      return union(node.parts.slice(0, last === -1 ? node.parts.length : last + 1).map(beginnings))
    }
  }
}

/** May it stand for nothing at all? */
const canBeEmpty = (node: Node): boolean =>
  node.kind === 'maybe' ||
  (node.kind === 'all' && node.parts.every(canBeEmpty)) ||
  (node.kind === 'any' && node.parts.some(canBeEmpty)) ||
  (node.kind === 'fill' && canBeEmpty(node.part))

const union = (sets: readonly (ReadonlySet<string> | null)[]): ReadonlySet<string> | null =>
  sets.includes(null) ? null : new Set(sets.flatMap((set) => [...(set ?? [])]))

/** The names of the blanks in it. */
export const blanksIn = (node: Node): readonly string[] => {
  switch (node.kind) {
    case 'word':
      return []
    case 'blank':
      return [node.name]
    case 'fill':
    case 'maybe':
      return blanksIn(node.part)
    default:
      return node.parts.flatMap(blanksIn)
  }
}
