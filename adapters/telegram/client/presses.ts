import type { Door } from '../../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import type { Inbound } from '../../../bot/contracts/inbound.ts'
import { refusedIn } from '../trouble.ts'
import type { Raw } from './api.ts'

/** A pressed button shows that it works for so long at most; then it is let go without words. */
const holdMs = 3_000

/**
 * Pressed buttons that wait for their answer. Each is answered once, always, and only after the press was stored: with words
 * if there are some in time, else without.
 */
export const makePresses = (raw: Pick<Raw, 'answerCallbackQuery'>, log: ChatHost['log']) => {
  const waiting = new Map<string, { readonly query: string; end(): void }>()

  /** False where Telegram says that it is too late. */
  const tell = async (query: string, text: string | null): Promise<boolean> => {
    try {
      await raw.answerCallbackQuery({ callback_query_id: query, ...(text && { text, show_alert: true }) })
      return true
    } catch (error) {
      // The button has stopped waiting by itself. What was pressed is stored all the same.
      if (!/query is too old/i.test(refusedIn(error)?.description ?? '')) log.debug('telegram.press-unanswered', { query })
      return false
    }
  }

  const answer = async (inbound: string, text: string | null): Promise<boolean> => {
    const press = waiting.get(inbound)
    if (!press) return false
    waiting.delete(inbound)
    press.end()
    return tell(press.query, text)
  }

  return {
    /** Hands an inbound to the bot, and keeps its button waiting meanwhile if it was one. Rejects when it was not stored; then nobody was answered. */
    during: async (inbound: Inbound, query: string | null, door: Door): Promise<void> => {
      if (query === null) return door.receive(inbound)
      let timer: NodeJS.Timeout | null = null
      waiting.set(inbound.id, { query, end: () => timer && clearTimeout(timer) })
      try {
        await door.receive(inbound)
      } catch (error) {
        waiting.delete(inbound.id)
        throw error
      }
      if (!waiting.has(inbound.id)) return // answered already
      const letGo = (): void => void answer(inbound.id, null)
      timer = setTimeout(letGo, holdMs)
      door.settled(inbound.id).then(letGo, letGo)
    },
    /** Answers a button nothing came of. */
    dismiss: (query: string): void => void tell(query, null),
    /** Shows words over the chat of whoever pressed; false where nobody waits for them any more. */
    answer,
    /** Lets all go that wait. */
    stop: (): void => {
      for (const inbound of [...waiting.keys()]) void answer(inbound, null)
    },
  }
}
