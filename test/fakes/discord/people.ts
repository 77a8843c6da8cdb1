import { type Place, placeKey } from '../../../bot/contracts/inbound.ts'
import type { openGateway } from './gateway.ts'
import type { Interaction, makeInteractions } from './interactions.ts'
import { type SeenMessage, see } from './read.ts'
import { type Channel, channelJson, type File, type Message, messageJson, type User, type World } from './world.ts'

type Sent = { readonly name: string; readonly text: string; readonly isVoice?: boolean }
type How = {
  readonly as?: User
  readonly files?: readonly Sent[]
  /** How often the gateway delivers it. */
  readonly deliveries?: number
  readonly mentions?: readonly User[]
  readonly mentionRoles?: readonly string[]
  /** The message it answers. */
  readonly answers?: string
  readonly isForwarded?: boolean
  readonly webhook?: string
}

/** What people do in Discord. What they do resolves once the bot has told Discord that it arrived. */
export const makePeople = (
  world: World,
  gateway: ReturnType<typeof openGateway>,
  interactions: ReturnType<typeof makeInteractions>,
  now: () => number,
  cdn: () => string,
) => {
  const { bob } = world.people
  const files: File[] = []

  const channelOf = (place: Place): Channel => {
    const id = place.thread !== null && !place.thread.startsWith('m') ? place.thread : place.channel
    const channel = world.channels.get(id)
    if (!channel) throw new Error(`There is no channel ${id}.`)
    return channel
  }
  const rootOf = ({ thread }: Place): string | null => (thread?.startsWith('m') ? thread.slice(1) : null)
  const json = (message: Message) => {
    const channel = world.channels.get(message.channel_id)
    const member = channel?.guild_id === null ? {} : { guild_id: world.guild, member: { roles: [], nick: null } }
    return { ...messageJson(message, cdn()), ...member }
  }
  const repeat = async (t: string, d: unknown, deliveries = 1): Promise<void> => {
    await Promise.all(Array.from({ length: deliveries }, () => gateway.dispatch(t, d)))
  }

  const say = (place: Place, content: string, how: How = {}): { readonly message: Message; readonly arrived: Promise<void> } => {
    const channel = channelOf(place)
    channel.isArchived = false
    const sent = (how.files ?? []).map(({ name, text, isVoice }) => ({
      id: world.snowflake(),
      filename: name,
      data: Buffer.from(text),
      ...(isVoice && { isVoice }),
    }))
    files.push(...sent)
    const answered = how.answers ?? rootOf(place)
    const named = [...content.matchAll(/<@!?(\d+)>/g)].flatMap(([, id]) =>
      [world.bot, ...Object.values(world.people)].filter((user) => user.id === id),
    )
    const message = world.addMessage({
      channel_id: channel.id,
      author: how.as ?? bob,
      content,
      files: sent,
      mentions: [...named, ...(how.mentions ?? [])],
      mentionRoles: how.mentionRoles ?? [],
      type: answered && !how.isForwarded ? 19 : 0,
      reference: answered ? { type: how.isForwarded ? 1 : 0, message_id: answered } : null,
      webhook: how.webhook ?? null,
    })
    return { message, arrived: repeat('MESSAGE_CREATE', json(message), how.deliveries) }
  }
  const last = (place: Place): Message => {
    const message = world.inChannel(channelOf(place).id).findLast(({ author }) => !author.bot)
    if (!message) throw new Error('Nobody has said anything there.')
    return message
  }
  /** What is in a thread: the message it hangs below, and what follows. A private chat's threads are chains of answers. */
  const inPlace = (place: Place): readonly Message[] => {
    const channel = channelOf(place)
    const root = rootOf(place)
    const all = channel.isGone ? [] : world.inChannel(channel.id)
    if (root !== null) return all.filter(({ id, reference }) => id === root || reference?.message_id === root)
    const first = channel.type === 11 ? world.message(channel.id) : undefined
    return [...(first ? [first] : []), ...all]
  }
  const begin = async (
    type: number,
    as: User,
    channel: Channel,
    message: Message | null,
    data: Readonly<Record<string, unknown>>,
    deliveries = 1,
  ) => {
    const { one, event } = interactions.begin(type, as, channel, message, data)
    void repeat('INTERACTION_CREATE', event, deliveries)
    await one.answered
    return one
  }
  const press = async (
    place: Place,
    label: string,
    { as = bob, deliveries = 1 }: { readonly as?: User; readonly deliveries?: number } = {},
  ): Promise<Interaction> => {
    for (const message of [...inPlace(place)].reverse()) {
      for (const part of message.components.flatMap(({ components }) => components)) {
        const option = part.options?.find((each) => each.label === label)
        const channel = world.channels.get(message.channel_id)
        if (!channel || (part.label !== label && !option)) continue
        const data = { custom_id: part.custom_id, component_type: part.type, ...(option && { values: [option.value] }) }
        return begin(3, as, channel, message, data, deliveries)
      }
    }
    throw new Error(`There is no button "${label}" in ${placeKey(place)}.`)
  }

  return {
    files: (): readonly File[] => files,
    /** Says it as it is. */
    says: (place: Place, text: string, how: How = {}): Promise<void> => say(place, text, how).arrived,
    /** The same, and tells which message it was; it may be on its way still. */
    speaks: (place: Place, text: string, how: How = {}): Message => say(place, text, how).message,
    /** Names the bot and says it. */
    mentions: (place: Place, text: string, how: How = {}): Promise<void> => say(place, `<@${world.bot.id}> ${text}`, how).arrived,
    /** `/ao words:…`. */
    commands: (
      place: Place,
      words: string,
      { as = bob, deliveries = 1 }: { readonly as?: User; readonly deliveries?: number } = {},
    ): Promise<Interaction> =>
      begin(
        2,
        as,
        channelOf(place),
        null,
        { id: '1', name: 'ao', type: 1, options: [{ name: 'words', type: 3, value: words }] },
        deliveries,
      ),
    /** What is offered while `/ao` is typed. */
    types: async (place: Place, words: string): Promise<readonly string[]> => {
      const data = { id: '1', name: 'ao', type: 1, options: [{ name: 'words', type: 3, value: words, focused: true }] }
      const { answer } = await begin(4, bob, channelOf(place), null, data)
      return ((answer?.data.choices ?? []) as readonly { value: string }[]).map(({ value }) => value)
    },
    presses: press,
    /** Presses a button that opens a form, and fills it in. */
    fills: async (place: Place, label: string, text: string): Promise<Interaction> => {
      const { answer, message } = await press(place, label)
      if (answer?.type !== 9) throw new Error(`"${label}" opened no form.`)
      const rows = answer.data.components as readonly { components: readonly { custom_id: string }[] }[]
      const components = rows.map((row) => ({
        type: 1,
        components: row.components.map(({ custom_id }) => ({ type: 4, custom_id, value: text })),
      }))
      return begin(5, bob, channelOf(place), message, { custom_id: answer.data.custom_id, components })
    },
    edits: async (place: Place, text: string): Promise<void> => {
      const message = last(place)
      message.content = text
      message.edited = new Date(now()).toISOString()
      await gateway.dispatch('MESSAGE_UPDATE', json(message))
    },
    /** Discord adds a preview: the message is told anew, and nobody has edited it. */
    unfurls: (place: Place): Promise<void> => gateway.dispatch('MESSAGE_UPDATE', json(last(place))),
    takesBack: async (place: Place): Promise<void> => {
      const message = last(place)
      message.isGone = true
      await gateway.dispatch('MESSAGE_DELETE', { id: message.id, channel_id: message.channel_id, guild_id: world.guild })
    },
    reacts: (place: Place, message: string, emoji: string, as: User = bob, deliveries = 1): Promise<void> =>
      repeat(
        'MESSAGE_REACTION_ADD',
        {
          user_id: as.id,
          channel_id: channelOf(place).id,
          message_id: message,
          emoji: { id: null, name: emoji },
          ...(world.message(message) && { message_author_id: world.message(message)?.author.id }),
          ...(channelOf(place).guild_id !== null && { member: { user: as } }),
          type: 0,
          burst: false,
        },
        deliveries,
      ),
    sees: (place: Place): readonly SeenMessage[] => inPlace(place).map(see),
    /** What only one person sees, newest last; "…" where the bot is still thinking. */
    whispers: (as: User = bob): readonly string[] =>
      interactions.all
        .filter(({ user }) => user.id === as.id)
        .flatMap(({ whispers }) => whispers.map(({ draft }) => (draft === null ? '…' : see(asMessage(draft, world)).text))),
    /** Makes a message, a thread or a channel be gone. */
    deletes: (message: string): void => {
      const found = world.message(message)
      if (found) found.isGone = true
    },
    removes: async (place: Place): Promise<void> => {
      const channel = channelOf(place)
      channel.isGone = true
      await gateway.dispatch(channel.type === 11 ? 'THREAD_DELETE' : 'CHANNEL_DELETE', channelJson(channel))
    },
    archives: (place: Place, isLocked = false): void => {
      const channel = channelOf(place)
      channel.isArchived = true
      channel.isLocked = isLocked
    },
  }
}

const asMessage = (draft: NonNullable<Interaction['whispers'][number]['draft']>, world: World): Message =>
  ({ ...draft, id: '', reference: null, files: draft.files.map((file) => ({ ...file, id: '' })), author: world.bot }) as unknown as Message // only what is seen of it is read
