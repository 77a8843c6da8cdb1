import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { execa } from 'execa'
import { endTree } from './tree.ts'

/** How a command went. `output` is the end of what it printed on both streams, in the order it came. */
export type CommandResult = {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
  readonly printedBytes: number
  readonly isTimedOut: boolean
  readonly durationMs: number
}

/**
 * Runs a command line of the user's (setup, CI) in a shell, with a time limit, whatever it prints. It never throws because
 * the command failed; only when it could not be run or `signal` aborted. Nothing of its process tree outlives it.
 *
 * Of the output the last `keepBytes` (default 64 KiB) are kept in memory; `logFile` gets the first 32 MiB and the last part.
 */
export const runCommand = async (
  command: string,
  {
    cwd,
    env,
    timeoutMs,
    keepBytes = 64 * 1024,
    logFile,
    signal,
  }: {
    readonly cwd: string
    readonly env: Readonly<Record<string, string>>
    readonly timeoutMs: number
    readonly keepBytes?: number
    readonly logFile?: string
    readonly signal: AbortSignal
  },
): Promise<CommandResult> => {
  signal.throwIfAborted()
  const startedAt = performance.now()
  counter += 1
  const id = `${process.pid}-${counter}`
  const mark = `AO_COMMAND=${id}`
  const child = execa(command, {
    shell: true,
    cwd,
    env: { ...env, AO_COMMAND: id },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  })
  const kept = keepEnd(keepBytes)
  const file = logFile === undefined ? null : createWriteStream(logFile)
  child.all?.on('data', (chunk: Buffer) => {
    kept.take(chunk)
    if (file && kept.printedBytes() <= maxLogBytes) file.write(chunk)
  })
  let isTimedOut = false
  const end = (): void =>
    void endTree(child.pid === undefined ? [] : [child.pid], { mark, politeMs: 1_000 }).catch(() => child.kill('SIGKILL')) // the caller hears of it by the exit
  const timer = setTimeout(() => {
    isTimedOut = true
    end()
  }, timeoutMs)
  signal.addEventListener('abort', end, { once: true })
  try {
    const result = await child
    signal.throwIfAborted()
    if (result.code !== undefined && result.exitCode === undefined && result.signal === undefined) throw result
    await endTree([], { mark, politeMs: 200 })
    return {
      code: result.exitCode ?? null,
      signal: result.signal ?? null,
      output: kept.text(),
      printedBytes: kept.printedBytes(),
      isTimedOut,
      durationMs: performance.now() - startedAt,
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    if (file) {
      if (kept.printedBytes() > maxLogBytes) file.write(`\n[… ${kept.printedBytes()} bytes in all; the end follows …]\n${kept.text()}`)
      file.end()
      await finished(file)
    }
  }
}

const maxLogBytes = 32 * 1024 * 1024
let counter = 0

/** Keeps the end of a stream without ever holding more than twice of it. */
const keepEnd = (bytes: number) => {
  let chunks: Buffer[] = []
  let held = 0
  let printed = 0
  const squeeze = (): void => {
    const all = Buffer.concat(chunks).subarray(-bytes)
    chunks = [all]
    held = all.length
  }
  return {
    take: (chunk: Buffer): void => {
      chunks.push(chunk)
      held += chunk.length
      printed += chunk.length
      if (held > bytes * 2) squeeze()
    },
    text: (): string => {
      squeeze()
      return (chunks[0] ?? Buffer.alloc(0)).toString('utf8').replace(/^\uFFFD+/, '')
    },
    printedBytes: () => printed,
  }
}
