import type { ChatAdapter, Limits, MessageRef, Pace } from '../../../bot/contracts/adapter.ts'
import type { Card, DrawnCard } from '../../../bot/contracts/card.ts'
import { type Place, placeKey } from '../../../bot/contracts/inbound.ts'
import { card as make } from '../../../bot/views/words.ts'

const much = { burst: 10_000, perMinute: 100_000 }
/** No limit that any test reaches. */
export const freely: Pace = { posts: much, edits: much, editEveryMs: 0 }

export type Message = { readonly ref: MessageRef; readonly id: string; card: DrawnCard; edits: number }
export type Call = {
  readonly what: 'post' | 'edit' | 'open'
  readonly place: Place
  readonly card: DrawnCard
  readonly id: string | null
  readonly isAgain: boolean
}

/** What becomes of a call: it is done, or it fails before, or after it was done. */
export type Fate = { readonly before?: Error; readonly after?: Error } | undefined

/** A platform that finds what it was sent before, as Slack and Discord do. `fate` decides over each call; `during` may make it wait. */
export const openPlatform = ({
  platform = 'chat',
  limits = {},
  fate = () => undefined,
  during = async () => {},
  hasThreads = true,
}: {
  readonly platform?: string
  readonly limits?: Partial<Limits>
  readonly fate?: (call: Call, count: number) => Fate
  readonly during?: (call: Call) => Promise<void>
  readonly hasThreads?: boolean
} = {}) => {
  const messages: Message[] = []
  const threads = new Map<string, Place>()
  const calls: Call[] = []

  const perform = async <T>(call: Call, work: () => T): Promise<T> => {
    calls.push(call)
    const fails = fate(call, calls.length)
    await during(call)
    if (fails?.before) throw fails.before
    const done = work()
    if (fails?.after) throw fails.after
    return done
  }
  const put = (place: Place, card: DrawnCard, { id, isAgain }: { readonly id: string; readonly isAgain: boolean }): MessageRef => {
    const found = isAgain ? messages.find((message) => message.id === id) : undefined
    if (found) return found.ref
    const ref = { place, id: `m${messages.length + 1}` }
    messages.push({ ref, id, card, edits: 0 })
    return ref
  }
  const adapter: ChatAdapter = {
    platform,
    limits: { textChars: 4_000, buttons: 20, hasPictures: true, pace: () => freely, account: freely, ...limits },
    start: async () => async () => {},
    post: (place, card, sending) => perform({ what: 'post', place, card, ...sending }, () => put(place, card, sending)),
    edit: (ref, card) =>
      perform({ what: 'edit', place: ref.place, card, id: null, isAgain: false }, () => {
        const message = messages.find((one) => one.ref.id === ref.id && placeKey(one.ref.place) === placeKey(ref.place))
        if (message) Object.assign(message, { card, edits: message.edits + 1 })
      }),
    ...(hasThreads && {
      open: (channel: Place, card: DrawnCard, sending: { readonly id: string; readonly isAgain: boolean; readonly title: string }) =>
        perform({ what: 'open', place: channel, card, id: sending.id, isAgain: sending.isAgain }, () => {
          const ref = put(channel, card, sending)
          const place = threads.get(ref.id) ?? { ...channel, thread: `t-${ref.id}` }
          threads.set(ref.id, place)
          return { place, ref }
        }),
    }),
  }
  return {
    adapter,
    messages,
    calls,
    /** `post a`, `edit a`, `open a`, in order. */
    log: (): readonly string[] => calls.map(({ what, card }) => `${what} ${card.key}`),
    /** Titles in a place, as they stand now. */
    titles: (place: Place): readonly string[] =>
      messages.filter(({ ref }) => placeKey(ref.place) === placeKey(place)).map(({ card }) => card.title),
    threads: (): readonly Place[] => [...threads.values()],
  }
}

export type Platform = ReturnType<typeof openPlatform>

export const card = (key: string, title = key, more: Partial<Card> = {}): Card =>
  make({ key, kind: 'status', tone: 'calm', title, ...more })

/** A card that waits for a decision about a session. */
export const approval = (session: string, more: Partial<Card> = {}): Card =>
  card(`alert:${session}`, `${session} waits for your decision`, {
    kind: 'approval',
    about: { session, change: null, request: `r-${session}` },
    actions: [
      { label: 'Approve', say: `approve ${session}`, isRisky: false },
      { label: 'Diff', say: `diff ${session}`, isRisky: false },
    ],
    ...more,
  })
