import type { Door } from '../../../bot/contracts/adapter.ts'
import type { ChatHost } from '../../../bot/contracts/chat.ts'
import type { Inbound } from '../../../bot/contracts/inbound.ts'
import { explain, isFault } from '../../../core/kit/fault.ts'
import { sleep } from '../../../core/kit/time.ts'
import { channelOf, inboundId, platform } from '../places.ts'
import { type Reader, readDeletion, readEdit, readMessage, readReaction } from '../translate.ts'
import { idAt, type WireChannel, type WireInteraction, type WireMessage, type WireReaction } from '../wire.ts'
import { openChannels } from './channels.ts'
import type { Interactions } from './interactions.ts'
import type { Dispatch } from './line.ts'
import { type Api, toFault } from './rest.ts'

/** Reads what the gateway says and hands on what is for the bot, the messages of a channel one after the other. */
export type Listener = {
  /** Resolves once it is stored. Never rejects. */
  on(event: Dispatch): Promise<void>
  /** Reads what was said while nobody listened, before anything newer of the same places. Never throws. */
  catchUp(): void
  /** Takes no more; resolves when nothing is on its way to the door. */
  stop(): Promise<void>
}

type Guild = {
  readonly channels?: readonly WireChannel[]
  readonly threads?: readonly WireChannel[]
  readonly roles?: readonly { readonly id: string; readonly tags?: { readonly bot_id?: string } }[]
}
const mostMissed = 500
const overlapMs = 60_000

export const listen = (use: {
  readonly api: Api
  readonly log: ChatHost['log']
  readonly now: () => number
  readonly me: string
  readonly door: Door
  readonly interactions: Interactions
}): Listener => {
  const { api, log, now, door } = use
  const channels = openChannels(api, log)
  const roles = new Set<string>()
  const reader: Reader = { me: { id: use.me, roles }, ...channels, door, now }
  /** What was taken of messages, for the day that one is deleted. */
  const taken = new Map<string, Inbound>()
  const queues = new Map<string, Promise<void>>()
  const others = new Set<Promise<void>>()
  let isStopped = false

  const inOrder = (channel: string, work: () => Promise<void>): Promise<void> => {
    const done = (queues.get(channel) ?? Promise.resolve()).then(work).catch((error: unknown) => {
      log.error('discord.event.failed', { problem: explain(error) })
    })
    queues.set(channel, done)
    void done.then(() => queues.get(channel) === done && queues.delete(channel))
    return done
  }
  const give = async (inbound: Inbound | null): Promise<void> => {
    if (inbound === null || isStopped) return
    try {
      await door.receive(inbound)
      if (inbound.said.how === 'typed' && inbound.message !== undefined) remember(inbound)
    } catch (error) {
      log.error('discord.not-taken', { inbound: inbound.id, problem: explain(error) })
      if (inbound.said.how === 'typed') await apologise(inbound)
    }
  }
  const remember = (inbound: Inbound): void => {
    taken.set(inbound.id, inbound)
    if (taken.size > 5_000) for (const old of [...taken.keys()].slice(0, 1_000)) taken.delete(old)
  }
  /** Discord does not say it again, so the person has to. */
  const apologise = async ({ place, message }: Inbound): Promise<void> => {
    const body = {
      content: 'That could not be kept, so nothing was done. Say it again in a moment.',
      allowed_mentions: { parse: [] },
      ...(message && { message_reference: { message_id: message, fail_if_not_exists: false } }),
    }
    await api.call('post', `/channels/${channelOf(place)}/messages`, { body }).catch((error: unknown) => {
      log.error('discord.apology.failed', { problem: toFault(error, place).message })
    })
  }
  const onMessage = (message: WireMessage, read: (message: WireMessage, reader: Reader) => Inbound | null): Promise<void> =>
    inOrder(message.channel_id, async () => {
      if (message.author?.bot || message.author === undefined) return
      await channels.lookUp(message.channel_id)
      await give(read(message, reader))
    })

  const learnGuild = (guild: Guild): void => {
    for (const channel of [...(guild.channels ?? []), ...(guild.threads ?? [])]) channels.learn(channel)
    for (const { id, tags } of guild.roles ?? []) if (tags?.bot_id === use.me) roles.add(id)
  }
  const handlers: Readonly<Record<string, (data: never) => void | Promise<void>>> = {
    GUILD_CREATE: learnGuild,
    THREAD_LIST_SYNC: learnGuild,
    CHANNEL_CREATE: channels.learn,
    CHANNEL_UPDATE: channels.learn,
    CHANNEL_DELETE: ({ id }: WireChannel) => channels.forget(id),
    THREAD_CREATE: channels.learn,
    THREAD_UPDATE: channels.learn,
    THREAD_DELETE: ({ id }: WireChannel) => channels.forget(id),
    MESSAGE_CREATE: (message: WireMessage) => onMessage(message, readMessage),
    MESSAGE_UPDATE: (message: WireMessage) => onMessage(message, readEdit),
    MESSAGE_DELETE: ({ id, channel_id }: { id: string; channel_id: string }) =>
      inOrder(channel_id, () => {
        const of = taken.get(inboundId(channel_id, id))
        return give(of ? readDeletion(of, now()) : null)
      }),
    MESSAGE_REACTION_ADD: (reaction: WireReaction) =>
      inOrder(reaction.channel_id, async () => {
        await channels.lookUp(reaction.channel_id)
        await give(readReaction(reaction, reader))
      }),
    // Not in the queue of its channel: it has three seconds.
    INTERACTION_CREATE: (interaction: WireInteraction) => use.interactions.handle(interaction, reader, door),
  }

  const missedIn = async (channel: string, since: number): Promise<void> => {
    let after = idAt(since - overlapMs)
    for (let count = 0; count < mostMissed && !isStopped; ) {
      const page = (await patiently(() =>
        api.call('get', `/channels/${channel}/messages`, { query: { after, limit: '100' } }),
      )) as readonly WireMessage[]
      for (const message of [...page].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))) {
        await give(readMessage(message, reader))
        after = message.id
      }
      if (page.length < 100) return
      count += page.length
    }
    if (!isStopped) log.warn('discord.missed.many', { channel, read: mostMissed })
  }

  return {
    on: async ({ t, d }) => {
      const handler = handlers[t] as ((data: unknown) => void | Promise<void>) | undefined // the table has the row for exactly this kind
      try {
        const work = Promise.resolve(handler?.(d))
        others.add(work)
        await work.finally(() => others.delete(work))
      } catch (error) {
        log.error('discord.event.failed', { event: t, problem: explain(error) })
      }
    },
    catchUp: () => {
      const { since, places } = door.missed(platform)
      if (since === null) return
      for (const channel of new Set(places.map(channelOf)))
        void inOrder(channel, async () => {
          await channels.lookUp(channel)
          await missedIn(channel, since).catch((error: unknown) => {
            log.warn('discord.missed.unread', { channel, problem: toFault(error, { platform, channel, thread: null }).message })
          })
        })
    },
    stop: async () => {
      isStopped = true
      await Promise.all([...queues.values(), ...others])
    },
  }
}

/** Three tries: the history of many places at once is more than Discord gives. */
const patiently = async (ask: () => Promise<unknown>): Promise<unknown> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      const problem = toFault(error, null)
      if (tries >= 2 || !problem.mayPass) throw error
      await sleep(isFault(problem, 'CHAT_BUSY') ? Number(problem.facts.retryAfterMs) : 1_000)
    }
  }
}
