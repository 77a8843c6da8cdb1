import type { ChatHost } from '../../../bot/contracts/chat.ts'
import { explain } from '../../../core/kit/fault.ts'
import type { WireChannel } from '../wire.ts'
import type { Api } from './rest.ts'

/** What channels are to each other, as the gateway tells it; what it has not told is asked for once. */
export type Channels = {
  learn(channel: WireChannel): void
  forget(id: string): void
  /** After this the channel is known, unless Discord does not say what it is. */
  lookUp(id: string): Promise<void>
  parentOf(id: string): string | null
  isPrivate(id: string): boolean
  nameOf(id: string): string | null
}

const threads = new Set([10, 11, 12])
const privates = new Set([1, 3])

export const openChannels = (api: Api, log: ChatHost['log']): Channels => {
  const known = new Map<string, WireChannel>()
  return {
    learn: (channel) => void known.set(channel.id, channel),
    forget: (id) => void known.delete(id),
    lookUp: async (id) => {
      if (known.has(id)) return
      try {
        known.set(id, (await api.call('get', `/channels/${id}`)) as WireChannel)
      } catch (error) {
        // It is read as an ordinary channel this time, so what is said in it counts only when it names the bot.
        log.warn('discord.channel.unknown', { channel: id, problem: explain(error) })
      }
    },
    parentOf: (id) => {
      const channel = known.get(id)
      return channel !== undefined && threads.has(channel.type) ? (channel.parent_id ?? null) : null
    },
    isPrivate: (id) => privates.has(known.get(id)?.type ?? -1),
    nameOf: (id) => known.get(id)?.name ?? null,
  }
}
