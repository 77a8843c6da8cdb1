import type { ChatAdapter } from '../contracts/adapter.ts'
import type { CardKind } from '../contracts/card.ts'
import type { Memory } from '../memory/chat.ts'
import { type AccountOf, type Drawing, type Move, moveTo, withButtons } from './drawing.ts'
import { foldDrawing, isFolded, mostTogether, withLines } from './fold.ts'
import { type Account, type Item, idOf, inOrder, type Lane, turnOf } from './lane.ts'
import { left, type Spending, untilFree } from './pace.ts'

/** How it is to look; null for a fold that is forgotten. */
export const drawingOf = (
  item: Item,
  { memory, limits, accountOf }: Pick<Around, 'limits' | 'accountOf'> & { readonly memory: Pick<Memory, 'fold'> },
): Drawing | null => {
  if (item.fold === null) item.drawing ??= withButtons(item.place, item.card, accountOf)
  else {
    const fold = memory.fold(item.fold)
    item.drawing = fold && foldDrawing(item.fold, withLines(fold, item.lines), limits, accountOf)
  }
  return item.drawing
}

export type Step =
  | { readonly do: 'send'; readonly item: Item; readonly move: Move }
  | { readonly do: 'fold'; readonly items: readonly Item[] }
  | { readonly do: 'wait'; readonly waitMs: number }
  | { readonly do: 'nothing' }

type Around = {
  readonly account: Account
  readonly limits: ChatAdapter['limits']
  readonly memory: Pick<Memory, 'fold' | 'shownAt' | 'openedFor' | 'onItsWay'>
  readonly accountOf: AccountOf
  readonly isUnsent: (id: string) => boolean
  readonly now: number
}

/** What a lane does next. */
export const nextStep = (lane: Lane, { account, limits, memory, accountOf, isUnsent, now }: Around): Step => {
  if (lane.holds > 0 || account.holds > 0 || lane.waiting.size === 0) return { do: 'nothing' }
  const pace = limits.pace(lane.channel)
  const moveOf = (item: Item): Move => {
    if (item.title !== null) return memory.openedFor(item.place, item.card.key) ? { do: 'nothing' } : { do: 'post' }
    const drawing = drawingOf(item, { memory, limits, accountOf })
    return drawing ? moveTo(drawing.drawn, memory.shownAt(item.place)[item.card.key]) : { do: 'nothing' }
  }
  const untilSpent = (what: Spending, kind: CardKind): number =>
    Math.max(untilFree(lane.budget[what], pace[what], kind, now), untilFree(account.budget[what], limits.account[what], kind, now))
  const sinceEdit = (message: string): number =>
    Math.max(0, (lane.edited.get(message) ?? Number.NEGATIVE_INFINITY) + pace.editEveryMs - now)
  const mayBeThere = ({ place, card }: Item): boolean => {
    const begun = memory.onItsWay(place, card.key)
    return begun !== null && !isUnsent(begun.id)
  }

  const all = [...lane.waiting.values()].filter(({ isResting }) => !isResting).sort(inOrder)
  const together = all.filter(
    (item) =>
      item.isFoldable &&
      item.title === null &&
      item.fold === null &&
      (item.kind === 'approval' || item.kind === 'question') &&
      lane.flying.get(turnOf(item)) !== idOf(item) &&
      moveOf(item).do === 'post' &&
      !mayBeThere(item),
  )
  const free = Math.min(left(lane.budget.posts, pace.posts, now), left(account.budget.posts, limits.account.posts, now))
  const everyMs = 60_000 / Math.max(1e-3, Math.min(pace.posts.perMinute, limits.account.posts.perMinute))
  const isOne = isFolded(together.length, { free, everyMs })
  const waits: number[] = []
  if (isOne) {
    const waitMs = untilSpent('posts', 'approval')
    if (waitMs === 0) return { do: 'fold', items: together.slice(0, mostTogether) }
    waits.push(waitMs)
  }
  for (const item of all) {
    if (lane.flying.has(turnOf(item)) || (isOne && together.includes(item))) continue
    const move = moveOf(item)
    if (move.do === 'nothing') return { do: 'send', item, move }
    const waitMs = move.do === 'post' ? untilSpent('posts', item.kind) : Math.max(untilSpent('edits', item.kind), sinceEdit(move.ref.id))
    if (waitMs === 0) return { do: 'send', item, move }
    waits.push(waitMs)
  }
  return waits.length > 0 ? { do: 'wait', waitMs: Math.min(...waits) } : { do: 'nothing' }
}
