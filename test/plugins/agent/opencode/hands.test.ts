import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isFault } from '../../../../core/kit/fault.ts'
import { appendRow } from '../../../../core/kit/mailbox.ts'
import { makeStand } from './stand.ts'

let stand: Awaited<ReturnType<typeof makeStand>>
const note = (row: Readonly<Record<string, unknown>>): void => appendRow(stand.folder, { v: 1, at: 1, ...row })

beforeEach(async () => {
  stand = await makeStand()
  note({ opencode: 'started', run: 'app-1.m0.1' })
  note({ opencode: 'session', session: 'ses_a' })
})
afterEach(() => stand.close())

describe('a message', () => {
  test('is handed to the server under an id of opencode’s own form, whole', async () => {
    const text = `${'x'.repeat(100_000)}\n!/$@ü`
    expect(await stand.agent.tell({ id: 'm1', text }, stand.reach())).toBe('own')
    const [sent] = stand.server.state.prompts
    expect(sent).toMatchObject({ session: 'ses_a', body: { parts: [{ text: `[ao #m1] ${text} .` }] } })
    expect(stand.server.state.wrong).toEqual([])
  })

  test('told twice is sent once', async () => {
    await stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())
    await stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())
    expect(stand.server.state.prompts).toHaveLength(1)
  })

  test('that did not arrive is sent again under a later id, because an older one would never be looked at', async () => {
    stand.server.state.isForgetful = true
    await stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())
    await stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())
    const [first, second] = stand.server.state.prompts.map(({ body }) => String(body.messageID))
    expect(stand.server.state.prompts).toHaveLength(2)
    expect(String(second).slice(0, 16) > String(first).slice(0, 16)).toBe(true)
  })

  test('keeps the way of working that the conversation has', async () => {
    note({ opencode: 'heard', message: 'msg_1', ids: [], agent: 'plan' })
    await stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())
    expect(stand.server.state.prompts[0]?.body.agent).toBe('plan')
  })

  test('does not reach one that has ended, and says so', async () => {
    await stand.server.close()
    await expect(stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())).rejects.toSatisfy(
      (error) => isFault(error, 'AGENT_UNREACHABLE') && error.mayPass,
    )
    stand = await makeStand()
  })

  test('does not go to an earlier conversation while the new start has not been heard', async () => {
    stand.start('app-1.m0.2')
    await expect(stand.agent.tell({ id: 'm1', text: 'hi' }, stand.reach())).rejects.toSatisfy((error) =>
      isFault(error, 'AGENT_UNREACHABLE'),
    )
    expect(stand.server.state.prompts).toEqual([])
  })
})

describe('a decision', () => {
  const decide = (request: string, choice: number | null, text = '') =>
    stand.agent.answer({ request, choice, text, by: 'ada' }, stand.reach())
  const askPermission = (): void => {
    note({ opencode: 'asked', request: 'per_1', kind: 'permission', text: 'Run a command: ls', detail: 'ls', always: 'ls *' })
    stand.server.state.permissions.push({ id: 'per_1' })
  }

  test.each([
    [1, '1', { reply: 'once' }],
    [2, '', { reply: 'always' }],
    [3, 'not here', { reply: 'reject', message: 'not here' }],
    [3, 'Reject: not here', { reply: 'reject', message: 'not here' }],
    [3, '3', { reply: 'reject', message: 'No. Do not do this.' }],
    [null, 'rather not', { reply: 'reject', message: 'rather not' }],
  ])('of option %j with %j goes to the server as %j', async (choice, text, body) => {
    askPermission()
    expect(await decide('per_1', choice, text)).toBe('handed')
    expect(stand.server.state.replies).toEqual([{ request: 'per_1', body }])
  })

  test('that came first from the chat is known as the chat’s', async () => {
    askPermission()
    await decide('per_1', 3, 'Reject: not here')
    note({ opencode: 'closed', request: 'per_1', reply: 'reject' })
    expect(stand.picture().answered).toEqual({ request: 'per_1', text: 'Reject: not here', by: 'chat' })
  })

  test('that lost the race does nothing and is known as the terminal’s', async () => {
    askPermission()
    stand.server.state.permissions.length = 0
    expect(await decide('per_1', 3, 'no')).toBe('gone')
    note({ opencode: 'closed', request: 'per_1', reply: 'once' })
    expect(stand.picture()).toMatchObject({ question: null, answered: { text: 'once', by: 'terminal' } })
  })

  test('on one of several questions waits for the others, and all go together', async () => {
    const part = { options: ['A', 'B'], detail: null, isMultiple: false }
    note({
      opencode: 'asked',
      request: 'que_1',
      kind: 'question',
      parts: [
        { ...part, text: 'One?' },
        { ...part, text: 'Two?', isMultiple: true },
      ],
    })
    stand.server.state.questions.push({ id: 'que_1' })
    expect(await decide('que_1.1', null, 'neither')).toBe('handed')
    expect(stand.server.state.replies).toEqual([])
    expect(stand.picture()).toMatchObject({
      question: { request: 'que_1.2', text: 'Two?' },
      answered: { request: 'que_1.1', text: 'neither' },
    })
    expect(await decide('que_1.1', 1)).toBe('gone')
    expect(await decide('que_1.2', null, 'a, b')).toBe('handed')
    expect(stand.server.state.replies).toEqual([{ request: 'que_1', body: { answers: [['neither'], ['A', 'B']] } }])
  })

  test.each([
    [1, '', 'build', 'The plan is approved. Carry it out.'],
    [2, 'smaller', 'plan', 'The plan is not approved. smaller'],
  ])('of option %j on a plan goes on as it says', async (choice, text, agent, words) => {
    note({ opencode: 'heard', message: 'msg_1', ids: [], agent: 'plan' })
    note({
      ...{ opencode: 'step', message: 'msg_2', session: 'ses_a', model: 'm', text: '1. Do it.', doneAt: 1 },
      ...{ input: 1, cacheRead: 0, cacheWrite: 0, output: 1, costUsd: 0 },
    })
    note({ opencode: 'status', status: 'idle', text: null, attempt: 0, untilMs: 0 })
    expect(stand.picture().question).toMatchObject({ request: 'plan.msg_2', kind: 'plan', detail: '1. Do it.', refusal: 2 })
    expect(await decide('plan.msg_2', choice, text)).toBe('handed')
    expect(stand.server.state.prompts[0]?.body).toMatchObject({ agent, parts: [{ text: words }] })
    expect(stand.picture()).toMatchObject({ question: null, answered: { by: 'chat' } })
  })
})
