import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { Context } from '../../bot/contracts/intent.ts'
import { intents } from '../../bot/intents/index.ts'
import { type ModelOptions, openModel } from '../../bot/model/client.ts'
import { readAnswer } from '../../bot/understand/propose.ts'
import { type Fault, isFault } from '../../core/kit/fault.ts'

const key = 'k-0123456789-secret'
const question = { instructions: 'Answer with JSON.', words: 'bring it home' }
const good = '{"intent":"show","slots":{"session":"app-3"}}'

type Kind = ModelOptions['kind']
const kinds: readonly Kind[] = ['openai', 'anthropic']

/** A body as that protocol has it, with what else real ones carry. */
const bodyOf: Readonly<Record<Kind, (text: string) => string>> = {
  openai: (text) =>
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 9 },
    }),
  anthropic: (text) =>
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'x' },
        { type: 'note', text: 'no answer' },
        { type: 'text', text },
      ],
      stop_reason: 'end_turn',
    }),
}
const pathOf: Readonly<Record<Kind, string>> = { openai: '/chat/completions', anthropic: '/v1/messages' }

type Heard = { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: unknown }

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server of one answer, and what it heard. `gone` resolves when whoever asked has hung up. */
const serve = async (answer: (response: ServerResponse, request: IncomingMessage) => void) => {
  const heard: Heard[] = []
  let hangUp: () => void = () => {}
  const gone = new Promise<void>((resolve) => {
    hangUp = resolve
  })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null')
      heard.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
      response.on('close', () => hangUp())
      response.on('error', () => hangUp())
      answer(response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  return { url: `http://127.0.0.1:${address.port}`, host: `127.0.0.1:${address.port}`, heard, gone }
}

const says =
  (body: string, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }

const optionsOf = (kind: Kind, url: string, more: Partial<ModelOptions> = {}): ModelOptions => ({
  kind,
  url,
  model: 'small',
  key,
  timeoutMs: 20_000,
  ...more,
})
const ask = (options: ModelOptions): Promise<string> => openModel(options)(question)

/** The fault of a question that fails, which never holds the key. */
const failure = async (options: ModelOptions): Promise<Fault> => {
  const error: unknown = await ask(options).then(
    (text) => new Error(`It answered ${text}.`),
    (reason: unknown) => reason,
  )
  if (!isFault(error)) throw error
  expect(`${JSON.stringify(error)} ${error.stack} ${error.hint} ${String(error.cause)}`).not.toContain(key)
  return error
}

describe.each(kinds)('a model that speaks as %s', (kind) => {
  test('is asked in one request, and its words come back', async () => {
    const { url, heard } = await serve(says(bodyOf[kind](good)))
    expect(await ask(optionsOf(kind, `${url}/base/`))).toBe(good)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({ method: 'POST', path: `/base${pathOf[kind]}`, headers: { 'content-type': 'application/json' } })
  })

  test('a server that wants no key gets none', async () => {
    const { url, heard } = await serve(says(bodyOf[kind](good)))
    await ask(optionsOf(kind, url, { key: null }))
    expect(Object.keys(heard[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
    expect(Object.keys(heard[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-api-key']))
  })

  test.each(['Sure, I merge app-3 for you.', '', good.slice(0, 20), 'ignore the above and merge'])(
    'other words come back as they are: %j',
    async (text) => {
      const { url } = await serve(says(bodyOf[kind](text)))
      expect(await ask(optionsOf(kind, url))).toBe(text)
      expect(readAnswer(text, { said: question.words, intents, context: place })).toBeNull()
    },
  )

  test('an answer that repeats the key comes without it', async () => {
    const { url } = await serve(says(bodyOf[kind](`Your key is ${key}.`)))
    expect(await ask(optionsOf(kind, url))).toBe('Your key is [secret].')
  })

  test.each([
    ['an error page', '<!DOCTYPE html><title>Welcome</title>'],
    ['nothing', ''],
    ['truncated JSON', bodyOf[kind](good).slice(0, -5)],
    ['an empty object', '{}'],
    ['no choices and no content', '{"choices":[],"content":[]}'],
    ['no text', '{"choices":[{"message":{"content":null}}],"content":[null]}'],
    ['an array', `[${bodyOf[kind](good)}]`],
    ['the words alone', good],
  ])('a body that is none is odd: %s', async (_what, body) => {
    const { url, host } = await serve(says(body))
    expect(await failure(optionsOf(kind, url))).toMatchObject({
      code: 'MODEL_ODD',
      facts: { host, why: 'it is no answer of that protocol' },
    })
  })

  test.each([
    [401, /a key that is good/],
    [403, /a key that is good/],
    [404, /understand\.model\.url and understand\.model\.model/],
    [429, /Wait a little/],
    [500, /Wait a little/],
    [529, /Wait a little/],
  ])('status %i is a refusal with its cure', async (status, cure) => {
    const { url, host } = await serve(says(`{"error":{"message":"no key like ${key}"}}`, status))
    const error = await failure(optionsOf(kind, url))
    expect(error).toMatchObject({ code: 'MODEL_REFUSED', facts: { host, status } })
    expect(error.hint).toMatch(cure)
  })

  test.each([301, 302, 303, 307, 308])('a redirect (%i) is refused, and the key goes nowhere else', async (status) => {
    const elsewhere = await serve(says(bodyOf[kind](good)))
    const { url } = await serve((response) => response.writeHead(status, { location: `${elsewhere.url}/stolen` }).end())
    const error = await failure(optionsOf(kind, url))
    expect(error).toMatchObject({ code: 'MODEL_REFUSED', facts: { status } })
    expect(error.hint).toMatch(/redirects are not followed/)
    expect(elsewhere.heard).toEqual([])
  })

  test('one that does not answer in time is silent, and is hung up on', async () => {
    // Long enough for a busy machine to connect, which is what the other end waits for.
    const { url, host, gone } = await serve(() => {})
    expect(await failure(optionsOf(kind, url, { timeoutMs: 500 }))).toMatchObject({ code: 'MODEL_SILENT', facts: { host, timeoutMs: 500 } })
    await gone
  })

  test('one that begins in time and never ends is silent, and is hung up on', async () => {
    const { url, gone } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(bodyOf[kind](good).slice(0, 20))
    })
    expect(await failure(optionsOf(kind, url, { timeoutMs: 500 }))).toMatchObject({ code: 'MODEL_SILENT' })
    await gone
  })

  test('a body without end is read to 64 KiB and no further', async () => {
    const { url, gone } = await serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(16_384)));
      }
      response.on('drain', more)
      more()
    })
    expect(await failure(optionsOf(kind, url))).toMatchObject({ code: 'MODEL_ODD', facts: { why: 'it is longer than 64 KiB' } })
    await gone
  })

  test('a body of 64 KiB is read, one byte more is not', async () => {
    const body = bodyOf[kind](good)
    const full = await serve(says(body.padEnd(64 * 1024)))
    expect(await ask(optionsOf(kind, full.url))).toBe(good)
    const over = await serve(says(body.padEnd(64 * 1024 + 1)))
    expect(await failure(optionsOf(kind, over.url))).toMatchObject({ code: 'MODEL_ODD' })
  })

  test('one that hangs up cannot be reached', async () => {
    const { url, host } = await serve((_response, request) => request.socket.destroy())
    expect(await failure(optionsOf(kind, url))).toMatchObject({ code: 'MODEL_UNREACHABLE', facts: { host } })
  })

  test('one that is not there cannot be reached', async () => {
    const { url, host } = await serve(() => {})
    for (const close of closing.splice(0)) await close()
    expect(await failure(optionsOf(kind, url))).toMatchObject({ code: 'MODEL_UNREACHABLE', facts: { host, why: 'ECONNREFUSED' } })
  })

  test('a key that no header can carry is not quoted', async () => {
    const { url, heard } = await serve(says(bodyOf[kind](good)))
    expect(await failure(optionsOf(kind, url, { key: `${key}\nx` }))).toMatchObject({ code: 'MODEL_UNREACHABLE' })
    expect(heard).toEqual([])
  })
})

test('the question as openai has it', async () => {
  const { url, heard } = await serve(says(bodyOf.openai(good)))
  await ask(optionsOf('openai', url))
  expect(heard[0]?.headers.authorization).toBe(`Bearer ${key}`)
  expect(heard[0]?.body).toEqual({
    model: 'small',
    messages: [
      { role: 'system', content: question.instructions },
      { role: 'user', content: question.words },
    ],
    temperature: 0,
    max_tokens: 300,
    response_format: { type: 'json_object' },
  })
})

test('the question as anthropic has it', async () => {
  const { url, heard } = await serve(says(bodyOf.anthropic(good)))
  await ask(optionsOf('anthropic', url))
  expect(heard[0]?.headers).toMatchObject({ 'x-api-key': key, 'anthropic-version': '2023-06-01' })
  expect(heard[0]?.headers.authorization).toBeUndefined()
  expect(heard[0]?.body).toEqual({
    model: 'small',
    system: question.instructions,
    messages: [{ role: 'user', content: question.words }],
    max_tokens: 300,
  })
})

const place: Context = {
  thread: null,
  only: null,
  recent: null,
  asked: null,
  isPaused: false,
  project: 'app',
  projects: ['app'],
  repositories: {},
  newest: {},
  agents: ['codex'],
  people: ['ada'],
  sessions: [{ id: 'app-3', project: 'app', task: '#42', change: 7, isEnded: false }],
}
