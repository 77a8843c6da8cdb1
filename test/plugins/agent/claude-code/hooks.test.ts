import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AgentPicture, Question } from '../../../../core/contracts/agent.ts'
import type { AgentReach } from '../../../../core/contracts/plugins.ts'
import { isFault } from '../../../../core/kit/fault.ts'
import { makeHost } from '../../../fakes/host.ts'
import { foldLines, makeAgent, request } from './make.ts'

let now = Date.now()
const host = await makeHost({ now: () => now })
const agent = await makeAgent(host)
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'ao-hooks-')))
const children: ChildProcess[] = []
let folder = ''
let state = ''

beforeEach(async () => {
  now = Date.now()
  folder = mkdtempSync(join(scratch, 's-'))
  state = begin('run-1')
  await hook('SessionStart', { source: 'startup' }).done
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(async () => {
  await host.close()
  rmSync(scratch, { recursive: true, force: true })
})

describe('a permission', () => {
  test('is asked with what it is about, and its hook prints the decision of exactly this question', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    expect(question).toMatchObject({ kind: 'permission', detail: 'npm test', refusal: 4, reply: 'own' })
    expect(question.options).toEqual(['Yes', 'Yes, for this session: Bash(npm *)', 'Always: Bash(npm *)', 'No'])
    expect(await answer({ request: 'claude-1-1' }, 1)).toBe('gone')
    expect(await answer(question, 1)).toBe('handed')
    expect(await verdictOf(hooked)).toEqual({ behavior: 'allow' })
    expect(picture()).toMatchObject({ question: null, answered: { request: question.request, text: 'Yes', by: 'chat' } })
  })

  test('that is answered twice is answered as at first', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    expect(await answer(question, 1)).toBe('handed')
    expect(await answer(question, 1)).toBe('handed')
    await hooked.done
    expect(await answer(question, 4)).toBe('gone')
  })

  test('is refused with the reason as words for the agent', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    expect(await answer(await asked(), 4, 'use pnpm')).toBe('handed')
    expect(await verdictOf(hooked)).toEqual({ behavior: 'deny', message: 'No. The person who was asked says: use pnpm' })
    expect(picture().answered?.text).toBe('No: use pnpm')
  })

  test('for good is a rule of later starts, and writes nothing into the workspace', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    await answer(await asked(), 3)
    const rule = { type: 'addRules', rules: [{ toolName: 'Bash', ruleContent: 'npm *' }], behavior: 'allow', destination: 'session' }
    expect(await verdictOf(hooked)).toEqual({ behavior: 'allow', updatedPermissions: [rule] })
    const next = agent.launch(request({ folder, run: 'run-9' })).files[`${folder}/claude-code/run-9/settings.json`]
    expect(JSON.parse(next ?? '{}').permissions.allow).toEqual(['Bash(ao report:*)', 'Bash(npm *)'])
  })

  test('of 200 kB stays a short row, shows its beginning, and is answered like any other', async () => {
    const content = `"quoted" \\ ü\n`.repeat(16_000)
    const hooked = hook('PermissionRequest', { tool_name: 'Write', tool_input: { file_path: '/srv/big.txt', content }, ...suggesting })
    const question = await asked()
    expect(Math.max(...rows().map((row) => Buffer.byteLength(row)))).toBeLessThan(64 * 1024)
    expect(question.text).toBe('It wants to write /srv/big.txt')
    expect(question.detail?.length).toBeGreaterThan(10_000)
    expect(content.startsWith(question.detail?.slice(0, -3) ?? 'none')).toBe(true)
    expect(await answer(question, 1)).toBe('handed')
    expect(await verdictOf(hooked)).toEqual({ behavior: 'allow' })
  })

  test('is closed by its tool having run, because somebody at the terminal was first; another tool closes nothing', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    await hook('PostToolUse', { ...call('npm install'), tool_response: {} }).done
    expect(picture().question?.request).toBe(question.request)
    await hook('PostToolUse', { ...call('npm test'), tool_response: {} }).done
    expect((await hooked.done).stdout).toBe('')
    expect(picture()).toMatchObject({ question: null, answered: { request: question.request, text: 'Yes', by: 'terminal' } })
    expect(await answer(question, 1)).toBe('gone')
  })

  test('is closed when its hook is ended, because the dialog was left by Escape', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    hooked.child.kill('SIGTERM')
    await hooked.done
    expect(picture()).toMatchObject({ question: null, answered: { request: question.request, text: 'interrupted', by: 'terminal' } })
    expect(await answer(question, 1)).toBe('gone')
  })

  test('whose hook was killed takes no answer', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    hooked.child.kill('SIGKILL')
    await hooked.done
    expect(await answer(question, 1)).toBe('gone')
  })

  test('of an agent that died is released by the next start', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    state = begin('run-2')
    await hook('SessionStart', { source: 'resume' }).done
    expect((await hooked.done).stdout).toBe('')
    expect(await answer(question, 1)).toBe('gone')
  })
})

test('several questions in one request are asked one after the other and answered together', async () => {
  const questions = [
    {
      question: 'Which database?',
      options: [
        { label: 'Postgres', description: 'big' },
        { label: 'SQLite', description: 'small' },
      ],
    },
    { question: 'Which parts?', multiSelect: true, options: [{ label: 'Auth' }, { label: 'Chat' }, { label: 'Search' }] },
  ]
  const hooked = hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: { questions } })
  const first = await asked()
  expect(first).toMatchObject({ kind: 'question', text: '(1 of 2) Which database?', options: ['Postgres', 'SQLite'], refusal: null })
  expect(await answer(first, null, 'DuckDB')).toBe('handed')
  expect(await answer(first, null, 'DuckDB')).toBe('handed')
  const second = picture().question
  expect(second).toMatchObject({ text: expect.stringContaining('Which parts?'), options: ['Auth', 'Chat', 'Search'] })
  expect(picture().answered).toMatchObject({ request: first.request, text: 'DuckDB', by: 'chat' })
  expect(await answer(second ?? first, null, '1, 3')).toBe('handed')
  const answers = { 'Which database?': 'DuckDB', 'Which parts?': 'Auth, Search' }
  expect(await verdictOf(hooked)).toEqual({ behavior: 'allow', updatedInput: { questions, answers } })
})

test('a plan is shown, and approved with the whole of it, however long', async () => {
  const plan = `# Plan\n${'- a step\n'.repeat(9_000)}`
  const hooked = hook('PermissionRequest', { tool_name: 'ExitPlanMode', tool_input: { plan } })
  const question = await asked()
  expect(question).toMatchObject({ kind: 'plan', options: ['Yes', 'Yes, and let it edit files', 'No, keep planning'], refusal: 3 })
  expect(question.detail?.startsWith(plan.slice(0, 10_000))).toBe(true)
  expect(await answer(question, 2)).toBe('handed')
  expect(await verdictOf(hooked)).toEqual({
    behavior: 'allow',
    updatedInput: { plan },
    updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
  })
})

test('a model that does not answer ends the turn, and words then wake the agent', async () => {
  const waker = hook('Wake', {})
  await until(() => existsSync(join(state, 'waker.fifo')))
  await hook('StopFailure', { error: 'rate_limit', last_assistant_message: 'No more today' }).done
  expect(picture().turnEnded?.message).toBe('No more today')
  expect(await tell('m1', 'ana: again')).toBe('own')
  expect((await waker.done).code).toBe(2)
})

describe('words for the agent', () => {
  test('reach it after the next tool, and only once', async () => {
    const told = tell('m1', 'ana: "hi" \\ $HOME\nline two')
    await until(() => waiting().length === 1)
    const { stdout } = await hook('PostToolUse', call('ls')).done
    expect(JSON.parse(stdout).hookSpecificOutput).toEqual({
      hookEventName: 'PostToolUse',
      additionalContext: '[ao #m1] ana: "hi" \\ $HOME\nline two .',
    })
    expect(await told).toBe('own')
    expect((await hook('PostToolUse', call('ls')).done).stdout).toBe('')
  })

  test('are not given to an agent below the main one, which would keep them to itself', async () => {
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    expect((await hook('PostToolUse', { agent_id: 'a1', ...call('ls') }).done).stdout).toBe('')
    expect((await hook('PostToolUse', call('ls')).done).stdout).toContain('#m1')
    expect(await told).toBe('own')
  })

  test('that are too long for there wait for the end of the turn, in order', async () => {
    const long = 'bob: ä"\n'.repeat(14_000)
    void tell('m1', long)
    await until(() => waiting().length === 1)
    now += 1
    void tell('m2', 'cyn: after')
    await until(() => waiting().length === 2)
    expect((await hook('PostToolUse', call('ls')).done).stdout).toBe('')
    const { stdout } = await hook('Stop', { last_assistant_message: 'done' }).done
    expect(JSON.parse(stdout)).toEqual({ decision: 'block', reason: `[ao #m1] ${long.trimEnd()} .` })
    expect(picture().turnEnded).toBeNull()
    expect(JSON.parse((await hook('Stop', { last_assistant_message: 'done' }).done).stdout).reason).toBe('[ao #m2] cyn: after .')
    await hook('Stop', { last_assistant_message: 'done' }).done
    expect(picture().turnEnded?.message).toBe('done')
  })

  test('wake an agent that rests, and leave one alone that works', async () => {
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    const told = tell('m1', 'ana: hello\nworld')
    await until(() => waiting().length === 1)
    await hook('UserPromptSubmit', { prompt: 'go' }).done
    expect(waiting()).toHaveLength(1)
    writeFileSync(join(state, 'idle'), '')
    expect(await told).toBe('own')
    expect(await waker.done).toMatchObject({ code: 2, stderr: '[ao #m1] ana: hello\nworld .' })
  })

  test('are waited for by one waiter, whatever number of events ask for one', async () => {
    const wakers = [hook('Wake', {}), hook('Wake', {}), hook('Wake', {})]
    await until(() => existsSync(join(state, 'waker.fifo')))
    await Promise.any(wakers.map(({ done }) => done))
    await until(() => wakers.filter(({ child }) => child.exitCode === 0).length === 2)
    writeFileSync(join(state, 'idle'), '')
    expect(await tell('m1', 'ana: hello')).toBe('own')
    const ends = await Promise.all(wakers.map(({ done }) => done))
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 0, 2])
  })

  test('pitfall 60: do not go with an old start: what waits for one belongs to it alone', async () => {
    const waker = hook('Wake', {})
    await until(() => existsSync(join(state, 'waker.fifo')))
    writeFileSync(join(state, 'idle'), '')
    state = begin('run-2')
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    await hook('SessionStart', { source: 'resume' }).done
    expect(await waker.done).toMatchObject({ code: 0, stderr: '' })
    expect(waiting()).toHaveLength(1)
    await hook('Stop', {}).done
    expect(await told).toBe('own')
  })

  test('pitfall 60: are not taken by a waiter whose agent has died, and it ends', async () => {
    const agentProcess = spawn('/bin/sh', ['-c', `/bin/sh '${state}/hook.sh' Wake </dev/null 2>'${folder}/woken' & sleep 60`], {
      stdio: 'ignore',
    })
    children.push(agentProcess)
    await until(() => existsSync(join(state, 'waker.fifo')))
    const waker = Number(readFileSync(join(state, 'waker'), 'utf8'))
    agentProcess.kill('SIGKILL')
    await new Promise((resolve) => agentProcess.once('exit', resolve))
    writeFileSync(join(state, 'idle'), '')
    await expect(tell('m1', 'ana: hello')).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE'))
    await until(() => !lives(waker))
    expect(readFileSync(join(folder, 'woken'), 'utf8')).toBe('')
    expect(waiting()).toHaveLength(1)
  })

  test('stay where they are while the bot is down, and telling them again does not double them', async () => {
    const stop = new AbortController()
    const told = tell('m1', 'ana: hello', stop.signal)
    await until(() => waiting().length === 1)
    stop.abort(new Error('stopped'))
    await expect(told).rejects.toThrow('stopped')
    const again = tell('m1', 'ana: hello')
    await hook('Stop', {}).done
    expect(await again).toBe('own')
    expect((await hook('Stop', {}).done).stdout).toBe('')
  })

  test('that a hook took and nobody saw are put there again, but not while they may be on their way', async () => {
    const told = tell('m1', 'ana: hello')
    await until(() => waiting().length === 1)
    await hook('Stop', {}).done
    await told
    expect(await tell('m1', 'ana: hello')).toBe('own')
    expect(waiting()).toHaveLength(0)
    now += 10_000
    const again = tell('m1', 'ana: hello')
    expect(JSON.parse((await untilPrinted()).stdout).reason).toBe('[ao #m1] ana: hello .')
    expect(await again).toBe('own')
  })

  test('cannot be had by an agent that was never started here', async () => {
    folder = mkdtempSync(join(scratch, 's-'))
    await expect(tell('m1', 'x')).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE'))
  })
})

test('the session file is found wherever it lies', async () => {
  const { conversation } = picture()
  const [source] = agent.sources({ session: 's', folder, workspace: request().workspace, conversation })
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'elsewhere/c-1.jsonl'), 'here\n')
  expect(readFileSync(source?.path ?? '', 'utf8')).toBe('here\n')
})

test('the last message of a turn that is too long for a row is taken from the session file', async () => {
  await hook('Stop', { last_assistant_message: 'x'.repeat(100_000) }).done
  expect(Math.max(...rows().map((row) => row.length))).toBeLessThan(64 * 1024)
  const row = { type: 'assistant', timestamp: '2026-01-01T00:00:00Z', message: { content: [{ type: 'text', text: 'all of it' }] } }
  const lines = [...rows().map((text) => ['mailbox', text] as const), ['transcript', JSON.stringify(row)] as const]
  expect(foldLines(agent, lines).turnEnded?.message).toBe('all of it')
})

const suggesting = {
  permission_suggestions: [
    { type: 'addRules', rules: [{ toolName: 'Bash', ruleContent: 'npm *' }], behavior: 'allow', destination: 'localSettings' },
  ],
}
const call = (command: string) => ({ tool_name: 'Bash', tool_input: { command, description: 'run' } })
const bash = (command: string) => ({ ...call(command), ...suggesting })

/** Writes the files of a start, as the engine does before it. */
const begin = (run: string): string => {
  for (const [path, text] of Object.entries(agent.launch(request({ folder, run })).files)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return `${folder}/claude-code/${run}`
}

type Hooked = {
  readonly child: ChildProcess
  readonly done: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Runs a hook as Claude Code does: by a shell that is its child, the payload on standard input. */
const hook = (event: string, payload: object): Hooked => {
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

const untilPrinted = async (): Promise<{ readonly stdout: string }> => {
  await until(() => waiting().length === 1)
  return hook('Stop', {}).done
}

const verdictOf = async ({ done }: Hooked): Promise<unknown> => JSON.parse((await done).stdout).hookSpecificOutput.decision

const rows = (): readonly string[] =>
  readFileSync(join(folder, 'mailbox.ndjson'), 'utf8')
    .split('\n')
    .filter((row) => row !== '')

const picture = (): AgentPicture =>
  foldLines(
    agent,
    rows().map((text) => ['mailbox', text] as const),
  )

const asked = async (): Promise<Question> => {
  await until(() => picture().question !== null)
  const { question } = picture()
  if (question === null) throw new Error('nothing is asked')
  return question
}

const waiting = (): readonly string[] => {
  const path = join(state, 'inbox/waiting')
  return existsSync(path) ? readdirSync(path) : []
}

const reach = (signal: AbortSignal): AgentReach => ({ folder, terminal: null, signal })
const tell = (id: string, text: string, signal = AbortSignal.timeout(20_000)) => agent.tell({ id, text }, reach(signal))
const answer = ({ request: asks }: Pick<Question, 'request'>, choice: number | null, text = '') =>
  agent.answer({ request: asks, choice, text, by: 'ada' }, reach(AbortSignal.timeout(20_000)))

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}

const until = async (isSo: () => boolean): Promise<void> => {
  for (const limit = Date.now() + 15_000; !isSo(); ) {
    if (Date.now() > limit) throw new Error(`never so: ${isSo}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
