import type { webApi } from '@slack/bolt'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { calling, type Web } from './web.ts'

type Message = Required<webApi.ConversationsRepliesResponse>['messages'][number]

/** The type under which a card's sending is kept with its message. */
export const sendingType = 'ao_card'

/** An earlier sending that arrived: its message, and the names of the files that were shown after it. */
export type Found = { readonly ts: string; readonly files: readonly string[] }

const lookBackMs = 24 * 3_600_000
const mostPages = 5
// 50 calls a minute are allowed; some are left for looking up uncertain sendings.
const everyMs = 1_500

/** Looks for a sending among the messages of the last day. @throws {Fault} as a post */
export const findSending = async (web: Web, channel: string, thread: string | null, id: string, now: number): Promise<Found | null> => {
  const messages = await messagesSince(web, channel, thread, now - lookBackMs, async () => {})
  const ts = messages.find(
    ({ metadata }) => metadata?.event_type === sendingType && (metadata.event_payload as { id?: unknown } | undefined)?.id === id,
  )?.ts
  if (ts === undefined) return null
  const own = messages.filter((message) => message.bot_id && Number(message.ts) > Number(ts))
  return { ts, files: own.flatMap(({ files = [] }) => files.flatMap(({ name }) => (name ? [name] : []))) }
}

/**
 * Everything that was said in those places and at the top of their channels since then, oldest first in each, as events.
 * Slowly: nobody waits for it. A place that cannot be read is left out, and the log says so.
 */
export const saidMeanwhile = async function* (
  web: Web,
  missed: { readonly since: number | null; readonly places: readonly Place[] },
  log: ChatHost['log'],
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const { since, places } = missed
  if (since === null) return
  const tops = [...new Set(places.map(({ channel }) => channel))].map((channel) => ({ channel, thread: null }))
  const threads = new Map(places.filter(({ thread }) => thread !== null).map((place) => [`${place.channel} ${place.thread}`, place]))
  let calls = 0
  const pace = async (): Promise<void> => {
    calls += 1
    if (calls > 10) await sleep(everyMs, signal)
  }
  for (const { channel, thread } of [...threads.values(), ...tops]) {
    if (signal.aborted) return
    try {
      for (const message of await messagesSince(web, channel, thread, since, pace))
        yield { type: 'event_callback', event: { ...message, type: 'message', channel } }
    } catch (error) {
      if (signal.aborted) return
      log.warn('slack.missed', { channel, thread, problem: explain(error) })
      if (isFault(error, 'CHAT_BUSY')) await sleep(Number(error.facts.retryAfterMs), signal).catch(() => {})
    }
  }
}

const messagesSince = async (
  web: Web,
  channel: string,
  thread: string | null,
  since: number,
  pace: () => Promise<void>,
): Promise<readonly Message[]> => {
  const all: Message[] = []
  const oldest = (since / 1_000).toFixed(6)
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    await pace()
    const given = { channel, oldest, limit: 200, include_all_metadata: true, ...(cursor && { cursor }) }
    const answer: webApi.ConversationsRepliesResponse = await calling({ channel }, () =>
      thread === null ? web.conversations.history(given) : web.conversations.replies({ ...given, ts: thread }),
    )
    // The first message of a thread always comes along, however old it is.
    all.push(...(answer.messages ?? []).filter(({ ts }) => Number(ts) * 1_000 >= since))
    cursor = answer.response_metadata?.next_cursor
    if (!cursor) break
  }
  return all.sort((a, b) => Number(a.ts) - Number(b.ts))
}
