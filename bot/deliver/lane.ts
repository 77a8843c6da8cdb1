import type { Limits } from '../contracts/adapter.ts'
import { type Card, type CardKind, cardKinds } from '../contracts/card.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { FoldLine } from '../memory/folds.ts'
import type { Drawing } from './drawing.ts'
import { type Budget, type Spending, spent } from './pace.ts'

/** Whoever wants to know that something is on show, and where. */
export type Waiter = { readonly resolve: (place: Place) => void; readonly reject: (error: unknown) => void }

/** Something that is to be on show. */
export type Item = {
  /** For a thread that is to be made, its channel. */
  place: Place
  card: Card
  kind: CardKind
  /** Who came first. */
  readonly order: number
  /** The title of the thread that is to be made for it; null: it is only shown. */
  readonly title: string | null
  /** The fold that is to be redrawn, and what is new in it. */
  readonly fold: string | null
  readonly lines: FoldLine[]
  /** What a new fold is made of. */
  readonly members: readonly Item[]
  readonly waiters: Waiter[]
  /** How often nobody knew what came of it, and how often what nobody can explain. */
  tries: number
  oddities: number
  isResting: boolean
  /** May it stand in one message with others? */
  isFoldable: boolean
  /** How it looks; null: not drawn yet. */
  drawing: Drawing | null
}

/** All that waits for one channel. */
export type Lane = {
  readonly channel: Place
  readonly waiting: Map<string, Item>
  /** turn → the item that has it. */
  readonly flying: Map<string, string>
  /** message → when it was edited last. */
  readonly edited: Map<string, number>
  budget: Budget
  holds: number
  failures: number
  alarmAt: number | null
  isDue: boolean
}

/** What all channels of a platform share. */
export type Account = { budget: Budget; holds: number }

/** A lane in which nothing waits. */
export const newLane = (channel: Place, budget: Budget): Lane => ({
  channel: { ...channel, thread: null },
  waiting: new Map(),
  flying: new Map(),
  edited: new Map(),
  budget,
  holds: 0,
  failures: 0,
  alarmAt: null,
  isDue: false,
})

export type More = Partial<Pick<Item, 'title' | 'fold' | 'lines' | 'members'>>

/** Something new to be shown. Somebody waits for a thread: making it counts as an answer at least. */
export const newItem = (place: Place, card: Card, order: number, { title = null, fold = null, lines = [], members = [] }: More): Item => ({
  place,
  card,
  kind: title === null ? card.kind : higher(card.kind, 'reply'),
  order,
  title,
  fold,
  lines: [...lines],
  members,
  waiters: [],
  tries: 0,
  oddities: 0,
  isResting: false,
  isFoldable: true,
  drawing: null,
})

/** Of two that coalesce, the one that came first with what is newest. */
export const joined = (one: Item, other: Item): Item => {
  const [older, newer] = one.order < other.order ? [one, other] : [other, one]
  older.card = newer.card
  older.kind = older.title !== null || older.fold !== null ? higher(older.kind, newer.kind) : newer.kind
  older.lines.push(...newer.lines)
  older.waiters.push(...newer.waiters)
  older.drawing = null
  return older
}

/** Remembers when a message was edited, of so many as matter. */
export const noteEdit = ({ edited }: Lane, message: string, at: number): void => {
  edited.delete(message)
  edited.set(message, at)
  if (edited.size > keptEdits) edited.delete(edited.keys().next().value ?? '')
}
const keptEdits = 1_000

const higher = (a: CardKind, b: CardKind): CardKind => (cardKinds.indexOf(a) < cardKinds.indexOf(b) ? a : b)

/** By what things of a channel coalesce. */
export const idOf = ({ place, card, title }: Item): string => [title === null ? 'show' : 'open', placeKey(place), card.key].join('\u0000')

/** Whose turn it is: in one place one thing is shown after the other; threads are made, and folds drawn, beside that. */
export const turnOf = (item: Item): string => (item.title !== null || item.fold !== null ? idOf(item) : placeKey(item.place))

/** The most pressing first, and of those who came first. */
export const inOrder = (a: Item, b: Item): number => cardKinds.indexOf(a.kind) - cardKinds.indexOf(b.kind) || a.order - b.order

/** Takes all that waits there. */
export const takeAll = ({ waiting }: Lane): readonly Item[] => {
  const items = [...waiting.values()]
  waiting.clear()
  return items
}

/** One message or edit less, for the channel and for the account. */
export const spend = (
  lane: Lane,
  account: Account,
  what: Spending,
  { limits, now }: { readonly limits: Limits; readonly now: number },
): void => {
  lane.budget = { ...lane.budget, [what]: spent(lane.budget[what], limits.pace(lane.channel)[what], now) }
  account.budget = { ...account.budget, [what]: spent(account.budget[what], limits.account[what], now) }
}

/** Everybody who waits for it hears that it is on show. */
export const resolve = ({ waiters, members }: Item, place: Place): void => {
  for (const waiter of waiters) waiter.resolve(place)
  for (const member of members) resolve(member, member.place)
}

/** Everybody who waits for it hears that it cannot be shown. */
export const reject = ({ waiters, members }: Item, error: unknown): void => {
  for (const waiter of waiters) waiter.reject(error)
  for (const member of members) reject(member, error)
}
