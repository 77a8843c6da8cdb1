import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unheard } from '../../../core/contracts/agent.ts'
import type { Agent, LaunchRequest } from '../../../core/contracts/plugins.ts'
import { appendRow } from '../../../core/kit/mailbox.ts'
import { command, splitWords } from '../../../plugins/agent/command.ts'
import { agentContract } from '../../contracts/agent.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'

let host: FakeHost
let folder: string
beforeAll(async () => {
  host = await makeHost()
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-command-')))
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const make = (given: Readonly<Record<string, unknown>>): Agent | Promise<Agent> =>
  command.create(command.options.parse(given), host, { host: 'here', project: null })

const request = (more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  session: 'shop-1',
  workspace: { path: '/srv/shop-1', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder,
  run: 'shop-1.0.1',
  instructions: '',
  prompt: 'do it',
  resume: null,
  model: null,
  permissions: 'default',
  ...more,
})

for (const prompt of ['argument', 'file', 'stdin'])
  agentContract(`command with its prompt as ${prompt}`, async () => ({
    agent: await make({ run: 'aider --yes', prompt }),
    source: 'mailbox',
    lines: [],
  }))

test.each([
  ['echo  a b ', ['echo', 'a', 'b']],
  [`sh -c 'echo "x" $HOME' "y \\" z"`, ['sh', '-c', 'echo "x" $HOME', 'y " z']],
  [`a\\ b --x='c d'e ''`, ['a b', '--x=c de', '']],
  [`"a\\nb"`, ['a\\nb']],
])('%s is split like a shell does', async (line, words) => {
  expect(splitWords(line)).toEqual(words)
  const { stdout } = await execa('sh', ['-c', `printf '%s\\n' ${line}`], { stripFinalNewline: false })
  expect(stdout).toBe(words.map((word) => `${word}\n`).join(''))
})

test.each(["echo 'a", 'echo "a', 'echo a"b', 'echo \\'])('%s has an open end', (line) => {
  expect(splitWords(line)).toBeNull()
})

test.each([
  ['aider | tee log', 'there is no shell'],
  ['aider && echo', 'there is no shell'],
  ["aider 'x", 'a quote is not closed'],
  [' ', 'it is empty'],
])('"%s" is refused when the config is read', (run, why) => {
  expect(JSON.stringify(command.options.safeParse({ run }).error?.issues)).toContain(why)
})

test('a pipe inside of quotes is fine', () => {
  expect(command.options.safeParse({ run: `sh -c 'a | b'` }).success).toBe(true)
})

test('placeholders are filled in where they stand, and the prompt is not added again', async () => {
  const agent = await make({ run: 'x --msg={prompt} -m {model} {session} {workspace} {other}' })
  expect(agent.launch(request({ model: 'm1' })).argv).toEqual(['x', '--msg=do it', '-m', 'm1', 'shop-1', '/srv/shop-1', '{other}'])
})

test('what a prompt holds is never filled in', async () => {
  expect((await make({ run: 'x' })).launch(request({ prompt: '{session} $& {model}' })).argv).toEqual(['x', '{session} $& {model}'])
})

test('without a model nothing speaks of one', async () => {
  const agent = await make({ run: 'x --model {model} --model={model} {model} -v' })
  expect(agent.launch(request()).argv).toEqual(['x', '-v', 'do it'])
})

test('the prompt as a file is written before the start and named last', async () => {
  const { argv, files } = (await make({ run: 'x', prompt: 'file' })).launch(request())
  expect(argv).toEqual(['x', join(folder, 'prompt.md')])
  expect(files).toEqual({ [join(folder, 'prompt.md')]: 'do it' })
  expect((await make({ run: 'x -f {promptFile} y' })).launch(request()).argv).toEqual(['x', '-f', join(folder, 'prompt.md'), 'y'])
})

test('a prompt that fits into no argument is a fault that names the way out', async () => {
  const agent = await make({ run: 'x' })
  expect(() => agent.launch(request({ prompt: 'x'.repeat(128 * 1024) }))).toThrow(
    expect.objectContaining({ code: 'PROMPT_TOO_LONG', hint: expect.stringContaining('prompt: file') }),
  )
  const { argv } = agent.launch(request({ prompt: 'x'.repeat(128 * 1024 - 1) }))
  expect((await execa('true', argv.slice(1))).exitCode).toBe(0)
})

test('a one-shot command ends with its turn, one that reports lives on and hears', async () => {
  expect((await make({ run: 'x' })).can).toEqual({
    endsWithTurn: true,
    resumes: false,
    receipts: null,
    hearsWhileWorking: false,
    interrupts: false,
  })
  expect((await make({ run: 'x', ends: 'report' })).can).toMatchObject({ endsWithTurn: false, hearsWhileWorking: true })
})

test('it answers who waits with "ao report blocked --wait"', async () => {
  appendRow(folder, { v: 1, at: 1, report: 'blocked', text: '?', request: 'r1', options: ['a'], waits: true })
  const reach = { folder, terminal: null, signal: host.signal }
  expect(await (await make({ run: 'x' })).answer({ request: 'r1', choice: 1, text: 'a', by: 'ada' }, reach)).toBe('handed')
  expect(JSON.parse(await readFile(join(folder, 'answers/r1.json'), 'utf8'))).toEqual({ choice: 1, text: 'a', by: 'ada' })
})

test('there is nothing to follow and nothing to read', async () => {
  const agent = await make({ run: 'x' })
  expect(agent.sources({ session: 's', folder, workspace: request().workspace, conversation: null })).toEqual([])
  expect(agent.read(unheard, { source: 'mailbox', text: '{"hook":"Stop"}', mark: 0, at: 1 })).toBe(unheard)
})

test('what is missing is said with the way to install it', async () => {
  const missing = (given: Readonly<Record<string, unknown>>) => command.missing(command.options.parse(given))
  expect(await missing({ run: 'sh -c true' })).toBeNull()
  expect(await missing({ run: './agent.sh' })).toBeNull()
  expect(await missing({ run: '{workspace}/agent.sh' })).toBeNull()
  expect(await missing({ run: 'no-such-agent x', install: 'pip install no-such-agent' })).toBe(
    'install no-such-agent with: pip install no-such-agent',
  )
  expect(await missing({ run: 'no-such-agent x' })).toMatch(/^install no-such-agent, or/)
  const path = join(folder, 'agent')
  await writeFile(path, '#!/bin/sh\n')
  expect(await missing({ run: [path] })).not.toBeNull()
  await chmod(path, 0o755)
  expect(await missing({ run: [path] })).toBeNull()
  expect(await missing({ run: [folder] })).not.toBeNull()
})
