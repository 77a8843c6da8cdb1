import type { DiskFile, OpenFile } from './disk.ts'

/** Files kept open for appending, the least recently used closed first. */
export type Handles = {
  /** Lends the file to `work`; nobody else may ask for the same path meanwhile. After a failure it is opened anew. */
  use<T>(path: string, work: (file: DiskFile) => Promise<T>): Promise<T>
  /** Closes that one, if it is open: its path may lead to another file by now. */
  drop(path: string): Promise<void>
  close(): Promise<void>
}

/** Keeps at most `most` idle files open; those at work come on top. */
export const keepHandles = (open: OpenFile, most: number): Handles => {
  const idle = new Map<string, DiskFile>()
  const drop = async (path: string): Promise<void> => {
    const file = idle.get(path)
    idle.delete(path)
    await file?.close()
  }
  return {
    drop,
    async use(path, work) {
      const file = idle.get(path) ?? (await open(path, 'a'))
      idle.delete(path)
      try {
        const result = await work(file)
        idle.set(path, file)
        return result
      } catch (error) {
        await file.close().catch(() => {}) // the failure that came first is the one to tell
        throw error
      } finally {
        const [oldest] = idle.keys()
        if (idle.size > most && oldest !== undefined) await drop(oldest)
      }
    },
    async close() {
      await Promise.all([...idle.keys()].map(drop))
    },
  }
}
