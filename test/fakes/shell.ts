import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a program ended and what it printed. */
export type Ran = { readonly status: number; readonly output: Buffer; readonly complaint: string }

export type Asked = {
  readonly cwd: string
  /** The whole environment; nothing of this process comes along. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input?: string | Buffer
}

/**
 * Runs a program to its end, by a small shell that stays. For what tests run by the hundred: to start one, Node copies the tables of all
 * its memory, which takes several times as long as what most git commands do. What a program under test starts is its own matter.
 */
export const runSmall = async (program: string, args: readonly string[], asked: Asked): Promise<Ran> => {
  const shell = idle.pop() ?? startShell()
  const ran = await shell.run(program, args, asked)
  idle.push(shell)
  return ran
}

type Shell = { run(program: string, args: readonly string[], asked: Asked): Promise<Ran> }

/** A shell does one thing after the other; there are as many as were ever needed at a time. */
const idle: Shell[] = []

// It ends with the process that reads its answers, however that ends.
const loop = `n='
'
while IFS= read -r line; do eval "$line"; echo $?; done
rm -rf "$0"`

const startShell = (): Shell => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-shell-'))
  const [input, output, complaint] = ['input', 'output', 'complaint'].map((name) => join(folder, name)) as [string, string, string] // three make three
  const child = spawn('/bin/sh', ['-c', loop, folder], { stdio: ['pipe', 'pipe', 'inherit'], env: {}, cwd: '/' })
  const [stdin, stdout] = [child.stdin, child.stdout] as unknown as [Socket, Socket] // which is what pipes are
  let waiting: { readonly resolve: (status: number) => void; readonly reject: (why: Error) => void } | null = null
  stdout.on('data', (line: Buffer) => waiting?.resolve(Number(line)))
  child.on('error', (error) => waiting?.reject(error))
  child.on('close', () => waiting?.reject(new Error('The shell that runs programs for the tests has ended.')))
  stdin.on('error', () => {}) // told by `close`
  const holds = (isBusy: boolean): void => {
    for (const one of [child, stdin, stdout] satisfies (ChildProcess | Socket)[]) isBusy ? one.ref() : one.unref()
  }
  return {
    run: async (program, args, asked) => {
      if (asked.input !== undefined) writeFileSync(input, asked.input)
      holds(true)
      const status = await new Promise<number>((resolve, reject) => {
        waiting = { resolve, reject }
        const command = [...assignments(asked.env), program, ...args.map(quoted)].join(' ')
        const from = asked.input === undefined ? '/dev/null' : quoted(input)
        stdin.write(`{ cd ${quoted(asked.cwd)} && ${command}; } <${from} >${quoted(output)} 2>${quoted(complaint)}\n`)
      })
      holds(false)
      return { status, output: readFileSync(output), complaint: readFileSync(complaint, 'utf8') }
    },
  }
}

const assignments = (env: Asked['env']): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoted(value)}`]))

/** One word of the shell, on one line. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`).replaceAll('\n', `'"$n"'`)}'`
