import { readChat, writeChat } from './chat.ts'
import { readGemini, writeGemini } from './gemini.ts'
import type { Json } from './json.ts'
import { readMessages, writeMessages } from './messages.ts'
import { readResponses, writeResponses } from './responses.ts'
import type { Asked, Reply } from './script.ts'
import type { Wire } from './wire.ts'

/** One way of asking a model: how a request is read, and how answers and errors are written. */
export type Protocol = {
  readonly read: (body: Json, path: string) => Asked
  readonly write: (wire: Wire, reply: Reply, isStreamed: boolean) => void
  readonly error: (status: number) => Json
  /** Only asks how many tokens something has. */
  readonly counts: boolean
}

const typeOf: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}
const messageOf: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  401: 'Incorrect API key provided.',
  429: 'Rate limit reached for requests.',
  500: 'The server had an error.',
  529: 'Overloaded.',
}

const openAi = (status: number): Json => ({ error: { message: messageOf[status], type: typeOf[status], code: null, param: null } })
const anthropic = (status: number): Json => ({ type: 'error', error: { type: typeOf[status], message: messageOf[status] } })
const google = (status: number): Json => ({ error: { code: status, message: messageOf[status], status: typeOf[status]?.toUpperCase() } })

/** The protocol that is spoken at that address, or null. */
export const protocolOf = (path: string): Protocol | null => {
  if (path.endsWith('/chat/completions')) return { read: readChat, write: writeChat, error: openAi, counts: false }
  if (path.endsWith('/responses')) return { read: readResponses, write: writeResponses, error: openAi, counts: false }
  const isCount = path.endsWith('/count_tokens') || path.endsWith(':countTokens')
  if (path.endsWith('/messages') || path.endsWith('/count_tokens'))
    return { read: readMessages, write: writeMessages, error: anthropic, counts: isCount }
  const found = /\/models\/([^/:]+):(streamGenerateContent|generateContent|countTokens)$/.exec(path)
  if (!found) return null
  const [, model = '', verb] = found
  return { read: (body) => readGemini(body, model, verb === 'streamGenerateContent'), write: writeGemini, error: google, counts: isCount }
}
