import { readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Adapter, Low } from 'lowdb'
import type { Log } from '../contracts/plugins.ts'
import type { Document, Documents } from '../contracts/store.ts'
import { isDiskRefusal, isMissing, makeFolder, type OpenFile, openOnDisk, syncFolder, writeThrough } from './disk.ts'
import { fault } from './fault.ts'
import { checkDocumentName } from './names.ts'

/**
 * Documents as `<folder>/<name>.json`. A change that could not be written stays in memory and goes with the next write;
 * `flush` tries it once more.
 */
export const openFileDocuments = ({
  folder,
  log,
  open = openOnDisk,
}: {
  readonly folder: string
  readonly log: Log
  readonly open?: OpenFile
}): Documents => {
  const documents = new Map<string, Promise<SavedDocument<unknown>>>()
  return {
    open: async <T>(name: string, empty: T): Promise<Document<T>> => {
      const path = join(folder, `${checkDocumentName(name)}.json`)
      const document = documents.get(name) ?? openDocument(path, { empty: structuredClone(empty), open, log })
      documents.set(name, document)
      try {
        return (await document) as SavedDocument<T> // one name means one type: the folder has one file for it
      } catch (error) {
        documents.delete(name) // it may have been mended by the next time
        throw error
      }
    },
    flush: async () => {
      await Promise.all([...documents.values()].map(async (document) => (await document.catch(() => null))?.flush())) // one that never opened has nothing to write
    },
  }
}

type SavedDocument<T> = Document<T> & { flush(): Promise<void> }
type OpenOptions<T> = { readonly empty: T; readonly open: OpenFile; readonly log: Log }

const openDocument = async <T>(path: string, { empty, open, log }: OpenOptions<T>): Promise<SavedDocument<T>> => {
  const database = new Low<T>(fileAdapter<T>(path, { empty, open }), empty)
  await database.read()
  let isSaved = true
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null

  const write = async (): Promise<void> => {
    next = null // from here on changes are for the write after this one
    isSaved = true
    try {
      await database.write()
    } catch (error) {
      isSaved = false
      log.error('document.write.failed', { file: path, cause: error })
      throw error
    }
  }
  const save = (): Promise<void> => {
    isSaved = false
    next ??= running = running.then(write, write)
    return next
  }
  return {
    get value() {
      return database.data
    },
    update: async (change) => {
      change(database.data)
      await save()
    },
    flush: () => (isSaved ? running : save()),
  }
}

/** Whole or not at all: the old file stays until the new one is on disk under its name. */
const fileAdapter = <T>(path: string, { empty, open }: { readonly empty: T; readonly open: OpenFile }): Adapter<T> => ({
  read: async () => parse<T>(path, await readOrNull(path), empty),
  write: async (value) => {
    const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
    const draft = `${path}.new`
    try {
      await makeFolder(dirname(path))
      const file = await open(draft, 'w')
      try {
        await writeThrough(file, bytes, { fsync: true })
      } finally {
        await file.close()
      }
      await rename(draft, path)
      await syncFolder(dirname(path))
    } catch (error) {
      await rm(draft, { force: true })
      throw isDiskRefusal(error) ? fault('DOCUMENT_FULL', { file: path, reason: error.message }, { cause: error }) : error
    }
  },
})

const readOrNull = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })

const parse = <T>(file: string, text: string | null, empty: T): T | null => {
  if (text === null) return null
  const value = parseJson(file, text)
  // lowdb would take `null` for a missing file and write over it.
  if (kindOf(value) !== kindOf(empty))
    throw fault('DOCUMENT_DAMAGED', { file, reason: `it holds ${kindOf(value)} where ${kindOf(empty)} belongs` })
  return value as T // what was written under this name was a T
}

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw fault('DOCUMENT_DAMAGED', { file, reason: text.trim() === '' ? 'it is empty' : 'it is not JSON' }, { cause })
  }
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : value === null ? 'nothing' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
