/** The part of Discord that the stand-in keeps: one server, its channels, people and messages. */
export type User = { readonly id: string; readonly username: string; readonly global_name: string | null; readonly bot: boolean }
export type Channel = {
  readonly id: string
  /** 0 text, 1 private chat, 2 voice, 11 thread. */
  readonly type: number
  readonly name: string | null
  readonly parent_id: string | null
  readonly guild_id: string | null
  isArchived: boolean
  isLocked: boolean
  isGone: boolean
  /** The error every write gets here: 50001 no access, 50013 no permission. */
  refuses: number | null
}
export type File = {
  readonly id: string
  readonly filename: string
  readonly data: Buffer
  readonly description?: string
  readonly isVoice?: boolean
}
export type Message = {
  readonly id: string
  readonly channel_id: string
  readonly author: User
  readonly type: number
  readonly timestamp: string
  readonly reference: { readonly type: number; readonly message_id: string } | null
  readonly mentions: readonly User[]
  readonly mentionRoles: readonly string[]
  readonly webhook: string | null
  edited: string | null
  content: string
  embeds: readonly Embed[]
  components: readonly Row[]
  files: readonly File[]
  flags: number
  /** Whom it names so that it stands out for them. */
  pings: readonly string[]
  /** Whom Discord has told that they are called by it: when it was new. An edit tells nobody. */
  readonly calls: readonly string[]
  isGone: boolean
  readonly reactions: { readonly emoji: string; readonly user: string }[]
}
export type Embed = {
  readonly color?: number
  readonly url?: string
  readonly title?: string
  readonly description?: string
  readonly image?: { readonly url: string }
}
export type Component = {
  readonly type: number
  readonly custom_id?: string
  readonly label?: string
  readonly style?: number
  readonly options?: readonly { readonly label: string; readonly value: string }[]
}
export type Row = { readonly type: number; readonly id?: number; readonly components: readonly Component[] }

export type World = ReturnType<typeof makeWorld>

const epochMs = 1_420_070_400_000

/** A server with our bot, another one, three people and a channel. */
export const makeWorld = (now: () => number) => {
  let count = 0n
  const snowflake = (): string => String((BigInt(now() - epochMs) << 22n) + (count++ & 0x3f_ffffn))
  const person = (username: string, isBot = false): User => ({
    id: snowflake(),
    username,
    global_name: isBot ? null : username[0]?.toUpperCase() + username.slice(1),
    bot: isBot,
  })
  const bot = person('ao', true)
  const people = { ana: person('ana'), bob: person('bob'), eve: person('eve'), otherBot: person('ci', true) }
  const guild = snowflake()
  const botRole = snowflake()
  const channels = new Map<string, Channel>()
  const messages: Message[] = []
  const addChannel = (parts: Partial<Channel>): Channel => {
    const channel: Channel = {
      id: snowflake(),
      type: 0,
      name: 'general',
      parent_id: null,
      guild_id: guild,
      isArchived: false,
      isLocked: false,
      isGone: false,
      refuses: null,
      ...parts,
    }
    channels.set(channel.id, channel)
    return channel
  }
  const addMessage = (parts: Partial<Message> & { readonly channel_id: string; readonly author: User }): Message => {
    const message: Message = {
      id: snowflake(),
      type: 0,
      timestamp: new Date(now()).toISOString(),
      reference: null,
      mentions: [],
      mentionRoles: [],
      webhook: null,
      edited: null,
      content: '',
      embeds: [],
      components: [],
      files: [],
      flags: 0,
      pings: [],
      calls: [],
      isGone: false,
      reactions: [],
      ...parts,
    }
    messages.push(message)
    return message
  }
  return {
    bot,
    application: bot.id,
    people,
    guild,
    botRole,
    channels,
    general: addChannel({}),
    addChannel,
    addMessage,
    snowflake,
    message: (id: string): Message | undefined => messages.find((message) => message.id === id && !message.isGone),
    inChannel: (channel: string): readonly Message[] => messages.filter((message) => message.channel_id === channel && !message.isGone),
    privateWith: (user: string): Channel =>
      [...channels.values()].find(({ type, name }) => type === 1 && name === user) ?? addChannel({ type: 1, name: user, guild_id: null }),
  }
}

/** A channel as the API and the gateway give it. */
export const channelJson = ({ id, type, name, parent_id, guild_id, isArchived, isLocked }: Channel) => ({
  id,
  type,
  ...(type !== 1 && { name, guild_id, permission_overwrites: [] }),
  ...(parent_id !== null && { parent_id, thread_metadata: { archived: isArchived, locked: isLocked, auto_archive_duration: 10_080 } }),
})

/** A message as the API and the gateway give it. The history knows no nonce. */
export const messageJson = (message: Message, cdn: string) => ({
  id: message.id,
  channel_id: message.channel_id,
  author: message.author,
  type: message.type,
  timestamp: message.timestamp,
  edited_timestamp: message.edited,
  content: message.content,
  flags: message.flags,
  pinned: false,
  tts: false,
  mention_everyone: false,
  mentions: message.mentions,
  mention_roles: message.mentionRoles,
  embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
  components: message.components,
  ...(message.webhook !== null && { webhook_id: message.webhook }),
  ...(message.reference && { message_reference: { ...message.reference, channel_id: message.channel_id } }),
  attachments: message.files.map(({ id, filename, data, isVoice }) => ({
    id,
    filename,
    size: data.length,
    url: `${cdn}/${id}/${encodeURIComponent(filename)}?ex=68000000&is=67000000&hm=00`,
    ...(isVoice && { waveform: 'AAAA', duration_secs: 2 }),
  })),
})
