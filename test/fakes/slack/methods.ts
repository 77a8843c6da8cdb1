import { type Arguments, type Block, type Method, methodArguments } from './shapes.ts'
import { showMarkup } from './show.ts'
import { asSlack, bot, type Channel, emptyChannel, type Message, type Store, team } from './store.ts'

export type Answer = { readonly ok: true; readonly [more: string]: unknown } | { readonly ok: false; readonly error: string }
const no = (error: string): Answer => ({ ok: false, error })

/** What the methods need besides the store. */
export type Surroundings = {
  readonly store: Store
  readonly baseUrl: string
  readonly now: () => number
  /** A fresh address for one connection. */
  readonly openConnection: () => string
}

type Handlers = { readonly [M in Method]: (given: Arguments<M>, around: Surroundings) => Answer }

const reach = (store: Store, id: string): Channel | Answer => {
  const channel = store.channels.get(id)
  if (!channel) return no('channel_not_found')
  return channel
}
const writable = (store: Store, id: string): Channel | Answer => {
  const channel = reach(store, id)
  if ('ok' in channel) return channel
  if (channel.isArchived) return no('is_archived')
  return channel.isMember ? channel : no('not_in_channel')
}
const notePings = (store: Store, text: string, blocks: readonly Block[]): void => {
  store.pings.push(...[...text.matchAll(/<([!@][^>]*)>/g)].map(([, whom]) => String(whom)))
  const shown = JSON.stringify(blocks)
  store.pings.push(...[...shown.matchAll(/"type":"(broadcast|user|usergroup)"/g)].map(([, kind]) => String(kind)))
  for (const block of blocks)
    if (block.type === 'section' && block.text.type === 'mrkdwn')
      store.pings.push(...[...block.text.text.matchAll(/<([!@][^>]*)>/g)].map(([, whom]) => String(whom)))
}

/**
 * Whom a new message tells that they are called. Slack's documents do not say whether the blocks or the text for notifications
 * decide, so it has to be both.
 */
const calledIn = (store: Store, { text, blocks = [], mrkdwn = true }: Arguments<'chat.postMessage'>): readonly string[] => {
  const inText = mrkdwn ? [...text.matchAll(/<@(\w+)>/g)].map(([, user]) => String(user)) : []
  const inBlocks = [...JSON.stringify(blocks).matchAll(/"type":"user","user_id":"(\w+)"/g)].map(([, user]) => String(user))
  return inText.filter((user) => store.people.has(user) && (blocks.length === 0 || inBlocks.includes(user)))
}

const listed = (
  channel: Channel,
  all: readonly Message[],
  given: { limit?: number | undefined; cursor?: string | undefined; include_all_metadata?: boolean | undefined },
  most: number,
): Answer => {
  const from = given.cursor === undefined ? 0 : Number(Buffer.from(given.cursor, 'base64').toString())
  const limit = given.limit ?? most
  const rest = all.length > from + limit
  return {
    ok: true,
    messages: all.slice(from, from + limit).map((message) => asSlack(channel, message, given.include_all_metadata ?? false)),
    has_more: rest,
    ...(rest ? { response_metadata: { next_cursor: Buffer.from(String(from + limit)).toString('base64') } } : {}),
  }
}

/** The Web API, method by method, refusing what Slack refuses. */
export const handlers: Handlers = {
  'auth.test': () => ({
    ok: true,
    url: 'https://example.slack.com/',
    team: 'Example',
    user: bot.name,
    team_id: team,
    user_id: bot.user,
    bot_id: bot.id,
    is_enterprise_install: false,
  }),
  'apps.connections.open': (_, { openConnection }) => ({ ok: true, url: openConnection() }),
  'chat.postMessage': (given, { store }) => {
    const channel = writable(store, given.channel)
    if ('ok' in channel) return channel
    if (given.text === '' && !given.blocks?.length) return no('no_text')
    // A thread that is not there is no error at Slack: the message goes to the top of the channel.
    const hasThread = channel.messages.some(({ ts, thread }) => ts === given.thread_ts && thread === null)
    const message: Message = {
      ts: store.nextTs(),
      user: null,
      team,
      text: given.text,
      blocks: given.blocks ?? [],
      thread: given.thread_ts !== undefined && hasThread ? given.thread_ts : null,
      metadata: given.metadata ?? null,
      files: [],
      reactions: [],
      calls: calledIn(store, given),
      editedTs: null,
    }
    channel.messages.push(message)
    notePings(store, given.text, message.blocks)
    return { ok: true, channel: channel.id, ts: message.ts, message: asSlack(channel, message, true) }
  },
  'chat.postEphemeral': (given, { store }) => {
    const channel = writable(store, given.channel)
    if ('ok' in channel) return channel
    if (!store.people.has(given.user)) return no('user_not_in_channel')
    const ts = store.nextTs()
    store.whispers.push({
      user: given.user,
      channel: channel.id,
      thread: given.thread_ts ?? null,
      text: given.text,
      blocks: given.blocks ?? [],
      ts,
    })
    notePings(store, given.text, given.blocks ?? [])
    return { ok: true, message_ts: ts }
  },
  'chat.update': (given, { store }) => {
    const channel = writable(store, given.channel)
    if ('ok' in channel) return channel
    const message = channel.messages.find(({ ts }) => ts === given.ts)
    if (!message) return no('message_not_found')
    if (message.user !== null) return no('cant_update_message')
    message.text = given.text
    message.blocks = given.blocks ?? []
    // Where a new message is taken as it is, an edit is read as if it had been typed, unless it says "none".
    if (given.parse !== 'none') store.pings.push(...[...given.text.matchAll(/@\w+|https?:\S+/g)].map(([whom]) => whom))
    notePings(store, given.text, message.blocks)
    return { ok: true, channel: channel.id, ts: message.ts, text: showMarkup(given.text) }
  },
  'chat.delete': (given, { store }) => {
    const channel = writable(store, given.channel)
    if ('ok' in channel) return channel
    const message = channel.messages.find(({ ts }) => ts === given.ts)
    if (!message) return no('message_not_found')
    if (message.user !== null) return no('cant_delete_message')
    channel.messages = channel.messages.filter(({ ts }) => ts !== given.ts)
    return { ok: true, channel: channel.id, ts: given.ts }
  },
  'conversations.history': (given, { store }) => {
    const channel = reach(store, given.channel)
    if ('ok' in channel) return channel
    if (!channel.isMember) return no('not_in_channel')
    const top = channel.messages.filter(({ thread, ts }) => thread === null && Number(ts) > Number(given.oldest ?? 0))
    return listed(channel, top.toReversed(), given, 100)
  },
  'conversations.replies': (given, { store }) => {
    const channel = reach(store, given.channel)
    if ('ok' in channel) return channel
    if (!channel.isMember) return no('not_in_channel')
    const root = channel.messages.find(({ ts, thread }) => ts === given.ts && thread === null)
    if (!root) return no('thread_not_found')
    const replies = channel.messages.filter(({ thread, ts }) => thread === given.ts && Number(ts) > Number(given.oldest ?? 0))
    return listed(channel, [root, ...replies], given, 999)
  },
  'conversations.info': (given, { store }) => {
    const channel = reach(store, given.channel)
    if ('ok' in channel) return channel
    return {
      ok: true,
      channel: {
        id: channel.id,
        name: channel.id.toLowerCase(),
        is_im: channel.isPrivateChat,
        is_archived: channel.isArchived,
        is_member: channel.isMember,
      },
    }
  },
  'conversations.open': (given, { store }) => {
    if (!store.people.has(given.users)) return no('user_not_found')
    const id = `D${given.users.slice(1)}`
    if (!store.channels.has(id)) store.channels.set(id, emptyChannel(id))
    return { ok: true, channel: { id } }
  },
  'reactions.add': (given, { store }) => {
    const channel = writable(store, given.channel)
    if ('ok' in channel) return channel
    const message = channel.messages.find(({ ts }) => ts === given.timestamp)
    if (!message) return no('message_not_found')
    if (message.reactions.includes(given.name)) return no('already_reacted')
    message.reactions.push(given.name)
    return { ok: true }
  },
  'users.info': (given, { store }) => {
    const person = store.people.get(given.user)
    if (!person) return no('user_not_found')
    return {
      ok: true,
      user: { id: given.user, team_id: person.team, name: person.name, profile: { display_name: person.name, real_name: person.name } },
    }
  },
  'views.open': (given, { store, now }) => {
    const trigger = store.triggers.get(given.trigger_id)
    if (!trigger) return no('exchanged_trigger_id')
    store.triggers.delete(given.trigger_id)
    if (trigger.until < now()) return no('expired_trigger_id')
    const id = store.nextId('V')
    store.modals.push({ view: given.view, user: trigger.user, id })
    return { ok: true, view: { id } }
  },
  'files.getUploadURLExternal': (given, { store, baseUrl }) => {
    const id = store.nextId('F')
    store.files.set(id, { id, name: given.filename, altText: given.alt_text ?? null, isVoice: false, bytes: null, isShared: false })
    return { ok: true, file_id: id, upload_url: `${baseUrl}/upload/${id}?length=${given.length}` }
  },
  'files.completeUploadExternal': (given, { store }) => {
    const files = given.files.map(({ id }) => store.files.get(id))
    if (files.some((file) => !file?.bytes || file.isShared)) return no('file_not_found')
    const known = files.filter((file) => file !== undefined)
    if (given.channel_id !== undefined) {
      const channel = writable(store, given.channel_id)
      if ('ok' in channel) return channel
      if (given.thread_ts !== undefined && !channel.messages.some(({ ts }) => ts === given.thread_ts)) return no('invalid_thread_ts')
      for (const file of known) file.isShared = true
      channel.messages.push({
        ts: store.nextTs(),
        user: null,
        team,
        text: '',
        blocks: [],
        thread: given.thread_ts ?? null,
        metadata: null,
        files: known,
        reactions: [],
        calls: [],
        editedTs: null,
      })
    }
    return { ok: true, files: known.map(({ id, name }) => ({ id, title: name })) }
  },
  'files.info': (given, { store, baseUrl }) => {
    const file = store.files.get(given.file)
    if (!file) return no('file_not_found')
    return {
      ok: true,
      file: {
        id: file.id,
        name: file.name,
        size: file.bytes?.length ?? 0,
        url_private: `${baseUrl}/files/${file.id}`,
        url_private_download: `${baseUrl}/files/${file.id}`,
      },
    }
  },
}

/** Is it one of the methods there are here? */
export const isMethod = (name: string): name is Method => Object.hasOwn(methodArguments, name)
