import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { breather } from './breather.ts'
import { isMissing } from './disk.ts'
import { fault } from './fault.ts'
import { isStreamName } from './names.ts'
import { type Mark, makeSift, type Wanted } from './sift.ts'

/** Reads streams without touching them, and only facts of some types: for whoever looks at all there have ever been. */
export type Scan<Fact> = {
  /** How many bytes each stream has. */
  sizes(): Promise<ReadonlyMap<string, number>>
  /**
   * The wanted facts behind a mark, and where they end. `upTo`: facts with a higher `seq` are left out, for they may be being written.
   * Null when the stream does not go on from that mark: it must be read from its beginning.
   *
   * @throws {Fault} JOURNAL_DAMAGED. What is wrong with a line of another type is not always seen; `Journal.read` sees it.
   */
  read(id: string, from: Mark, upTo?: number): Promise<Scanned<Fact> | null>
}
export type Scanned<Fact> = { readonly facts: readonly Fact[]; readonly mark: Mark }

/** Where every stream begins. */
export const beginning: Mark = { seq: 0, bytes: 0 }

/** A scan of the folder of a file journal; `folder`, `version` and `upcast` as there. It may run while the journal is written. */
export const openFileScan = <Fact>({
  folder,
  version,
  upcast,
  types,
}: {
  readonly folder: string
  readonly version: number
  readonly upcast: (fact: unknown, v: number) => Fact
  readonly types: Wanted
}): Scan<Fact> => {
  const sift = makeSift({ types, version })
  const read = makeReader()
  const pathOf = (id: string): string => join(folder, id, 'journal.ndjson')
  return {
    sizes: async () => {
      const rows = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
        if (isMissing(error)) return []
        throw error
      })
      const breathe = breather()
      const sizes = new Map<string, number>()
      for (const row of rows) {
        const bytes = row.isDirectory() && isStreamName(row.name) ? sizeOf(pathOf(row.name)) : 0
        if (bytes > 0) sizes.set(row.name, bytes)
        await breathe()
      }
      return sizes
    },
    read: async (id, from, upTo = Number.POSITIVE_INFINITY) => {
      const file = pathOf(id)
      const bytes = read(file, from.bytes)
      if (bytes === null) return null
      const found = sift(bytes, from, upTo)
      if (!('reason' in found))
        // What is of today's version is what was written by today's journal, so its shape is Fact.
        return { facts: found.entries.map(({ v, fact }) => (v < version ? upcast(fact, v) : (fact as Fact))), mark: found.mark }
      // Behind a mark that does not fit everything looks damaged.
      if (from.seq > 0) return null
      throw fault('JOURNAL_DAMAGED', { file, line: found.line, reason: found.reason })
    },
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * Gives what a file has behind an offset, until the next one is read; null when there is less than that. It waits for the disk: a journal is
 * there in less time than it takes to ask for it and do something else meanwhile, four times over for each file.
 */
const makeReader = () => {
  // Its pages are there already, which fresh memory for each of ten thousand files is not.
  let kept = Buffer.allocUnsafe(usualBytes)
  return (path: string, offset: number): Buffer | null => {
    try {
      const file = openSync(path, 'r')
      try {
        const length = fstatSync(file).size - offset
        if (length < 0) return null
        const bytes = length <= kept.length ? kept : Buffer.allocUnsafe(length)
        if (length <= mostKeptBytes) kept = bytes
        return bytes.subarray(0, readSync(file, bytes, 0, length, offset)) // it may have been cut meanwhile
      } finally {
        closeSync(file)
      }
    } catch (error) {
      if (isMissing(error)) return offset === 0 ? Buffer.alloc(0) : null
      throw error
    }
  }
}

const [usualBytes, mostKeptBytes] = [128 * 1024, 4 * 1024 * 1024]
