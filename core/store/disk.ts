import { mkdir, open } from 'node:fs/promises'

/** What the store needs of an open file. The file handles of `node:fs/promises` have it. */
export type DiskFile = {
  write(bytes: Uint8Array): Promise<{ readonly bytesWritten: number }>
  truncate(lengthBytes: number): Promise<void>
  datasync(): Promise<void>
  close(): Promise<void>
}

/** Opens a file for writing: `a` to append, `w` to begin anew. A test hands in one whose disk fills up. */
export type OpenFile = (path: string, flags: 'a' | 'w') => Promise<DiskFile>

/** The real disk. What it makes can be read by its owner only. */
export const openOnDisk: OpenFile = (path, flags) => open(path, flags, 0o600)

/** Writes all of it and waits until it is on disk. A short write is an error, as a full disk is. */
export const writeThrough = async (file: DiskFile, bytes: Uint8Array, { fsync }: { readonly fsync: boolean }): Promise<void> => {
  const { bytesWritten } = await file.write(bytes)
  if (bytesWritten !== bytes.length) throw Object.assign(new Error(`only ${bytesWritten} of ${bytes.length} bytes fit`), { code: 'ENOSPC' })
  if (fsync) await file.datasync()
}

/** A folder for our own eyes, made when it is missing. */
export const makeFolder = async (path: string): Promise<void> => void (await mkdir(path, { recursive: true, mode: 0o700 }))

/** Makes the names in a folder survive a power cut: syncing a file does not sync the folder it was made in. https://man7.org/linux/man-pages/man2/fsync.2.html */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Did the disk refuse, for reasons that a person can lift without us? */
export const isDiskRefusal = (error: unknown): error is Error => ['ENOSPC', 'EDQUOT', 'EIO'].includes(codeOf(error) ?? '')

/** Is there no such file or folder? */
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'

/** The system's name of an error (`ENOSPC`), or null when it has none. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
