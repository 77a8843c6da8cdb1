import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { catalogue, row } from '../fault.ts'
import { parseObject } from '../mailbox.ts'
import { sleep } from '../time.ts'

/*
 * Agents that speak the Agent Client Protocol on their standard input and output (JSON-RPC 2.0, one message a line):
 * https://agentclientprotocol.com/protocol/v1/overview. What they say goes into a file of the session's folder, what they are told
 * comes from a FIFO there. So they live on while the bot is away, and no process stands between.
 */

export const fault = catalogue({
  AGENT_NOT_LISTENING: row<{ agent: string }>(
    (f) => `The ${f.agent} agent takes no messages now: it is starting, or it has ended.`,
    () => 'Look at it with "open"; it is tried again.',
    { mayPass: true },
  ),
  AGENT_DEAF: row<{ agent: string; bytes: number }>(
    (f) => `The ${f.agent} agent took only a part of a message (${f.bytes} bytes were left), so nothing more can be told to it.`,
    () => 'Say "restart".',
  ),
})

/** A message of the protocol, or a row of ours. */
export type Row = Readonly<Record<string, unknown>>

/** The files of such an agent in its session's folder. */
export const acpFiles = (folder: string) =>
  ({
    said: `${folder}/acp.ndjson`,
    inbox: `${folder}/acp.in`,
    start: `${folder}/acp-start.json`,
    prompt: `${folder}/acp-prompt.md`,
  }) as const

/** Can it be told anything now? */
export const isListening = (folder: string): boolean => {
  const file = opened(acpFiles(folder).inbox)
  if (file !== null) closeSync(file)
  return file !== null
}

/** Tells one message; false when nobody listens, and then nothing was told. Messages of one session go one after the other, each whole. @throws {Fault} AGENT_DEAF */
export const say = (folder: string, message: object, agent: string): Promise<boolean> => {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  const now = (writing.get(folder) ?? Promise.resolve()).then(() => writeWhole(acpFiles(folder).inbox, bytes, agent))
  writing.set(
    folder,
    now.catch(() => {}), // the one who said it is told
  )
  return now
}
const writing = new Map<string, Promise<unknown>>()

const writeWhole = async (path: string, bytes: Buffer, agent: string): Promise<boolean> => {
  const file = opened(path)
  if (file === null) return false
  try {
    // A pipe holds 64 KiB; the rest waits until the agent has read that. https://man7.org/linux/man-pages/man7/pipe.7.html
    const until = Date.now() + patienceMs
    for (let done = 0; done < bytes.length; ) {
      const written = writtenTo(file, bytes, done)
      done += written
      if (written > 0) continue
      if (Date.now() > until && done === 0) return false
      if (Date.now() > until) throw fault('AGENT_DEAF', { agent, bytes: bytes.length - done })
      await sleep(10)
    }
    return true
  } finally {
    closeSync(file)
  }
}

const patienceMs = 10_000

const opened = (path: string): number | null => {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (isCode(error, 'ENXIO', 'ENOENT')) return null // it has ended, or has not begun
    throw error
  }
}

const writtenTo = (file: number, bytes: Buffer, from: number): number => {
  try {
    return writeSync(file, bytes, from)
  } catch (error) {
    if (isCode(error, 'EAGAIN')) return 0 // the pipe is full
    throw error
  }
}

/** Gives the rows that were added to a file since the last call; a last line without its end waits. */
export const follow = (path: string): (() => readonly Row[]) => {
  let offset = 0
  let rest = Buffer.alloc(0)
  return () => {
    const bytes = bytesFrom(path, offset)
    offset += bytes.length
    const all = Buffer.concat([rest, bytes])
    const end = all.lastIndexOf(10) + 1
    rest = all.subarray(end)
    return rowsOf(all.toString('utf8', 0, end))
  }
}

const bytesFrom = (path: string, offset: number): Buffer => {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return Buffer.alloc(0)
    throw error
  }
  try {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - offset))
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset))
  } finally {
    closeSync(file)
  }
}

/** The rows of a text, in order; what is none is left out. */
export const rowsOf = (text: string): readonly Row[] =>
  text
    .split('\n')
    .map(parseObject)
    .filter((row) => row !== null)

/** The text of a file, empty when there is none. */
export const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return ''
    throw error
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
