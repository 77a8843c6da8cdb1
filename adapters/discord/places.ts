import type { Place } from '../../bot/contracts/inbound.ts'

export const platform = 'discord'

/** A thread of replies, where there are no real threads (private chats): it is named by the message that it hangs below. */
export const chainBelow = (message: string): string => `m${message}`

/** The message that a thread of replies hangs below; null for real threads and the top of a channel. */
export const rootOf = ({ thread }: Place): string | null => (thread?.startsWith('m') ? thread.slice(1) : null)

/** The channel that Discord knows for a place: a real thread is a channel of its own. */
export const channelOf = (place: Place): string => (place.thread !== null && rootOf(place) === null ? place.thread : place.channel)

export const inboundId = (channel: string, message: string): string => `${platform}:${channel}:${message}`

/** The message that an inbound was, if it was one: an edit of it and a reaction to it included. */
export const messageIn = (inbound: string): { readonly channel: string; readonly message: string } | null => {
  const [, channel, message] = /^discord:(\d+):(\d+)(?::|$)/.exec(inbound) ?? []
  return channel !== undefined && message !== undefined ? { channel, message } : null
}
