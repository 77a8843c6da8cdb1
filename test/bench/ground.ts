import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, statfs } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { median } from './numbers.ts'

/** Where everything that is measured lives, and what is undone at the end. */
export type Ground = {
  /** What is said of this ground under every figure. */
  readonly note: string
  /** A new empty folder. Absolute and free of symlinks. */
  folder(): Promise<string>
  /** Undoes what was last done first, also when the bench is interrupted. After the end it is undone at once. */
  onEnd(undo: () => Promise<void>): Promise<void>
  /** Undoes everything, once; what cannot be undone is thrown together. */
  end(): Promise<void>
}

/** 200 worktrees of 200 small files take about 200 MiB. */
const neededBytes = 1024 ** 3

/** In memory where there is room: disks of different machines tell more about the disks than about us. */
export const openGround = async (): Promise<Ground> => {
  const isInMemory = existsSync('/dev/shm') && (await freeBytes('/dev/shm')) > neededBytes
  const root = await realpath(await mkdtemp(join(isInMemory ? '/dev/shm' : tmpdir(), 'ao-bench-')))
  const undos: (() => Promise<void>)[] = []
  const nodeMs = await nodeAloneMs()
  let ending: Promise<void> | null = null
  let folders = 0

  const end = async (): Promise<void> => {
    const troubles: unknown[] = []
    for (let undo = undos.pop(); undo; undo = undos.pop()) await undo().catch((error: unknown) => troubles.push(error))
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
    if (troubles.length > 0) throw new AggregateError(troubles, 'not everything could be undone')
  }

  return {
    note: [
      isInMemory ? 'files in memory (/dev/shm)' : 'files on disk',
      `node alone starts and ends in ${nodeMs.toFixed(0)} ms`,
      `load ${loadavg()[0]?.toFixed(1)} before`,
    ].join(', '),
    folder: async () => {
      folders += 1
      const path = join(root, String(folders))
      await mkdir(path)
      return path
    },
    onEnd: async (undo) => {
      if (ending) await undo()
      else undos.push(undo)
    },
    end: () => (ending ??= end()),
  }
}

/** What no program of ours can be faster than; it also tells how busy the machine is. */
const nodeAloneMs = async (): Promise<number> => {
  const times: number[] = []
  for (let run = 1; run <= 5; run += 1) {
    const begunAt = performance.now()
    await execa(process.execPath, ['--eval', '0'], { env: { PATH: process.env.PATH }, extendEnv: false })
    times.push(performance.now() - begunAt)
  }
  return median(times)
}

const freeBytes = async (path: string): Promise<number> => {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}
