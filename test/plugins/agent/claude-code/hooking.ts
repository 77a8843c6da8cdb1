import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import type { AgentPicture, Question } from '../../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../../core/contracts/plugins.ts'
import { makeHost } from '../../../fakes/host.ts'
import { foldLines, makeAgent, request } from './make.ts'

let now = Date.now()
export const host = await makeHost({ now: () => now })
export const agent = await makeAgent(host)
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'ao-hooks-')))
/** Whatever runs when a test has ended is ended. */
export const children: ChildProcess[] = []
/** The folder of the session, and below it that of this start. */
export let folder = ''
export let state = ''

beforeEach(async () => {
  now = Date.now()
  leave()
  startAs('run-1')
  await hook('SessionStart', { source: 'startup' }).done
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await host.close()
  rmSync(scratch, { recursive: true, force: true })
})

/** A session in which nothing was started. */
export const leave = (): void => {
  folder = mkdtempSync(join(scratch, 's-'))
}

/** The agent's clock goes on. */
export const passes = (elapsedMs: number): void => {
  now += elapsedMs
}

export const suggesting = {
  permission_suggestions: [
    { type: 'addRules', rules: [{ toolName: 'Bash', ruleContent: 'npm *' }], behavior: 'allow', destination: 'localSettings' },
  ],
}
export const call = (command: string) => ({ tool_name: 'Bash', tool_input: { command, description: 'run' } })
export const bash = (command: string) => ({ ...call(command), ...suggesting })

/** Writes the files of a start, as the engine does before it. */
export const startAs = (run: string): void => {
  for (const [path, text] of Object.entries(agent.launch(request({ folder, run })).files)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  state = `${folder}/claude-code/${run}`
}

export type Hooked = {
  readonly child: ChildProcess
  readonly done: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Runs a hook as Claude Code does: by a shell that is its child, the payload on standard input. */
export const hook = (event: string, payload: object): Hooked => {
  const child = spawn('/bin/sh', [`${state}/hook.sh`, event])
  children.push(child)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk
  })
  const whole = { session_id: 'c-1', transcript_path: join(folder, 'elsewhere/c-1.jsonl'), cwd: '/srv', hook_event_name: event, ...payload }
  child.stdin.end(`${JSON.stringify(whole)}\n`)
  const done = new Promise<Awaited<Hooked['done']>>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
  return { child, done }
}

export const untilPrinted = async (): Promise<{ readonly stdout: string }> => {
  await until(() => waiting().length === 1)
  return hook('Stop', {}).done
}

export const verdictOf = async ({ done }: Hooked): Promise<unknown> => JSON.parse((await done).stdout).hookSpecificOutput.decision

export const rows = (): readonly string[] =>
  readFileSync(join(folder, 'mailbox.ndjson'), 'utf8')
    .split('\n')
    .filter((row) => row !== '')

export const picture = (): AgentPicture =>
  foldLines(
    agent,
    rows().map((text) => ['mailbox', text] as const),
  )

export const asked = async (): Promise<Question> => {
  await until(() => picture().question !== null)
  const { question } = picture()
  if (question === null) throw new Error('nothing is asked')
  return question
}

export const waiting = (): readonly string[] => {
  const path = join(state, 'inbox/waiting')
  return existsSync(path) ? readdirSync(path) : []
}

const reach = (signal: AbortSignal): AgentReach => ({ folder, terminal: null, signal })
export const tell = (id: string, text: string, signal = AbortSignal.timeout(20_000)) => agent.tell({ id, text }, reach(signal))
export const answer = ({ request: asks }: Pick<Question, 'request'>, choice: number | null, text = '') =>
  agent.answer({ request: asks, choice, text, by: 'ada' }, reach(AbortSignal.timeout(20_000)))

/** Words that the bot has laid there before it went down. */
export const untaken = async (id: string): Promise<void> => {
  const stop = new AbortController()
  const told = tell(id, 'ana: hello', stop.signal)
  await until(() => waiting().length === 1)
  stop.abort(new Error('stopped'))
  await expect(told).rejects.toThrow('stopped')
}

export const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}

/** Until the hooks that wait have nothing else to do: what writes a row has their FIFO open, too. */
export const waits = async (): Promise<void> => {
  await until(() => !readdirSync(state).some((name) => name.startsWith('row.')))
  await pause(200)
}
export const pause = (waitMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, waitMs))

export const until = async (isSo: () => boolean): Promise<void> => {
  for (const limit = Date.now() + 15_000; !isSo(); ) {
    if (Date.now() > limit) throw new Error(`never so: ${isSo}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
