import { z } from 'zod'
import { detected, entityProblem, userIn } from './entities.ts'
import type { Updates } from './updates.ts'
import {
  chatJson,
  chatOf,
  type Entity,
  type FakeChat,
  type FakeFile,
  type FakeMessage,
  find,
  messageJson,
  put,
  refuse,
  tell,
  userJson,
  type World,
} from './world.ts'

/** What a method may look at. `files` are those of this request, by the name they are attached under. */
export type Call = {
  readonly world: World
  readonly updates: Updates
  readonly files: Readonly<Record<string, Omit<FakeFile, 'id'>>>
  readonly complain: (what: string) => void
  readonly whenGone: (stop: () => void) => void
}

type Method = { readonly fields: z.ZodType; readonly run: (call: Call, fields: never) => unknown }

const method = <Fields extends z.ZodType>(fields: Fields, run: (call: Call, fields: z.infer<Fields>) => unknown): Method => ({
  fields,
  run: run as Method['run'], // each is called with what its own schema made
})

const chatId = z.union([z.int(), z.string().regex(/^-?\d+$/)])
const entity = z.strictObject({
  type: z.string(),
  offset: z.int(),
  length: z.int(),
  language: z.string().optional(),
  user: z.strictObject({ id: z.int() }).optional(),
})
const button = z.strictObject({
  text: z.string().min(1),
  callback_data: z.string(),
  style: z.enum(['danger', 'success', 'primary']).optional(),
})
const keyboard = z.strictObject({ inline_keyboard: z.array(z.array(button).min(1).max(8)).max(100) })
const target = {
  chat_id: chatId,
  message_thread_id: z.int().optional(),
  reply_parameters: z.strictObject({ message_id: z.int(), allow_sending_without_reply: z.boolean().optional() }).optional(),
  reply_markup: keyboard.optional(),
  disable_notification: z.boolean().optional(),
}
const written = {
  text: z.string(),
  entities: z.array(entity).optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean().optional() }).optional(),
}
const updateKinds = z.array(z.enum(['message', 'edited_message', 'callback_query', 'message_reaction', 'my_chat_member', 'channel_post']))

/** All methods of the Bot API that there are here. An unknown field, or one of a wrong shape, is refused. */
export const methods: Readonly<Record<string, Method>> = {
  getMe: method(z.strictObject({}), ({ world }) => ({
    ...userJson(world, world.bot.id),
    can_join_groups: true,
    can_read_all_group_messages: !world.isPrivate,
    supports_inline_queries: false,
  })),
  getUpdates: method(
    z.strictObject({
      offset: z.int().nonnegative().optional(),
      limit: z.int().min(1).max(100).optional(),
      timeout: z.int().min(0).max(50).optional(),
      allowed_updates: updateKinds.optional(),
    }),
    ({ updates, whenGone }, request) => updates.poll(request, whenGone),
  ),
  setWebhook: method(
    z.strictObject({
      url: z.string(),
      secret_token: z
        .string()
        .regex(/^[\w-]{1,256}$/)
        .optional(),
      allowed_updates: updateKinds.optional(),
      drop_pending_updates: z.literal(false).optional(),
      max_connections: z.int().min(1).max(100).optional(),
    }),
    ({ updates }, { url, secret_token, allowed_updates }) => {
      updates.setWebhook(url === '' ? null : { url, secret: secret_token, allowed: allowed_updates })
      return true
    },
  ),
  deleteWebhook: method(z.strictObject({ drop_pending_updates: z.literal(false).optional() }), ({ updates }) => {
    updates.setWebhook(null)
    return true
  }),
  getWebhookInfo: method(z.strictObject({}), ({ updates }) => ({
    url: updates.webhook?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: updates.pending,
    ...(updates.webhook?.lastError && { last_error_date: Math.floor(Date.now() / 1000), last_error_message: updates.webhook.lastError }),
  })),
  getChatMember: method(z.strictObject({ chat_id: chatId, user_id: z.int() }), ({ world }, { chat_id, user_id }) => {
    const chat = chatOf(world, chat_id)
    if (user_id !== world.bot.id) return tell('user not found')
    return { user: userJson(world, user_id), status: chat.bot === 'admin' ? 'administrator' : 'member' }
  }),
  getChat: method(z.strictObject({ chat_id: chatId }), ({ world }, { chat_id }) => {
    const chat = chatOf(world, chat_id)
    return { ...chatJson(chat), accent_color_id: 0, max_reaction_count: 11 }
  }),
  sendMessage: method(z.strictObject({ ...target, ...written }), (call, fields) => {
    const text = checked(call, fields.text, fields.entities ?? [], 4_096, 'message')
    return send(call, fields, { text, entities: fields.entities ?? [] })
  }),
  sendPhoto: method(z.strictObject({ ...target, photo: z.string(), caption: z.string().optional() }), (call, fields) => {
    if (!attached(call, fields.photo)) refuse('there is no photo in the request')
    if (fields.caption) checked(call, fields.caption, [], 1_024, 'message caption')
    return send(call, fields, { text: fields.caption ?? '', isPicture: true })
  }),
  sendDocument: method(z.strictObject({ ...target, document: z.string(), caption: z.string().optional() }), (call, fields) => {
    const file = attached(call, fields.document) ?? refuse('there is no document in the request')
    if (file.bytes.length === 0) refuse('file must be non-empty')
    if (file.bytes.length > 50 * 1024 * 1024) refuse('Request Entity Too Large', 413)
    if (fields.caption) checked(call, fields.caption, [], 1_024, 'message caption')
    const kept = { id: `file-${call.world.files.size + 1}`, ...file }
    call.world.files.set(kept.id, kept)
    return send(call, fields, { text: fields.caption ?? '', file: kept })
  }),
  editMessageText: method(
    z.strictObject({ chat_id: chatId, message_id: z.int(), reply_markup: keyboard.optional(), ...written }),
    (call, fields) => {
      const { world } = call
      const chat = chatOf(world, fields.chat_id)
      const message = find(world, chat.id, fields.message_id) ?? tell('message to edit not found')
      if (message.from !== world.bot.id) refuse("message can't be edited")
      const entities = fields.entities ?? []
      const text = checked(call, fields.text, entities, 4_096, 'message')
      const buttons = keyboardOf(call, fields.reply_markup)
      const isSame = message.text === text && JSON.stringify([message.entities, message.keyboard]) === JSON.stringify([entities, buttons])
      if (isSame)
        tell(
          'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
        )
      Object.assign(message, { text, entities, keyboard: buttons })
      return messageJson(world, message)
    },
  ),
  answerCallbackQuery: method(
    z.strictObject({ callback_query_id: z.string(), text: z.string().max(200).optional(), show_alert: z.boolean().optional() }),
    ({ world }, { callback_query_id, text = '', show_alert = false }) => {
      const query = world.queries.get(callback_query_id)
      if (!query || query.isAnswered || query.until < world.now())
        return tell('query is too old and response timeout expired or query ID is invalid')
      query.isAnswered = true
      world.answers.push({ label: query.label, text, isAlert: show_alert })
      return true
    },
  ),
  setMessageReaction: method(
    z.strictObject({
      chat_id: chatId,
      message_id: z.int(),
      reaction: z.array(z.strictObject({ type: z.literal('emoji'), emoji: z.string() })).max(1),
    }),
    ({ world }, { chat_id, message_id, reaction }) => {
      const message = find(world, chatOf(world, chat_id).id, message_id) ?? tell('message to react not found')
      const [{ emoji } = { emoji: null }] = reaction
      if (emoji !== null && !reactions.has(emoji)) refuse('REACTION_INVALID')
      message.reaction = emoji
      return true
    },
  ),
  createForumTopic: method(z.strictObject({ chat_id: chatId, name: z.string().min(1).max(128) }), ({ world }, { chat_id, name }) => {
    const chat = chatOf(world, chat_id)
    if (!chat.isForum) tell('the chat is not a forum')
    if (!chat.canManageTopics) tell('not enough rights to create a topic')
    const { id } = put(world, chat, { from: world.bot.id, text: '' })
    const made = find(world, chat.id, id)
    if (made) made.isDeleted = true // a service message: it takes a number and is not on show
    chat.topics.set(id, { id, name, isClosed: false, isDeleted: false })
    return { message_thread_id: id, name, icon_color: 7322096 }
  }),
  deleteMessage: method(z.strictObject({ chat_id: chatId, message_id: z.int() }), ({ world }, { chat_id, message_id }) => {
    const message = find(world, chatOf(world, chat_id).id, message_id) ?? tell('message to delete not found')
    message.isDeleted = true
    return true
  }),
  setMyCommands: method(
    z.strictObject({
      commands: z
        .array(z.strictObject({ command: z.string().regex(/^[a-z0-9_]{1,32}$/), description: z.string().min(1).max(256) }))
        .max(100),
    }),
    ({ world }, { commands }) => {
      world.commands = commands
      return true
    },
  ),
  getFile: method(z.strictObject({ file_id: z.string() }), ({ world }, { file_id }) => {
    const file = world.files.get(file_id) ?? tell('wrong file_id or the file is temporarily unavailable')
    if (file.bytes.length > 20 * 1024 * 1024) tell('file is too big')
    return { file_id, file_unique_id: `u-${file_id}`, file_size: file.bytes.length, file_path: `documents/${file_id}` }
  }),
}

/** The standard reactions that are needed here, of the many there are. */
const reactions = new Set(['👍', '👎', '❤', '🔥', '👀', '👌', '🤔', '💯', '🎉', '🤝', '✍', '🫡', '🆒'])

const attached = ({ files }: Call, field: string): Omit<FakeFile, 'id'> | null =>
  files[field.startsWith('attach://') ? field.slice('attach://'.length) : ''] ?? null

const checked = ({ complain }: Call, text: string, entities: readonly z.infer<typeof entity>[], most: number, what: string): string => {
  if (text.trim() === '') refuse(`${what} text is empty`)
  if (text.length > most) refuse(`${what} is too long`)
  const problem = entityProblem(text, entities)
  if (problem !== null) {
    complain(`entities: ${problem}`)
    refuse(`can't parse entities: ${problem}`)
  }
  return text
}

/** Telegram takes a keyboard with more than 64 bytes in a button, says ok, and shows none. */
const keyboardOf = ({ complain }: Call, markup: z.infer<typeof keyboard> | undefined): FakeMessage['keyboard'] => {
  const rows = markup?.inline_keyboard ?? []
  const wrong = rows.flat().find(({ callback_data }) => callback_data.length === 0 || Buffer.byteLength(callback_data) > 64)
  if (wrong) complain(`callback_data of ${Buffer.byteLength(wrong.callback_data)} bytes`)
  return wrong ? [] : rows
}

const threadOf = (chat: FakeChat, id: number | undefined): number | null => {
  if (id === undefined) return null
  const topic = chat.topics.get(id)
  if (!topic) return refuse('message thread not found')
  if (topic.isDeleted) return tell('message thread not found')
  return topic.isClosed ? tell('TOPIC_CLOSED') : id
}

/** Whom a new message tells that they are called: by their number, or by their name where it stands in the text. An edit tells nobody. */
const calledIn = (world: World, text: string, entities: readonly Entity[]): readonly number[] => {
  const names = detected(text, entities).filter(({ type }) => type === 'mention')
  const named = new Set(names.map(({ offset, length }) => text.slice(offset + 1, offset + length).toLowerCase()))
  const called = new Set(entities.map(userIn))
  return [...world.users.values()]
    .filter(({ id, username }) => called.has(id) || named.has(username?.toLowerCase() ?? ''))
    .map(({ id }) => id)
}

const send = (
  call: Call,
  fields: z.infer<z.ZodObject<typeof target>>,
  parts: Partial<Pick<FakeMessage, 'text' | 'entities' | 'file' | 'isPicture'>>,
): unknown => {
  const { world } = call
  const chat = chatOf(world, fields.chat_id)
  const thread = threadOf(chat, fields.message_thread_id)
  const reply = fields.reply_parameters
  const replied = reply ? find(world, chat.id, reply.message_id) : null
  if (reply && !replied && !reply.allow_sending_without_reply) tell('message to be replied not found')
  const message = put(world, chat, {
    ...parts,
    from: world.bot.id,
    thread: thread ?? replied?.thread ?? null,
    replyTo: replied?.id ?? null,
    keyboard: keyboardOf(call, fields.reply_markup),
    isSilent: fields.disable_notification === true,
    calls: calledIn(world, parts.text ?? '', parts.entities ?? []),
  })
  return messageJson(world, message)
}
