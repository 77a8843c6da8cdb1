import { describe, expect, onTestFinished, test } from 'vitest'
import { dummyKey, type Model, openModel } from './model/index.ts'

const model = async (): Promise<Model> => {
  const made = await openModel()
  onTestFinished(() => made.close())
  return made
}
const headers = { authorization: `Bearer ${dummyKey}`, 'content-type': 'application/json' }
const post = (path: string, body: unknown, more: RequestInit = {}) =>
  fetch(path, { method: 'POST', headers, body: JSON.stringify(body), ...more })

const schema = { type: 'object', properties: { command: {}, description: {} } }
const said = 'Do it. STORY=s'

/** The same question in each protocol, and where its answer is. */
const protocols = {
  '/v1/chat/completions': {
    messages: [{ role: 'user', content: said }],
    tools: [{ type: 'function', function: { name: 'bash', parameters: schema } }],
  },
  '/v1/responses': {
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: said }] }],
    tools: [{ type: 'function', name: 'shell_command', parameters: schema }],
  },
  '/v1/messages': {
    messages: [{ role: 'user', content: [{ type: 'text', text: said }] }],
    tools: [{ name: 'Bash', input_schema: schema }],
  },
  '/v1beta/models/any:generateContent': {
    contents: [{ role: 'user', parts: [{ text: said }] }],
    tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: schema }] }],
  },
} as const

describe.each(Object.entries(protocols))('asked at %s', (path, body) => {
  test('it says what its script says: calls of the shell under the name it has there, words, and errors', async () => {
    const { url, script, asked, complaints } = await model()
    script('s', { run: 'git status', sees: 'Do it.' }, { say: 'All is well.' }, { error: 429, retryAfterSeconds: 7 })
    expect(await (await post(`${url}${path}`, body)).text()).toContain('git status')
    expect(await (await post(`${url}${path}`, body)).text()).toContain('All is well.')
    const refused = await post(`${url}${path}`, body)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7'])
    expect(asked('s')).toHaveLength(3)
    expect(complaints()).toEqual([])
  })

  test('it streams where that is asked for', async () => {
    const { url, script } = await model()
    script('s', { calls: [{ run: 'one' }, { run: 'two' }] })
    const address = path.replace(':generateContent', ':streamGenerateContent')
    const answer = await post(`${url}${address}`, { ...body, stream: true })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const text = await answer.text()
    for (const word of ['data: ', 'one', 'two']) expect(text).toContain(word)
  })
})

const chat = (...messages: readonly unknown[]) => ({
  ...protocols['/v1/chat/completions'],
  messages: [{ role: 'user', content: said }, ...messages],
})

test('it is strict: unknown addresses, other keys, results of calls that it never made, and more than its script holds', async () => {
  const { url, complaints } = await model()
  expect((await post(`${url}/v1/telemetry`, {})).status).toBe(404)
  expect((await post(`${url}/v1/chat/completions`, chat(), { headers: { authorization: 'Bearer other' } })).status).toBe(401)
  await post(`${url}/v1/chat/completions`, chat({ role: 'tool', tool_call_id: 'call_9', content: 'x' }))
  expect(complaints()).toEqual([
    'POST /v1/telemetry is nothing a model is asked',
    '/v1/chat/completions was asked with another key than the one that was given',
    's: got a result of the call call_9, which it never made',
    's: asked for more than its script holds, after: x',
  ])
})

test('it complains where it is not shown what it was to see', async () => {
  const { url, script, complaints } = await model()
  script('s', { say: 'x', sees: 'a reason' })
  await post(`${url}/v1/chat/completions`, chat())
  expect(complaints()).toEqual(['s: was to see "a reason", and was shown: Do it. STORY=s'])
})

test('it tells which messages reached it, in order and how often', async () => {
  const { url, script, heard } = await model()
  script('s', { say: 'x' })
  await post(`${url}/v1/chat/completions`, chat(...['m2', 'm1', 'm1'].map((id) => ({ role: 'user', content: `[ao #${id}] hi .` }))))
  expect(heard('s')).toEqual(['m2', 'm1', 'm1'])
})

test('it holds an answer until it is told to go on, cuts the connection, or never says a word', async () => {
  const { url, script, go } = await model()
  script('s', { hold: 'it', next: { say: 'at last' } }, { drop: true }, { silence: true })
  const held = post(`${url}/v1/chat/completions`, chat())
  expect(await Promise.race([held, new Promise((resolve) => setTimeout(resolve, 200, 'nothing yet'))])).toBe('nothing yet')
  go('it')
  expect(await (await held).text()).toContain('at last')
  await expect(post(`${url}/v1/chat/completions`, chat()).then((cut) => cut.text())).rejects.toThrow()
  await expect(post(`${url}/v1/chat/completions`, chat(), { signal: AbortSignal.timeout(300) })).rejects.toThrow('timeout')
})

test('a conversation is found by the name in its task, and what is asked without a shell is no part of it', async () => {
  const { url, script, asked } = await model()
  script('s', { say: 'mine' })
  script('t', { say: 'yours' })
  expect(await (await post(`${url}/v1/chat/completions`, { ...chat(), tools: [] })).text()).toContain('A story')
  const other = { ...chat(), messages: [{ role: 'user', content: 'STORY=t' }] }
  expect(await (await post(`${url}/v1/chat/completions`, other)).text()).toContain('yours')
  expect([asked('s').length, asked('t').length]).toEqual([0, 1])
})
