import type { IncomingMessage } from 'node:http'
import { ApiError, checkCommands, checkMessage, objectOf } from './check.ts'
import type { makeInteractions } from './interactions.ts'
import { type Channel, channelJson, type File, type Message, messageJson, type User, type World } from './world.ts'

export type Request = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly uploads: ReadonlyMap<string, { readonly name: string; readonly data: Buffer }>
}

/** What only a new message can be: no push, no sound. */
const silent = 1 << 12

/** The body of a request, as JSON or as a form with files. */
export const readBody = async (request: IncomingMessage): Promise<Pick<Request, 'body' | 'uploads'>> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const raw = Buffer.concat(parts)
  const type = request.headers['content-type'] ?? ''
  if (raw.length === 0) return { body: undefined, uploads: new Map() }
  if (!type.startsWith('multipart/form-data')) return { body: JSON.parse(raw.toString()), uploads: new Map() }
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData()
  const uploads = new Map<string, { name: string; data: Buffer }>()
  for (const [key, value] of form)
    if (typeof value !== 'string') uploads.set(key, { name: value.name, data: Buffer.from(await value.arrayBuffer()) })
  return { body: JSON.parse(String(form.get('payload_json') ?? '{}')), uploads }
}

/** Answers a request as Discord does, or throws `ApiError`. `tell` sends an event to the bot. */
export const makeApi = (use: {
  readonly world: World
  readonly now: () => number
  readonly cdn: () => string
  readonly gatewayUrl: () => string
  readonly interactions: ReturnType<typeof makeInteractions>
  readonly mayReadContent: () => boolean
  readonly permissions: () => bigint
  readonly tell: (t: string, d: unknown) => void
}) => {
  const { world, now, cdn, interactions } = use
  const nonces = new Map<string, { readonly id: string; readonly until: number }>()
  const commands = new Map<string, readonly unknown[]>()
  let commandWrites = 0
  let startsLeft = 1_000

  const channelAt = (id: string, isWriting = false): Channel => {
    const channel = world.channels.get(id)
    if (!channel || channel.isGone) throw new ApiError(404, 10003, 'Unknown Channel')
    if (channel.refuses !== null && (isWriting || channel.refuses === 50001))
      throw new ApiError(403, channel.refuses, channel.refuses === 50001 ? 'Missing Access' : 'Missing Permissions')
    return channel
  }
  const messageAt = (channel: string, id: string): Message => {
    channelAt(channel)
    const message = world.message(id)
    if (!message || message.channel_id !== channel) throw new ApiError(404, 10008, 'Unknown Message')
    return message
  }
  const withIds = (files: readonly Omit<File, 'id'>[]): readonly File[] => files.map((file) => ({ id: world.snowflake(), ...file }))

  const create = (channel: Channel, { body, uploads }: Request): unknown => {
    const fields = objectOf(body)
    const draft = checkMessage(fields, uploads, ['nonce', 'enforce_nonce', 'message_reference', 'tts'], 4 | silent)
    const { nonce } = fields
    if (nonce !== undefined && (typeof nonce !== 'string' || nonce.length > 25))
      throw new ApiError(400, 50035, 'Invalid Form Body: nonce: at most 25')
    const known = nonces.get(`${channel.id} ${nonce}`)
    if (fields.enforce_nonce === true && known && known.until > now())
      return { ...messageJson(messageAt(channel.id, known.id), cdn()), nonce }
    const reference = fields.message_reference === undefined ? null : objectOf(fields.message_reference)
    const answered = reference && world.message(String(reference.message_id))
    if (reference && !answered && reference.fail_if_not_exists !== false)
      throw new ApiError(400, 50035, 'Invalid Form Body: message_reference: Unknown message')
    if (channel.isLocked) throw new ApiError(403, 160005, 'This thread is locked')
    channel.isArchived = false
    const message = world.addMessage({
      channel_id: channel.id,
      author: world.bot,
      content: draft.content,
      embeds: draft.embeds,
      components: draft.components,
      files: withIds(draft.files),
      flags: draft.flags,
      pings: draft.pings,
      calls: draft.pings,
      type: answered ? 19 : 0,
      reference: answered ? { type: 0, message_id: answered.id } : null,
    })
    if (typeof nonce === 'string') nonces.set(`${channel.id} ${nonce}`, { id: message.id, until: now() + 5 * 60_000 })
    use.tell('MESSAGE_CREATE', { ...messageJson(message, cdn()), nonce })
    return { ...messageJson(message, cdn()), nonce }
  }

  const change = (channel: Channel, id: string, { body, uploads }: Request): unknown => {
    const message = messageAt(channel.id, id)
    if (message.author.id !== world.bot.id) throw new ApiError(403, 50005, 'Cannot edit a message authored by another user')
    if (channel.isArchived) throw new ApiError(400, 50083, 'Thread is archived')
    const draft = checkMessage(objectOf(body), uploads, [], 4)
    message.content = draft.content
    message.embeds = draft.embeds
    message.components = draft.components
    message.files = withIds(draft.files)
    message.flags = (message.flags & silent) | draft.flags
    message.pings = draft.pings
    message.edited = new Date(now()).toISOString()
    use.tell('MESSAGE_UPDATE', messageJson(message, cdn()))
    return messageJson(message, cdn())
  }

  const startThread = (channel: Channel, id: string, body: unknown): unknown => {
    const { name, auto_archive_duration: minutes } = objectOf(body)
    messageAt(channel.id, id)
    if (![0, 5].includes(channel.type)) throw new ApiError(400, 50024, 'Cannot execute action on this channel type')
    if (world.channels.has(id)) throw new ApiError(400, 160004, 'A thread has already been created for this message')
    if (typeof name !== 'string' || name.length < 1 || name.length > 100)
      throw new ApiError(400, 50035, 'Invalid Form Body: name: 1 to 100')
    if (![60, 1_440, 4_320, 10_080].includes(Number(minutes))) throw new ApiError(400, 50035, 'Invalid Form Body: auto_archive_duration')
    const thread = world.addChannel({ id, type: 11, name, parent_id: channel.id })
    use.tell('THREAD_CREATE', { ...channelJson(thread), newly_created: true })
    return channelJson(thread)
  }

  const changeChannel = (channel: Channel, body: unknown): unknown => {
    const { archived, ...rest } = objectOf(body)
    if (typeof archived !== 'boolean' || Object.keys(rest).length > 0) throw new ApiError(400, 50035, 'this stand-in only archives')
    if (channel.isLocked) throw new ApiError(403, 50013, 'Missing Permissions')
    channel.isArchived = archived
    return channelJson(channel)
  }

  const history = (channel: Channel, query: URLSearchParams): unknown => {
    const limit = Number(query.get('limit') ?? 50)
    if (limit < 1 || limit > 100) throw new ApiError(400, 50035, 'Invalid Form Body: limit: 1 to 100')
    const after = BigInt(query.get('after') ?? 0)
    const newer = world.inChannel(channel.id).filter(({ id }) => BigInt(id) > after)
    // With `after` the oldest of them, else the newest; always newest first.
    return (query.has('after') ? newer.slice(0, limit) : newer.slice(-limit)).reverse().map((message) => messageJson(message, cdn()))
  }

  const register = (key: string, body: unknown): unknown => {
    commandWrites += 1
    commands.set(key, checkCommands(body))
    return commands.get(key)
  }

  type Handler = (request: Request, ...parts: string[]) => unknown
  const routes: readonly (readonly [pattern: RegExp, handle: Handler])[] = [
    [/^GET \/users\/@me$/, () => world.bot satisfies User],
    [/^GET \/applications\/@me$/, () => ({ id: world.application, name: 'ao', flags: use.mayReadContent() ? 1 << 19 : 0 })],
    [
      /^GET \/gateway\/bot$/,
      () => ({
        url: use.gatewayUrl(),
        shards: 1,
        session_start_limit: { total: 1_000, remaining: startsLeft--, reset_after: 86_400_000, max_concurrency: 1 },
      }),
    ],
    [/^GET \/guilds\/(\d+)$/, (_request, id) => guildAt(id)],
    [/^GET \/guilds\/(\d+)\/members\/(\d+)$/, () => ({ user: world.bot, roles: [world.botRole] })],
    [/^POST \/users\/@me\/channels$/, ({ body }) => privateChat(String(objectOf(body).recipient_id))],
    [/^PUT (\/applications\/\d+\/(?:guilds\/\d+\/)?commands)$/, ({ body }, key = '') => register(key, body)],
    [/^GET \/channels\/(\d+)$/, (_request, id = '') => channelJson(channelAt(id))],
    [/^PATCH \/channels\/(\d+)$/, ({ body }, id = '') => changeChannel(channelAt(id, true), body)],
    [/^GET \/channels\/(\d+)\/messages$/, ({ query }, id = '') => history(channelAt(id), query)],
    [/^POST \/channels\/(\d+)\/messages$/, (request, id = '') => create(channelAt(id, true), request)],
    [/^GET \/channels\/(\d+)\/messages\/(\d+)$/, (_request, channel = '', id = '') => messageJson(messageAt(channel, id), cdn())],
    [/^PATCH \/channels\/(\d+)\/messages\/(\d+)$/, (request, channel = '', id = '') => change(channelAt(channel, true), id, request)],
    [/^DELETE \/channels\/(\d+)\/messages\/(\d+)$/, (_request, channel = '', id = '') => remove(messageAt(channel, id))],
    [
      /^POST \/channels\/(\d+)\/messages\/(\d+)\/threads$/,
      ({ body }, channel = '', id = '') => startThread(channelAt(channel, true), id, body),
    ],
    [
      /^PUT \/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/,
      (_request, channel = '', id = '', emoji = '') => react(messageAt(channel, id), decodeURIComponent(emoji)),
    ],
    [
      /^POST \/interactions\/(\d+)\/([^/]+)\/callback$/,
      ({ body }, id = '', token = '') => interactions.callback(id, token, objectOf(body)),
    ],
    [
      /^(POST|PATCH|DELETE) \/webhooks\/(\d+)\/([^/]+)(\/messages\/(?:@|%40)original)?$/,
      ({ body, uploads }, method = '', app = '', token = '', original) =>
        interactions.follow(method, app, token, original !== undefined, objectOf(body ?? {}), uploads),
    ],
  ]
  const guildAt = (id: string | undefined): unknown => {
    if (id !== world.guild) throw new ApiError(404, 10004, 'Unknown Guild')
    return {
      id,
      name: 'Workshop',
      owner_id: world.people.ana.id,
      roles: [
        { id, permissions: '0' },
        { id: world.botRole, permissions: String(use.permissions()) },
      ],
    }
  }
  const privateChat = (account: string): unknown => {
    if (!Object.values(world.people).some(({ id }) => id === account)) throw new ApiError(400, 50033, 'Invalid Recipient(s)')
    return channelJson(world.privateWith(account))
  }
  const remove = (message: Message): null => {
    message.isGone = true
    use.tell('MESSAGE_DELETE', { id: message.id, channel_id: message.channel_id })
    return null
  }
  const react = (message: Message, emoji: string): null => {
    message.reactions.push({ emoji, user: world.bot.id })
    return null
  }

  return {
    commands: (): readonly unknown[] => [...commands.values()].flat(),
    commandWrites: (): number => commandWrites,
    handle: (request: Request): unknown => {
      for (const [pattern, handle] of routes) {
        const found = pattern.exec(`${request.method} ${request.path}`)
        if (found) return handle(request, ...found.slice(1))
      }
      throw new ApiError(404, 0, `404: Not Found (${request.method} ${request.path})`)
    },
  }
}
