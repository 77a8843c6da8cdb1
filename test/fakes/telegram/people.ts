import { detected } from './entities.ts'
import type { Updates } from './updates.ts'
import {
  chatJson,
  type Entity,
  type FakeChat,
  type FakeMessage,
  type FakeUser,
  find,
  messageJson,
  put,
  userJson,
  type World,
} from './world.ts'

/** Where on Telegram: a chat's number, and `77` for a topic or `m12` for the chain of replies below message 12. */
export type Spot = { readonly channel: string; readonly thread: string | null }

/** A message as people read it. `pings`: names in it that call somebody; `links`: what a tap follows or sends. */
export type SeenMessage = {
  readonly id: number
  readonly text: string
  readonly buttons: readonly string[]
  readonly risky: readonly string[]
  readonly files: readonly string[]
  readonly hasPicture: boolean
  readonly pings: readonly string[]
  readonly links: readonly string[]
  readonly isFromBot: boolean
  readonly replyTo: number | null
  readonly reaction: string | null
  /** Whom it has told that they are called, by their numbers. */
  readonly calls: readonly string[]
  /** Did it come without a sound? */
  readonly isSilent: boolean
}

type Manner = {
  readonly deliveries?: number
  readonly replyTo?: number
  /** Formatting that the person's own program adds, besides what Telegram finds by itself. */
  readonly entities?: readonly Entity[]
  /** More fields of the message, as `forward_origin`, `sender_chat` or `via_bot`. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export type SentThing = {
  readonly name: string
  readonly bytes: Uint8Array
  readonly kind?: 'document' | 'photo' | 'voice'
  readonly caption?: string
}

/** What people do. Each resolves once the bot has confirmed that it arrived; at once where the bot does not get it. */
export type People = {
  /** Resolves with the message's number. */
  says(from: FakeUser, at: Spot, text: string, manner?: Manner): Promise<number>
  sends(from: FakeUser, at: Spot, thing: SentThing, manner?: Manner): Promise<number>
  edits(channel: string, message: number, text: string): Promise<void>
  /** The latest button of that label in the place. */
  presses(from: FakeUser, at: Spot, label: string, deliveries?: number): Promise<void>
  /** Puts that sign on a message instead of another; empty: takes it away. In a group only an administrator is told. */
  reacts(from: FakeUser, channel: string, message: number, emoji: string, deliveries?: number): Promise<void>
  /** The bot is not told. */
  deletes(channel: string, message: number): void
  sees(at: Spot): readonly SeenMessage[]
}

/** How long a pressed button may wait for its answer. */
const queryMs = 20_000

export const makePeople = (world: World, updates: Updates): People => {
  let lastQuery = 0
  /** What each person has put on each message. */
  const signs = new Map<string, string>()

  const chatAt = (channel: string): FakeChat => {
    const chat = world.chats.get(Number(channel))
    if (!chat) throw new Error(`There is no chat ${channel}.`)
    return chat
  }
  const rootOf = ({ thread }: Spot): number | null => (thread?.startsWith('m') ? Number(thread.slice(1)) : null)
  const topicOf = ({ thread }: Spot): number | null => (thread === null || thread.startsWith('m') ? null : Number(thread))

  const latestIn = (at: Spot): number | null => {
    const root = rootOf(at)
    return root === null ? null : (messagesIn(at).findLast(({ from }) => from === world.bot.id)?.id ?? root)
  }

  const isUnder = (message: FakeMessage, root: number): boolean => {
    for (let one: FakeMessage | null = message; one; one = one.replyTo === null ? null : find(world, one.chat, one.replyTo))
      if (one.id === root) return true
    return false
  }

  const messagesIn = (at: Spot): readonly FakeMessage[] => {
    const root = rootOf(at)
    return world.messages.filter(
      (one) => one.chat === Number(at.channel) && !one.isDeleted && (root === null ? one.thread === topicOf(at) : isUnder(one, root)),
    )
  }

  /** Privacy mode: of what is said in a group the bot gets only commands, replies to it and what names it. */
  const isHeard = (chat: FakeChat, message: FakeMessage): boolean => {
    if (chat.bot === 'out' || chat.movedTo !== null) return false
    if (chat.kind === 'private' || chat.bot === 'admin' || !world.isPrivate) return true
    const replied = message.replyTo === null ? null : find(world, chat.id, message.replyTo)
    return message.text.startsWith('/') || message.text.includes(`@${world.bot.username}`) || replied?.from === world.bot.id
  }

  const place = (from: FakeUser, at: Spot, parts: Pick<FakeMessage, 'text'> & Partial<FakeMessage>, manner: Manner): FakeMessage =>
    put(world, chatAt(at.channel), {
      ...parts,
      from: from.id,
      entities: [...detected(parts.text, manner.entities ?? []), ...(manner.entities ?? [])].sort((a, b) => a.offset - b.offset),
      thread: topicOf(at),
      replyTo: manner.replyTo ?? latestIn(at),
    })

  const deliver = async (message: FakeMessage, manner: Manner, more: Readonly<Record<string, unknown>> = {}): Promise<number> => {
    const body = { ...messageJson(world, message), ...more, ...manner.fields }
    if (isHeard(chatAt(String(message.chat)), message)) await updates.push({ message: body }, manner.deliveries)
    return message.id
  }

  return {
    says: (from, at, text, manner = {}) => deliver(place(from, at, { text }, manner), manner),
    sends: (from, at, { name, bytes, kind = 'document', caption = '' }, manner = {}) => {
      const file = { id: `file-${world.files.size + 1}`, name, bytes }
      world.files.set(file.id, file)
      const message = place(from, at, { text: caption, file }, manner)
      const shape = { file_id: file.id, file_unique_id: `u-${file.id}`, file_size: bytes.length }
      const body =
        kind === 'photo'
          ? {
              photo: [
                { ...shape, file_id: `${file.id}-small`, file_size: 90, width: 90, height: 90 },
                { ...shape, width: 800, height: 600 },
              ],
            }
          : kind === 'voice'
            ? { voice: { ...shape, duration: 2, mime_type: 'audio/ogg' } }
            : { document: { ...shape, file_name: name } }
      return deliver(message, manner, { ...body, ...(caption === '' && { caption: undefined }) })
    },
    edits: async (channel, id, text) => {
      const message = find(world, Number(channel), id)
      if (!message) throw new Error(`There is no message ${id}.`)
      Object.assign(message, { text, entities: detected(text, []) })
      const body = { ...messageJson(world, message), edit_date: Math.floor(world.now() / 1000) }
      if (isHeard(chatAt(channel), message)) await updates.push({ edited_message: body })
    },
    presses: async (from, at, label, deliveries) => {
      const message = messagesIn(at).findLast(({ keyboard }) => keyboard.flat().some(({ text }) => text === label))
      const button = message?.keyboard.flat().find(({ text }) => text === label)
      if (!message || !button) throw new Error(`There is no button "${label}".`)
      lastQuery += 1
      const id = `${world.bot.id}${String(lastQuery).padStart(9, '0')}`
      world.queries.set(id, { label, until: world.now() + queryMs, isAnswered: false })
      const body = {
        id,
        from: userJson(world, from.id),
        message: messageJson(world, message),
        chat_instance: `c${message.chat}`,
        data: button.callback_data,
      }
      await updates.push({ callback_query: body }, deliveries)
    },
    reacts: async (from, channel, id, emoji, deliveries) => {
      const chat = chatAt(channel)
      if (chat.kind !== 'private' && chat.bot !== 'admin') return
      const key = `${channel} ${id} ${from.id}`
      const before = signs.get(key) ?? ''
      signs.set(key, emoji)
      const list = (sign: string) => (sign === '' ? [] : [{ type: 'emoji', emoji: sign }])
      const change = { old_reaction: list(before), new_reaction: list(emoji) }
      const update = {
        message_reaction: {
          chat: chatJson(chat),
          message_id: id,
          user: userJson(world, from.id),
          date: Math.floor(world.now() / 1000),
          ...change,
        },
      }
      await updates.push(update, deliveries)
    },
    deletes: (channel, id) => {
      const message = find(world, Number(channel), id)
      if (message) message.isDeleted = true
    },
    sees: (at) =>
      messagesIn(at).map((one) => {
        const found = detected(one.text, one.entities).map(({ type, offset, length }) => ({
          type,
          text: one.text.slice(offset, offset + length),
        }))
        return {
          id: one.id,
          text: one.text.replaceAll('\u2060', ''),
          buttons: one.keyboard.flat().map(({ text }) => text),
          risky: one.keyboard.flat().flatMap(({ text, style }) => (style === 'danger' ? [text] : [])),
          files: one.file ? [one.file.name] : [],
          hasPicture: one.isPicture,
          pings: found.flatMap(({ type, text }) => (type === 'mention' ? [text] : [])),
          links: found.flatMap(({ type, text }) => (type === 'mention' ? [] : [text])),
          isFromBot: one.from === world.bot.id,
          replyTo: one.replyTo,
          reaction: one.reaction,
          calls: one.calls.map(String),
          isSilent: one.isSilent,
        }
      }),
  }
}
