import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Works on a copy of a checkout's index, so that nothing is staged for whoever works there; the copy is removed afterwards. It is used
 * as `GIT_INDEX_FILE` and knows what the real one knows of unchanged files, so git need not read them again.
 */
export const withIndexCopy = async <T>(gitDir: string, work: (file: string) => T | Promise<T>): Promise<T> => {
  counter += 1
  const file = join(gitDir, `ao-index-${process.pid}-${counter}`)
  try {
    await copyFile(join(gitDir, 'index'), file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error // a repository without an index has nothing staged
    })
    return await work(file)
  } finally {
    await Promise.all([file, `${file}.lock`].map((name) => rm(name, { force: true })))
  }
}

let counter = 0
