import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import type { Agent, AgentReach, Host, Launch } from '../../../../core/contracts/plugins.ts'
import { appendRow, readReport } from '../../../../core/kit/mailbox.ts'
import { sleep } from '../../../../core/kit/time.ts'
import { opencode } from '../../../../plugins/agent/opencode/index.ts'
import { fakeServer } from './fake-server.ts'

/** The plugin, as the bot makes it. */
export const makeAgent = (): Agent => opencode.create(opencode.options.parse({}), {} as Host, { host: 'local', project: null }) as Agent // it needs neither

export const request = {
  session: 'app-1',
  workspace: { path: '/home/ana/app', branch: 'ao/1', baseCommit: 'c0ffee' },
  run: 'app-1.m0.1',
  instructions: 'You work on branch ao/1.',
  prompt: 'Task #1: make it so.',
  resume: null,
  model: null,
  permissions: 'default',
} as const

/** What the mailbox of that folder says. */
export const pictureOf = (agent: Agent, folder: string): AgentPicture => fold(agent, 'mailbox', textOf(folder))

export const fold = (agent: Agent, source: string, text: string, before: AgentPicture = unheard): AgentPicture => {
  let mark = 0
  return text.split('\n').reduce((picture, line) => {
    const given = { source, text: line, mark, at: 2_000_000_000_000 }
    mark += Buffer.byteLength(line) + 1
    return line === '' ? picture : ((source === 'mailbox' ? readReport(picture, given) : null) ?? agent.read(picture, given))
  }, before)
}

export const textOf = (folder: string): string => {
  try {
    return readFileSync(join(folder, 'mailbox.ndjson'), 'utf8')
  } catch {
    return '' // nothing has been written yet
  }
}

/** A started opencode whose server is a fake one, and a bot that listens to it when it is told to. */
export const makeStand = async (more: Partial<Parameters<Agent['launch']>[0]> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-opencode-'))
  const agent = makeAgent()
  const server = await fakeServer()
  const launch: Launch = agent.launch({ ...request, folder, ...more })
  mkdirSync(join(folder, 'opencode'))
  for (const [path, text] of Object.entries(launch.files)) writeFileSync(path, text)
  const start = (run: string = request.run): void =>
    writeFileSync(join(folder, 'opencode/server'), `${run}\n${server.port}\ngeheim\n${Math.floor(Date.now() / 1000)}\n`)
  start()
  const bots: (() => Promise<void>)[] = []

  return {
    folder,
    agent,
    server,
    launch,
    start,
    picture: () => pictureOf(agent, folder),
    rows: () =>
      textOf(folder)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>), // rows are objects
    reach: (): AgentReach => ({ folder, terminal: null, signal: new AbortController().signal }),
    /** The function it gives stops listening, as the end of the bot does. */
    listen: (run: string = request.run): (() => Promise<void>) => {
      const over = new AbortController()
      const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
      const wire = {
        ...request,
        run,
        folder,
        conversation: null,
        append: (row: Readonly<Record<string, unknown>>) => appendRow(folder, row),
        log: quiet,
        sleep,
        signal: over.signal,
      }
      const listening = agent.listen?.(wire) ?? Promise.resolve()
      const stop = async (): Promise<void> => {
        over.abort(new Error('the bot stops'))
        await listening
      }
      bots.push(stop)
      return stop
    },
    close: async (): Promise<void> => {
      for (const stop of bots) await stop()
      await server.close()
    },
  }
}

/** Waits until something holds; fails with its name when it does not within five seconds. */
export const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 5_000; !holds(); await sleep(10)) if (Date.now() > end) throw new Error(`never: ${what}`)
}
