import type { MessageRef, Sending } from '../../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../../bot/contracts/card.ts'
import { fault } from '../../../bot/contracts/faults.ts'
import type { Inbound, Place, SentFile } from '../../../bot/contracts/inbound.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { chainBelow, channelOf, messageIn, platform, rootOf } from '../places.ts'
import { bears, cut, type Payload, render } from '../render.ts'
import type { WireMessage } from '../wire.ts'
import { type Api, codeOf, toFault } from './rest.ts'

/** Messages of ours, and what people sent: everything that needs no event. What it throws is a fault of `bot/contracts/faults`. */
export type Messages = {
  post(place: Place, card: DrawnCard, sending: Sending): Promise<MessageRef>
  edit(ref: MessageRef, card: DrawnCard): Promise<void>
  open(channel: Place, card: DrawnCard, sending: Sending & { readonly title: string }): Promise<{ place: Place; ref: MessageRef }>
  privately(account: string): Promise<Place>
  mark(inbound: Inbound): Promise<void>
  fetch(file: SentFile, mostBytes: number): Promise<Uint8Array>
}

const gone = 10008
const archived = 50083
const hasThread = 160004
/** Where there are no threads, or none for us: no access, no permission, wrong kind of channel, too many of them. */
const noThreads = new Set([50001, 50013, 50024, 50068, 160006])
const threadLastsMinutes = 10_080

export const openMessages = (api: Api, apiUrl: string): Messages => {
  /** Messages that are known to have arrived: none of them is the one that is looked for after a lost answer. */
  const arrived = new Set<string>()
  const arrive = (id: string): string => {
    arrived.add(id)
    if (arrived.size > 2_000) for (const old of [...arrived].slice(0, 1_000)) arrived.delete(old)
    return id
  }

  const find = async (place: Place, payload: Payload, sending: Sending): Promise<string | null> => {
    const recent = (await api.call('get', `/channels/${channelOf(place)}/messages`, { query: { limit: '50' } })) as readonly WireMessage[]
    return recent.find((message) => message.author.bot && !arrived.has(message.id) && bears(message, payload, sending.id))?.id ?? null
  }
  const send = async (place: Place, payload: Payload, sending: Sending, replyTo: string | null): Promise<string> => {
    const root = rootOf(place) ?? replyTo
    const body = {
      ...payload.body,
      // Discord remembers it for a few minutes: the same message sent again is the same message.
      nonce: sending.id,
      enforce_nonce: true,
      ...(root && { message_reference: { message_id: root, channel_id: channelOf(place), fail_if_not_exists: false } }),
    }
    return ((await api.call('post', `/channels/${channelOf(place)}/messages`, { body, files: payload.uploads })) as { id: string }).id
  }
  const put = async (place: Place, card: DrawnCard, sending: Sending): Promise<MessageRef> => {
    const payload = render(card, sending.id)
    try {
      const found = sending.isAgain ? await find(place, payload, sending) : null
      return { place, id: arrive(found ?? (await send(place, payload, sending, answered(place, card)))) }
    } catch (error) {
      throw toFault(error, place)
    }
  }

  const change = async (ref: MessageRef, { body, uploads }: Payload): Promise<void> => {
    await api.call('patch', `/channels/${channelOf(ref.place)}/messages/${ref.id}`, { body, files: uploads })
  }
  /** Takes a thread out of the archive; where the bot may not, the thread is locked, and `problem` is what people should know. */
  const reopen = async (place: Place, problem: unknown): Promise<void> => {
    try {
      await api.call('patch', `/channels/${channelOf(place)}`, { body: { archived: false } })
    } catch (error) {
      throw codeOf(error) === 50001 || codeOf(error) === 50013 ? problem : error
    }
  }
  const begin = async (ref: MessageRef, title: string): Promise<Place> => {
    const { channel } = ref.place
    try {
      const body = { name: cut(title, 100), auto_archive_duration: threadLastsMinutes }
      const made = (await api.call('post', `/channels/${channel}/messages/${ref.id}/threads`, { body })) as { id: string }
      return { platform, channel, thread: made.id }
    } catch (error) {
      const code = codeOf(error)
      if (code === hasThread) return { platform, channel, thread: ref.id }
      if (code !== null && noThreads.has(code)) return { platform, channel, thread: chainBelow(ref.id) }
      const problem = toFault(error, ref.place)
      // The card is there already: trying again must look for it.
      if (isFault(problem, 'CHAT_BUSY') || isFault(problem, 'CHAT_UNREACHABLE'))
        throw fault(
          'CHAT_UNCERTAIN',
          { platform, problem: `the card is shown, its thread not begun: ${problem.message}` },
          { cause: error },
        )
      throw problem
    }
  }
  const isPrivate = new Map<string, boolean>()
  const hasNoThreads = async (channel: string): Promise<boolean> => {
    const known = isPrivate.get(channel)
    if (known !== undefined) return known
    const { type } = (await api.call('get', `/channels/${channel}`)) as { type: number }
    isPrivate.set(channel, type === 1 || type === 3)
    return type === 1 || type === 3
  }

  return {
    post: put,
    edit: async (ref, card) => {
      const payload = render(card, null)
      try {
        try {
          await change(ref, payload)
        } catch (error) {
          if (codeOf(error) !== archived) throw error
          await reopen(ref.place, error)
          await change(ref, payload)
        }
      } catch (error) {
        if (codeOf(error) !== gone) throw toFault(error, ref.place)
      }
    },
    open: async (channel, card, sending) => {
      const top = { ...channel, thread: null }
      const isChain = await hasNoThreads(channel.channel).catch((error: unknown) => {
        throw toFault(error, top)
      })
      const ref = await put(top, card, sending)
      return { ref, place: isChain ? { ...top, thread: chainBelow(ref.id) } : await begin(ref, sending.title) }
    },
    privately: async (account) => {
      try {
        const { id } = (await api.call('post', '/users/@me/channels', { body: { recipient_id: account } })) as { id: string }
        isPrivate.set(id, true)
        return { platform, channel: id, thread: null }
      } catch (error) {
        throw toFault(error, { platform, channel: account, thread: null })
      }
    },
    mark: async (inbound) => {
      const at = messageIn(inbound.id)
      if (at === null || inbound.message === undefined) return
      const route = `/channels/${at.channel}/messages/${at.message}/reactions/${encodeURIComponent('👀')}/@me` as const
      await api.call('put', route).catch(() => {}) // a courtesy
    },
    fetch: (file, mostBytes) => fetchFile(api, apiUrl, file, mostBytes),
  }
}

/** The message that a card answers, where that shows what it is about: at the top of a channel. */
const answered = (place: Place, { replyTo }: DrawnCard): string | null => {
  const at = replyTo === null || place.thread !== null ? null : messageIn(replyTo)
  return at?.channel === place.channel ? at.message : null
}

const fileHosts = new Set(['cdn.discordapp.com', 'media.discordapp.net'])
const fetchMs = 20_000

/** Only from the address that Discord gives for it now, and only if that is one of Discord's own (or the API's, where that is somewhere else). */
const fetchFile = async (api: Api, apiUrl: string, file: SentFile, mostBytes: number): Promise<Uint8Array> => {
  const refuse = (problem: string) => fault('CHAT_REFUSED', { platform, problem })
  const [channel, message, attachment] = file.id.split('/')
  if (![channel, message, attachment].every((part) => part !== undefined && /^\d+$/.test(part))) throw refuse('that is no file of Discord')
  const tooLarge = () => refuse(`the file is larger than ${mostBytes} bytes`)
  let url: URL
  try {
    const { attachments } = (await api.call('get', `/channels/${channel}/messages/${message}`)) as WireMessage
    const found = attachments.find(({ id }) => id === attachment)
    if (!found) throw refuse('the file is gone')
    if (found.size > mostBytes) throw tooLarge()
    url = new URL(found.url)
  } catch (error) {
    const code = codeOf(error)
    throw code === null ? toFault(error, null) : refuse(`the file is gone (${code})`)
  }
  const isOfficial = url.protocol === 'https:' && fileHosts.has(url.host)
  if (!isOfficial && url.origin !== new URL(apiUrl).origin) throw refuse(`the file is at ${url.host}, which is not Discord`)
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(fetchMs) })
    if (!response.ok || response.body === null) throw refuse(`the file cannot be had (${response.status})`)
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of response.body) {
      size += part.byteLength
      if (size > mostBytes) throw tooLarge()
      parts.push(part)
    }
    return Buffer.concat(parts)
  } catch (error) {
    throw isFault(error) ? error : fault('CHAT_UNREACHABLE', { platform, problem: 'the file did not come' }, { cause: error })
  }
}
