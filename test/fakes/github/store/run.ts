import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { type Ran, runSmall } from '../../shell.ts'

/** Nothing of the machine's own configuration, no questions, no translations. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  HOME: '/nonexistent',
  LC_ALL: 'C',
}

/** Runs git to its end. */
export const runGit = (
  folder: string,
  arguments_: readonly string[],
  { input, environment = {} }: { readonly input?: string | Buffer; readonly environment?: Record<string, string> } = {},
): Promise<Ran> =>
  runSmall('git', arguments_, { cwd: folder, env: { ...gitEnvironment, ...environment }, ...(input !== undefined && { input }) })

/** A git process that stays and answers one question after the other. */
export type Pipe = {
  /** `read` looks at what has come so far and says where the answer ends and what it is; null: not yet complete. */
  ask<Answer>(question: string, read: (bytes: Buffer) => { readonly end: number; readonly answer: Answer } | null): Promise<Answer>
  close(): void
}

type Waiting = { readonly take: (bytes: Buffer) => number | null; readonly fail: (why: Error) => void }

export const openPipe = (folder: string, arguments_: readonly string[]): Pipe => {
  let child: ChildProcessWithoutNullStreams | null = null
  let bytes: Buffer = Buffer.alloc(0)
  const waiting: Waiting[] = []

  const begin = (): ChildProcessWithoutNullStreams => {
    const begun = spawn('git', [...arguments_], { cwd: folder, env: gitEnvironment })
    begun.stdout.on('data', (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      for (let end = waiting[0]?.take(bytes) ?? null; end !== null; end = waiting[0]?.take(bytes) ?? null) {
        bytes = bytes.subarray(end)
        waiting.shift()
      }
    })
    let complaint = ''
    begun.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk
    })
    begun.stdin.on('error', () => {}) // told by `close`
    begun.on('close', () => {
      if (child === begun) child = null
      for (const { fail } of waiting.splice(0)) fail(new Error(`git ${arguments_.join(' ')} ended: ${complaint}`))
    })
    begun.unref()
    return begun
  }

  return {
    ask: (question, read) =>
      new Promise((resolve, reject) => {
        child ??= begin()
        waiting.push({
          take: (come) => {
            const found = read(come)
            if (!found) return null
            resolve(found.answer)
            return found.end
          },
          fail: reject,
        })
        child.stdin.write(question)
      }),
    close: () => {
      child?.stdin.end()
      child?.kill()
      child = null
    },
  }
}
