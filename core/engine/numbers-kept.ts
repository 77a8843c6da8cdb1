import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Log } from '../contracts/plugins.ts'
import { explain } from '../kit/fault.ts'
import { type NumbersState, numbersVersion } from '../session/numbers.ts'
import { factVersion } from '../session/upcast.ts'
import { breather } from '../store/breather.ts'
import { isMissing, makeFolder, type OpenFile, openOnDisk, writeThrough } from '../store/disk.ts'
import type { Mark } from '../store/sift.ts'

/** The numbers of one session, and how far its journal was read for them. */
export type NumbersRow = { readonly mark: Mark; readonly state: NumbersState }
type Rows = readonly (readonly [string, NumbersRow])[]

/** A cache: everything in it can be made anew from the journals, so it never fails, and holds nothing of which it is not sure. */
export type KeptNumbers = {
  load(): Promise<ReadonlyMap<string, NumbersRow>>
  /** Keeps some rows more, or `all` where what is there is to be written anew. False when it could not. */
  keep(rows: Rows, all: () => Rows): Promise<boolean>
}

/** Nothing is kept. */
export const keptNowhere: KeptNumbers = { load: async () => new Map(), keep: async () => true }

/**
 * In `<folder>/ended.ndjson`, a line for each session, of which the newest counts, each with a checksum. A file that is torn, damaged,
 * of another version, or long for what it says is written anew.
 */
export const openKeptNumbers = ({
  folder,
  log,
  open = openOnDisk,
}: {
  readonly folder: string
  readonly log: Log
  readonly open?: OpenFile
}): KeptNumbers => {
  const path = join(folder, 'ended.ndjson')
  let lines = 0
  /** Sessions that have a line. */
  let ids = new Set<string>()
  let isSound = false

  const write = async (to: string, flags: 'a' | 'w', rows: Rows): Promise<number> => {
    const texts = rows.map(lineOf)
    if (texts.length === 0 && flags === 'a') return 0
    await makeFolder(folder)
    const file = await open(to, flags)
    try {
      // What is lost with the machine's power is read from the journals again.
      await writeThrough(file, Buffer.from(texts.join('')), { fsync: false })
    } finally {
      await file.close()
    }
    return texts.length
  }

  return {
    load: async () => {
      const bytes = await readFile(path).catch((error: unknown) => {
        if (!isMissing(error)) log.warn('numbers.cache.unread', { file: path, why: explain(error) })
        return null
      })
      const found = bytes === null ? { rows: new Map<string, NumbersRow>(), lines: 0, wrong: 0 } : await read(bytes)
      lines = found.lines
      ids = new Set(found.rows.keys())
      isSound = bytes !== null && found.wrong === 0
      if (found.wrong > 0) log.info('numbers.cache.stale', { file: path, lines: found.lines, wrong: found.wrong })
      return found.rows
    },
    keep: async (rows, all) => {
      try {
        if (isSound) {
          lines += await write(path, 'a', rows)
          for (const [id] of rows) ids.add(id)
          if (lines <= Math.max(mostLines, 2 * ids.size)) return true
        }
        const whole = all()
        lines = await write(`${path}.new`, 'w', whole)
        await rename(`${path}.new`, path)
        ids = new Set(whole.map(([id]) => id))
        isSound = true
        return true
      } catch (error) {
        isSound = false
        log.warn('numbers.cache.unwritten', { file: path, why: explain(error) })
        return false
      }
    },
  }
}

/** Less than this is never long. */
const mostLines = 1_000

const version = `${factVersion}.${numbersVersion}`
const [sumBegins, rowBegins] = ['{"sum":"'.length, '{"sum":"01234567","row":'.length]

const lineOf = ([session, { mark, state }]: readonly [string, NumbersRow]): string => {
  const row = JSON.stringify({ v: version, session, mark, state })
  return `{"sum":"${sumOf(row)}","row":${row}}\n`
}

const sumOf = (row: string | Uint8Array): string => crc32(row).toString(16).padStart(8, '0')

/** Lines of which one cannot be sure are counted as wrong and otherwise not there. */
const read = async (bytes: Buffer) => {
  const rows = new Map<string, NumbersRow>()
  let [lines, wrong] = [0, 0]
  const breathe = breather()
  for (let start = 0; start < bytes.length; lines += 1) {
    const end = bytes.indexOf('\n', start)
    const line = bytes.subarray(start, end === -1 ? bytes.length : end)
    const row = line.subarray(rowBegins, -1)
    if (end !== -1 && line.toString('latin1', sumBegins, sumBegins + 8) === sumOf(row)) {
      const { v, session, mark, state } = JSON.parse(row.toString()) as NumbersRow & { readonly v: string; readonly session: string } // by its checksum it is what was written
      if (v === version) rows.set(session, { mark, state })
      else wrong += 1
    } else wrong += 1
    start = end === -1 ? bytes.length : end + 1
    await breathe()
  }
  return { rows, lines, wrong }
}
