import type { Entry } from '../contracts/store.ts'
import { asEntry, parseLine } from './entries.ts'
import { fingerprint, type Heading, noHeading, readHeading } from './heading.ts'

/** Where a reader of a stream stands: behind so many facts, which take so many bytes. */
export type Mark = { readonly seq: number; readonly bytes: number }

/** The wanted entries of whole appends and where those end, or the first line that is wrong. */
export type Sifted =
  | { readonly entries: readonly Entry<unknown>[]; readonly mark: Mark }
  | { readonly line: number; readonly reason: string }

/**
 * What a line comes to as far as it matters to whoever reads, told from its text behind the type (`","at":…`, at most the next 1,000 bytes,
 * each as a character) without parsing it. Null when that cannot be told: it is given. `''` when it comes to nothing: it need not be given,
 * nor need one that comes to the same as the line of its type before it.
 */
export type Gist = (text: string) => string | null

/** The types of the facts that are wanted, and the gist of those of which many come to nothing. */
export type Wanted = ReadonlyMap<string, Gist | null>

/** Reads the bytes behind a mark, as far as the fact `upTo`. */
export type Sift = (bytes: Buffer, from: Mark, upTo: number) => Sifted

/**
 * Reads what `encode` wrote, as `decode` does and with its forgiveness, but looks at the bytes of a line first: where they say a type that
 * is not wanted, the rest of the line is not read. A line that looks otherwise than `encode` writes it is read whole.
 */
export const makeSift = ({ types, version }: { readonly types: Wanted; readonly version: number }): Sift => {
  const wanted = new Map([...types].map(([type, gist]) => [fingerprint(type), gist]))
  return (bytes, from, upTo) => {
    const gists = new Map<number, string | null>()
    const isWanted = ({ type, at }: Heading, end: number): boolean => {
      const gistOf = wanted.get(type)
      if (!gistOf) return gistOf === null
      const [before, gist] = [gists.get(type), gistOf(bytes.toString('latin1', at, Math.min(end, at + gistBytes)))]
      gists.set(type, gist)
      return gist === null || (gist !== '' && gist !== before)
    }
    const heading = noHeading()
    const entries: Entry<unknown>[] = []
    let whole = { entries: 0, mark: from }
    for (let start = 0, seq = from.seq + 1; start < bytes.length && seq <= upTo; seq += 1) {
      const end = bytes.indexOf(newline, start)
      if (end === -1) break
      // The last line may be torn in a part that would not be looked at.
      const isLast = end + 1 === bytes.length
      const isSeen = readHeading(bytes, start, heading)
      if (!isSeen) gists.clear()
      if (isLast || !isSeen || isWanted(heading, end)) {
        const row = parseLine(bytes.subarray(start, end))
        if (row === null) {
          if (isLast) break
          return { line: seq, reason: 'is not a line of JSON' }
        }
        const entry = asEntry(row)
        if (entry === null) return { line: seq, reason: 'is not an entry with seq, v and fact' }
        if (types.has(typeOf(entry.fact))) entries.push({ seq: entry.seq, v: entry.v, fact: entry.fact })
        Object.assign(heading, { seq: entry.seq, v: entry.v, more: entry.more })
      }
      if (heading.seq !== seq) return { line: seq, reason: `has seq ${heading.seq} where ${seq} belongs` }
      if (heading.v > version) return { line: seq, reason: `is of version ${heading.v}, and this ao knows ${version}` }
      start = end + 1
      if (heading.more === 0) whole = { entries: entries.length, mark: { seq, bytes: from.bytes + start } }
    }
    return { entries: entries.slice(0, whole.entries), mark: whole.mark }
  }
}

const newline = 0x0a
const gistBytes = 1_000

const typeOf = (fact: unknown): string =>
  typeof fact === 'object' && fact !== null && 'type' in fact && typeof fact.type === 'string' ? fact.type : ''
