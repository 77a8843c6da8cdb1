import { z } from 'zod'
import { catalogue, row } from '../../core/kit/fault.ts'
import { redacting } from '../../core/kit/redact.ts'
import type { AskModel } from '../contracts/model.ts'

export const fault = catalogue({
  MODEL_REFUSED: row<{ host: string; status: number }>(
    (f) => `The language model at ${f.host} refuses, with status ${f.status}.`,
    (f) => cures.find(({ fits }) => fits(f.status))?.cure ?? `Look at what ${f.host} says about status ${f.status}.`,
  ),
  MODEL_SILENT: row<{ host: string; timeoutMs: number }>(
    (f) => `The language model at ${f.host} has not answered within ${f.timeoutMs} ms.`,
    () => 'Choose a quicker one under understand.model.model in bot.config.yaml, or give it more time under understand.model.timeout.',
    { mayPass: true },
  ),
  MODEL_ODD: row<{ host: string; why: string }>(
    (f) => `The answer of the language model at ${f.host} cannot be read: ${f.why}.`,
    () => 'Look whether understand.model.kind and understand.model.url in bot.config.yaml belong together.',
  ),
  MODEL_UNREACHABLE: row<{ host: string; why: string }>(
    (f) => `The language model at ${f.host} cannot be reached (${f.why}).`,
    (f) => `Look whether ${f.host} is right under understand.model.url in bot.config.yaml, and can be reached from this machine.`,
    { mayPass: true },
  ),
})

/** What helps against which status. The first that fits. */
const cures: readonly { readonly fits: (status: number) => boolean; readonly cure: string }[] = [
  {
    fits: (status) => status === 401 || status === 403,
    cure: 'Put a key that is good into the variable that understand.model.key names in bot.config.yaml.',
  },
  { fits: (status) => status === 429, cure: 'Wait a little, or look at the limits and the credit of your account there.' },
  {
    fits: (status) => status >= 300 && status < 400,
    cure: 'Write the address it leads to under understand.model.url in bot.config.yaml, because redirects are not followed.',
  },
  {
    fits: (status) => status >= 400 && status < 500,
    cure: 'Look whether understand.model.url and understand.model.model in bot.config.yaml are right.',
  },
  { fits: (status) => status >= 500, cure: 'Wait a little, because that server has a trouble of its own.' },
]

/** Which model, where. */
export type ModelOptions = {
  readonly kind: 'openai' | 'anthropic'
  /** Where its interface begins: `https://api.openai.com/v1`, `https://api.anthropic.com`, or a server that speaks like one of them. */
  readonly url: string
  readonly model: string
  /** Null: the server wants none. */
  readonly key: string | null
  /** For the whole answer. */
  readonly timeoutMs: number
}

/** How much of an answer is read. */
const mostBytes = 64 * 1024

/** An answer is one small object. */
const mostTokens = 300

/**
 * A language model behind HTTP, asked over one of two protocols:
 * https://platform.openai.com/docs/api-reference/chat/create, which many servers speak, and
 * https://docs.anthropic.com/en/api/messages. One question is one request: it is not repeated, and the key follows no redirect
 * and stands in no fault.
 */
export const openModel = ({ kind, url, model, key, timeoutMs }: ModelOptions): AskModel => {
  const { path, headers, body, answer } = protocols[kind]
  const address = new URL(`${url.replace(/\/+$/, '')}${path}`)
  const { host } = address
  const redact = redacting(key === null ? [] : [key])
  return async (question) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const text = await request(address, signal, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers(key) },
      body: JSON.stringify(body(question, model)),
    }).catch((error: unknown) => {
      if (signal.aborted) throw fault('MODEL_SILENT', { host, timeoutMs })
      // The cause stays behind: a header that cannot be sent is quoted in it, key and all.
      throw error instanceof TypeError ? fault('MODEL_UNREACHABLE', { host, why: reasonOf(error) }) : error
    })
    const found = answer.safeParse(jsonIn(text))
    if (!found.success) throw fault('MODEL_ODD', { host, why: 'it is no answer of that protocol' })
    return redact(found.data)
  }
}

/** The body of a good answer. Rejects with a TypeError when the network fails, and with the signal's reason. */
const request = async (address: URL, signal: AbortSignal, options: RequestInit): Promise<string> => {
  const response = await fetch(address, { ...options, signal })
  if (!response.ok) {
    await response.body?.cancel()
    throw fault('MODEL_REFUSED', { host: address.host, status: response.status })
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop closes the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw fault('MODEL_ODD', { host: address.host, why: `it is longer than ${mostBytes / 1024} KiB` })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

type Protocol = {
  readonly path: string
  readonly headers: (key: string | null) => Readonly<Record<string, string>>
  readonly body: (question: Parameters<AskModel>[0], model: string) => object
  /** Takes the words out of a body. */
  readonly answer: z.ZodType<string>
}

const protocols: Readonly<Record<ModelOptions['kind'], Protocol>> = {
  openai: {
    path: '/chat/completions',
    headers: (key) => (key === null ? {} : { authorization: `Bearer ${key}` }),
    body: ({ instructions, words }, model) => ({
      model,
      messages: [
        { role: 'system', content: instructions },
        { role: 'user', content: words },
      ],
      temperature: 0,
      max_tokens: mostTokens,
      response_format: { type: 'json_object' },
    }),
    answer: z
      .object({ choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })], z.unknown()) })
      .transform(({ choices: [first] }) => first.message.content),
  },
  anthropic: {
    path: '/v1/messages',
    headers: (key) => ({ 'anthropic-version': '2023-06-01', ...(key === null ? {} : { 'x-api-key': key }) }),
    body: ({ instructions, words }, model) => ({
      model,
      system: instructions,
      messages: [{ role: 'user', content: words }],
      max_tokens: mostTokens,
    }),
    answer: z
      .object({ content: z.array(z.object({ type: z.string(), text: z.string().optional() })).min(1) })
      .transform(({ content }) => content.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('')),
  },
}

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no JSON: told as an answer that is none
  }
}

/** `ECONNREFUSED` and the like; never the message, which may quote what was sent. */
const reasonOf = ({ cause }: TypeError): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'the request could not be sent'
