import type { ChatAdapter, Door, Pace } from '../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../bot/contracts/chat.ts'
import { fault } from '../../bot/contracts/faults.ts'
import type { Place } from '../../bot/contracts/inbound.ts'
import { isFault } from '../../core/kit/fault.ts'
import { openApi } from './client/api.ts'
import { type Kept, registerCommands } from './client/commands.ts'
import { type Address, fetchFile, sendAttachments } from './client/files.ts'
import { keepHealth } from './client/health.ts'
import { poll, usualWaits, type Waits } from './client/poll.ts'
import { makePresses } from './client/presses.ts'
import type { Entity, Update } from './client/types.ts'
import { hook } from './client/webhook.ts'
import type { Options } from './options.ts'
import { mostButtons, render, renderShort, textChars, topicName } from './render.ts'
import { type Me, messageIn, platform, translate } from './translate.ts'
import { isNoForum, isNothingToEdit, troubleOf } from './trouble.ts'

/** A group takes 20 messages a minute, its topics together. */
const inGroup: Pace = { posts: { burst: 8, perMinute: 12 }, edits: { burst: 8, perMinute: 12 }, editEveryMs: 3_000 }
const inPrivate: Pace = { posts: { burst: 3, perMinute: 57 }, edits: { burst: 3, perMinute: 57 }, editEveryMs: 1_100 }
const account = { burst: 25, perMinute: 1_475 }

/** Telegram by the Bot API. A thread is a topic where the group is a forum, and elsewhere the chain of replies below a card, named `m` and the card's number. */
export const createTelegram = async (options: Options, host: ChatHost, waits: Waits = usualWaits): Promise<ChatAdapter> => {
  const { log, now } = host
  const telegram = openApi(options)
  const { raw } = telegram
  const kept = await host.document({})
  const presses = makePresses(raw, log)
  let door: Door | null = null

  /** As `telegram.ask`; a group that has another number now is told to the bot before anything else. */
  const ask: typeof telegram.ask = (place, work) =>
    telegram.ask(place, work).catch(async (error: unknown) => {
      const at = (channel: string): Place => ({ platform, channel, thread: null })
      if (isFault(error, 'PLACE_MOVED')) await door?.moved(at(place.channel), at(String(error.facts.to)))
      throw error
    })

  const post: ChatAdapter['post'] = async (place, card, { isAgain }) => {
    const drawn = render(card, { isAgain })
    const address = addressOf(place, card.replyTo)
    const quietly = drawn.isSilent ? { disable_notification: true } : {}
    const sent = await ask(place, (api) => api.sendMessage({ ...address, ...quietly, ...messageOf(drawn) }))
    await sendAttachments(telegram, {
      place,
      address: { ...withoutReply(address), ...quietly },
      message: sent.message_id,
      drawn,
      onLost: (name, error) => log.warn('telegram.attachment-lost', { name, error }),
    })
    return { place, id: String(sent.message_id) }
  }

  /** The topic that was made for this sending, before the try that failed or now; null where there can be none. */
  const topicFor = async (channel: Place, title: string, sending: string): Promise<string | null> => {
    const made = topicsIn(kept)[sending]
    if (made !== undefined) return made
    const chat = await ask(channel, (api) => api.getChat({ chat_id: channel.channel }))
    if (!chat.is_forum) return null
    const topic = await ask(channel, (api) =>
      api.createForumTopic({ chat_id: channel.channel, name: topicName(title) }).catch((error: unknown) => {
        if (isNoForum(error)) return null
        throw error
      }),
    )
    if (!topic) {
      log.warn('telegram.no-topics', { chat: channel.channel, hint: 'make the bot an administrator that may manage topics' })
      return null
    }
    const thread = String(topic.message_thread_id)
    await kept.update((value) => {
      value.topics = Object.fromEntries([...Object.entries(topicsIn(kept)), [sending, thread]].slice(-mostTopics))
    })
    return thread
  }

  return {
    platform,
    limits: {
      textChars,
      hasPictures: true,
      buttons: mostButtons,
      pace: ({ channel }) => (channel.startsWith('-') ? inGroup : inPrivate),
      account: { posts: account, edits: account },
    },

    start: async (to) => {
      door = to
      const { id, username } = await raw.getMe().catch((error: unknown) => {
        const trouble = troubleOf(error, '')
        throw isFault(trouble, 'CHAT_UNCERTAIN')
          ? fault('CHAT_UNREACHABLE', { platform, problem: String(trouble.facts.problem) }, { cause: trouble })
          : trouble
      })
      let names = new Set<string>()
      const me: Me = { id, username, isCommand: (name) => names.has(name.replaceAll('_', '-')) || names.has(name) }
      const take = async (update: Update): Promise<void> => {
        const heard = understood(update)
        if (heard?.moved) await to.moved(heard.moved.from, heard.moved.to)
        if (heard?.inbound) await presses.during(heard.inbound, heard.press, to)
        else if (heard?.press) presses.dismiss(heard.press)
      }
      const understood = (update: Update) => {
        try {
          return translate(update, me, to, now())
        } catch (error) {
          // A bug. Held back, this one update would keep out all that come after it.
          log.error('telegram.bug', { update: update.update_id, error })
          return null
        }
      }
      // Asked for when the bot is up, and that it is only once this has started.
      void host
        .commands()
        .then((listed) => {
          names = new Set(listed.map(({ name }) => name.toLowerCase()))
          return registerCommands(raw, listed, kept, log)
        })
        .catch((error: unknown) => log.warn('telegram.commands-refused', { error: troubleOf(error, '').message }))

      const listening = await listen(take)
      return async () => {
        await listening.stop()
        presses.stop()
      }
    },
    post,
    edit: async ({ place, id }, card) => {
      const drawn = render(card, { isAgain: false })
      await ask(place, async (api) => {
        await api.editMessageText({ chat_id: place.channel, message_id: Number(id), ...messageOf(drawn) }).catch((error: unknown) => {
          if (!isNothingToEdit(error)) throw error
        })
      })
    },
    open: async ({ channel }, card, { title, ...sending }) => {
      const top: Place = { platform, channel, thread: null }
      const topic = await topicFor(top, title, sending.id)
      const ref = await post({ ...top, thread: topic }, topic === null ? { ...card, replyTo: null } : card, sending)
      const place = { ...top, thread: topic ?? `m${ref.id}` }
      return { place, ref: { place, id: ref.id } }
    },
    whisper: async ({ id }, card) => card.buttons.length === 0 && presses.answer(id, renderShort(card)),
    mark: async ({ place, message }) => {
      if (message === undefined) return
      const reaction = [{ type: 'emoji' as const, emoji: '👀' as const }]
      await raw
        .setMessageReaction({ chat_id: place.channel, message_id: Number(message), reaction })
        .catch((error: unknown) => log.debug('telegram.unmarked', { problem: troubleOf(error, place.channel).message })) // a courtesy
    },
    fetch: (file, mostBytes) => fetchFile(telegram, options, file, mostBytes),
    privately: async (person) => {
      const place: Place = { platform, channel: person, thread: null }
      await ask(place, (api) => api.getChat({ chat_id: person }))
      return place
    },
  }

  async function listen(take: (update: Update) => Promise<void>): Promise<{ stop(): Promise<void> }> {
    const health = keepHealth(host)
    try {
      if (options.mode === 'webhook') return await hook(telegram, { take, options, health, host })
      const { url } = await raw.getWebhookInfo()
      if (url) {
        await raw.deleteWebhook({ drop_pending_updates: false })
        log.warn('telegram.webhook-removed', { hint: 'it was set by another process or an earlier config; what waited for it is kept' })
      }
    } catch (error) {
      throw isFault(error) ? error : troubleOf(error, '')
    }
    const polling = poll(telegram, { take, pollSeconds: options.pollSeconds, health, host, waits })
    await polling.started
    return polling
  }
}

/** So many of the latest topics are remembered: long enough for a sending to be tried again. */
const mostTopics = 50

const topicsIn = ({ value }: Kept): Readonly<Record<string, string>> => (value.topics ?? {}) as Record<string, string> // written below this key by this file alone

const messageOf = ({ text, entities, keyboard }: ReturnType<typeof render>) => ({
  text,
  entities: [...entities] as Entity[], // ours are some of theirs
  link_preview_options: { is_disabled: true },
  ...(keyboard.length > 0 && { reply_markup: { inline_keyboard: keyboard } }),
})

/** In a chain everything answers its card, and where that is gone the chain is. In a group an answer hangs on what was said; in a private chat that goes without saying. */
const addressOf = ({ channel, thread }: Place, replyTo: string | null): Address => {
  const root = thread?.startsWith('m') ? Number(thread.slice(1)) : null
  const replied = root ?? (channel.startsWith('-') ? messageIn(channel, replyTo) : null)
  return {
    chat_id: channel,
    ...(thread !== null && root === null && { message_thread_id: Number(thread) }),
    ...(replied !== null && { reply_parameters: { message_id: replied, allow_sending_without_reply: root === null } }),
  }
}

const withoutReply = ({ reply_parameters: _, ...address }: Address): Address => address
