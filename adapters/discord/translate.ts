import type { Door } from '../../bot/contracts/adapter.ts'
import type { Inbound, Place, Said, SentFile } from '../../bot/contracts/inbound.ts'
import { inboundId, platform } from './places.ts'
import { moreButtons } from './render.ts'
import type { WireAttachment, WireInteraction, WireMessage, WireReaction, WireUser } from './wire.ts'

/** What must be known to read an event. */
export type Reader = {
  /** The bot: its account, and the roles that Discord made for it and that people mention by mistake for the bot. */
  readonly me: { readonly id: string; readonly roles: ReadonlySet<string> }
  /** The channel a thread is in; null for what is no thread. */
  readonly parentOf: (channel: string) => string | null
  readonly isPrivate: (channel: string) => boolean
  readonly nameOf: (channel: string) => string | null
  readonly door: Pick<Door, 'isOurs' | 'placeOf'>
  readonly now: () => number
}

/** A message of a person that is for the bot; null for any other. What was forwarded is no word of whoever forwarded it. */
export const readMessage = (message: WireMessage, reader: Reader): Inbound | null => {
  const told = readTold(message, reader)
  if (told === null) return null
  const files = message.attachments.map((file) => sentFile(message, file))
  if (told.text === '' && files.length === 0) return null
  const said: Said = { how: 'typed', text: told.text, ...(files.length > 0 && { files }) }
  return { ...told.inbound, id: inboundId(message.channel_id, message.id), at: Date.parse(message.timestamp), said }
}

/** A message that reads differently now. Discord also sends this when it adds a preview; then nothing was edited. */
export const readEdit = (message: WireMessage, reader: Reader): Inbound | null => {
  if (message.edited_timestamp === null || message.edited_timestamp === undefined) return null
  const told = readTold(message, reader)
  if (told === null) return null
  const of = inboundId(message.channel_id, message.id)
  const at = Date.parse(message.edited_timestamp)
  return { ...told.inbound, id: `${of}:edited:${at}`, at, said: { how: 'edited', of, text: told.text } }
}

/** A message that is gone. Discord does not say whose it was: `of` is what was taken of it before. */
export const readDeletion = (of: Inbound, now: number): Inbound => ({
  ...of,
  id: `${of.id}:deleted`,
  at: now,
  said: { how: 'deleted', of: of.id },
})

/**
 * A sign on a message of a session's thread, on the card that the thread hangs below, or on a message of ours anywhere. A stop sign
 * stops the session whose place it is in.
 */
export const readReaction = (reaction: WireReaction, reader: Reader): Inbound | null => {
  const { user_id: account, channel_id: channel, message_id: message, message_author_id: author, emoji, member } = reaction
  if (account === reader.me.id || member?.user?.bot) return null
  const below: Place = { platform, channel, thread: message }
  const place = reader.door.isOurs(below) ? below : placeIn(channel, message, reader)
  const isStop = emoji.id === null && emoji.name === '🛑'
  if (!reader.door.isOurs(place) && (isStop || author !== reader.me.id)) return null
  const id = `${inboundId(channel, message)}:${isStop ? 'stop' : (emoji.id ?? emoji.name ?? '')}:${account}`
  const said: Said = isStop ? { how: 'typed', text: 'stop' } : { how: 'reacted' }
  return { id, account, place, at: reader.now(), isDirect: true, message, said }
}

/** A command, a pressed button, a chosen row or a filled form; null when it is none of ours. */
export const readInteraction = (interaction: WireInteraction, reader: Reader, at: number): Inbound | null => {
  const account = (interaction.member?.user ?? interaction.user)?.id
  const place = placeOfInteraction(interaction, reader)
  const said = saidBy(interaction)
  if (account === undefined || place === null || said === null) return null
  return { id: `${platform}:i:${interaction.id}`, account, place, at, isDirect: true, said }
}

export const placeOfInteraction = ({ channel_id, channel, message }: WireInteraction, reader: Reader): Place | null => {
  const id = channel?.id ?? channel_id
  if (id === undefined) return null
  const isThread = channel !== undefined && [10, 11, 12].includes(channel.type)
  if (isThread && channel.parent_id) return { platform, channel: channel.parent_id, thread: id }
  return placeIn(id, message?.id ?? null, reader)
}

const saidBy = ({ type, data }: WireInteraction): Said | null => {
  if (type === 2) return typed(data?.options?.find(({ name }) => name === 'words')?.value)
  const button = data?.custom_id === moreButtons ? data.values?.[0] : data?.custom_id
  if (button === undefined) return null
  if (type === 3) return { how: 'pressed', button }
  if (type !== 5) return null
  const text = data?.components?.flatMap(({ components }) => components ?? [])[0]?.value
  return { how: 'pressed', button, text: text ?? '' }
}

const typed = (text: string | number | boolean | undefined): Said | null =>
  typeof text === 'string' && text.trim() !== '' ? { how: 'typed', text: text.trim() } : null

/** Ordinary messages and answers; what Discord itself writes (pins, new threads, boosts) is of another type. */
const personal = new Set([0, 19])

const readTold = (message: WireMessage, reader: Reader) => {
  const { author, webhook_id, type, message_reference: reference, channel_id: channel } = message
  const isForwarded = reference?.type === 1
  if (author.bot || author.system || webhook_id !== undefined || !personal.has(type) || isForwarded) return null
  const place = placeIn(channel, reference?.message_id ?? null, reader)
  const isMentioned =
    message.mentions.some(({ id }) => id === reader.me.id) || message.mention_roles.some((role) => reader.me.roles.has(role))
  if (!isMentioned && !reader.isPrivate(channel) && !reader.door.isOurs(place)) return null
  const inbound = { account: author.id, place, isDirect: true, message: message.id }
  return { text: wordsOf(message, reader), inbound }
}

/** Where something in that channel belongs; `answered` is the message it hangs on, where it hangs on one. */
const placeIn = (channel: string, answered: string | null, { parentOf, door }: Reader): Place => {
  const parent = parentOf(channel)
  if (parent !== null) return { platform, channel: parent, thread: channel }
  const top: Place = { platform, channel, thread: null }
  return (answered === null ? null : door.placeOf(top, answered)) ?? top
}

const wordsOf = ({ content, mentions }: WireMessage, { me, nameOf }: Reader): string =>
  content
    .replace(/<@!?(\d+)>( ?)/g, (all, id: string, space: string) => {
      if (id === me.id) return ''
      const user = mentions.find((mentioned) => mentioned.id === id)
      return user ? `@${nameOfUser(user)}${space}` : all
    })
    .replace(/<@&(\d+)> ?/g, (all, id: string) => (me.roles.has(id) ? '' : all))
    .replace(/<#(\d+)>/g, (all, id: string) => (nameOf(id) === null ? all : `#${nameOf(id)}`))
    .replace(/<a?(:\w+:)\d+>/g, '$1')
    .trim()

const nameOfUser = ({ member, global_name, username }: WireUser): string => member?.nick ?? global_name ?? username

/** The address of a file expires within a day, so it is named by where it was sent. */
const sentFile = ({ channel_id, id }: WireMessage, file: WireAttachment): SentFile => ({
  id: `${channel_id}/${id}/${file.id}`,
  name: file.filename,
  sizeBytes: file.size,
  kind: file.waveform === undefined ? 'file' : 'voice',
})
