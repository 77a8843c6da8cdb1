/** Who can speak. `username` is without `@`. */
export type FakeUser = { readonly id: number; readonly name: string; readonly username: string | null }

export type FakeTopic = { readonly id: number; readonly name: string; isClosed: boolean; isDeleted: boolean }

export type FakeChat = {
  readonly id: number
  readonly kind: 'private' | 'group' | 'supergroup'
  readonly title: string
  readonly isForum: boolean
  /** What the bot is there; `out`: kicked, blocked, or never begun. */
  bot: 'member' | 'admin' | 'out'
  canManageTopics: boolean
  movedTo: number | null
  lastMessage: number
  readonly topics: Map<number, FakeTopic>
}

export type Entity = {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly language?: string | undefined
  readonly user?: unknown
}
export type KeyboardButton = { readonly text: string; readonly callback_data: string; readonly style?: string | undefined }

export type FakeMessage = {
  readonly id: number
  readonly chat: number
  /** The topic it stands in; null for the General one and where there are none. */
  readonly thread: number | null
  readonly from: number
  readonly replyTo: number | null
  readonly date: number
  text: string
  entities: readonly Entity[]
  keyboard: readonly (readonly KeyboardButton[])[]
  readonly file: { readonly id: string; readonly name: string } | null
  readonly isPicture: boolean
  isDeleted: boolean
  reaction: string | null
  readonly isSilent: boolean
  /** Whom Telegram has told that they are called by it. */
  readonly calls: readonly number[]
}

export type FakeFile = { readonly id: string; readonly name: string; readonly bytes: Uint8Array }

/** All that the stand-in knows. */
export type World = {
  readonly bot: FakeUser
  readonly now: () => number
  readonly users: Map<number, FakeUser>
  readonly chats: Map<number, FakeChat>
  readonly messages: FakeMessage[]
  readonly files: Map<string, FakeFile>
  readonly queries: Map<string, { readonly label: string; readonly until: number; isAnswered: boolean }>
  /** What people were shown for a pressed button. */
  readonly answers: { readonly label: string; readonly text: string; readonly isAlert: boolean }[]
  commands: readonly { readonly command: string; readonly description: string }[]
  /** Does the bot hear only what names it, in groups where it is no administrator? */
  readonly isPrivate: boolean
}

/** A refusal as the Bot API words it. `isFault`: it is nothing that the caller did wrong, so no complaint. */
export type Refusal = {
  readonly error_code: number
  readonly description: string
  readonly parameters?: Readonly<Record<string, number>>
  readonly isFault?: true
}

/** Throws a refusal that is the caller's mistake. */
export const refuse = (description: string, error_code = 400, parameters?: Readonly<Record<string, number>>): never => {
  throw {
    error_code,
    description: `${error_code === 403 ? 'Forbidden' : 'Bad Request'}: ${description}`,
    ...(parameters && { parameters }),
  }
}

/** Throws a refusal that only tells how the world is: a topic is gone, nothing is modified. */
export const tell = (description: string, error_code = 400, parameters?: Readonly<Record<string, number>>): never => {
  throw {
    error_code,
    description: `${error_code === 403 ? 'Forbidden' : 'Bad Request'}: ${description}`,
    isFault: true,
    ...(parameters && { parameters }),
  }
}

/** The chat, if the bot may speak in it. */
export const chatOf = (world: World, id: unknown): FakeChat => {
  const chat = world.chats.get(Number(id))
  if (!chat) return refuse('chat not found')
  if (chat.movedTo !== null) return tell('group chat was upgraded to a supergroup chat', 400, { migrate_to_chat_id: chat.movedTo })
  if (chat.bot === 'out')
    return tell(chat.kind === 'private' ? 'bot was blocked by the user' : `bot was kicked from the ${chat.kind} chat`, 403)
  return chat
}

export const find = (world: World, chat: number, id: number): FakeMessage | null =>
  world.messages.find((one) => one.chat === chat && one.id === id && !one.isDeleted) ?? null

/** Keeps a message under the next number of its chat. */
export const put = (
  world: World,
  chat: FakeChat,
  parts: Partial<
    Pick<FakeMessage, 'thread' | 'replyTo' | 'text' | 'entities' | 'keyboard' | 'file' | 'isPicture' | 'isSilent' | 'calls'>
  > & {
    readonly from: number
  },
): FakeMessage => {
  chat.lastMessage += 1
  const message: FakeMessage = {
    thread: null,
    replyTo: null,
    text: '',
    entities: [],
    keyboard: [],
    file: null,
    isPicture: false,
    isSilent: false,
    calls: [],
    ...parts,
    id: chat.lastMessage,
    chat: chat.id,
    date: Math.floor(world.now() / 1000),
    isDeleted: false,
    reaction: null,
  }
  world.messages.push(message)
  return message
}

/** A user as the Bot API writes one. */
export const userJson = (world: World, id: number): Record<string, unknown> => {
  if (id === world.bot.id) return { id, is_bot: true, first_name: world.bot.name, username: world.bot.username }
  const user = world.users.get(id)
  return { id, is_bot: false, first_name: user?.name ?? 'Somebody', ...(user?.username && { username: user.username }) }
}

export const chatJson = (chat: FakeChat): Record<string, unknown> => ({
  id: chat.id,
  type: chat.kind,
  ...(chat.kind === 'private' ? { first_name: chat.title } : { title: chat.title }),
  ...(chat.isForum && { is_forum: true }),
})

/** A message as the Bot API writes one, with what it replies to, but not what that replies to. */
export const messageJson = (world: World, message: FakeMessage, isReplied = false): Record<string, unknown> => {
  const chat = world.chats.get(message.chat) as FakeChat
  const replied = isReplied || message.replyTo === null ? null : find(world, message.chat, message.replyTo)
  const topic =
    message.thread === null
      ? {}
      : {
          message_thread_id: message.thread,
          is_topic_message: true,
          // Telegram has everything in a topic reply to the message that made it.
          ...(!replied &&
            !isReplied && {
              reply_to_message: {
                message_id: message.thread,
                date: message.date,
                chat: chatJson(chat),
                from: userJson(world, world.bot.id),
                message_thread_id: message.thread,
                is_topic_message: true,
                forum_topic_created: { name: chat.topics.get(message.thread)?.name ?? '', icon_color: 7322096 },
              },
            }),
        }
  return {
    message_id: message.id,
    from: userJson(world, message.from),
    chat: chatJson(chat),
    date: message.date,
    ...topic,
    ...(replied && { reply_to_message: messageJson(world, replied, true) }),
    ...(message.file || message.isPicture
      ? { caption: message.text, ...(message.entities.length > 0 && { caption_entities: message.entities }) }
      : { text: message.text, ...(message.entities.length > 0 && { entities: message.entities }) }),
    ...(message.keyboard.length > 0 && { reply_markup: { inline_keyboard: message.keyboard } }),
  }
}
