import type { ChatAdapter, Door, Limits, MessageRef, Sending } from '../../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Place } from '../../../bot/contracts/inbound.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import type { SlackOptions } from '../options.ts'
import { mostButtons, render, textChars } from '../render.ts'
import { isPrivateChat, placeAt, platform } from '../translate.ts'
import { fetchFile, share, store } from './files.ts'
import { findSending, sendingType } from './history.ts'
import { listen } from './listen.ts'
import { calling, openWeb, slackCode } from './web.ts'

/**
 * What Slack documents: one message a second in a channel, with short bursts, and 50 edits a minute for the whole workspace
 * (tier 3). Some of both is left over, so that a restart in mid-minute does not go beyond.
 */
const pace = { posts: { burst: 5, perMinute: 55 }, edits: { burst: 5, perMinute: 40 }, editEveryMs: 3_000 }
const limits: Limits = {
  textChars,
  hasPictures: true,
  buttons: mostButtons,
  pace: () => pace,
  account: { posts: { burst: 20, perMinute: 240 }, edits: { burst: 5, perMinute: 40 } },
}

/** Slack for the bot. Nothing is asked over the network before `start`. */
export const createSlack = (options: SlackOptions, host: ChatHost): ChatAdapter => {
  const { log, now } = host
  const web = openWeb(options, log)
  const gone = new Set<string>()

  /** Posts a card and its files, or finds what an earlier try has posted. Gives the message's time stamp. */
  const send = async ({ channel, thread }: Place, card: DrawnCard, sending: Sending): Promise<string> => {
    const { text, blocks, files } = render(card)
    if (gone.has(`${channel} ${thread}`)) throw threadGone(channel)
    const found = sending.isAgain ? await findSending(web, channel, thread, sending.id, now()) : null
    const below = (ts: string) => thread ?? (isPrivateChat(channel) ? null : ts)
    const left = found ? files.filter(({ name }) => !found.files.includes(name)) : files
    const stored = await store(web, left, log)
    const ts =
      found?.ts ??
      (await postOnce(channel, thread, { text, blocks, metadata: { event_type: sendingType, event_payload: { id: sending.id } } }))
    await share(web, stored, channel, below(ts), log)
    return ts
  }

  const postOnce = async (
    channel: string,
    thread: string | null,
    message: Pick<ReturnType<typeof render>, 'text' | 'blocks'> & {
      readonly metadata: { event_type: string; event_payload: { id: string } }
    },
  ): Promise<string> => {
    const answer = await calling({ channel }, () =>
      web.chat.postMessage({
        channel,
        ...message,
        ...inert,
        // The text for notifications is read as markup only to name who is called; all else in it is escaped.
        mrkdwn: message.text.includes('<@'),
        unfurl_links: false,
        unfurl_media: false,
        ...(thread !== null && { thread_ts: thread }),
      }),
    )
    const { ts } = answer
    if (!ts) throw fault('CHAT_UNCERTAIN', { platform, problem: 'its answer named no message' })
    // Slack takes a reply to a thread that is gone, and puts it at the top of the channel for all to see.
    if (thread !== null && answer.message?.thread_ts !== thread) {
      await calling({ channel }, () => web.chat.delete({ channel, ts })).catch((error: unknown) =>
        log.warn('slack.astray', { channel, ts, problem: explain(error) }),
      )
      throw threadGone(channel)
    }
    return ts
  }

  return {
    platform,
    limits,
    start: (door: Door) =>
      listen({
        web,
        options,
        host,
        door,
        onGone: ({ channel, ts }) => {
          if (gone.size >= mostGone) gone.clear() // what is forgotten is found out by posting
          gone.add(`${channel} ${ts}`)
        },
      }),
    post: async (place, card, sending) => ({ place, id: await send(place, card, sending) }),
    open: async (at, card, sending) => {
      const ts = await send(at, card, sending)
      return { place: at.thread === null ? placeAt(at.channel, ts) : at, ref: { place: at, id: ts } }
    },
    /** Files stay as they were posted: the message keeps those of its first drawing. */
    edit: async ({ place: { channel }, id }: MessageRef, card) => {
      const { text, blocks } = render(card)
      await calling({ channel, isEdit: true }, () => web.chat.update({ channel, ts: id, text, blocks, ...inert })).catch(
        (error: unknown) => {
          if (slackCode(error) !== 'message_not_found') throw error
        },
      )
    },
    whisper: async ({ place: { channel, thread }, account }, card) => {
      const { text, blocks } = render(card)
      try {
        await calling({ channel }, () =>
          web.chat.postEphemeral({ channel, user: account, text, blocks, ...inert, ...(thread !== null && { thread_ts: thread }) }),
        )
        return true
      } catch (error) {
        if (isFault(error, 'PLACE_GONE') || isFault(error, 'CHAT_REFUSED')) return false
        throw error
      }
    },
    mark: async ({ place: { channel }, message }) => {
      if (message === undefined) return
      await calling({ channel }, () => web.reactions.add({ channel, timestamp: message, name: 'eyes' })).catch((error: unknown) =>
        log.debug('slack.mark', { message, problem: explain(error) }),
      )
    },
    fetch: (file, mostBytes) => fetchFile(web, options, file, mostBytes),
    privately: async (account) => {
      const { channel } = await calling({ channel: account }, () => web.conversations.open({ users: account }))
      if (!channel?.id) throw fault('CHAT_UNREACHABLE', { platform, problem: `there is no private chat with ${account}` })
      return placeAt(channel.id, null)
    },
  }
}

const mostGone = 1_000
const threadGone = (channel: string) =>
  fault('PLACE_GONE', { platform, channel, what: 'thread', problem: 'the message it hangs below was deleted' })

/** An edit looks for links and names in the text unless it is told not to; a new message does not. */
const inert = { parse: 'none', link_names: false } as const
