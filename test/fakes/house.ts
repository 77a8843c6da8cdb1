import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'
import { demoPlaces, makeDemo } from '../../bot/cli/demo-project.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import { openGit } from '../../core/kit/git.ts'
import { parseObject } from '../../core/kit/mailbox.ts'
import { fingerprint } from '../../core/kit/text.ts'
import { endTree } from '../../core/kit/tree.ts'

/** A program of the built product that runs, or has run. */
export type Running = {
  readonly pid: number
  /** Everything it has printed so far, errors included. */
  readonly printed: () => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  readonly kill: (signal: 'SIGKILL' | 'SIGTERM') => void
}

/** What a file of the data folder shows at a moment of a story: something just became true. */
export type Moment = { readonly file: 'journal' | 'fleet' | 'inbox' | 'mailbox' | 'transcript'; readonly shows: string }

const cli = fileURLToPath(new URL('../../dist/bot/cli.js', import.meta.url))
/** Memory where there is such a disk: hundreds of synced writes are no part of what is tested. */
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const hidden = /^(?:AO_|TMUX|VITEST|NODE_OPTIONS$|NODE_CHANNEL_FD$|npm_)/

/**
 * A data folder of its own, and the built `ao` started in it as a process: real git, real terminals, real sockets, an agent
 * that follows a script. Whatever still runs in it when the test ends is ended.
 */
export const house = () => {
  const folder = mkdtempSync(join(disk, 'ao-house-'))
  const places = demoPlaces(folder)
  const started: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of started) child.kill('SIGKILL')
    await endAgents(places.data)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })

  const run = (...args: readonly string[]): Running & { readonly types: (text: string) => void } => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.test(name)))
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: { ...env, NO_COLOR: '1', LANG: 'C.UTF-8' }, stdio: 'pipe' })
    started.push(child)
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (words: string) => {
        printed += words
      })
    return {
      pid: child.pid ?? 0,
      printed: () => printed,
      ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code ?? -1))),
      kill: (signal) => void child.kill(signal),
      types: (text) => void child.stdin.end(text),
    }
  }

  const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
  const stream = (name: 'journal' | 'fleet' | 'inbox'): string => {
    const parent = join(places.data, name)
    return existsSync(parent)
      ? readdirSync(parent)
          .map((id) => text(join(parent, id, 'journal.ndjson')))
          .join('')
      : ''
  }
  const sessionFile = (name: string, session = 'calc-1'): string => text(join(places.data, 'sessions', session, name))
  const files: Readonly<Record<Moment['file'], () => string>> = {
    journal: () => stream('journal'),
    fleet: () => stream('fleet'),
    inbox: () => stream('inbox'),
    mailbox: () => sessionFile('mailbox.ndjson'),
    transcript: () => sessionFile('transcript.ndjson'),
  }
  const rows = (lines: string): readonly Readonly<Record<string, unknown>>[] =>
    lines
      .split('\n')
      .map(parseObject)
      .filter((row) => row !== null)

  return {
    folder,
    /** `ao` with these words. */
    run,
    demo: (...more: readonly string[]) => run('demo', '--auto', '--data', folder, ...more),
    /** Makes the project of the demo without playing its story. */
    makesDemo: (runtime: 'tmux' | 'process' = 'tmux') => makeDemo(folder, { runtime, agent: null }),
    starts: async (): Promise<Running> => {
      const bot = run('start', '--no-chat', '--config', places.config)
      await until(
        () => bot.printed().includes('Ready.'),
        () => `the bot to be ready; it printed:\n${bot.printed()}`,
      )
      return bot
    },
    say: async (words: string, ...more: readonly string[]) => {
      const said = run('say', words, '--data', places.data, ...more)
      const code = await said.ended
      return { code, printed: said.printed() }
    },
    chats: async (...lines: readonly string[]) => {
      const chat = run('chat', '--data', places.data)
      chat.types(`${lines.join('\n')}\n`)
      const code = await chat.ended
      return { code, printed: chat.printed() }
    },
    /** Waits until a file of the data folder shows that something just became true. */
    sees: ({ file, shows }: Moment, limitMs?: number) =>
      until(
        () => files[file]().includes(shows),
        () => `${file} to show ${shows}; it shows:\n${files[file]()}`,
        limitMs,
      ),
    facts: (): readonly Fact[] => rows(stream('journal')).flatMap(({ fact }) => (fact === undefined ? [] : [fact as Fact])), // it wrote them itself
    /** The ids of the messages that the agent received, in order, each as often as it came. */
    received: (): readonly string[] =>
      rows(files.transcript()).flatMap(({ kind, ids }) => (kind === 'received' && Array.isArray(ids) ? (ids as string[]) : [])),
    /** How many processes the agent has had. */
    agentStarts: (): number => rows(files.transcript()).filter(({ kind }) => kind === 'started').length,
    /** The commits on the remote's main branch, newest first. */
    main: async (): Promise<readonly string[]> => (await openGit(places.remote).raw('log', '--format=%s', 'main')).trim().split('\n'),
    code: (): Promise<string> => openGit(places.remote).raw('show', 'main:calc.mjs'),
    log: (): string => text(join(places.data, 'ao.log')),
  }
}

export type House = ReturnType<typeof house>

/** Looks again and again, because a process of its own tells nobody; every 2 ms, so that a moment is still one. */
const until = async (isTrue: () => boolean, what: () => string, limitMs = 30_000): Promise<void> => {
  const startedAt = Date.now()
  while (!isTrue()) {
    if (Date.now() - startedAt > limitMs) throw new Error(`Waited ${limitMs} ms for ${what()}`)
    await sleep(2)
  }
}

/** Ends the agents of that data folder, which outlive their bot, as they should, and the terminal server they lived in. */
const endAgents = async (data: string): Promise<void> => {
  const sessions = join(data, 'sessions')
  for (const session of existsSync(sessions) ? readdirSync(sessions) : [])
    await endTree([], { mark: `AO_FOLDER=${join(sessions, session)}`, politeMs: 0 })
  await execa('tmux', ['-L', `ao-${fingerprint(data)}`, 'kill-server'], { reject: false }) // most often it has ended with its last agent
}
