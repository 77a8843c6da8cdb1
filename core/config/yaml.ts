import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Mistake, Path, Problem } from './problems.ts'

/** The text as plain values, with a way back to its lines; or what is wrong with it as YAML. */
export type Parsed = { readonly value: unknown; lineOf(path: Path): number | null } | { readonly problems: readonly Problem[] }

/** Reads YAML, anchors and merge keys included. Total: any text gives one or the other. */
export const parseYaml = (text: string): Parsed => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'silent' })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    return {
      problems: faults.map(({ pos: [at], message }) => {
        const { line, col } = lines.linePos(at)
        return { where: `line ${line}, column ${col}`, line, what: `This is not valid YAML: ${message}` }
      }),
    }
  }
  const plain = toPlain(() => document.toJS())
  if ('what' in plain) return { problems: [{ where: 'the file', line: null, what: plain.what }] }
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)
  return {
    value: plain.value,
    lineOf: (path) => {
      const start = deepest(document.contents, path, resolve)
      return start === null ? null : lines.linePos(start).line
    },
  }
}

/** Anchors can make a value that contains itself, or one too large to write out. */
const toPlain = (make: () => unknown): { readonly value: unknown } | Pick<Mistake, 'what'> => {
  try {
    const value = make()
    JSON.stringify(value)
    return { value }
  } catch (error) {
    return { what: `Its anchors cannot be followed: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Where the last part of the path stands that is written at all. */
const deepest = (root: unknown, path: Path, resolve: (node: unknown) => unknown): number | null => {
  let start = startOf(root)
  let at = resolve(root)
  for (const part of path) {
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (!pair) return start
      start = startOf(pair.key) ?? start
      at = resolve(pair.value)
    } else if (isSeq(at)) {
      const item: unknown = at.items[Number(part)]
      start = startOf(item) ?? start
      at = resolve(item)
    } else return start
  }
  return start
}

const startOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null // every node of a parsed document has a range
