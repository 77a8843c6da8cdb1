import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import type { AgentReach, LaunchRequest } from '../../../core/contracts/plugins.ts'
import { acpListen } from '../../../core/kit/acp/listen.ts'
import { readAcp } from '../../../core/kit/acp/read.ts'
import { acpAnswer, acpInterrupt, acpLaunch, acpTell } from '../../../core/kit/acp/session.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { appendRow } from '../../../core/kit/mailbox.ts'
import { sleep } from '../../../core/kit/time.ts'

let folder: string
let child: ChildProcess | null = null
let over: AbortController
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-acp-')))
  over = new AbortController()
})
afterEach(async () => {
  over.abort()
  await ended()
  await rm(folder, { recursive: true, force: true })
})

const program = join(import.meta.dirname, '../../fakes/acp/agent.mjs')
const request = (more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  session: 'shop-1',
  workspace: { path: '/srv/shop-1', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder,
  run: 'shop-1.0.1',
  instructions: '',
  prompt: '',
  resume: null,
  model: null,
  permissions: 'default',
  ...more,
})
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** How often it was looked what the agent says. */
let looks = 0
const counted: typeof sleep = (waitMs, signal) => {
  looks += 1
  return sleep(waitMs, signal)
}
const listen = (run = 'shop-1.0.1'): void =>
  void acpListen('fake', { folder, run, append: (row) => appendRow(folder, row), sleep: counted, signal: over.signal, log })

const start = async (prompt: string, more: Partial<LaunchRequest> = {}): Promise<void> => {
  const env = { ACP_HEARD: join(folder, 'heard.ndjson') }
  const launch = acpLaunch(request(more), { argv: [process.execPath, program], env, prompt, authenticate: 'some_login', mode: 'plan' })
  for (const [path, text] of Object.entries(launch.files)) await writeFile(path, text)
  const [command = '', ...args] = launch.argv
  child = spawn(command, args, { env: { PATH: process.env.PATH, ...launch.env }, stdio: 'ignore' })
  listen(more.run)
}

const ended = async (): Promise<void> => {
  const running = child
  child = null
  if (running === null || running.exitCode !== null || running.signalCode !== null) return
  const gone = new Promise((resolve) => running.once('exit', resolve))
  running.kill('SIGKILL')
  await gone
}

const read = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')
const heard = () =>
  read('heard.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const picture = (): AgentPicture =>
  (['mailbox', 'acp'] as const).reduce(
    (before, source) =>
      read(`${source}.ndjson`)
        .split('\n')
        .reduce((seen, text, mark) => readAcp(seen, { source, text, mark, at: 5 }), before),
    unheard,
  )
const until = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 8_000, interval: 20 })
const turnOver = (message: string) => until(() => expect(picture().turnEnded?.message).toBe(message))
const reach = (): AgentReach => ({ folder, terminal: null, signal: over.signal })

test('the agent is greeted, begins and gets its first words, in that order', async () => {
  await start('Make it so.')
  await turnOver('It heard 11 characters.')
  expect(heard().map(({ method }) => method)).toEqual(['initialize', 'authenticate', 'session/new', 'session/set_mode', 'session/prompt'])
  expect(heard()[2].params).toEqual({ cwd: '/srv/shop-1', mcpServers: [] })
  expect(picture()).toMatchObject({ conversation: 'conversation-1', turnEnded: { message: 'It heard 11 characters.' } })
})

test('a bot that starts anew says nothing twice', async () => {
  await start('Make it so.')
  await turnOver('It heard 11 characters.')
  over.abort()
  over = new AbortController()
  listen()
  expect(await acpTell('fake', { id: 'm2', text: 'And more' }, reach())).toBe('own')
  await until(() => expect(picture().received).toEqual(['m2']))
  expect(heard().filter(({ method }) => method === 'session/prompt')).toHaveLength(2)
  expect(heard().filter(({ method }) => method === 'initialize')).toHaveLength(1)
})

test('a permission is asked, answered with its own option, and the agent goes on', async () => {
  await start('permission')
  const question = await until(() => picture().question ?? expect.fail('it asks nothing yet'))
  expect(question).toMatchObject({ text: 'npm test', detail: 'npm test', options: ['Allow once', 'Reject'], refusal: 2 })
  expect(picture().turnEnded).toBeNull()
  expect(await acpAnswer('fake', { request: question.request, choice: 1, text: 'Allow once', by: 'ada' }, reach())).toBe('handed')
  await turnOver('It was allow-once.')
  expect(picture()).toMatchObject({ question: null, answered: { request: question.request, text: 'Allow once', by: 'chat' } })
  expect(await acpAnswer('fake', { request: question.request, choice: 2, text: '', by: 'bob' }, reach())).toBe('gone')
})

test('a question outlives the bot, and the words before it are not said again', async () => {
  await start('permission')
  const question = await until(() => picture().question ?? expect.fail('it asks nothing yet'))
  over.abort()
  over = new AbortController()
  looks = 0
  listen()
  await until(() => expect(looks).toBeGreaterThan(2))
  expect(await acpAnswer('fake', { request: question.request, choice: 1, text: '', by: 'ada' }, reach())).toBe('handed')
  await turnOver('It was allow-once.')
  expect(heard().filter(({ method }) => method === 'session/prompt')).toHaveLength(1)
})

test('words without a choice refuse', async () => {
  await start('permission')
  const question = await until(() => picture().question ?? expect.fail('it asks nothing yet'))
  expect(await acpAnswer('fake', { request: question.request, choice: null, text: 'not now', by: 'ada' }, reach())).toBe('handed')
  await turnOver('It was reject-once.')
  expect(picture().answered?.text).toBe('Reject: not now')
})

test('what else it wants of its client is declined, so that it does not wait for ever', async () => {
  await start('question')
  await turnOver('It was told -32601.')
})

test('a login that is missing is a question', async () => {
  await start('login')
  await until(() => expect(picture().question).toMatchObject({ kind: 'login', text: 'It wants a login: Authentication required' }))
})

test('messages arrive whole and in order, however long they are (PITFALLS 26, 57)', async () => {
  await start('Make it so.')
  await turnOver('It heard 11 characters.')
  const texts = ['!rm -rf .', '/exit please', 'a\nb', 'x'.repeat(300_000)]
  await Promise.all(texts.map((text, at) => acpTell('fake', { id: `m${at}`, text }, reach())))
  await until(() => expect(picture().received).toEqual(['m0', 'm1', 'm2', 'm3']))
  const told = heard().filter(({ method }) => method === 'session/prompt')
  expect(told.slice(1).map(({ params }) => params.prompt[0].text)).toEqual(texts.map((text, at) => `[ao #m${at}] ${text} .`))
})

test('a turn is broken off, once there is one; the next words begin another', async () => {
  expect(await acpInterrupt('fake', reach())).toBe('idle')
  await start('a long one')
  await until(() => expect(read('acp.ndjson')).toContain('It began.'))
  expect(picture().turnEnded).toBeNull()
  expect(await acpInterrupt('fake', reach())).toBe('handed')
  await until(() => expect(picture().turnEnded).toMatchObject({ message: 'It began.', isBrokenOff: true }))
  expect(await acpInterrupt('fake', reach())).toBe('idle')
  await acpTell('fake', { id: 'm2', text: 'hello' }, reach())
  await turnOver('It heard 16 characters.')
  expect(picture().turnEnded?.isBrokenOff).toBeUndefined()
})

test('an agent that is gone takes neither words nor answers', async () => {
  await start('permission')
  const question = await until(() => picture().question ?? expect.fail('it asks nothing yet'))
  await ended()
  expect(await acpAnswer('fake', { request: question.request, choice: 1, text: '', by: 'ada' }, reach())).toBe('gone')
  const told = acpTell('fake', { id: 'm2', text: 'hello' }, reach())
  await expect(told).rejects.toSatisfy((error) => isFault(error, 'AGENT_NOT_LISTENING'))
})

test('a new start takes up the conversation, and questions of the last are no longer asked (PITFALLS 37, 60)', async () => {
  await start('permission')
  await until(() => picture().question ?? expect.fail('it asks nothing yet'))
  await ended()
  over.abort()
  over = new AbortController()
  await start('Go on.', { run: 'shop-1.1.2', resume: 'conversation-1' })
  await turnOver('It heard 6 characters.')
  expect(heard().map(({ method }) => method)).toContain('session/load')
  expect(picture().question).toBeNull()
})
