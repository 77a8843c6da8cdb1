import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Agent, AgentReach, LaunchRequest } from '../../../../core/contracts/plugins.ts'
import { appendRow } from '../../../../core/kit/mailbox.ts'
import { pi } from '../../../../plugins/agent/pi/index.ts'
import { agentContract } from '../../../contracts/agent.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

let host: FakeHost
let folder: string
let agent: Agent
beforeAll(async () => {
  host = await makeHost()
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-pi-')))
  await mkdir(join(folder, 'pi'))
  agent = await make()
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const make = (given: Readonly<Record<string, unknown>> = {}) => pi.create(pi.options.parse(given), host, { host: 'here', project: null })
const fixture = (path: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../../fixtures/agents/pi/${path}`, import.meta.url)), 'utf8')
const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

for (const [source, file] of [
  ['mailbox', 'mailbox.ndjson'],
  ['conversation', 'transcript.jsonl'],
] as const)
  agentContract(
    `pi, read from its ${source}`,
    async () => ({ agent: await make(), source, lines: linesOf(await fixture(`message-while-busy/${file}`)) }),
    'own',
  )

const request = (more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  session: 'shop-1',
  workspace: { path: '/srv/shop-1', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder,
  run: 'shop-1.r1.3',
  instructions: 'Be brief.',
  prompt: 'do it',
  resume: null,
  model: null,
  permissions: 'default',
  ...more,
})
const reach = (): AgentReach => ({ folder, terminal: null, signal: host.signal })

test('is started with an extension and no words on its command line, so that nothing runs where the extension does not', async () => {
  const { argv, env, files } = agent.launch(request())
  expect(argv.slice(0, 2)).toEqual(['pi', '--extension'])
  expect(argv).toHaveLength(3)
  expect(await readFile(argv[2] ?? '', 'utf8')).toContain('export default')
  expect(JSON.parse(files[env.AO_PI ?? ''] ?? '')).toEqual({
    run: 'shop-1.r1.3',
    folder,
    workspace: '/srv/shop-1',
    resume: null,
    permissions: 'default',
  })
})

test('takes up a conversation by its file, and names the model where one is set', async () => {
  const own = await make({ program: '/opt/pi', args: ['--provider', 'here'] })
  const { argv } = own.launch(request({ resume: '/home/ana/.pi/x.jsonl', model: 'sonnet:high' }))
  expect([argv[0], ...argv.slice(3)]).toEqual([
    '/opt/pi',
    '--provider',
    'here',
    '--session',
    '/home/ana/.pi/x.jsonl',
    '--model',
    'sonnet:high',
  ])
})

test('a mode it does not have is never less careful', () => {
  const { env, files } = agent.launch(request({ permissions: 'plan' }))
  expect(JSON.parse(files[env.AO_PI ?? ''] ?? '')).toMatchObject({ permissions: 'default' })
  expect(pi.profile?.permissions).not.toContain('plan')
})

test('its conversation is followed once it has one', () => {
  const of = { session: 's', folder, workspace: request().workspace }
  expect(agent.sources({ ...of, conversation: null })).toEqual([])
  expect(agent.sources({ ...of, conversation: '/x/y.jsonl' })).toEqual([{ name: 'conversation', path: '/x/y.jsonl' }])
})

test('a message is laid into its inbox, wrapped, whether or not there is a terminal', async () => {
  const text = `${'x'.repeat(100_000)}\n!ls\n/exit @README`
  expect(await agent.tell({ id: 'shop-1-m4', text }, reach())).toBe('own')
  const [name = ''] = await readdir(join(folder, 'pi', 'inbox'))
  const letter = JSON.parse(await readFile(join(folder, 'pi', 'inbox', name), 'utf8'))
  expect(letter).toEqual({ id: 'shop-1-m4', text: `[ao #shop-1-m4] ${text} .` })
})

test('answers exactly the question that is open, and no other', async () => {
  const asked = { pi: 'asked', kind: 'permission', text: '?', detail: null, options: ['Yes', 'No'], refusal: 2, reply: 'own' }
  const answer = (of: string) => agent.answer({ request: of, choice: 1, text: 'Yes', by: 'ana' }, reach())
  appendRow(folder, { at: 1, ...asked, request: 'pi-1' })
  expect(await answer('pi-0')).toBe('gone')
  expect(await answer('pi-1')).toBe('handed')
  expect(JSON.parse(await readFile(join(folder, 'answers/pi-1.json'), 'utf8'))).toEqual({ choice: 1, text: 'Yes', by: 'ana' })
  appendRow(folder, { v: 1, at: 2, answered: 'pi-1', text: 'Yes', by: 'chat' })
  expect(await answer('pi-1')).toBe('gone')
  appendRow(folder, { at: 3, ...asked, request: 'pi-2' })
  appendRow(folder, { at: 4, pi: 'started', run: 'r2' })
  expect(await answer('pi-2'), 'its process has ended').toBe('gone')
  appendRow(folder, { v: 1, at: 5, report: 'blocked', text: '?', request: 'r1', options: ['a'], waits: true })
  expect(await answer('r1')).toBe('handed')
})

test('what is missing is said with the way to install it', async () => {
  expect(await pi.missing(pi.options.parse({ program: 'sh' }))).toBeNull()
  expect(await pi.missing(pi.options.parse({ program: 'no-such-pi' }))).toBe('npm install -g @mariozechner/pi-coding-agent')
  expect(await pi.version?.(pi.options.parse({ program: 'git' }))).toMatch(/^\d+\.\d+\.\d+/)
  expect(await pi.version?.(pi.options.parse({ program: 'false' }))).toBeNull()
  expect(await pi.version?.(pi.options.parse({ program: 'no-such-pi' }))).toBeNull()
})

test('a message for a session whose folder is gone is a fault, and brings nothing back', async () => {
  const gone = join(folder, 'gone')
  await expect(agent.tell({ id: 'm1', text: 'hi' }, { ...reach(), folder: gone })).rejects.toMatchObject({ code: 'INBOX_UNWRITABLE' })
  await expect(readdir(gone)).rejects.toThrow()
})
