import { appendFile, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import type { Agent, AgentReach, LaunchRequest } from '../../../../core/contracts/plugins.ts'
import { isFault } from '../../../../core/kit/fault.ts'
import { aider } from '../../../../plugins/agent/aider/index.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

let host: FakeHost
let folder: string
let agent: Agent
beforeEach(async () => {
  host = await makeHost()
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-aider-')))
  agent = await aider.create(aider.options.parse({ args: ['--map-tokens', '512'] }), host, { host: 'here', project: null })
})
afterEach(async () => {
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const request = (more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  session: 'shop-1',
  workspace: { path: '/srv/shop-1', branch: 'ao/1', baseCommit: 'c0ffee' },
  folder,
  run: 'shop-1.0.1',
  instructions: 'Report with ao report.',
  prompt: 'Make it so.',
  resume: null,
  model: null,
  permissions: 'default',
  ...more,
})

test('it gets its rules as a file to read, its words as a file, and keeps its own files out of the workspace', () => {
  const { argv, files } = agent.launch(request())
  expect(files).toEqual({ [`${folder}/aider.instructions.md`]: 'Report with ao report.', [`${folder}/aider.prompt.md`]: 'Make it so.' })
  for (const option of ['--read', '--message-file', '--chat-history-file', '--input-history-file', '--analytics-log'])
    expect(argv[argv.indexOf(option) + 1]).toMatch(new RegExp(`^${folder}/`))
  expect(argv).toEqual(expect.arrayContaining(['--no-analytics', '--no-gitignore', '--no-check-update', '--map-tokens']))
})

test.each([
  ['default', []],
  ['plan', ['--architect', '--no-auto-accept-architect']],
  ['permissionless', ['--yes-always']],
] as const)('with "%s" it is started with %j', (permissions, options) => {
  const { argv } = agent.launch(request({ permissions }))
  const asked = argv.filter((word) => /architect|yes/.test(word))
  expect(asked).toEqual(options)
})

test('its next turn takes up the history of the last', () => {
  const { argv } = agent.launch(request({ resume: 'aider.chat.md', model: 'gpt-4o' }))
  expect(argv).toContain('--restore-chat-history')
  expect(argv[argv.indexOf('--chat-history-file') + 1]).toBe(`${folder}/aider.chat.md`)
  expect(argv[argv.indexOf('--model') + 1]).toBe('gpt-4o')
})

test('words during a turn are refused, not typed (PITFALLS 56, 57)', async () => {
  const { reach, pressed } = terminal(() => '', '')
  await expect(agent.tell({ id: 'm2', text: '!rm -rf .' }, reach)).rejects.toSatisfy((error) => isFault(error, 'AIDER_IN_TURN'))
  expect(pressed).toEqual([])
})

const question = "npm test\nRun shell command? (Y)es/(N)o/(D)on't ask again [Yes]: "
const chat = () => join(folder, 'aider.chat.md')

/** The screen of an aider that answers like the real one: the letter behind its question, a line in its history, and on. */
const terminal = (program: (keys: readonly string[]) => Promise<string> | string, first: string) => {
  let screen = first
  const pressed: string[] = []
  const reach: AgentReach = {
    folder,
    signal: new AbortController().signal,
    terminal: {
      paste: async (text) => void pressed.push(text),
      screen: async () => screen,
      press: async (keys) => {
        pressed.push(...keys)
        screen = await program(keys)
      },
    },
  }
  return { reach, pressed }
}

const seen = async (): Promise<AgentPicture> => {
  await writeFile(chat(), '\n# aider chat started at 2026-11-20 10:00:00\n\n> npm test  \n')
  return agent.see?.(await read(), question, 5) ?? unheard
}
/** What was written since `from` was read: the mailbox, and the history from that line on. */
const read = async (from: AgentPicture = unheard, line = 0): Promise<AgentPicture> => {
  const mailbox = await readFile(join(folder, 'mailbox.ndjson'), 'utf8').catch(() => '')
  const fold = (picture: AgentPicture, source: string, lines: readonly string[]): AgentPicture =>
    lines.reduce((before, text, mark) => agent.read(before, { source, text, mark, at: 5 }), picture)
  return fold(fold(from, 'mailbox', mailbox.split('\n')), 'chat', (await readFile(chat(), 'utf8')).split('\n').slice(line))
}

test('a question is answered by its letter and Enter, and its history proves it', async () => {
  const asked = await seen()
  const { reach, pressed } = terminal(async () => {
    await appendFile(chat(), "> Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: n  \n")
    return `${question}n` // for a moment the answer stands behind the question
  }, question)
  const decision = { request: asked.question?.request ?? '', choice: 2, text: 'No', by: 'ada' }
  expect(await agent.answer(decision, reach)).toBe('handed')
  expect(pressed).toEqual(['n', 'Enter'])
  const after = await read(asked, 4)
  expect(after).toMatchObject({ question: null, answered: { request: decision.request, text: 'No', by: 'chat' } })
  expect(await agent.answer(decision, reach)).toBe('gone')
  expect(pressed).toHaveLength(2)
})

test('what was answered at the terminal is said so', async () => {
  const asked = await seen()
  const line = { source: 'chat', text: "> Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: d  ", mark: 90, at: 6 }
  expect(agent.read(asked, line)).toMatchObject({ question: null, answered: { text: "No, and don't ask again", by: 'terminal' } })
})

test('the same words asked once more are another question', async () => {
  const asked = await seen()
  const answered = agent.read(asked, {
    source: 'chat',
    text: "> Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: y  ",
    mark: 90,
    at: 6,
  })
  expect(agent.see?.(answered, `${question}y`, 7)).toBe(answered) // the answer still stands behind the first
  const again = agent.see?.(answered, question, 8)
  expect(again?.question?.text).toBe('Run shell command?')
  expect(again?.question?.request).not.toBe(asked.question?.request)
})

test('nothing is pressed into a line that somebody types in (PITFALLS 59)', async () => {
  const asked = await seen()
  const { reach, pressed } = terminal(() => '', `${question}n`)
  const answered = agent.answer({ request: asked.question?.request ?? '', choice: 1, text: 'Yes', by: 'ada' }, reach)
  await expect(answered).rejects.toSatisfy((error) => isFault(error, 'ANSWER_IN_HAND') && error.mayPass)
  expect(pressed).toEqual([])
  expect(agent.see?.(asked, `${question}n`, 6)).toBe(asked)
})

test('nothing is pressed for another command than the one that was shown (PITFALLS 7)', async () => {
  const asked = await seen()
  const { reach, pressed } = terminal(() => '', question.replace('npm test', 'rm -rf .'))
  expect(await agent.answer({ request: asked.question?.request ?? '', choice: 1, text: 'Yes', by: 'ada' }, reach)).toBe('gone')
  expect(pressed).toEqual([])
})

test('a program that is not there is missing', async () => {
  const options = aider.options.parse({ program: 'no-such-aider' })
  expect(await aider.missing(options)).toBe('pipx install aider-chat')
  expect(await aider.version?.(options)).toBeNull()
  expect(aider.profile?.verified).toBeNull()
})
