import { afterEach, describe, expect, test } from 'vitest'
import { makeStand, until } from './stand.ts'

const session = { id: 'ses_a', directory: '/home/ana/app', time: { created: 2_000_000_000_000 } }
const user = (id: string, text: string) => ({
  info: { id, sessionID: 'ses_a', role: 'user', agent: 'build', time: { created: 1 } },
  parts: [{ type: 'text', messageID: id, text }],
})
const tokens = { input: 100, output: 20, reasoning: 5, cache: { read: 7, write: 3 } }
const reply = (id: string, text: string, more: object = {}) => ({
  info: {
    id,
    sessionID: 'ses_a',
    role: 'assistant',
    providerID: 'acme',
    modelID: 'm-1',
    cost: 0.5,
    tokens,
    time: { created: 1, completed: 1_700_000_000_000 },
    ...more,
  },
  parts: [{ type: 'text', messageID: id, text }],
})
const permission = {
  id: 'per_1',
  sessionID: 'ses_a',
  permission: 'bash',
  patterns: ['make test'],
  metadata: { command: 'make test' },
  always: ['make *'],
}

let stand: Awaited<ReturnType<typeof makeStand>>
afterEach(() => stand.close())

/** A stand whose terminal has begun a conversation with the first words. */
const begun = async () => {
  stand = await makeStand()
  stand.server.state.sessions.push(session)
  stand.server.state.messages.set('ses_a', [user('msg_1', 'Task #1') as never]) // of that shape
  stand.server.state.status.ses_a = { type: 'busy' }
  const stop = stand.listen()
  await until('it listens', () => stand.rows().some((row) => row.opencode === 'status'))
  return stop
}

describe('what an opencode’s server says', () => {
  test('finds the conversation that its terminal began, and none of another folder, of a sub-agent or of before', async () => {
    stand = await makeStand()
    stand.server.state.sessions.push(
      { ...session, id: 'ses_old', time: { created: 1_000 } },
      { ...session, id: 'ses_elsewhere', directory: '/home/bob/app' },
      { ...session, id: 'ses_child', parentID: 'ses_a' },
      session,
    )
    stand.listen()
    await until('it is found', () => stand.picture().conversation !== null)
    expect(stand.picture().conversation).toBe('ses_a')
  })

  test('is heard also when the conversation begins after the connection', async () => {
    stand = await makeStand()
    stand.listen()
    await until('it listens', () => stand.server.listeners() === 1 && stand.rows().length === 1)
    stand.server.emit('session.created', { sessionID: 'ses_a', info: session })
    await until('it is heard', () => stand.picture().conversation === 'ses_a')
  })

  test('becomes a question, and closes it when somebody at the terminal answers', async () => {
    await begun()
    stand.server.emit('permission.asked', permission)
    await until('it asks', () => stand.picture().question !== null)
    expect(stand.picture().question).toEqual({
      request: 'per_1',
      kind: 'permission',
      text: 'Run a command: make test',
      detail: 'make test',
      options: ['Allow once', 'Allow always: make *', 'Reject'],
      refusal: 3,
      reply: 'own',
    })
    stand.server.emit('permission.replied', { sessionID: 'ses_a', requestID: 'per_1', reply: 'once' })
    await until('it is closed', () => stand.picture().question === null)
    expect(stand.picture().answered).toEqual({ request: 'per_1', text: 'once', by: 'terminal' })
  })

  test('shows one question after the other where tools ask at once, those of its sub-agents, too', async () => {
    await begun()
    stand.server.emit('permission.asked', permission)
    stand.server.emit('permission.asked', { ...permission, id: 'per_2', sessionID: 'ses_child' })
    await until('it asks', () => stand.rows().filter((row) => row.opencode === 'asked').length === 2)
    expect(stand.picture().question?.request).toBe('per_1')
    stand.server.emit('permission.replied', { sessionID: 'ses_a', requestID: 'per_1', reply: 'once' })
    await until('the second is shown', () => stand.picture().question?.request === 'per_2')
  })

  test('ends a turn with its last words, and counts each answer of a model once', async () => {
    await begun()
    const { info, parts } = reply('msg_2', 'Done.')
    stand.server.emit('message.part.updated', { sessionID: 'ses_a', part: parts[0] })
    stand.server.emit('message.updated', { sessionID: 'ses_a', info })
    stand.server.emit('message.updated', { sessionID: 'ses_a', info })
    stand.server.emit('session.status', { sessionID: 'ses_a', status: { type: 'idle' } })
    await until('the turn ends', () => stand.picture().turnEnded !== null)
    expect(stand.picture().turnEnded?.message).toBe('Done.')
    expect(stand.picture().usage).toEqual([{ model: 'acme/m-1', input: 100, cacheRead: 7, cacheWrite: 3, output: 25, costUsd: 0.5 }])
  })

  test('that was missed while the bot was down is asked for: words, costs, the answer elsewhere, the end of the turn', async () => {
    const stop = await begun()
    stand.server.emit('permission.asked', permission)
    await until('it asks', () => stand.picture().question !== null)
    await stop()
    stand.server.state.messages.set('ses_a', [
      user('msg_1', 'Task #1'),
      reply('msg_2', 'First.'),
      user('msg_3', '[ao #m7] and this .'),
      reply('msg_4', 'Second.'),
    ] as never) // of that shape
    stand.server.state.status = {}
    stand.listen()
    await until('it has caught up', () => stand.picture().turnEnded !== null)
    expect(stand.picture()).toMatchObject({
      question: null,
      answered: { request: 'per_1', by: 'terminal' },
      received: ['m7'],
      turnEnded: { message: 'Second.' },
      usage: [{ model: 'acme/m-1', input: 200, costUsd: 1 }],
    })
  })

  test('is put down once, however often the bot is started anew', async () => {
    const stop = await begun()
    stand.server.state.permissions.push(permission)
    await stop()
    for (let starts = 0; starts < 3; starts += 1) {
      const end = stand.listen()
      await until('it asks', () => stand.picture().question !== null && stand.server.listeners() === 1)
      stand.server.emit('permission.asked', permission)
      await end()
    }
    const kinds = stand.rows().map((row) => row.opencode)
    expect(kinds).toEqual(['started', 'session', 'heard', 'status', 'asked'])
  })

  test('is heard again after its connection broke', async () => {
    await begun()
    stand.server.cut()
    await until('it is cut', () => stand.server.listeners() === 0)
    await until('it is back', () => stand.server.listeners() === 1)
    stand.server.emit('permission.asked', permission)
    await until('it asks', () => stand.picture().question !== null)
  })

  test('is heard also after a connection on which it never spoke, as one that is just starting may do', async () => {
    stand = await makeStand()
    stand.server.state.isMute = true
    stand.listen()
    await until('it is connected', () => stand.server.listeners() === 1)
    stand.server.state.isMute = false
    await until('it listens', () => stand.rows().length > 0)
  })

  test('of an earlier start is not listened to', async () => {
    stand = await makeStand()
    stand.start('app-1.m0.0')
    stand.listen()
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(stand.rows()).toEqual([])
  })

  test('is not believed without the password', async () => {
    await begun()
    const { port } = stand.server
    expect((await fetch(`http://127.0.0.1:${port}/permission`)).status).toBe(401)
  })
})

describe('words that its command line does not take', () => {
  test('begin the next turn of a conversation that is taken up, once, whatever happens to the bot', async () => {
    stand = await makeStand({ resume: 'ses_a', prompt: '[ao #m9] go on .' })
    stand.server.state.messages.set('ses_a', [user('msg_1', 'Task #1')] as never) // of that shape
    const stop = stand.listen()
    await until('they are sent', () => stand.server.state.prompts.length === 1)
    await stop()
    const end = stand.listen()
    await until('they are received', () => stand.picture().received.includes('m9'))
    await end()
    expect(stand.server.state.prompts.map(({ session: to, body }) => [to, body.parts])).toEqual([
      ['ses_a', [{ type: 'text', text: '[ao #m9] go on .' }]],
    ])
    expect(stand.picture().conversation).toBe('ses_a')
  })

  test('of a prompt that is too long for it are sent into a conversation made for them', async () => {
    const prompt = 'long words '.repeat(20_000)
    stand = await makeStand({ prompt, model: 'acme/m/1' })
    expect(stand.launch.argv.some((word) => word.includes('long words'))).toBe(false)
    stand.listen()
    await until('they are sent', () => stand.server.state.prompts.length === 1)
    expect(stand.server.state.prompts[0]).toMatchObject({
      session: 'ses_made0',
      body: { parts: [{ text: prompt }], model: { providerID: 'acme', modelID: 'm/1' } },
    })
    expect(stand.server.state.selected).toEqual(['ses_made0'])
    expect(stand.server.state.wrong).toEqual([])
  })

  test('of an earlier start are not sent to a later one', async () => {
    stand = await makeStand({ resume: 'ses_a', prompt: 'go on' })
    stand.start('app-1.m0.2')
    stand.listen('app-1.m0.2')
    await until('it listens', () => stand.rows().some((row) => row.opencode === 'session') && stand.server.listeners() === 1)
    stand.server.emit('permission.asked', permission)
    await until('it hears', () => stand.picture().question !== null) // what is sent at the beginning has been sent by now
    expect(stand.server.state.prompts).toEqual([])
  })
})
