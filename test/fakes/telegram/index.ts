import { makePeople, type People } from './people.ts'
import { serve, type Trouble } from './server.ts'
import { makeUpdates } from './updates.ts'
import { chatJson, type FakeChat, type FakeUser, put, userJson, type World } from './world.ts'

export type FakeTelegram = {
  readonly url: string
  readonly token: string
  readonly bot: FakeUser
  readonly people: People
  /** Everything it refused because of the caller. */
  readonly complaints: readonly string[]
  /** Every call, in order. */
  readonly calls: readonly { readonly method: string; readonly fields: Readonly<Record<string, unknown>> }[]
  /** What people were shown for pressed buttons. */
  readonly answers: World['answers']
  readonly commands: World['commands']
  /** Updates that were not confirmed yet. */
  readonly pending: number
  readonly isPolled: boolean
  readonly webhook: string | null
  /** A person who has begun a private chat with the bot; the chat's number is the person's. */
  user(name: string, username?: string): FakeUser
  /** A group with the bot in it; its id as the config and `Place.channel` have it. */
  group(parts?: {
    readonly title?: string
    readonly isForum?: boolean
    readonly bot?: 'member' | 'admin'
    readonly canManageTopics?: boolean
  }): string
  /** Another topic, made by a person. */
  topic(channel: string, name: string): string
  /** Resolves with the new id once the bot was told. */
  migrates(channel: string): Promise<string>
  closesTopic(channel: string, thread: string): void
  deletesTopic(channel: string, thread: string): void
  /** The bot is put out of a group, or blocked in a private chat. */
  putsOut(channel: string): Promise<void>
  /** Somebody else sets or removes the webhook. */
  setWebhook(url: string | null): void
  next(trouble: Trouble, method?: string): void
  /** The connections there are stay open, and nothing comes over them any more; those that are made afterwards work. */
  freezes(): void
  /** Nothing comes over any connection, old or new, until it thaws. */
  freezesAll(): void
  thaws(): void
  /** Cuts all connections. */
  drops(): void
  close(): Promise<void>
}

/** A stand-in for the Bot API on a real loopback socket. It refuses what Telegram refuses, and what Telegram silently mends. */
export const startFakeTelegram = async ({
  isRateLimited = false,
  isPrivate = false,
  now = Date.now,
  port = 0,
}: {
  /** Are Telegram's rates enforced? */
  readonly isRateLimited?: boolean
  /** Privacy mode: in groups the bot hears only what names it. */
  readonly isPrivate?: boolean
  readonly now?: () => number
  readonly port?: number
} = {}): Promise<FakeTelegram> => {
  const bot: FakeUser = { id: 700_100, name: 'Ao', username: 'ao_test_bot' }
  const token = `${bot.id}:fake-token-for-tests`
  const world: World = {
    bot,
    now,
    isPrivate,
    users: new Map(),
    chats: new Map(),
    messages: [],
    files: new Map(),
    queries: new Map(),
    answers: [],
    commands: [],
  }
  const updates = makeUpdates(41_000)
  const server = await serve({ world, updates, token }, { isRateLimited, port })

  let lastUser = 5_000
  let lastGroup = 1_000
  const chatAt = (channel: string): FakeChat => {
    const chat = world.chats.get(Number(channel))
    if (!chat) throw new Error(`There is no chat ${channel}.`)
    return chat
  }
  const addChat = (parts: Pick<FakeChat, 'id' | 'kind' | 'title' | 'isForum' | 'bot' | 'canManageTopics'>): FakeChat => {
    const chat: FakeChat = { ...parts, movedTo: null, lastMessage: 10, topics: new Map() }
    world.chats.set(chat.id, chat)
    return chat
  }
  const topicAt = (channel: string, thread: string) => {
    const topic = chatAt(channel).topics.get(Number(thread))
    if (!topic) throw new Error(`There is no topic ${thread}.`)
    return topic
  }

  return {
    url: server.url,
    token,
    bot,
    people: makePeople(world, updates),
    complaints: server.complaints,
    calls: server.calls,
    answers: world.answers,
    get commands() {
      return world.commands
    },
    get pending() {
      return updates.pending
    },
    get isPolled() {
      return updates.isPolled
    },
    get webhook() {
      return updates.webhook?.url ?? null
    },
    user: (name, username) => {
      lastUser += 1
      const user = { id: lastUser, name, username: username ?? null }
      world.users.set(user.id, user)
      addChat({ id: user.id, kind: 'private', title: name, isForum: false, bot: 'member', canManageTopics: false })
      return user
    },
    group: ({ title = 'A group', isForum = false, bot: role = 'admin', canManageTopics = isForum } = {}) => {
      lastGroup += 1
      const id = isForum ? -1_002_000_000_000 - lastGroup : -4_000_000 - lastGroup
      return String(addChat({ id, kind: isForum ? 'supergroup' : 'group', title, isForum, bot: role, canManageTopics }).id)
    },
    topic: (channel, name) => {
      const chat = chatAt(channel)
      chat.lastMessage += 1
      chat.topics.set(chat.lastMessage, { id: chat.lastMessage, name, isClosed: false, isDeleted: false })
      return String(chat.lastMessage)
    },
    migrates: async (channel) => {
      const old = chatAt(channel)
      const chat = addChat({ ...old, id: -1_002_000_000_000 - Math.abs(old.id), kind: 'supergroup' })
      const from = [...world.users.keys()][0] ?? bot.id
      const service = (at: FakeChat, fields: Record<string, number>) => {
        const { id, date } = put(world, at, { from })
        const message = world.messages.at(-1)
        if (message) message.isDeleted = true
        return updates.push({ message: { message_id: id, date, chat: chatJson(at), from: userJson(world, from), ...fields } })
      }
      const told = [service(old, { migrate_to_chat_id: chat.id }), service(chat, { migrate_from_chat_id: old.id })]
      old.movedTo = chat.id
      await Promise.all(told)
      return String(chat.id)
    },
    closesTopic: (channel, thread) => {
      topicAt(channel, thread).isClosed = true
    },
    deletesTopic: (channel, thread) => {
      topicAt(channel, thread).isDeleted = true
    },
    putsOut: async (channel) => {
      const chat = chatAt(channel)
      chat.bot = 'out'
      const member = (status: string) => ({ user: userJson(world, bot.id), status })
      const [who = bot.id] = world.users.keys()
      await updates.push({
        my_chat_member: {
          chat: chatJson(chat),
          from: userJson(world, who),
          date: Math.floor(now() / 1000),
          old_chat_member: member('member'),
          new_chat_member: { ...member('kicked'), until_date: 0 },
        },
      })
    },
    setWebhook: (url) => updates.setWebhook(url === null ? null : { url, secret: undefined, allowed: undefined }),
    next: server.next,
    freezes: server.freezes,
    freezesAll: server.freezesAll,
    thaws: server.thaws,
    drops: server.drops,
    close: server.close,
  }
}
