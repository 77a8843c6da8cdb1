import type { Document, Documents, Journal } from '../contracts/store.ts'
import { toJson } from './entries.ts'
import { fault } from './fault.ts'
import { checkDocumentName, checkStreamName } from './names.ts'

/** A journal that forgets everything with its process. Facts go through the same text as in a file, so nobody shares an object with it. */
export const openMemoryJournal = <Fact>(): Journal<Fact> => {
  const streams = new Map<string, readonly string[]>()
  const linesOf = (id: string): readonly string[] => streams.get(checkStreamName(id)) ?? []
  return {
    read: async (id) => linesOf(id).map((line) => JSON.parse(line)),
    append: async (id, facts, expectedSeq) => {
      const before = linesOf(id)
      if (before.length !== expectedSeq) throw fault('JOURNAL_MOVED', { id, expectedSeq, seq: before.length })
      if (facts.length > 0) streams.set(id, [...before, ...facts.map(toJson)])
    },
    list: async () => [...streams.keys()].sort(),
    close: async () => {},
  }
}

/** Documents that are gone with their process. */
export const openMemoryDocuments = (): Documents => {
  const documents = new Map<string, Document<unknown>>()
  return {
    open: async <T>(name: string, empty: T) => {
      const found = documents.get(checkDocumentName(name)) ?? makeDocument(structuredClone(empty))
      documents.set(name, found)
      return found as Document<T> // one name means one type, as with a file
    },
    flush: async () => {},
  }
}

const makeDocument = (value: unknown): Document<unknown> => ({
  value,
  update: async (change) => change(value),
})
