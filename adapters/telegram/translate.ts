import type { Door } from '../../bot/contracts/adapter.ts'
import type { Inbound, Place, SentFile } from '../../bot/contracts/inbound.ts'
import type { CallbackQuery, Entity, Message, MessageReaction, Update } from './client/types.ts'

export const platform = 'telegram'

/** Who the bot is there. `isCommand`: is that one of its commands? */
export type Me = { readonly id: number; readonly username: string; readonly isCommand: (name: string) => boolean }

/** What an update means: something a person did, a button that waits for its answer, a group that has another number now. */
export type Heard = {
  readonly inbound: Inbound | null
  readonly press: string | null
  readonly moved: { readonly from: Place; readonly to: Place } | null
}

/** An update in the bot's words. What is not said to the bot, or by nobody in person, is nothing. Telegram does not say when a button was pressed: that is `now`. */
export const translate = (update: Update, me: Me, door: Pick<Door, 'isOurs' | 'placeOf'>, now: number): Heard => {
  const { message, edited_message: edited, callback_query: query, message_reaction: reaction } = update
  if (reaction) return { ...nothing, inbound: reacted(reaction, me, door) }
  if (query) return { inbound: pressed(query, me, door, now), press: query.id, moved: null }
  if (message?.migrate_to_chat_id)
    return { ...nothing, moved: { from: channelOf(message.chat.id), to: channelOf(message.migrate_to_chat_id) } }
  if (message?.migrate_from_chat_id)
    return { ...nothing, moved: { from: channelOf(message.migrate_from_chat_id), to: channelOf(message.chat.id) } }
  if (message) return { ...nothing, inbound: spoken(message, me, door) }
  const before = edited && spoken(edited, me, door)
  if (!edited || before?.said.how !== 'typed') return nothing
  const at = (edited.edit_date ?? edited.date) * 1000
  return {
    ...nothing,
    inbound: { ...before, id: `${before.id}:e${update.update_id}`, at, said: { how: 'edited', of: before.id, text: before.said.text } },
  }
}

/** The chat it came from: what is said in one is heard in order. */
export const chatIn = ({ message, edited_message, callback_query, my_chat_member, message_reaction }: Update): string =>
  String((message ?? edited_message ?? callback_query?.message ?? my_chat_member ?? message_reaction)?.chat.id ?? '')

/** The message an inbound is, in that channel; null where it is none of there. */
export const messageIn = (channel: string, inboundId: string | null): number | null => {
  const [from, , chat, message] = inboundId?.split(':') ?? []
  return from === platform && chat === channel && /^\d+$/.test(message ?? '') ? Number(message) : null
}

const nothing: Heard = { inbound: null, press: null, moved: null }

const channelOf = (chat: number): Place => ({ platform, channel: String(chat), thread: null })

const spoken = (message: Message, me: Me, door: Pick<Door, 'isOurs' | 'placeOf'>): Inbound | null => {
  const { from, chat } = message
  // Groups and channels that speak (anonymous administrators do so), bots, and words that somebody else wrote.
  if (!from || from.is_bot || message.sender_chat || message.forward_origin || message.via_bot || chat.type === 'channel') return null
  const files = filesOf(message)
  const raw = message.text ?? message.caption
  if (raw === undefined && files.length === 0) return null
  const entities = message.entities ?? message.caption_entities ?? []
  const command = commandIn(raw ?? '', entities)
  const isForAnother = command?.bot != null && command.bot.toLowerCase() !== me.username.toLowerCase()
  const place = placeOf(message, door)
  const isMeant =
    chat.type === 'private' ||
    door.isOurs(place) ||
    entities.some((entity) => isMe(entity, raw ?? '', me)) ||
    (command !== null && (command.bot !== null || me.isCommand(command.name))) ||
    isAnswerTo(me, message)
  if (!isMeant || isForAnother) return null
  // Telegram itself says /start when somebody begins a private chat.
  const text = raw === '/start' ? 'help' : readable(raw ?? '', entities, me)
  return {
    id: `${platform}:${me.id}:${chat.id}:${message.message_id}`,
    account: String(from.id),
    place,
    at: message.date * 1000,
    isDirect: true,
    message: String(message.message_id),
    said: { how: 'typed', text, ...(files.length > 0 && { files }) },
  }
}

const pressed = (
  { id, from, message, data }: CallbackQuery,
  me: Me,
  door: Pick<Door, 'isOurs' | 'placeOf'>,
  now: number,
): Inbound | null => {
  if (!message || data === undefined || from.is_bot) return null
  const channel = channelOf(message.chat.id)
  const chain = { ...channel, thread: `m${message.message_id}` }
  const place = door.placeOf(channel, String(message.message_id)) ?? (door.isOurs(chain) ? chain : placeOf(message, door))
  return {
    id: `${platform}:${me.id}:press:${id}`,
    account: String(from.id),
    place,
    at: now,
    isDirect: true,
    said: { how: 'pressed', button: data },
  }
}

/** A sign that somebody has put on a message. Telegram does not say whose message it is: all are told. */
const reacted = (
  { chat, message_id, user, date, old_reaction: before, new_reaction: after }: MessageReaction,
  me: Me,
  door: Pick<Door, 'isOurs' | 'placeOf'>,
): Inbound | null => {
  const old = new Set(before.map(signOf))
  const sign = after.map(signOf).find((one) => !old.has(one))
  // Whoever speaks as the group has no name here; and a sign that is taken away says nothing.
  if (!user || user.is_bot || sign === undefined) return null
  const channel = channelOf(chat.id)
  const chain = { ...channel, thread: `m${message_id}` }
  return {
    id: `${platform}:${me.id}:${chat.id}:${message_id}:${user.id}:${sign}`,
    account: String(user.id),
    place: door.placeOf(channel, String(message_id)) ?? (door.isOurs(chain) ? chain : channel),
    at: date * 1000,
    isDirect: true,
    message: String(message_id),
    said: { how: 'reacted' },
  }
}

const signOf = (sign: MessageReaction['new_reaction'][number]): string =>
  sign.type === 'emoji' ? sign.emoji : sign.type === 'custom_emoji' ? sign.custom_emoji_id : sign.type

/** A topic, or the chain of replies that it continues, or the chat itself. */
const placeOf = (
  message: Pick<Message, 'chat' | 'is_topic_message' | 'message_thread_id' | 'reply_to_message'>,
  door: Pick<Door, 'isOurs' | 'placeOf'>,
): Place => {
  const channel = channelOf(message.chat.id)
  const { is_topic_message: isInTopic, message_thread_id: topic, reply_to_message: replied } = message
  if (isInTopic && topic !== undefined && topic !== generalTopic) return { ...channel, thread: String(topic) }
  if (!replied) return channel
  const chain = { ...channel, thread: `m${replied.message_id}` }
  return door.placeOf(channel, String(replied.message_id)) ?? (door.isOurs(chain) ? chain : channel)
}

/** The topic that every forum has; it is the chat itself. */
const generalTopic = 1

/** In a topic everything replies to the message that made it, and that may have been the bot's. */
const isAnswerTo = (me: Me, { reply_to_message: replied, message_thread_id: topic }: Message): boolean =>
  replied?.from?.id === me.id && replied.message_id !== topic && !replied.forum_topic_created

const isMe = (entity: Entity, text: string, me: Me): boolean =>
  entity.type === 'text_mention'
    ? entity.user.id === me.id
    : entity.type === 'mention' && wordsOf(entity, text).toLowerCase() === `@${me.username.toLowerCase()}`

const commandIn = (text: string, entities: readonly Entity[]): { readonly name: string; readonly bot: string | null } | null => {
  const entity = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0)
  if (!entity) return null
  const [name = '', bot = null] = wordsOf(entity, text).slice(1).split('@')
  return { name: name.toLowerCase(), bot }
}

const wordsOf = ({ offset, length }: Entity, text: string): string => text.slice(offset, offset + length)

/** As it was typed, without the bot's own name; people without one that can be typed are named as they are shown. */
const readable = (text: string, entities: readonly Entity[], me: Me): string => {
  let read = ''
  let from = 0
  for (const entity of entities.toSorted((a, b) => a.offset - b.offset)) {
    const isOurs = isMe(entity, text, me)
    if (entity.offset < from || !(isOurs || entity.type === 'text_mention')) continue
    read += text.slice(from, entity.offset) + (isOurs ? ownName : `@${wordsOf(entity, text).replace(/^@/, '')}`)
    from = entity.offset + entity.length
  }
  return (read + text.slice(from)).replace(new RegExp(`^\\s*${ownName}[:,]?\\s*`), '').replace(new RegExp(`\\s*${ownName}`, 'g'), '')
}

/** Stands for the bot's name until that is cut out: no text has it, for Telegram takes out control characters. */
const ownName = '\u0001'

const filesOf = (message: Message): readonly SentFile[] => {
  const { document, photo, voice, audio, video, video_note: round, message_id: id } = message
  const picture = photo?.at(-1)
  return [
    ...(document ? [fileOf(document, document.file_name ?? `file-${id}`)] : []),
    ...(picture ? [fileOf(picture, `photo-${id}.jpg`)] : []),
    ...(voice ? [{ ...fileOf(voice, `voice-${id}.ogg`), kind: 'voice' as const }] : []),
    ...(audio ? [fileOf(audio, audio.file_name ?? `audio-${id}.mp3`)] : []),
    ...(video ? [fileOf(video, video.file_name ?? `video-${id}.mp4`)] : []),
    ...(round ? [fileOf(round, `video-${id}.mp4`)] : []),
  ]
}

const fileOf = ({ file_id, file_size }: { readonly file_id: string; readonly file_size?: number | undefined }, name: string): SentFile => ({
  id: file_id,
  name,
  sizeBytes: file_size ?? null,
  kind: 'file',
})
