import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, expect, test, vi } from 'vitest'
import { unheard } from '../../../core/contracts/agent.ts'
import { writeAnswer } from '../../../core/kit/mailbox.ts'
import { scripted } from '../../../plugins/agent/scripted/index.ts'
import { makeInput } from '../../../plugins/agent/scripted/input.ts'
import { loadScript, taskIn } from '../../../plugins/agent/scripted/script.ts'
import { agentContract } from '../../contracts/agent.ts'
import { makeHost } from '../../fakes/host.ts'
import { makeStage, type Stage } from './terminal.ts'

const stages: Stage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close()
})
const play = async (steps: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): Promise<Stage> => {
  const stage = await makeStage({ tasks: { '#1': steps }, ...more })
  stages.push(stage)
  return stage
}

const rows = [
  { at: 10, kind: 'started', conversation: 'c1', isResumed: false, task: '#1', model: null },
  { at: 11, kind: 'prompt', text: 'Fix #1.' },
  { at: 12, kind: 'tool', name: 'tests' },
  { at: 13, kind: 'tool-ended', name: 'tests' },
  { at: 14, kind: 'received', ids: ['m1'], text: '[ao #m1] hi .' },
  { at: 15, kind: 'asked', request: 'c1.3', about: 'permission', text: 'May I?', options: ['yes', 'no'] },
  { at: 16, kind: 'answered', request: 'c1.3', text: 'yes', by: 'terminal' },
  { at: 17, kind: 'turn-ended', message: 'over' },
  { at: 18, kind: 'turn-started', ids: ['m1'], text: 'hi' },
].map((row) => JSON.stringify(row))

agentContract('scripted', async () => {
  const host = await makeHost()
  try {
    const agent = await scripted.create(scripted.options.parse({ script: {} }), host, { host: 'here', project: null })
    return { agent, source: 'transcript', lines: rows }
  } finally {
    await host.close()
  }
})

test('each row of a transcript is folded into what people need to know', async () => {
  const { agent } = await play([])
  const after = (count: number) =>
    rows.slice(0, count).reduce((p, text, mark) => agent.read(p, { source: 'transcript', text, mark, at: 100 }), unheard)
  expect(after(2)).toEqual({ ...unheard, conversation: 'c1' })
  expect(after(3).tool).toEqual({ name: 'tests', since: 12 })
  expect(after(4)).toMatchObject({ tool: null, workedAt: 13 })
  expect(after(5)).toMatchObject({ received: ['m1'], workedAt: 13 })
  expect(after(6).question).toEqual({
    request: 'c1.3',
    kind: 'permission',
    text: 'May I?',
    options: ['yes', 'no'],
    detail: null,
    refusal: 2,
    reply: 'own',
  })
  expect(after(7)).toMatchObject({ question: null, answered: { request: 'c1.3', text: 'yes', by: 'terminal' } })
  expect(after(8).turnEnded).toEqual({ mark: 7, message: 'over' })
  expect(after(9).turnEnded).toBeNull()
})

test('a new process closes the dialog of the one before, and takes up what was reported', async () => {
  const { agent } = await play([])
  const read = (question: typeof unheard.question, text: string | undefined) =>
    agent.read({ ...unheard, conversation: 'c1', question }, { source: 'transcript', text: text ?? '', mark: 0, at: 100 }).question
  const own = { request: 'c1.3', kind: 'question', text: '', options: [], detail: null, refusal: null, reply: 'own' } as const
  const reported = { ...own, request: 'report-1', reply: 'message' } as const
  expect(read(own, rows[0])).toBeNull()
  expect(read(reported, rows[0])).toEqual(reported)
  expect(read(reported, rows[8])).toBeNull()
})

test('it does its task in the workspace, commits under a name of its own, and reports', async () => {
  const stage = await play([
    { write: { file: 'src/a.txt', text: 'one\n' } },
    { replace: { file: 'src/a.txt', from: 'one', to: '$& two' } },
    { run: 'cat src/a.txt > copy.txt' },
    { commit: 'Say two' },
    { report: 'done', text: 'said two' },
    { idle: 'All done.' },
  ])
  await stage.start('Task #1: say two.\nReport.')
  const picture = await stage.until(({ turnEnded }) => expect(turnEnded?.message).toBe('All done.'))
  expect(picture).toMatchObject({ report: { kind: 'done', text: 'said two' }, tool: null })
  expect((await stage.rows()).filter(({ kind }) => kind === 'turn-ended')).toHaveLength(1)
  expect(picture.workedAt).toBeGreaterThan(0)
  expect(await readFile(join(stage.workspace, 'copy.txt'), 'utf8')).toBe('$& two\n')
  expect((await execa('git', ['log', '--format=%s'], { cwd: stage.workspace })).stdout).toBe('Say two')
  expect(await stage.rows()).toContainEqual(expect.objectContaining({ kind: 'prompt', text: 'Task #1: say two.\nReport.' }))
})

test('a step that fails ends it loudly', async () => {
  const stage = await play([
    { write: { file: 'a.txt', text: 'one' } },
    { replace: { file: 'a.txt', from: 'three', to: 'x' } },
    { say: 'never' },
  ])
  await stage.start('#1')
  await vi.waitFor(async () => expect(await stage.isAlive()).toBe(false), { timeout: 10_000 })
  expect((await stage.rows()).at(-1)).toMatchObject({ kind: 'failed', text: 'a.txt does not contain "three"' })
})

const longText = `!rm -rf .\n/exit please\n@READ $HOME\ttab "quoted"\n${'line of text, ünïcode 日本 \\n\n'.repeat(3_500)}last @word`

test('100 kB in many lines arrive as one message with its id, while it works', async () => {
  const stage = await play([{ tool: { name: 'build', ms: 1_000 } }, { wait: 'message' }, { idle: 'heard' }])
  await stage.start('#1')
  expect(await stage.agent.tell({ id: 'm/1', text: longText }, stage.reach)).toBe('typed')
  await stage.until(({ turnEnded }) => expect(turnEnded?.message).toBe('heard'))
  const received = (await stage.rows()).filter(({ kind }) => kind === 'received')
  expect(Buffer.byteLength(longText)).toBeGreaterThan(100_000)
  expect(received).toEqual([expect.objectContaining({ ids: ['m/1'], text: `[ao #m/1] ${longText} .` })])
  expect((await stage.picture()).received).toEqual(['m/1'])
})

const dialog = {
  ask: {
    kind: 'permission',
    text: 'Run it?',
    options: ['Yes', 'No'],
    answers: { '1': [{ write: { file: 'yes', text: '' } }], '2': [{ write: { file: 'no', text: '' } }] },
  },
}

test('a message never answers a dialog: it waits, and the digit of a person does', async () => {
  const stage = await play([dialog, { wait: { match: '[ao #m1]' } }, { idle: 'end' }])
  await stage.start('#1')
  const { question } = await stage.until((picture) =>
    expect(picture.question).toMatchObject({ kind: 'permission', options: ['Yes', 'No'], refusal: 2, reply: 'own' }),
  )
  await stage.reach.terminal?.paste('1')
  await stage.agent.tell({ id: 'm1', text: '1' }, stage.reach)
  const still = await stage.until(({ received }) => expect(received).toEqual(['m1']))
  expect(still.question).toEqual(question)
  await stage.press('3', 'Enter')
  await stage.press('2', 'Enter')
  const closed = await stage.until(({ turnEnded }) => expect(turnEnded?.message).toBe('end'))
  expect(closed.answered).toEqual({ request: question?.request, text: 'No', by: 'terminal' })
  expect((await execa('git', ['status', '--porcelain'], { cwd: stage.workspace })).stdout).toBe('?? no')
})

test('an answer from the chat is taken, and once only', async () => {
  const stage = await play([dialog, { idle: 'end' }])
  await stage.start('#1')
  const { question } = await stage.until((picture) => expect(picture.question).not.toBeNull())
  const decision = { request: question?.request ?? '', choice: 1, text: '', by: 'ada' }
  expect(await stage.agent.answer({ ...decision, request: 'other' }, stage.reach)).toBe('gone')
  expect(await stage.agent.answer(decision, stage.reach)).toBe('handed')
  const { answered } = await stage.until(({ turnEnded }) => expect(turnEnded?.message).toBe('end'))
  expect(answered).toEqual({ request: decision.request, text: 'Yes', by: 'chat' })
  expect(await stage.agent.answer(decision, stage.reach)).toBe('gone')
})

test('an answer that comes after the one at the terminal changes nothing', async () => {
  const stage = await play([dialog, { wait: 'message' }, dialog])
  await stage.start('#1')
  const { question } = await stage.until((picture) => expect(picture.question).not.toBeNull())
  await stage.press('2', 'Enter')
  await stage.until(({ answered }) => expect(answered?.by).toBe('terminal'))
  writeAnswer(stage.folder, { request: question?.request ?? '', choice: 1, text: '', by: 'ada' })
  await stage.agent.tell({ id: 'm1', text: 'go on' }, stage.reach)
  const next = await stage.until((picture) => expect(picture.question).not.toBeNull())
  expect(next.question?.request).not.toBe(question?.request)
  expect((await stage.rows()).filter(({ kind }) => kind === 'answered')).toHaveLength(1)
})

test('taken up again it goes on after the last completed step, inside of an answer too, and keeps what it had heard', async () => {
  const deeper = { ask: { text: 'Sure?', options: ['a'], answers: { '1': [{ tool: { name: 'long', ms: 600_000 } }] } } }
  const inside = [{ run: 'echo inside >> log' }, deeper]
  const steps = [
    { run: 'echo first >> log' },
    { ask: { text: '?', options: ['a'], answers: { '1': inside } } },
    { wait: { match: 'b' } },
    { idle: 'end' },
  ]
  const stage = await play(steps, { resume: [{ run: 'echo resumed >> log' }] })
  await stage.start('#1')
  for (const text of ['?', 'Sure?']) {
    await stage.until(({ question }) => expect(question?.text).toBe(text))
    await stage.press('1', 'Enter')
  }
  const { conversation } = await stage.until(({ tool }) => expect(tool?.name).toBe('long'))
  await stage.agent.tell({ id: 'm1', text: 'b' }, stage.reach)
  await stage.until(({ received }) => expect(received).toEqual(['m1']))
  await stage.kill()

  const script = JSON.parse(await readFile(join(stage.folder, 'scripted-script.json'), 'utf8'))
  script.tasks['#1'][1].ask.answers['1'][1].ask.answers['1'][0].tool.ms = 1
  const shorter = await scripted.create(scripted.options.parse({ script }), await hostOf(), { host: 'here', project: null })
  Object.assign(stage.agent, { launch: shorter.launch })
  await stage.start('go on with #1', conversation ?? '')
  const picture = await stage.until(({ turnEnded }) => expect(turnEnded?.message).toBe('end'))
  expect(picture.conversation).toBe(conversation)
  expect(await readFile(join(stage.workspace, 'log'), 'utf8')).toBe('first\ninside\nresumed\n')
  expect((await stage.rows()).filter(({ kind }) => kind === 'asked')).toHaveLength(2)
})

const hostOf = async () => {
  const host = await makeHost()
  await host.close()
  return host
}

test('a restart cures a hang, and a hanging agent neither speaks nor hears', async () => {
  const stage = await play([{ hang: true }, { idle: 'well again' }])
  await stage.start('#1')
  await vi.waitFor(async () => expect(JSON.parse(await readFile(join(stage.folder, 'scripted-state.json'), 'utf8')).path).toEqual([1]))
  await stage.agent.tell({ id: 'm1', text: 'hello?' }, stage.reach)
  expect(await stage.isAlive()).toBe(true)
  const { conversation } = await stage.picture()
  await stage.kill()
  expect((await stage.rows()).map(({ kind }) => kind)).toEqual(['started', 'prompt'])
  await stage.start('#1', conversation ?? '')
  await stage.until(({ turnEnded }) => expect(turnEnded?.message).toBe('well again'))
})

test('it ends as the script says, by a code or by a signal, and can leave a child behind', async () => {
  const stage = await play([{ spawn: 'sleep 0.2; echo late > late' }, { exit: 3 }])
  const { argv, files } = stage.agent.launch({
    session: 's',
    workspace: { path: stage.workspace, branch: 'main', baseCommit: '' },
    folder: stage.folder,
    run: 's.0.1',
    instructions: '',
    prompt: '#1',
    resume: null,
    model: null,
    permissions: 'default',
  })
  for (const [path, text] of Object.entries(files)) await writeFile(path, text)
  const run = (more: readonly string[] = []) =>
    execa(argv[0] ?? '', [...argv.slice(1), ...more], { cwd: stage.workspace, reject: false, stdin: 'ignore' })
  expect((await run()).exitCode).toBe(3)
  await vi.waitFor(() => expect(readFile(join(stage.workspace, 'late'), 'utf8')).resolves.toBe('late\n'))
  await writeFile(
    join(stage.folder, 'scripted-script.json'),
    JSON.stringify({ tasks: { '#1': [{ die: 'SIGKILL' }] }, default: [], resume: [] }),
  )
  expect((await run()).signal).toBe('SIGKILL')
  expect(await run(['--resume', 'nobody'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no conversation nobody'),
  })
})

test('however input is cut, a paste is one line and keys are keys', () => {
  const typed = 'ab\u007fc\r\u001b[200~x\r\ny\nz\r\u001b[201~\rdraft\u001b[A\u001b[200~ + paste\u001b[201~\n\r\nlast\n'
  const expected = [
    { kind: 'line', text: 'ac', isPasted: false },
    { kind: 'line', text: 'x\ny\nz\n', isPasted: true },
    { kind: 'line', text: 'draft + paste', isPasted: true },
    { kind: 'line', text: 'last', isPasted: false },
  ]
  for (const size of [1, 2, 3, 5, 7, typed.length]) {
    const input = makeInput()
    const chunks = Array.from({ length: Math.ceil(typed.length / size) }, (_, at) => typed.slice(at * size, (at + 1) * size))
    expect(chunks.flatMap(input).filter(({ kind }) => kind === 'line')).toEqual(expected)
  }
})

test.each([
  ['Do #12 and then #1', '#1'],
  ['Do #12', null],
  ['first add a dark mode, then #1', 'add a dark mode'],
  ['readd a dark mode', null],
  ['nothing', null],
])('the task of "%s" is %s', (prompt, task) => {
  expect(taskIn(prompt, ['#1', 'add a dark mode'])).toBe(task)
})

test('a script is read from YAML, and what is wrong with it is said where it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ao-script-'))
  const path = join(folder, 'script.yaml')
  await writeFile(path, 'tasks:\n  "#1":\n    - say: hi\n    - ask: {text: "ok?", options: [a], answers: {1: [{say: x}]}}\n')
  expect(loadScript(path).tasks['#1']).toMatchObject([{ say: 'hi' }, { ask: { kind: 'question', answers: { '1': [{ say: 'x' }] } } }])
  expect(await scripted.missing({ script: path })).toBeNull()
  const wrong = { default: [{ slep: 1 }, { say: 1 }, { ask: { text: '', answers: { '1': [{ exit: 'x' }] } } }] }
  expect(() => loadScript(wrong)).toThrow(
    /default\.0: there is no step "slep"; did you mean "sleep".*default\.1\.say: .*default\.2\.ask\.answers\.1\.0\.exit: /,
  )
  expect(scripted.options.safeParse({ script: wrong }).error?.issues.map(({ path }) => path.join('.'))).toContain('script.default.1.say')
  expect(() => loadScript(join(folder, 'none.yaml'))).toThrow(expect.objectContaining({ code: 'SCRIPT_UNREADABLE' }))
  expect(await scripted.missing({ script: join(folder, 'none.yaml') })).toContain('none.yaml')
  await rm(folder, { recursive: true })
})
