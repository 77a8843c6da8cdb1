import { webApi } from '@slack/bolt'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import { explain, Fault } from '../../../core/kit/fault.ts'
import type { SlackOptions } from '../options.ts'
import { platform } from '../translate.ts'

export type Web = webApi.WebClient

/** How the library reaches Slack: once, within eight seconds, and it says so when that was not possible. Trying again is the outbox's business. */
export const webOptions = ({ apiUrl }: Pick<SlackOptions, 'apiUrl'>, log: ChatHost['log']): webApi.WebClientOptions => ({
  slackApiUrl: apiUrl,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: 8_000,
  logger: quietLogger(log),
})

export const openWeb = (options: SlackOptions, log: ChatHost['log']): Web =>
  new webApi.WebClient(options.botToken, webOptions(options, log))

/** What the library has to say goes into the log where it warns; its debug lines hold what people wrote, and are dropped. */
export const quietLogger = (log: ChatHost['log']) => {
  const drop = (): void => {}
  const note = (...words: readonly unknown[]): void => log.debug('slack.library', { words: words.map(String).join(' ').slice(0, 500) })
  return { debug: drop, info: drop, warn: note, error: note, setLevel: drop, setName: drop, getLevel: () => 'warn' as webApi.LogLevel }
}

/** What a call was about, for the fault: where it should have gone. */
export type Errand = { readonly channel: string; readonly isEdit?: boolean }

/** Does the call; what goes wrong is one of the faults of `bot/contracts/faults`. */
export const calling = async <T>(errand: Errand, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw asFault(error, errand)
  }
}

/** The error code that Slack itself answered with, if it did. */
export const slackCode = (error: unknown): string | null => {
  const cause = error instanceof Fault ? error.cause : error
  return hasCode(cause, 'slack_webapi_platform_error') && isRecord(cause.data) && typeof cause.data.error === 'string'
    ? cause.data.error
    : null
}

const asFault = (error: unknown, { channel, isEdit = false }: Errand): Fault => {
  if (error instanceof Fault) return error
  const cause = { cause: error }
  const busy = (seconds: number) =>
    fault('CHAT_BUSY', { platform, retryAfterMs: Math.max(1, seconds) * 1_000, isEverywhere: isEdit }, cause)
  const uncertain = (problem: string) => fault('CHAT_UNCERTAIN', { platform, problem }, cause)
  const refused = (problem: string) => fault('CHAT_REFUSED', { platform, problem }, cause)

  if (hasCode(error, 'slack_webapi_rate_limited_error')) return busy(Number(error.retryAfter) || 30)
  const code = slackCode(error)
  if (code !== null) {
    if (/^rate_?limited$/.test(code)) return busy(30)
    if (goneThreads.has(code)) return fault('PLACE_GONE', { platform, channel, what: 'thread', problem: code }, cause)
    if (goneChannels.has(code)) return fault('PLACE_GONE', { platform, channel, what: 'channel', problem: code }, cause)
    // What is no error code is a page of something in between.
    return passing.has(code) || !/^[a-z0-9_]+$/.test(code) ? uncertain(code.slice(0, 100)) : refused(code)
  }
  if (hasCode(error, 'slack_webapi_http_error')) {
    const status = Number(error.statusCode)
    return status >= 500 || status === 408 ? uncertain(`it answered ${status}`) : refused(`it answered ${status}`)
  }
  const unsent = networkCode(error)
  if (unsent !== null && neverSent.has(unsent)) return fault('CHAT_UNREACHABLE', { platform, problem: unsent }, cause)
  if (/retry header/i.test(explain(error))) return busy(30)
  return uncertain(unsent ?? explain(error).slice(0, 200))
}

const goneThreads = new Set(['thread_not_found', 'invalid_thread_ts', 'cannot_reply_to_message', 'restricted_action_thread_locked'])
const goneChannels = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'channel_type_not_supported',
])
const passing = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'])
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'UND_ERR_CONNECT_TIMEOUT'])

/** The code of the network’s own error, which `fetch` hides two causes deep. */
const networkCode = (error: unknown): string | null => {
  for (let inner = error; isRecord(inner); inner = inner.cause)
    if (typeof inner.code === 'string' && /^(?:E[A-Z]|UND_)/.test(inner.code)) return inner.code
  return null
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null
const hasCode = (error: unknown, code: string): error is Readonly<Record<string, unknown>> => isRecord(error) && error.code === code
