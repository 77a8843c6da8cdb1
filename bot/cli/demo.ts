import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { execa } from 'execa'
import { runChat, sayOnce } from '../../adapters/console/index.ts'
import { currentChange, type Session } from '../../core/contracts/session.ts'
import { lacking } from '../../core/engine/tools.ts'
import { openGit } from '../../core/kit/git.ts'
import { slug } from '../../core/kit/text.ts'
import { sleep } from '../../core/kit/time.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import { plugins } from '../../plugins/index.ts'
import { placesIn, type RunningBot } from '../main.ts'
import { demoPlaces, makeDemo, proof } from './demo-project.ts'
import { ink, print, printError } from './print.ts'
import { loadSettings } from './settings.ts'
import { runBot } from './start.ts'

/** Each part of the story may take so long; then something is wrong, and it says what. A model takes its time. */
const storyLimitMs = { scripted: 60_000, real: 15 * 60_000 } as const

/**
 * `ao demo`: a small real project with two bugs, an agent that follows a script, and everything else as it really is. With `agent` that
 * is real, too.
 */
export const demo = async ({
  auto,
  data,
  runtime: wanted,
  agent = null,
}: {
  readonly auto?: boolean
  readonly data?: string
  readonly runtime?: string
  readonly agent?: string | null
}): Promise<number> => {
  const isOwnFolder = data === undefined && auto === true
  const folder =
    data === undefined
      ? isOwnFolder
        ? mkdtempSync(join(tmpdir(), 'ao-demo-'))
        : join(homedir(), '.local', 'state', 'ao', agent === null ? 'demo' : `demo-${slug(agent, 30)}`)
      : resolve(data)
  const { runtime, because } = wanted ? { runtime: wanted, because: null } : await chooseRuntime()
  const places = await makeDemo(folder, { runtime, agent })
  const settings = await loadSettings(places.config)
  const begunWith = settings.config.projects.calc?.agent.name
  if (agent !== null && begunWith !== agent) {
    printError(`The demo in ${folder} was begun with ${begunWith}; name another folder with --data, or remove this one.`)
    return 1
  }
  const lacks = await lacking(settings.config, createRegistry(plugins))
  for (const { slot, name, lacks: what } of lacks) printError(`${slot} ${name}: ${what}`)
  if (lacks.length > 0) return 1
  if (auto) {
    const code = await runBot(settings, {
      isChatting: false,
      welcome: because ? [because] : [],
      during: (bot, signal) => play(bot, { folder, limitMs: storyLimitMs[agent === null ? 'scripted' : 'real'] }, signal),
    })
    if (code === 0 && isOwnFolder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    return code
  }
  return runBot(settings, {
    isChatting: true,
    welcome: [
      `Two issues wait in ${ink.bold('calc')}: #1 add() subtracts, #2 divide() by zero. Type ${ink.words('fix #1')} and watch.`,
      `Then ${ink.words('merge it')} when it is green. ${ink.words('fix #2')} will ask you something; ${ink.words('status')}, ${ink.words('diff')} and ${ink.words('help')} work, too.`,
      ink.dim(
        `${agent === null ? 'Everything is real but the agent, which follows a script.' : `Everything is real; ${agent} works with your own login, and costs what it uses.`} It all lives in ${folder}. ${because ?? ''}`.trim(),
      ),
    ],
  })
}

const chooseRuntime = async (): Promise<{ readonly runtime: string; readonly because: string | null }> => {
  const lacks = await createRegistry(plugins).missing('runtime', 'tmux', {})
  return lacks === null
    ? { runtime: 'tmux', because: null }
    : { runtime: 'process', because: `Without tmux agents run as plain processes (${lacks}).` }
}

/** Says what a person would say when they would say it, prints the chat as it goes, and looks at the remote in the end. */
const play = async (
  bot: RunningBot,
  { folder, limitMs }: { readonly folder: string; readonly limitMs: number },
  signal: AbortSignal,
): Promise<number> => {
  const places = demoPlaces(folder)
  const { socket, typed } = placesIn(places.data)
  const leaving = new AbortController()
  const watching = runChat({
    socketPath: socket,
    input: Object.assign(new PassThrough(), { isTTY: false }),
    output: process.stdout,
    columns: () => 80,
    isColoured: false,
    historyFile: typed,
    signal: leaving.signal,
  })
  const silent = new PassThrough().resume()
  const say = async (text: string): Promise<void> => {
    await sayOnce({ socketPath: socket, text, output: silent, timeoutMs: 20_000, isColoured: false })
  }
  const story = (): Session | undefined => [...bot.ring.ended(), ...bot.ring.sessions()].findLast(({ task }) => task.key === '#1')
  const answered = new Set<string>()
  /** A real agent may ask; somebody who watches would let it go on. */
  const allow = async (): Promise<void> => {
    const { id = '', asked } = story() ?? {}
    if (asked?.state !== 'asked' || answered.has(asked.question.request)) return
    answered.add(asked.question.request)
    await say(`answer ${id} ${asked.question.options.length > 0 ? '1' : 'Do what you think is best.'}`)
  }
  const until = async (what: string, isTrue: () => boolean): Promise<void> => {
    const startedAt = Date.now()
    while (!isTrue()) {
      signal.throwIfAborted()
      if (Date.now() - startedAt > limitMs)
        throw new Error(`The demo waited ${limitMs / 1000} s for this in vain: ${what}. The log is ${placesIn(places.data).log}.`)
      await allow()
      await sleep(50)
    }
  }
  try {
    if (!(await isFixed(places.remote, folder))) {
      if (!story()) await say('fix #1')
      await until('a session for #1', () => story() !== undefined)
      await until('green checks on a change', () => isGreen(story()))
      if (currentChange(story() as Session)?.state === 'open' && !story()?.merging) await say('merge it')
      await until('the merge', () => currentChange(story() as Session)?.state === 'merged')
    }
    await until('the end of the session', () => story() === undefined || (story()?.phase === 'ended' && story()?.handle === null))
    await bot.ring.drain()
    const isDone = await isFixed(places.remote, folder)
    print(isDone ? `\nadd(2, 3) is 5 on the remote's main branch (${places.remote}).` : '\nThe fix is not on the remote.')
    return isDone ? 0 : 1
  } catch (error) {
    if (signal.aborted) return 130
    printError(error instanceof Error ? error.message : String(error))
    return 1
  } finally {
    leaving.abort()
    await watching
  }
}

const isGreen = (session: Session | undefined): boolean => {
  const change = session ? currentChange(session) : null
  return change !== null && (change.state === 'merged' || change.checks === 'passing')
}

/** Runs the code of the remote's main branch: a commit on it proves nothing yet. */
const isFixed = async (remote: string, folder: string): Promise<boolean> => {
  const code = await openGit(remote).raw('show', 'main:calc.mjs')
  const { exitCode } = await execa(
    process.execPath,
    ['--input-type=module', '--eval', `${code.replaceAll('export ', '')}\n${proof.split('\n').slice(1).join('\n')}`],
    { cwd: folder, reject: false },
  )
  return exitCode === 0
}
