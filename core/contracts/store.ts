/**
 * Where facts and small documents are kept. The files of the data folder are one engine behind these types; another
 * (a database, for several hosts) satisfies the same suites in `test/contracts/`.
 */

/** A fact with its place in the stream: `seq` counts from 1 without gaps, `v` is the version of its shape. */
export type Entry<Fact> = { readonly seq: number; readonly v: number; readonly fact: Fact }

/** One append-only stream of facts for each id. */
export type Journal<Fact> = {
  /**
   * All facts of a stream, oldest first; empty when there is none. A torn last line (a crash in the middle of an append)
   * is dropped from the file and told to `log`. @throws {Fault} JOURNAL_DAMAGED when any other line cannot be read or a `seq` is missing
   */
  read(id: string): Promise<readonly Fact[]>
  /**
   * Whole or not at all, and on disk before it resolves.
   *
   * @param expectedSeq How many facts the writer believes there are.
   * @throws {Fault} JOURNAL_MOVED when there are more or fewer (read again, decide again), JOURNAL_FULL when the disk refuses
   */
  append(id: string, facts: readonly Fact[], expectedSeq: number): Promise<void>
  /** The ids of all streams. */
  list(): Promise<readonly string[]>
  close(): Promise<void>
}

/** A small mutable document. */
export type Document<T> = {
  readonly value: T
  /** Changes the value and resolves once it is on disk. Changes made meanwhile go with the same write. */
  update(change: (value: T) => void): Promise<void>
}

/** Small mutable documents, one a concern. */
export type Documents = {
  /** Opens a document, or makes it from `empty`. Opening twice gives the same one. @throws {Fault} DOCUMENT_DAMAGED */
  open<T>(name: string, empty: T): Promise<Document<T>>
  /** Resolves once everything is on disk. */
  flush(): Promise<void>
}
