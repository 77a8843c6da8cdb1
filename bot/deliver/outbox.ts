import type { Log } from '../../core/contracts/plugins.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import type { ChatAdapter } from '../contracts/adapter.ts'
import type { Card } from '../contracts/card.ts'
import { fault } from '../contracts/faults.ts'
import { type Place, placeKey } from '../contracts/inbound.ts'
import type { Memory, Shown } from '../memory/chat.ts'
import { foldKey } from '../memory/folds.ts'
import { type AccountOf, drawn, type Move, moveTo } from './drawing.ts'
import { lineOf, namelessCard } from './fold.ts'
import { type Item, type More, newItem, reject, resolve } from './lane.ts'
import { createLanes } from './lanes.ts'
import { createSender } from './send.ts'

/** The least that makes the chat look right. Called as often as you like; a card already on show costs nothing. */
export const nextMove = (card: Card, shown: Shown | undefined): Move => moveTo(drawn(card), shown)

/**
 * One paced queue a channel: cards with one key coalesce to the newest, decisions go before news, a slow place delays only
 * itself. What is on show is remembered when the platform has confirmed it, never before; what was begun is finished under
 * the same id, also after a crash.
 *
 * `accountOf` is asked when a card is drawn: whoever joins an account later is called by it from then on.
 * `sleep` resolves when the clock `now` has gone on by that much, and rejects when its signal aborts.
 */
export const createOutbox = ({
  adapterOf,
  memory,
  accountOf,
  log,
  now,
  sleep,
}: {
  readonly adapterOf: (platform: string) => ChatAdapter | null
  readonly memory: Memory
  readonly accountOf: AccountOf
  readonly log: Log
  readonly now: () => number
  readonly sleep: (waitMs: number, signal?: AbortSignal) => Promise<void>
}) => {
  const sender = createSender({ memory, accountOf, sleep })
  let count = 0
  const make = (place: Place, card: Card, more: More): Item => {
    count += 1
    return newItem(place, card, count, more)
  }

  const add = (place: Place, card: Card, more: More = {}): Promise<Place> =>
    new Promise((resolve, reject) => {
      const item = make(place, card, more)
      item.waiters.push({ resolve, reject })
      lanes.enqueue(item)
    })

  const show = async (place: Place, card: Card): Promise<void> => {
    const at = memory.whereNow(place)
    const fold = memory.foldWith(at, card.key)
    if (fold === null) await add(at, card)
    else await add({ ...at, thread: null }, namelessCard(foldKey(fold), card.kind), { fold, lines: [lineOf(at, card)] })
  }

  const fly = async (item: Item, adapter: ChatAdapter, kept: Promise<void>): Promise<void> => {
    await kept
    const { title, card } = item
    if (title === null) {
      const { place, isCurrent } = await sender.show(item, adapter)
      return isCurrent ? resolve(item, place) : lanes.enqueue(item)
    }
    const known = memory.openedFor(item.place, card.key)
    if (!known) {
      const { place, isCurrent } = await sender.open(item, title, adapter)
      resolve(item, place)
      if (!isCurrent) await show(place, card).catch(() => {}) // the log has it, and the thread is there
      return
    }
    try {
      await show(known, card)
      resolve(item, known)
    } catch (error) {
      if (!isFault(error, 'PLACE_GONE') || error.facts.what !== 'thread') throw error
      await memory.threadGone(item.place, card.key)
      lanes.enqueue(item)
    }
  }

  const giveUp = async (item: Item, error: unknown): Promise<void> => {
    log.error('outbox.given-up', { place: placeKey(item.place), card: item.card.key, why: explain(error) })
    const { place, card, fold } = item
    const isUnseen = memory.shownAt(place)[card.key] === undefined && memory.onItsWay(place, card.key) === null
    if (fold === null || !isUnseen) return reject(item, error)
    await memory.unfold(fold)
    if (!isFault(error, 'CHAT_REFUSED')) return reject(item, error)
    reject({ ...item, members: [] }, error)
    for (const member of item.members) {
      member.isFoldable = false // together they are refused; each may be taken
      lanes.enqueue(member)
    }
  }

  /** At the top of the channel it is shown where that is now. Threads do not move: whoever waits for one hears that it is gone. */
  const relocate = (item: Item): void => {
    const { platform, channel, thread } = item.place
    const place = memory.whereNow(item.place)
    const gone = fault('PLACE_GONE', { platform, channel, what: 'thread', problem: `the channel is ${place.channel} now` })
    if (item.fold !== null) {
      reject({ ...item, members: [] }, gone)
      for (const member of item.members) relocate(member)
    } else if (thread !== null || place.channel === channel) reject(item, gone)
    else {
      item.place = place
      item.drawing = null
      lanes.enqueue(item)
    }
  }

  const lanes = createLanes(
    { adapterOf, memory, accountOf, log, now, sleep, isUnsent: sender.isUnsent },
    {
      fly,
      giveUp,
      relocate,
      fold: (channel, items) => {
        const { id, kept } = memory.folding(
          channel,
          items.map(({ place, card }) => lineOf(place, card)),
        )
        return { item: make(channel, namelessCard(foldKey(id), 'approval'), { fold: id, members: items }), kept }
      },
    },
  )

  return {
    /** Makes a place show that card. Resolves once it is on show. @throws {Fault} PLACE_GONE or CHAT_REFUSED when it cannot be; CHAT_UNREACHABLE when the outbox stops first */
    show,

    /**
     * Makes a thread for what that card is about, and says where it is: the card is on show there. Asked again for one card it
     * is the same thread, until the memory forgets it. @throws {Fault} as `show`
     */
    open: async (channel: Place, card: Card, title: string): Promise<Place> => {
      const at = memory.whereNow({ ...channel, thread: null })
      if (adapterOf(at.platform)?.open) return add(at, card, { title })
      await show({ ...at, thread: title }, card)
      return { ...at, thread: title }
    },

    /** What waits in that place under such a key, and was never sent, is not wanted any more. */
    withdraw: lanes.withdraw,

    stop: lanes.stop,
    quiet: lanes.quiet,
  }
}

export type Outbox = ReturnType<typeof createOutbox>
