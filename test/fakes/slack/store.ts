import type { Block, Modal } from './shapes.ts'

export type StoredFile = {
  readonly id: string
  readonly name: string
  readonly altText: string | null
  readonly isVoice: boolean
  bytes: Uint8Array | null
  isShared: boolean
}

export type Message = {
  readonly ts: string
  /** Null: the bot. */
  readonly user: string | null
  readonly team: string
  text: string
  blocks: readonly Block[]
  readonly thread: string | null
  readonly metadata: unknown
  files: readonly StoredFile[]
  readonly reactions: string[]
  /** Whom Slack has told that they are called by it: when it was new. An edit tells nobody. */
  readonly calls: readonly string[]
  editedTs: string | null
}

export type Channel = {
  readonly id: string
  readonly isPrivateChat: boolean
  isArchived: boolean
  isMember: boolean
  messages: Message[]
}

export type Whisper = {
  readonly user: string
  readonly channel: string
  readonly thread: string | null
  readonly text: string
  readonly blocks: readonly Block[]
  readonly ts: string
}

/** What a workspace of Slack keeps. */
export type Store = {
  readonly channels: Map<string, Channel>
  readonly people: Map<string, { readonly name: string; readonly team: string }>
  readonly files: Map<string, StoredFile>
  readonly whispers: Whisper[]
  /** Whom a message names, by their id or by `@channel`, new or edited. */
  readonly pings: string[]
  readonly modals: { readonly view: Modal; readonly user: string; readonly id: string }[]
  /** One use each, within three seconds. */
  readonly triggers: Map<string, { readonly user: string; readonly until: number }>
  /** A time stamp as Slack makes them: later than all before, the name of one message. */
  nextTs(): string
  nextId(prefix: string): string
}

export const team = 'T0TEAM'
export const bot = { user: 'U0BOT', id: 'B0BOT', app: 'A0APP', name: 'ao' } as const

export const emptyStore = (channels: readonly string[]): Store => {
  let last = 0
  let count = 0
  return {
    channels: new Map(channels.map((id) => [id, emptyChannel(id)])),
    people: new Map([[bot.user, { name: bot.name, team }]]),
    files: new Map(),
    whispers: [],
    pings: [],
    modals: [],
    triggers: new Map(),
    nextTs: () => {
      last = Math.max(last + 1, Date.now() * 1_000)
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`
    },
    nextId: (prefix) => {
      count += 1
      return `${prefix}${String(count).padStart(8, '0')}`
    },
  }
}

export const emptyChannel = (id: string): Channel => ({
  id,
  isPrivateChat: id.startsWith('D'),
  isArchived: false,
  isMember: true,
  messages: [],
})

/** A message as the Web API and events show it. */
export const asSlack = (channel: Channel, message: Message, withMetadata: boolean): Readonly<Record<string, unknown>> => ({
  type: 'message',
  ts: message.ts,
  text: message.text,
  team: message.team,
  ...(message.user === null
    ? { user: bot.user, bot_id: bot.id, app_id: bot.app }
    : { user: message.user, client_msg_id: `c-${message.ts}` }),
  ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
  ...(message.files.length > 0 ? { files: message.files.map(fileFacts), ...(message.user === null ? {} : { subtype: 'file_share' }) } : {}),
  ...(message.editedTs === null ? {} : { edited: { user: message.user ?? bot.user, ts: message.editedTs } }),
  ...(message.thread !== null
    ? { thread_ts: message.thread, parent_user_id: 'U0PARENT' }
    : channel.messages.some(({ thread }) => thread === message.ts)
      ? { thread_ts: message.ts }
      : {}),
  ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
})

const fileFacts = (file: StoredFile) => ({
  id: file.id,
  name: file.name,
  title: file.name,
  size: file.bytes?.length ?? 0,
  mode: 'hosted',
  mimetype: file.isVoice ? 'audio/webm' : 'text/plain',
  ...(file.isVoice ? { subtype: 'slack_audio' } : {}),
})
