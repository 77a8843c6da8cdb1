import type { ModelUsage } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { idsIn } from '../../../core/kit/wrap.ts'
import { answersIn } from './heard.ts'
import { blank, type Failure, keyOf, objectIn, type Result, type Signs, textIn } from './signs.ts'

type Row = Readonly<Record<string, unknown>>

/**
 * Folds one line of the session file. Pure and total. Rows of agents below the main one stand in files of their own. Only what the
 * model was given counts as received: a tool's output may hold anything.
 */
export const readTranscript = (before: Signs, text: string, readAt: number): Signs => {
  const row = parseObject(text)
  const time = Date.parse(textIn(row?.timestamp) ?? '')
  if (row === null || row.isSidechain === true || Number.isNaN(time)) return before
  const at = Math.min(time, readAt)
  const file = textIn(row.sessionId)
  const signs = file === null || file === before.file ? before : { ...before, ...(before.file === null ? {} : blank), file }
  if (row.type === 'assistant') return row.isApiErrorMessage === true ? { ...signs, failed: failureIn(row, at) } : said(signs, row, at)
  if (row.type === 'user') return told(signs, row, at)
  return row.type === 'attachment' ? withReceived(signs, attached(objectIn(row.attachment))) : signs
}

/** Does the end of a session file (its first line may be cut) show that the turn ended in a way no hook tells of? */
export const isResting = (end: string): boolean => {
  const rows = end
    .split('\n')
    .map(parseObject)
    .filter((row) => row !== null)
  const last = rows.findLast((row) => (row.type === 'user' || row.type === 'assistant') && row.isSidechain !== true && row.isMeta !== true)
  return last !== undefined && (last.isApiErrorMessage === true || isInterruption(wordsIn(last)))
}

const said = (signs: Signs, row: Row, at: number): Signs => {
  const message = objectIn(row.message)
  const parts = contentOf(row)
  const calls = parts
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input }) => ({ id: String(id), tool: String(name), key: keyOf(String(name), input), at, input: objectIn(input) }))
  const words = textsOf(parts)
  return {
    ...counted(signs, textIn(message.id), usageIn(message)),
    activeAt: Math.max(signs.activeAt, at),
    workedAt: Math.max(signs.workedAt ?? 0, at),
    calls: [...signs.calls.filter(({ id }) => !calls.some((call) => call.id === id)), ...calls].slice(-50),
    said: words === '' ? signs.said : words,
  }
}

const told = (signs: Signs, row: Row, at: number): Signs => {
  const words = wordsIn(row)
  if (isInterruption(words)) return { ...signs, interruptedAt: at, calls: [] }
  const results = contentOf(row).filter(({ type }) => type === 'tool_result')
  const isForModel = row.isMeta !== true || words.startsWith('Stop hook feedback')
  const isLocal = /^<(?:command-name|command-message|local-command-\w+|bash-(?:input|stdout|stderr))>/.test(words.trimStart())
  if (results.length === 0 && (!isForModel || isLocal)) return signs
  const ended = new Set(results.map(({ tool_use_id }) => tool_use_id))
  return {
    ...withReceived(signs, words),
    activeAt: Math.max(signs.activeAt, at),
    workedAt: results.length > 0 ? Math.max(signs.workedAt ?? 0, at) : signs.workedAt,
    calls: signs.calls.filter(({ id }) => !ended.has(id)),
    results: [
      ...signs.results,
      ...signs.calls
        .filter(({ id }) => ended.has(id))
        .map(({ id, tool, key }): Result => {
          const result = results.find(({ tool_use_id }) => tool_use_id === id)
          return { tool, key, at, text: answersIn(row.toolUseResult) ?? decidedIn(objectIn(result)) }
        }),
    ].slice(-30),
  }
}

const isInterruption = (words: string): boolean => words.startsWith('[Request interrupted by user')

const rejected = "The user doesn't want to proceed with this tool use."

/** How a result shows that a person decided. */
const decidedIn = (result: Row): string => {
  const text = textIn(result.content) ?? textsOf(partsOf(result.content))
  if (result.is_error !== true || !text.startsWith(rejected)) return 'Yes'
  const [, reason] = /the user said:\s*([\s\S]*)/.exec(text) ?? []
  return reason === undefined ? 'No' : `No: ${reason.trim()}`
}

const failureIn = (row: Row, at: number): Failure => {
  const error = textIn(row.error) ?? ''
  return { at, kind: kinds[error] ?? null, text: textsOf(contentOf(row)) || error }
}

/** https://code.claude.com/docs/en/hooks#stopfailure */
const kinds: Readonly<Record<string, Failure['kind']>> = {
  authentication_failed: 'login',
  oauth_org_not_allowed: 'login',
  billing_error: 'limit',
  rate_limit: 'limit',
}

const attached = ({ type, content, prompt }: Row): string => {
  if (type === 'hook_additional_context') return Array.isArray(content) ? content.filter((one) => typeof one === 'string').join('\n') : ''
  return type === 'queued_command' ? (textIn(prompt) ?? textsOf(partsOf(prompt))) : ''
}

const withReceived = (signs: Signs, words: string): Signs => {
  const fresh = idsIn(words).filter((id) => !signs.received.includes(id))
  return fresh.length === 0 ? signs : { ...signs, received: [...signs.received, ...new Set(fresh)] }
}

const usageIn = ({ model, usage }: Row): ModelUsage | null => {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = objectIn(usage)
  const [input, cacheRead, cacheWrite, output] = [input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens].map(
    count,
  )
  if (typeof model !== 'string' || model === '<synthetic>') return null
  return { model, input: input ?? 0, cacheRead: cacheRead ?? 0, cacheWrite: cacheWrite ?? 0, output: output ?? 0, costUsd: null }
}

const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0)

/** One API message stands in as many rows as it has parts; its last row has the whole count. */
const counted = (signs: Signs, id: string | null, usage: ModelUsage | null): Signs => {
  if (id === null || usage === null) return signs
  const known = signs.counted.find((one) => one.id === id)
  const others = signs.usage.filter(({ model }) => model !== usage.model)
  const sum = signs.usage.find(({ model }) => model === usage.model)
  const less = known?.usage.model === usage.model ? known.usage : null
  const add = (key: 'input' | 'cacheRead' | 'cacheWrite' | 'output'): number => (sum?.[key] ?? 0) - (less?.[key] ?? 0) + usage[key]
  const total = { ...usage, input: add('input'), cacheRead: add('cacheRead'), cacheWrite: add('cacheWrite'), output: add('output') }
  return {
    ...signs,
    usage: [...others, total].sort((a, b) => (a.model < b.model ? -1 : 1)),
    counted: [...signs.counted.filter((one) => one !== known), { id, usage }].slice(-20),
  }
}

const contentOf = ({ message }: Row): readonly Row[] => partsOf(objectIn(message).content)
const partsOf = (content: unknown): readonly Row[] => (Array.isArray(content) ? content.map(objectIn) : [])
const textsOf = (parts: readonly Row[]): string =>
  parts.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : [])).join('\n')
const wordsIn = (row: Row): string => textIn(objectIn(row.message).content) ?? textsOf(contentOf(row))
