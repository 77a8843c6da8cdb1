import { fault } from '../../bot/contracts/faults.ts'
import type { Fault } from '../../core/kit/fault.ts'
import { platform } from './translate.ts'

/** What Telegram answered instead of doing it. */
export type Refused = {
  readonly error_code: number
  readonly description: string
  readonly parameters: { readonly retry_after?: number; readonly migrate_to_chat_id?: number }
}

/** A refusal in Telegram's words; null for anything else that was thrown. */
export const refusedIn = (error: unknown): Refused | null =>
  typeof error === 'object' && error !== null && 'error_code' in error && 'description' in error ? (error as Refused) : null

/** Whatever the library threw while it spoke to that chat, as a fault of the chat contracts. No text of it holds the token. */
export const troubleOf = (error: unknown, channel: string): Fault => {
  const refused = refusedIn(error)
  if (!refused) return lostOf(error)
  const { error_code: code, description, parameters } = refused
  const problem = description.replace(/^(?:Bad Request|Forbidden): /, '')
  const gone = (what: 'thread' | 'channel') => fault('PLACE_GONE', { platform, channel, what, problem })
  if (parameters.migrate_to_chat_id !== undefined)
    return fault('PLACE_MOVED', { platform, channel, to: String(parameters.migrate_to_chat_id) })
  if (code === 429) return fault('CHAT_BUSY', { platform, retryAfterMs: (parameters.retry_after ?? 5) * 1000, isEverywhere: false })
  if (code >= 500) return fault('CHAT_UNCERTAIN', { platform, problem: `${code} ${problem}` })
  if (code === 401 || code === 404) return fault('CHAT_REFUSED', { platform, problem: 'the token is not valid' })
  if (
    /message thread not found|message to be replied not found|repl(?:y|ied) message not found|topic.?(?:deleted|closed|id.?invalid)/i.test(
      problem,
    )
  )
    return gone('thread')
  if (
    code === 403 ||
    /chat not found|not enough rights to send|write.?forbidden|no rights to send|peer_id_invalid|group (?:chat )?(?:was|is) deactivated|chat_restricted/i.test(
      problem,
    )
  )
    return gone('channel')
  return fault('CHAT_REFUSED', { platform, problem })
}

/** An edit of what is gone, or of what looks so already, is none. */
export const isNothingToEdit = (error: unknown): boolean =>
  /message is not modified|message to edit not found|message_id_invalid|message can't be edited/i.test(refusedIn(error)?.description ?? '')

/** The number in the problem that a forum is none, or that the bot may not make topics in it. */
export const isNoForum = (error: unknown): boolean =>
  /not a forum|not enough rights to (?:create|manage)|chat_admin_required/i.test(refusedIn(error)?.description ?? '')

/** Codes that mean that no connection came about. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'CERT_HAS_EXPIRED',
])

const lostOf = (error: unknown): Fault => {
  // The library's own words hold the address, and that the token.
  const inner = typeof error === 'object' && error !== null && 'error' in error ? error.error : error
  const code = typeof inner === 'object' && inner !== null && 'code' in inner ? String(inner.code) : null
  if (code !== null && neverConnected.has(code)) return fault('CHAT_UNREACHABLE', { platform, problem: code })
  const isLate = inner instanceof Error && /timed out|aborted/i.test(inner.message)
  return fault('CHAT_UNCERTAIN', { platform, problem: code ?? (isLate ? 'no answer in time' : 'the connection was lost') })
}
