import type { Door } from '../../bot/contracts/adapter.ts'
import type { Form } from '../../bot/contracts/card.ts'
import type { Inbound, Place, Said, SentFile } from '../../bot/contracts/inbound.ts'
import { type Carried, carried, type Message, type Payload, payload } from './payloads.ts'

export const platform = 'slack'

/** What has to be known to read an event. */
export type Look = Pick<Door, 'isOurs' | 'placeOf' | 'form'> & {
  /** The user id of the bot. */
  readonly bot: string
  readonly nameOf: (user: string) => string | null
  readonly now: number
}

/** Something somebody did; or a button whose form has to be shown before it counts. */
export type Heard =
  | { readonly is: 'said'; readonly inbound: Inbound }
  | { readonly is: 'asks'; readonly form: Form; readonly trigger: string; readonly carried: string }

/**
 * What an event of Slack says, in the bot's words; null for all that is not said to it, and for bots. Ids name channel and
 * message, never a team: in shared channels one message is reported with several.
 */
export const translate = (event: unknown, look: Look): Heard | null => {
  const read = payload.safeParse(event)
  if (!read.success) return null // not one of the shapes the bot has asked for
  return heard(read.data, look)
}

/** A place of Slack. */
export const placeAt = (channel: string, thread: string | null): Place => ({ platform, channel, thread })

/** Ids of private chats begin with D. */
export const isPrivateChat = (channel: string): boolean => channel.startsWith('D')

/** A time stamp of Slack, which names a message too, as epoch ms. */
export const timeOf = (ts: string): number => Math.floor(Number(ts) * 1_000)

const heard = (given: Payload, look: Look): Heard | null => {
  switch (given.kind) {
    case 'message':
      return given.message.isMention && given.message.isEdited ? null : spoken(given.message, look)
    case 'changed': {
      const { message, before, at } = given
      const isOther = message.editedTs !== null && message.editedTs !== before.editedTs
      if (!isOther || !isPerson(message, look)) return null
      const place = addressed(message, look) ?? addressed(before, look)
      const id = idOf(message)
      return place && said(message, place, { id: `${id}:edited:${at}`, at }, { how: 'edited', of: id, text: textOf(message.text, look) })
    }
    case 'deleted': {
      const { message, at } = given
      const place = isPerson(message, look) ? addressed(message, look) : null
      return place && said(message, place, { id: `${idOf(message)}:deleted`, at }, { how: 'deleted', of: idOf(message) })
    }
    case 'reaction': {
      const { channel, ts, user, name, author, at } = given
      if (user === look.bot || user === 'USLACKBOT') return null
      const below = placeAt(channel, ts)
      const ours = look.placeOf(placeAt(channel, null), ts) ?? (look.isOurs(below) ? below : null)
      const isStop = name === stopSign
      const place = ours ?? (author === look.bot && !isStop ? placeAt(channel, null) : null)
      if (!place) return null
      const inbound = { account: user, place, at: timeOf(at), isDirect: true, message: ts }
      const id = `${platform}:${channel}:${ts}:${name}:${user}`
      // A stop may be wished again, so each is one; whoever takes a sign away and puts it back has seen it once.
      if (isStop) return { is: 'said', inbound: { ...inbound, id: `${id}:${at}`, said: { how: 'typed', text: 'stop' } } }
      return { is: 'said', inbound: { ...inbound, id, said: { how: 'reacted' } } }
    }
    case 'command': {
      const { channel, user, trigger, text } = given
      const inbound = {
        id: `${platform}:${channel}:command:${trigger}`,
        account: user,
        place: placeAt(channel, null),
        at: look.now,
        isDirect: true,
      }
      return { is: 'said', inbound: { ...inbound, said: { how: 'typed', text: textOf(text, look) } } }
    }
    case 'press': {
      const { channel, message, user, button, at, trigger } = given
      const place = placeAt(channel, threadOfCard(given, look))
      const form = look.form(button)
      if (form) return { is: 'asks', form, trigger, carried: JSON.stringify({ button, channel, thread: place.thread } satisfies Carried) }
      const id = `${platform}:${channel}:${message}:press:${user}:${at}`
      return { is: 'said', inbound: { id, account: user, place, at: timeOf(at), isDirect: true, said: { how: 'pressed', button } } }
    }
    case 'form': {
      const about = carried.safeParse(given.carried)
      if (!about.success) return null // a form that is not ours
      const { button, channel, thread } = about.data
      const inbound = {
        id: `${platform}:${channel}:form:${given.view}`,
        account: given.user,
        place: placeAt(channel, thread),
        at: look.now,
        isDirect: true,
      }
      return { is: 'said', inbound: { ...inbound, said: { how: 'pressed', button, text: given.text } } }
    }
  }
}

const stopSign = 'octagonal_sign'

const spoken = (message: Message, look: Look): Heard | null => {
  if (!isPerson(message, look)) return null
  const text = textOf(message.text, look)
  const files = message.files.map(
    ({ id, name, size, isVoice }): SentFile => ({ id, name, sizeBytes: size, kind: isVoice ? 'voice' : 'file' }),
  )
  const place = addressed(message, look)
  // A forwarded message is somebody else's words, which are an attachment here; without a word of one's own nothing was said.
  if (!place || (text === '' && files.length === 0 && !message.isMention)) return null
  return said(message, place, { id: idOf(message), at: message.ts }, { how: 'typed', text, ...(files.length > 0 && { files }) })
}

const said = (message: Message, place: Place, { id, at }: { readonly id: string; readonly at: string }, what: Said): Heard => ({
  is: 'said',
  inbound: { id, account: message.user ?? '', place, at: timeOf(at), isDirect: true, message: message.ts, said: what },
})

const idOf = ({ channel, ts }: Message): string => `${platform}:${channel}:${ts}`
const isPerson = ({ user, isBot }: Message, { bot }: Look): boolean => user !== null && !isBot && user !== bot && user !== 'USLACKBOT'

/** Where it was said, if it was said to the bot. What begins a talk in a channel is answered in its own thread. */
const addressed = (message: Message, look: Look): Place | null => {
  const { channel, ts, thread } = message
  const top = placeAt(channel, null)
  const isTop = thread === null && (isPrivateChat(channel) || look.isOurs(top))
  const place = isTop ? top : placeAt(channel, thread ?? ts)
  const isNamed = message.isMention || message.text.includes(`<@${look.bot}>`) || message.text.includes(`<@${look.bot}|`)
  return isNamed || isPrivateChat(channel) || look.isOurs(place) ? place : null
}

/** A card at the top of a channel stands in the thread below it, where that is one of ours. */
const threadOfCard = (
  given: { readonly channel: string; readonly message: string; readonly thread: string | null },
  look: Look,
): string | null => {
  if (given.thread !== null && given.thread !== given.message) return given.thread
  return look.isOurs(placeAt(given.channel, given.message)) ? given.message : null
}

/** Slack's markup as it was typed: entities undone, people by their names, links as their text, the bot's own name left out. */
const textOf = (text: string, look: Look): string => {
  const own = `<@${look.bot}(?:\\|[^>]*)?>`
  return text
    .replace(new RegExp(`^\\s*(?:${own}[,:]?\\s*)+`), '')
    .replace(new RegExp(` ?${own}`, 'g'), '')
    .replace(/<([^<>]*)>/g, (_, inside: string) => marked(inside, look))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

const marked = (inside: string, look: Look): string => {
  const [target = '', label = ''] = inside.split('|', 2)
  if (target.startsWith('@')) return `@${look.nameOf(target.slice(1)) ?? (label || target.slice(1))}`
  if (target.startsWith('#')) return `#${label || target.slice(1)}`
  if (target.startsWith('!')) return label || `@${target.slice(1).split('^')[0]}`
  if (label === '' || target === label) return target.replace(/^mailto:/, '')
  // Slack makes links of what looks like one: what was typed is the label. Any other label is a link that somebody made.
  const isAsTyped = [`http://${label}`, `https://${label}`, `mailto:${label}`, `tel:${label}`].some(
    (url) => url === target || url === target.replace(/\/$/, ''),
  )
  return isAsTyped ? label : `${label} (${target})`
}
