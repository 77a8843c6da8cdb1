import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isFault } from '../../../../core/kit/fault.ts'
import { appendRow } from '../../../../core/kit/mailbox.ts'
import { sleep } from '../../../../core/kit/time.ts'
import { useCodex } from './stage.ts'

const { server, agent, listen, deaf, rows, picture, sees, isHeard, reach, decision } = useCodex()

const command = {
  kind: 'command',
  reason: 'May I push?',
  command: "/bin/bash -lc 'git push'",
  availableDecisions: ['accept', { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['git', 'push'] } }, 'cancel'],
}
const askToPush = async (): Promise<void> => {
  server().begin()
  server().ask('item/commandExecution/requestApproval', 'call_1', command)
  await sees(() => picture().question)
}

describe('a question', () => {
  test('is shown with its own options and its whole command', async () => {
    listen()
    await askToPush()
    expect(picture().question).toEqual({
      ...{ request: 'turn-1.call_1', kind: 'permission', text: 'Codex wants to run a command: May I push?', detail: 'git push' },
      ...{ options: ['Yes, once', 'Always, in every project: what begins with "git push"', 'No'], refusal: 3, reply: 'own' },
    })
  })

  test.each([
    [1, '', { decision: 'accept' }],
    [2, '', { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['git', 'push'] } } }],
    [3, '', { decision: 'decline' }],
    [null, 'not today', { decision: 'decline' }],
  ])('that is decided by %s %j is replied to in Codex’s own words', async (choice, text, reply) => {
    listen()
    await askToPush()
    expect(await agent().answer(decision(choice, text), reach())).toBe('handed')
    expect(server().replies.get('call_1')).toEqual(reply)
    await sees(() => picture().answered?.by === 'chat' && picture().question === null)
  })

  test('that is refused with a reason hands the reason over before the refusal', async () => {
    listen()
    await askToPush()
    await agent().answer(decision(3, 'use a branch'), reach())
    const said = server().calls.findLast(({ method }) => method === 'turn/start')
    expect(JSON.stringify(said?.params.input)).toContain('[ao #answer-turn-1.call_1] use a branch .')
    expect(server().replies.get('call_1')).toEqual({ decision: 'decline' })
  })

  test('pitfall 7: that a person answered at the terminal is closed as theirs, and a later answer does nothing', async () => {
    listen()
    await askToPush()
    const late = decision(1)
    server().answerAtTerminal('call_1')
    await sees(() => picture().answered)
    expect(picture()).toMatchObject({ question: null, answered: { request: 'turn-1.call_1', by: 'terminal' } })
    expect(await agent().answer(late, reach())).toBe('gone')
    expect(server().replies.size).toBe(0)
  })

  test('keeps its name over a broken connection, and is asked once', async () => {
    listen()
    await askToPush()
    await isHeard(1)
    server().hangUp()
    await isHeard(2)
    expect(rows().filter((row) => row.codex === 'asked')).toHaveLength(1)
    expect(await agent().answer(decision(1), reach())).toBe('handed')
  })

  test.each([
    ['terminal', async (): Promise<void> => server().answerAtTerminal('call_1')],
    ['chat', async (): Promise<void> => void (await agent().answer(decision(1), reach()))],
  ] as const)('that was answered in the %s while nobody listened is closed when somebody does again', async (by, close) => {
    listen()
    await askToPush()
    await deaf()
    await close()
    listen()
    await sees(() => picture().answered)
    expect(picture()).toMatchObject({ question: null, answered: { by, text: by === 'chat' ? 'Yes, once' : 'answered in its terminal' } })
  })

  test('cannot be answered while its server is away, which is not the same as gone', async () => {
    listen()
    await askToPush()
    const late = decision(1)
    writeFileSync(join(server().folder, 'codex-current'), JSON.stringify({ socket: 'away.sock', approval: 'never', sandbox: 'none' }))
    await expect(agent().answer(late, reach())).rejects.toSatisfy((error) => isFault(error, 'AGENT_UNREACHABLE'))
  })

  test('waits behind the one that was asked before it', async () => {
    listen()
    await askToPush()
    server().ask('item/commandExecution/requestApproval', 'call_2', { ...command, reason: 'And this?' })
    await sleep(50)
    expect(picture().question?.request).toBe('turn-1.call_1')
    await agent().answer(decision(1), reach())
    await sees(() => picture().question?.request === 'turn-1.call_2')
  })

  test('of a start that is no more is void with the next', async () => {
    appendRow(server().folder, { v: 1, at: 1, codex: 'thread', run: 'shop-1.m0.0', thread: server().threadId })
    const old = { kind: 'permission', text: 'May I?', detail: null, options: ['Yes, once', 'No'], refusal: 2 }
    appendRow(server().folder, { v: 1, at: 2, codex: 'asked', request: 'turn-0.call_0', ...old })
    expect(picture().question).not.toBeNull()
    listen()
    await sees(() => picture().question === null)
    expect(picture().answered).toBeNull()
  })

  test('of its own with options is answered by their names, and by words', async () => {
    listen()
    server().begin()
    const options = [
      { label: 'Postgres', description: 'big' },
      { label: 'SQLite', description: 'small' },
    ]
    const question = { id: 'db', header: 'DB', question: 'Which?', isOther: true, isSecret: false, options }
    server().ask('item/tool/requestUserInput', 'call_3', { questions: [question], isBlocking: false })
    await sees(() => picture().question)
    expect(picture().question).toMatchObject({ kind: 'question', text: 'Which?', options: ['Postgres', 'SQLite'], refusal: null })
    await agent().answer(decision(2, 'the small one'), reach())
    expect(server().replies.get('call_3')).toEqual({ answers: { db: { answers: ['SQLite', 'the small one'] } } })
  })

  test('about files shows what would change', async () => {
    listen()
    await isHeard(1)
    server().begin()
    server().ask('item/fileChange/requestApproval', 'call_4', { reason: null })
    await sees(() => picture().question)
    expect(picture().question).toMatchObject({ text: 'Codex wants to change files outside of its sandbox.', refusal: 3 })
    await agent().answer(decision(2), reach())
    expect(server().replies.get('call_4')).toEqual({ decision: 'acceptForSession' })
  })

  test('that only its terminal can answer says so', async () => {
    listen()
    server().begin()
    server().ask('mcpServer/elicitation/request', 'call_5', { serverName: 'x' })
    await sees(() => picture().question)
    expect(picture().question?.text).toContain('in its terminal')
    expect(await agent().answer(decision(null, 'yes'), reach())).toBe('gone')
  })
})

describe('trouble with the account', () => {
  test.each([
    ['usageLimitExceeded', 'limit'],
    ['unauthorized', 'login'],
    [{ httpConnectionFailed: { httpStatusCode: 401 } }, 'login'],
  ])('%j is a question of kind %s until a turn begins again', async (codexErrorInfo, kind) => {
    listen()
    await isHeard(1)
    server().begin()
    server().end({ status: 'failed', error: { message: 'No more today.', codexErrorInfo } })
    await sees(() => picture().question)
    expect(picture().question).toMatchObject({ kind, reply: 'message', options: [] })
    server().begin()
    await sees(() => picture().question === null)
  })

  test('of the network is none', async () => {
    listen()
    await isHeard(1)
    server().begin()
    server().end({ status: 'failed', error: { message: 'gone', codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: null } } } })
    await sees(() => rows().some((row) => row.is === 'over'))
    expect(picture().question).toBeNull()
  })
})
