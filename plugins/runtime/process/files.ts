import { constants } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProcessPicture } from '../../../core/contracts/runtime.ts'
import { readStatus } from '../../../core/kit/runtime.ts'
import { plain, tail } from '../../../core/kit/text.ts'
import type { ProcessRow } from '../../../core/kit/tree.ts'
import { fault } from './faults.ts'
import { names } from './wrapper.ts'

/** Which process a run is, as its wrapper wrote it; null before it did. */
export const readPid = async (folder: string): Promise<{ readonly pid: number; readonly startedAt: string } | null> => {
  const [, pid, startedAt] = /^(\d+) (.*)\n$/.exec((await readIfThere(join(folder, names.pid))) ?? '') ?? []
  return pid === undefined || startedAt === undefined ? null : { pid: Number(pid), startedAt: startedAt.trim() }
}

/** How a run stands; null when it was never started, or nothing of it is left. `rowOf` looks up a process. */
export const readRun = async (folder: string, rowOf: (pid: number) => Promise<ProcessRow | null>): Promise<ProcessPicture | null> => {
  const found = await readPid(folder)
  if (found === null) return null
  const row = await rowOf(found.pid)
  // Asked before the status is read: a wrapper that is gone has written what it ever will.
  const isAlive = row !== null && !row.isZombie && row.startedAt.trim() === found.startedAt
  const status = (await readIfThere(join(folder, names.status))) ?? ''
  if (status !== '') return { alive: false, ...readStatus(Number(status)) }
  if (!isAlive) return { alive: false, code: null, signal: null }
  return { alive: true, pid: found.pid, activeAt: await changedAt(join(folder, names.output)), title: '' }
}

/** The end of what a run printed, as text. */
export const readOutput = async (folder: string, lines: number): Promise<string> => {
  const file = await openIfThere(join(folder, names.output), constants.O_RDONLY)
  if (file === null) return ''
  try {
    const { size } = await file.stat()
    for (let bytes = firstReadBytes; ; bytes *= 4) {
      const length = Math.min(bytes, size, maxReadBytes)
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
      const text = tail(plain(buffer.toString('utf8')), { lines, bytes: Number.POSITIVE_INFINITY })
      if (length === size || length === maxReadBytes || text.split('\n').length >= lines) return text.replace(/^\uFFFD+/, '')
    }
  } finally {
    await file.close()
  }
}

/** Writes to the pipe a run reads from, waiting while it is full. False when nobody holds its other side. @throws {Fault} INPUT_CLOSED, INPUT_FULL */
export const writeInput = async (
  folder: string,
  text: string,
  { name, timeoutMs, sleep }: { readonly name: string; readonly timeoutMs: number; readonly sleep: (ms: number) => Promise<void> },
): Promise<boolean> => {
  const file = await openPipe(join(folder, names.pipe), name)
  if (file === null) return false
  try {
    const bytes = Buffer.from(text)
    for (let sentBytes = 0, waitedMs = 0; sentBytes < bytes.length; ) {
      const took = await writeSome(file, bytes.subarray(sentBytes))
      sentBytes += took
      waitedMs = took > 0 ? 0 : waitedMs + fullWaitMs
      if (waitedMs > timeoutMs) throw fault('INPUT_FULL', { name, sentBytes, bytes: bytes.length, waitedMs })
      if (took === 0) await sleep(fullWaitMs)
    }
    return true
  } finally {
    await file.close()
  }
}

const firstReadBytes = 64 * 1024
const maxReadBytes = 16 * 1024 * 1024
const fullWaitMs = 10

type File = Awaited<ReturnType<typeof open>>

const openPipe = async (path: string, name: string): Promise<File | null> => {
  try {
    const file = await openIfThere(path, constants.O_WRONLY | constants.O_NONBLOCK)
    if (file === null) throw fault('INPUT_CLOSED', { name })
    return file
  } catch (error) {
    if (hasCode(error, 'ENXIO')) return null
    throw error
  }
}

/** 0 when the pipe is full. */
const writeSome = async (file: File, bytes: Buffer): Promise<number> => {
  try {
    return (await file.write(bytes)).bytesWritten
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return 0
    throw error
  }
}

const changedAt = async (path: string): Promise<number> => {
  try {
    return Math.floor((await stat(path)).mtimeMs)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0
    throw error
  }
}

const openIfThere = async (path: string, flags: number): Promise<File | null> => {
  try {
    return await open(path, flags)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code
