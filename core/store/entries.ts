import { isUtf8 } from 'node:buffer'
import type { Entry } from '../contracts/store.ts'

/** What the bytes of a journal hold: whole entries and where they end, or the first line that is wrong. */
export type Decoded =
  | { readonly entries: readonly Entry<unknown>[]; readonly wholeBytes: number }
  | { readonly line: number; readonly reason: string }

/**
 * The lines of one append. Every line but the last says how many `more` belong to it, so that an append of several facts
 * that was torn between two lines is known as torn.
 */
export const encode = (facts: readonly unknown[], { seq, v }: { readonly seq: number; readonly v: number }): Buffer =>
  Buffer.from(
    facts
      .map((fact, index) => {
        const more = facts.length - 1 - index
        return `{"seq":${seq + index},"v":${v},${more > 0 ? `"more":${more},` : ''}"fact":${toJson(fact)}}\n`
      })
      .join(''),
  )

/**
 * Reads what `encode` wrote. Forgiven is only what a crash leaves at the very end: a line without its newline, a last line
 * that is no JSON, an append that is not complete; `wholeBytes` is then less than there are.
 */
export const decode = (bytes: Buffer): Decoded => {
  const entries: Entry<unknown>[] = []
  let whole = { entries: 0, bytes: 0 }
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(newline, start)
    if (end === -1) break
    const row = parseLine(bytes.subarray(start, end))
    if (row === null) {
      if (end + 1 === bytes.length) break
      return { line, reason: 'is not a line of JSON' }
    }
    const entry = asEntry(row)
    if (entry === null) return { line, reason: 'is not an entry with seq, v and fact' }
    if (entry.seq !== line) return { line, reason: `has seq ${entry.seq} where ${line} belongs` }
    entries.push({ seq: entry.seq, v: entry.v, fact: entry.fact })
    start = end + 1
    if (entry.more === 0) whole = { entries: line, bytes: start }
  }
  return { entries: entries.slice(0, whole.entries), wholeBytes: whole.bytes }
}

/** A fact as text. What JSON cannot hold is a bug of whoever made it. */
export const toJson = (fact: unknown): string => {
  const text: string | undefined = JSON.stringify(fact) // undefined for undefined and for functions, whatever its type says
  if (text === undefined) throw new TypeError('A fact must be something that JSON can hold.')
  return text
}

const newline = 0x0a

/** Null when it is not JSON. `undefined` cannot come out of JSON, so wrapping keeps the value `null` apart. */
export const parseLine = (bytes: Buffer): { readonly value: unknown } | null => {
  // Bytes that are no text would be replaced silently and read as a different fact.
  if (!isUtf8(bytes)) return null
  try {
    return { value: JSON.parse(bytes.toString('utf8')) }
  } catch {
    return null // what is wrong with it does not matter, only where it stands
  }
}

/** The value of a line as an entry; null when it is none. */
export const asEntry = ({ value }: { readonly value: unknown }): (Entry<unknown> & { readonly more: number }) | null => {
  if (typeof value !== 'object' || value === null || !('seq' in value && 'v' in value && 'fact' in value)) return null
  const { seq, v, fact } = value
  const more = 'more' in value ? value.more : 0
  return isCount(seq) && isCount(v) && isCount(more) ? { seq, v, fact, more } : null
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
