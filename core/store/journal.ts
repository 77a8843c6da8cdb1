import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pLimit from 'p-limit'
import type { Log } from '../contracts/plugins.ts'
import type { Entry, Journal } from '../contracts/store.ts'
import { type DiskFile, isDiskRefusal, isMissing, makeFolder, type OpenFile, openOnDisk, syncFolder, writeThrough } from './disk.ts'
import { decode, encode } from './entries.ts'
import { fault } from './fault.ts'
import { keepHandles } from './handles.ts'
import { checkStreamName, isStreamName } from './names.ts'
import { makeTurns } from './turns.ts'

/** How a file journal is opened. */
export type FileJournalOptions<Fact> = {
  /** One folder a stream is made in it: `<folder>/<id>/journal.ndjson`. Only whoever holds the lock of the data folder may open it. */
  readonly folder: string
  /** The version of the facts that are written now. */
  readonly version: number
  /** Turns a fact of an older version into one of today's. Pure. */
  readonly upcast: (fact: unknown, v: number) => Fact
  readonly log: Log
  /** Waits until the disk has it. Default true; false is for what may be lost. */
  readonly fsync?: boolean
  readonly open?: OpenFile
}

/** A journal in files, one NDJSON file a stream. Appends to one stream go one after the other, to several side by side. */
export const openFileJournal = <Fact>({
  folder,
  version,
  upcast,
  log,
  fsync = true,
  open = openOnDisk,
}: FileJournalOptions<Fact>): Journal<Fact> => {
  const handles = keepHandles(open, mostIdleHandles)
  const inTurn = makeTurns()
  const atOnce = pLimit(mostAtOnce)
  const ends = new Map<string, End>()
  let isClosed = false

  const queued = <T>(id: string, work: (path: string) => Promise<T>): Promise<T> => {
    if (isClosed) throw new Error('The journal is closed.')
    return inTurn(checkStreamName(id), () => atOnce(() => work(join(folder, id, fileName))))
  }

  /** Reads the file and notes where it ends; cuts off what a crash left. */
  const load = async (id: string, path: string): Promise<readonly Entry<unknown>[]> => {
    const owed = ends.get(id)
    if (!owed?.isCutOwed) ends.delete(id)
    const bytes = (await readOrEmpty(path)).subarray(0, owed?.isCutOwed ? owed.bytes : undefined)
    const found = decode(bytes)
    if ('reason' in found) throw fault('JOURNAL_DAMAGED', { file: path, ...found })
    const newer = found.entries.find(({ v }) => v > version)
    if (newer)
      throw fault('JOURNAL_DAMAGED', { file: path, line: newer.seq, reason: `is of version ${newer.v}, and this ao knows ${version}` })
    const end = { seq: found.entries.length, bytes: found.wholeBytes, inode: await inodeOf(path), isCutOwed: owed?.isCutOwed ?? false }
    ends.set(id, end)
    if (bytes.length > found.wholeBytes) {
      log.warn('journal.torn', { stream: id, file: path, cutBytes: bytes.length - found.wholeBytes, facts: end.seq })
      await cutBack(id, path, end)
    }
    return found.entries
  }

  /** Takes back what was written after the last whole append; what cannot be taken back now is owed and never read. */
  const cutBack = async (id: string, path: string, end: End): Promise<void> => {
    ends.set(id, { ...end, isCutOwed: true })
    try {
      await handles.drop(path)
      await handles.use(path, async (file) => {
        await file.truncate(end.bytes)
        if (fsync) await file.datasync()
      })
      ends.set(id, { ...end, inode: await inodeOf(path), isCutOwed: false })
    } catch (error) {
      // The folder could not even be made: there is nothing to take back.
      if (isMissing(error)) ends.set(id, { ...end, inode: null, isCutOwed: false })
      else log.error('journal.cut.failed', { stream: id, file: path, cause: error })
    }
  }

  /** Where the stream ends, known from our last write if nobody else has written since. */
  const endOf = async (id: string, path: string, expectedSeq: number): Promise<End> => {
    if (!ends.has(id)) await load(id, path)
    const owing = ends.get(id)
    if (owing?.isCutOwed) await cutBack(id, path, owing)
    const end = ends.get(id)
    if (!end || end.isCutOwed) throw fault('JOURNAL_FULL', { file: path, reason: 'the end of a failed write could not be removed' })
    const now = await stat(path).catch((error: unknown) => {
      if (isMissing(error)) return { size: 0, ino: null }
      throw error
    })
    if (now.size === end.bytes && now.ino === end.inode) return end
    // Somebody else was here. What we know is worth nothing, and the file our handle leads to may not be this one.
    ends.delete(id)
    await handles.drop(path)
    throw fault('JOURNAL_MOVED', { id, expectedSeq, seq: null })
  }

  const begin = async (path: string): Promise<void> => {
    const own = dirname(path)
    await makeFolder(own)
    await handles.use(path, async () => {})
    if (fsync) for (const each of [own, folder]) await syncFolder(each)
  }

  const write = async (id: string, path: string, facts: readonly Fact[], end: End): Promise<void> => {
    const bytes = encode(facts, { seq: end.seq + 1, v: version })
    try {
      if (end.bytes === 0) await begin(path)
      const inode = end.inode ?? (await inodeOf(path))
      await handles.use(path, (file: DiskFile) => writeThrough(file, bytes, { fsync }))
      ends.set(id, { seq: end.seq + facts.length, bytes: end.bytes + bytes.length, inode, isCutOwed: false })
    } catch (error) {
      await cutBack(id, path, end)
      throw isDiskRefusal(error) ? fault('JOURNAL_FULL', { file: path, reason: error.message }, { cause: error }) : error
    }
  }

  return {
    read: async (id) =>
      queued(id, async (path) => {
        const entries = await load(id, path)
        // What is of today's version is what we wrote, so its shape is Fact.
        return entries.map(({ v, fact }) => (v < version ? upcast(fact, v) : (fact as Fact)))
      }),
    append: async (id, facts, expectedSeq) =>
      queued(id, async (path) => {
        const end = await endOf(id, path, expectedSeq)
        if (end.seq !== expectedSeq) throw fault('JOURNAL_MOVED', { id, expectedSeq, seq: end.seq })
        if (facts.length > 0) await write(id, path, facts, end)
      }),
    list: () => listStreams(folder),
    close: async () => {
      isClosed = true
      await inTurn.idle()
      await handles.close()
    },
  }
}

/** Where a stream's last whole append ends, as of our last look. `isCutOwed`: behind it lies what must never be read. */
type End = { readonly seq: number; readonly bytes: number; readonly inode: number | null; readonly isCutOwed: boolean }

const fileName = 'journal.ndjson'
const mostIdleHandles = 64
const mostAtOnce = 32

const listStreams = async (folder: string): Promise<readonly string[]> => {
  const rows = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const names = rows.filter((each) => each.isDirectory() && isStreamName(each.name)).map(({ name }) => name)
  const sizes = await Promise.all(names.map(async (name) => (await statOrNull(join(folder, name, fileName)))?.size ?? 0))
  return names.filter((_, index) => sizes[index] !== 0).sort()
}

const readOrEmpty = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return Buffer.alloc(0)
    throw error
  })

const inodeOf = async (path: string): Promise<number | null> => (await statOrNull(path))?.ino ?? null

const statOrNull = (path: string) =>
  stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
