import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { report } from '../../bot/report.ts'
import { type MailboxRow, parseRow, type ReportRow, writeAnswer } from '../../core/kit/mailbox.ts'

let folder: string
let children: ChildProcess[]
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-report-')))
  children = []
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const rows = async (): Promise<MailboxRow[]> =>
  (await readFile(join(folder, 'mailbox.ndjson'), 'utf8').catch(() => '')) // no report yet
    .split('\n')
    .flatMap((line) => parseRow(line) ?? [])

const say = async (...argv: string[]) => {
  let out = ''
  let err = ''
  const code = await report(argv, { AO_FOLDER: folder }, { out: (text) => (out += text), err: (text) => (err += text) })
  return { code, out, err }
}

const asked = (): Promise<ReportRow & { request: string }> =>
  vi.waitFor(
    async () => {
      const row = (await rows()).find((each) => 'report' in each)
      if (row === undefined || !('report' in row) || row.request === undefined) throw new Error('nothing asked yet')
      return { ...row, request: row.request }
    },
    { timeout: 10_000, interval: 20 },
  )

const built = pathToFileURL(join(import.meta.dirname, '../../dist/bot/report.js')).href
const program = `import { report } from ${JSON.stringify(built)}; process.exitCode = await report(process.argv.slice(1), process.env)`
const node = [process.execPath, '--input-type=module', '-e', program, '--']

const start = (argv: readonly string[]) => {
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    env: { PATH: process.env.PATH, AO_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, ended, out: () => out }
}

test('"done" is written down with its words', async () => {
  expect(await say('done', 'fixed', 'the login')).toMatchObject({ code: 0, out: 'Reported.\n', err: '' })
  expect(await rows()).toMatchObject([{ report: 'done', text: 'fixed the login' }])
})

test('"blocked" asks with its options and tells the agent to end its turn', async () => {
  const { code, out } = await say('blocked', 'Which database?', '--option', 'SQLite', '--option=Postgres')
  expect([code, out]).toEqual([0, 'Asked. End your turn now: the answer comes as a message.\n'])
  expect(await rows()).toMatchObject([{ report: 'blocked', text: 'Which database?', options: ['SQLite', 'Postgres'], waits: false }])
})

test('two questions never share an id', async () => {
  await say('blocked', 'a?')
  await say('blocked', 'a?')
  const [first, second] = await rows()
  expect(first).toHaveProperty('request')
  expect(first).not.toMatchObject({ request: (second as ReportRow).request })
})

test('words after "--" are never options', async () => {
  await say('progress', '--', '--wait')
  expect(await rows()).toMatchObject([{ text: '--wait' }])
})

test.each([
  [[], 'it says nothing'],
  [['finished', 'x'], '"finished" is none of'],
  [['done'], 'does not say what is done'],
  [['done', 'x', '--now'], 'there is no --now'],
  [['done', 'x', '--wait'], 'belong to "blocked"'],
  [['blocked', 'x', '--option'], 'an --option is empty'],
])('%j is refused with the right form', async (argv, why) => {
  const { code, err } = await say(...argv)
  expect(code).toBe(2)
  expect(err).toContain(why)
  expect(err).toContain('ao report blocked "what is asked?"')
  expect(await rows()).toEqual([])
})

test('outside of a session it says so and what to do', async () => {
  let err = ''
  expect(await report(['done', 'x'], {}, { out: () => {}, err: (text) => (err += text) })).toBe(1)
  expect(err).toMatch(/AO_FOLDER is not set.*\n.*ao say/)
})

test('with --wait it prints the answer, and that only, and writes down that it was taken', async () => {
  const waiting = start([...node, 'blocked', 'Which?', '--option', 'a', '--option', 'b', '--wait'])
  const { request, waits } = await asked()
  expect(waits).toBe(true)
  writeAnswer(folder, { request, choice: 2, text: '', by: 'ada' })
  expect(await waiting.ended).toBe(0)
  expect(waiting.out()).toBe('b\n')
  expect((await rows()).at(-1)).toMatchObject({ answered: request, text: 'b', by: 'chat' })
})

test('a waiter that is told to end leaves the question open for a message', async () => {
  const waiting = start([...node, 'blocked', 'Which?', '--wait'])
  const { request } = await asked()
  waiting.child.kill('SIGTERM')
  expect(await waiting.ended).toBe(143)
  expect((await rows()).at(-1)).toMatchObject({ left: request })
})

test('a waiter ends with its agent, also when a shell stands between them', async () => {
  const inner = '"$@"; true'
  const agent = start(['/bin/sh', '-c', `/bin/sh -c '${inner}' sh "$@"; true`, 'sh', ...node, 'blocked', 'Which?', '--wait'])
  const { request } = await asked()
  agent.child.kill('SIGKILL')
  await vi.waitFor(async () => expect((await rows()).at(-1)).toMatchObject({ left: request }), { timeout: 10_000, interval: 50 })
})

test('a waiter ends with its session folder', async () => {
  const waiting = start([...node, 'blocked', 'Which?', '--wait'])
  await asked()
  await rm(folder, { recursive: true })
  expect(await waiting.ended).toBe(1)
})
