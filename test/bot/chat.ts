import type { ChatAdapter, MessageRef } from '../../bot/contracts/adapter.ts'
import type { DrawnCard } from '../../bot/contracts/card.ts'
import { type Place, placeKey } from '../../bot/contracts/inbound.ts'
import { catalogue, row } from '../../core/kit/fault.ts'

/** What chats refuse, as the adapter's contract says. */
export const refuses = catalogue({
  CHAT_BUSY: row<{ retryAfterMs?: number }>(
    () => 'The chat is busy.',
    () => 'Wait a little.',
    { mayPass: true },
  ),
  PLACE_GONE: row<object>(
    () => 'The place is gone.',
    () => 'Look for another.',
  ),
})

export const channel: Place = { platform: 'chat', channel: 'main', thread: null }
export const threadOf = (session: string): Place => ({ ...channel, thread: session })

const much = { burst: 10_000, perMinute: 100_000 }
/** No limit that any test reaches. */
const freely = { posts: much, edits: much, editEveryMs: 0 }

type Message = { readonly ref: MessageRef; card: DrawnCard }

const limits = { textChars: 4_000, buttons: 25, hasPictures: true, pace: () => freely, account: freely }

/** A chat as a value: what stands in it, and what is said when something is to be posted or edited. */
export const openChat = (refuse: (place: Place, card: DrawnCard) => Promise<void> = async () => {}) => {
  const messages: Message[] = []
  const log: string[] = []
  const adapter: ChatAdapter = {
    platform: 'chat',
    limits,
    start: async () => async () => {},
    post: async (place, card) => {
      log.push(`post ${card.key}`)
      await refuse(place, card)
      const ref = { place, id: String(messages.length + 1) }
      messages.push({ ref, card })
      return ref
    },
    edit: async (ref, card) => {
      log.push(`edit ${card.key}`)
      await refuse(ref.place, card)
      const found = messages.find((message) => message.ref.id === ref.id)
      if (found) found.card = card
    },
  }
  return {
    adapter,
    /** Every call, in order. */
    log,
    /** What a person sees there now. */
    at: (place: Place): readonly DrawnCard[] =>
      messages.filter(({ ref }) => placeKey(ref.place) === placeKey(place)).map(({ card }) => card),
    titles: (place: Place): readonly string[] =>
      messages.filter(({ ref }) => placeKey(ref.place) === placeKey(place)).map(({ card }) => card.title),
  }
}

/** A door that lets nothing through until it is opened. */
export const gate = () => {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
