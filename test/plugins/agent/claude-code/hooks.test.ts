import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  agent,
  answer,
  asked,
  bash,
  call,
  folder,
  type Hooked,
  hook,
  host,
  picture,
  rows,
  startAs,
  state,
  suggesting,
  until,
  verdictOf,
  waits,
} from './hooking.ts'
import { foldLines, request } from './make.ts'

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

  test('for good is kept once, for its project alone, and only if its hook took it', async () => {
    const kept = await host.document<Record<string, string[]>>('claude-code-rules', {})
    const first = hook('PermissionRequest', bash('npm test'))
    await answer(await asked(), 3)
    await first.done
    const left = hook('PermissionRequest', { ...call('git push'), permission_suggestions: [] })
    await until(() => picture().question?.detail === 'git push')
    await waits()
    left.child.kill('SIGKILL')
    await left.done
    expect(await answer(await asked(), 3)).toBe('gone')
    expect(kept.value).toEqual({ shop: ['Bash(npm *)'] })
  })

  test('that is closed is not answered, also while its hook has not seen that yet', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    await waits()
    writeFileSync(join(state, 'asks', question.request, 'closed'), '')
    expect(await answer(question, 1)).toBe('gone')
    expect(existsSync(join(state, 'asks', question.request, 'answer'))).toBe(false)
    await hook('Stop', {}).done
    expect((await hooked.done).stdout).toBe('')
  })

  test('whose answer was written down before a crash gets it when it is answered again', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    await waits()
    const place = join(state, 'asks', question.request)
    const decision = { behavior: 'allow' }
    writeFileSync(join(place, 'said'), '"Yes"')
    writeFileSync(join(place, 'answer'), `${JSON.stringify({ hookSpecificOutput: { hookEventName: 'PermissionRequest', decision } })}\n`)
    expect(await answer(question, 1)).toBe('handed')
    expect(await verdictOf(hooked)).toEqual(decision)
  })

  test('waits no longer once its turn or its agent has ended', async () => {
    for (const event of ['Stop', 'StopFailure', 'SessionEnd']) {
      const hooked = hook('PermissionRequest', bash('npm test'))
      const question = await asked()
      await waits()
      await hook(event, { reason: 'other' }).done
      expect(await hooked.done, event).toMatchObject({ code: 0, stdout: '' })
      expect(await answer(question, 1), event).toBe('gone')
    }
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

  test('that comes later closes the one before it; those of agents below the main one close none, and none closes them', async () => {
    const requests = (): readonly string[] => rows().flatMap((text) => JSON.parse(text).request ?? [])
    const ask = async (command: string, more: object = {}): Promise<Hooked & { readonly request: string }> => {
      const before = requests()
      const hooked = hook('PermissionRequest', { ...more, ...bash(command) })
      await until(() => requests().length > before.length)
      return { ...hooked, request: requests().at(-1) ?? '' }
    }
    const isClosed = ({ request: name }: { readonly request: string }): boolean => existsSync(join(state, 'asks', name, 'closed'))
    const below = await ask('ls', { agent_id: 'a1' })
    const first = await ask('npm test')
    const other = await ask('pwd', { agent_id: 'a2' })
    expect([below, first, other].map(isClosed)).toEqual([false, false, false])
    const second = await ask('npm ci')
    expect((await first.done).stdout).toBe('')
    expect([below, other, second].map(isClosed)).toEqual([false, false, false])
    for (const one of [below, other, second]) {
      expect(await answer(one, 1)).toBe('handed')
      expect(await verdictOf(one)).toEqual({ behavior: 'allow' })
    }
  })

  test('is closed by the answers that a person gave at the terminal, which stand in its input then', async () => {
    const questions = [{ question: 'Which?', options: [{ label: 'A' }, { label: 'B' }] }]
    const hooked = hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: { questions } })
    const question = await asked()
    const answers = { 'Which?': 'B' }
    const ran = { tool_name: 'AskUserQuestion', tool_input: { questions, answers }, tool_response: { questions, answers } }
    await hook('PostToolUse', ran).done
    expect((await hooked.done).stdout).toBe('')
    expect(picture()).toMatchObject({ question: null, answered: { request: question.request, text: 'B', by: 'terminal' } })
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
    await waits()
    hooked.child.kill('SIGKILL')
    await hooked.done
    expect(await answer(question, 1)).toBe('gone')
  })

  test('of an agent that died is released by the next start', async () => {
    const hooked = hook('PermissionRequest', bash('npm test'))
    const question = await asked()
    startAs('run-2')
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
  expect(await answer({ request: first.request.replace('.1', '.2') }, null, 'too early')).toBe('gone')
  expect(await answer(first, null, 'DuckDB')).toBe('handed')
  expect(await answer(first, null, 'DuckDB')).toBe('handed')
  const second = picture().question
  expect(second).toMatchObject({ text: expect.stringContaining('Which parts?'), options: ['Auth', 'Chat', 'Search'] })
  expect(picture().answered).toMatchObject({ request: first.request, text: 'DuckDB', by: 'chat' })
  expect(await answer(second ?? first, null, '1, 3')).toBe('handed')
  const answers = { 'Which database?': 'DuckDB', 'Which parts?': 'Auth, Search' }
  expect(await verdictOf(hooked)).toEqual({ behavior: 'allow', updatedInput: { questions, answers } })
})

test('the first of several questions takes no answer once nobody waits for it', async () => {
  const questions = ['One?', 'Two?'].map((question) => ({ question, options: [] }))
  const hooked = hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: { questions } })
  const question = await asked()
  await waits()
  hooked.child.kill('SIGKILL')
  await hooked.done
  expect(await answer(question, null, 'a')).toBe('gone')
  expect(picture().question?.request).toBe(question.request)
})

test('a question put by "ao report" is answered where it waits, and by no hook', async () => {
  const row = { v: 1, at: Date.now(), report: 'blocked', text: 'Which?', request: 'r1', options: ['a', 'b'], waits: true }
  appendFileSync(join(folder, 'mailbox.ndjson'), `${JSON.stringify(row)}\n`)
  expect(await answer({ request: 'r1' }, 1)).toBe('handed')
  expect(await answer({ request: 'r2' }, 1)).toBe('gone')
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
