import type { Log } from '../../core/contracts/plugins.ts'
import { explain, isFault } from '../../core/kit/fault.ts'
import type { ChatAdapter } from '../contracts/adapter.ts'
import { fault } from '../contracts/faults.ts'
import { channelKey, type Place, placeKey } from '../contracts/inbound.ts'
import type { Memory } from '../memory/chat.ts'
import type { AccountOf, Move } from './drawing.ts'
import { type Account, type Item, idOf, joined, type Lane, newLane, noteEdit, reject, resolve, spend, takeAll, turnOf } from './lane.ts'
import { fresh } from './pace.ts'
import { nextStep } from './step.ts'
import { verdictOn } from './trouble.ts'

/** What is done with things when it is their turn. */
export type Work = {
  /** One try. Things that have to be tried once more are enqueued again, by their own doing or because this rejects. */
  fly(item: Item, adapter: ChatAdapter, kept: Promise<void>): Promise<void>
  /** Makes one thing of several that wait in a channel; `kept` is when that is on disk. */
  fold(channel: Place, items: readonly Item[]): { readonly item: Item; readonly kept: Promise<void> }
  giveUp(item: Item, error: unknown): Promise<void>
  /** Its channel has another id. */
  relocate(item: Item): void
}

type Around = {
  readonly adapterOf: (platform: string) => ChatAdapter | null
  readonly memory: Memory
  readonly accountOf: AccountOf
  readonly log: Log
  readonly now: () => number
  readonly sleep: (waitMs: number, signal?: AbortSignal) => Promise<void>
  readonly isUnsent: (id: string) => boolean
}

/** A lane a channel. They go side by side, and share what the account allows. */
export const createLanes = (
  { adapterOf, memory, accountOf, log, now: clock, sleep, isUnsent }: Around,
  { fly, fold, giveUp, relocate }: Work,
) => {
  const now = onward(clock)
  const lanes = new Map<string, Lane>()
  const accounts = new Map<string, Account>()
  const flights = new Set<Promise<void>>()
  const stopping = new AbortController()

  const laneOf = (place: Place, { limits }: ChatAdapter): Lane => {
    const lane = lanes.get(channelKey(place)) ?? newLane(place, fresh(limits.pace(place), now()))
    lanes.set(channelKey(place), lane)
    return lane
  }
  const allowanceOf = ({ platform, limits }: ChatAdapter): Account => {
    const account = accounts.get(platform) ?? { budget: fresh(limits.account, now()), holds: 0 }
    accounts.set(platform, account)
    return account
  }

  /** Puts it where it waits for its turn. */
  const enqueue = (item: Item): void => {
    const { place, title } = item
    const adapter = adapterOf(place.platform)
    if (!adapter)
      resolve(item, title === null ? place : { ...place, thread: title }) // the chat is no longer configured; there is nobody to show it to
    else if (stopping.signal.aborted) reject(item, stopped(place))
    else {
      const lane = laneOf(place, adapter)
      const other = lane.waiting.get(idOf(item))
      lane.waiting.set(idOf(item), other ? joined(other, item) : item)
      due(lane)
    }
  }

  /** Looks at a lane once everybody has said what they have to say now. */
  const due = (lane: Lane): void => {
    if (lane.isDue) return
    lane.isDue = true
    void Promise.resolve().then(() => {
      lane.isDue = false
      try {
        look(lane)
      } catch (error) {
        log.error('outbox.broken', { place: channelKey(lane.channel), why: explain(error) })
        for (const item of takeAll(lane)) reject(item, error)
      }
    })
  }

  /** After a while; no wait outlives `stop`. */
  const later = (waitMs: number, callback: () => void): void =>
    void sleep(waitMs, stopping.signal).then(callback, (error) => {
      if (!stopping.signal.aborted) log.error('outbox.broken', { why: explain(error) })
    })
  const alarm = (lane: Lane, waitMs: number): void => {
    const at = now() + waitMs
    if (lane.alarmAt !== null && lane.alarmAt <= at) return
    lane.alarmAt = at
    later(waitMs, () => {
      if (lane.alarmAt === at) lane.alarmAt = null
      due(lane)
    })
  }

  const look = (lane: Lane): void => {
    const adapter = adapterOf(lane.channel.platform)
    if (!adapter) for (const item of takeAll(lane)) enqueue(item)
    else if (memory.whereNow(lane.channel).channel !== lane.channel.channel) for (const item of takeAll(lane)) relocate(item)
    else while (goesOn(lane, adapter));
  }

  /** Does one thing; false when there is nothing to be done now. */
  const goesOn = (lane: Lane, adapter: ChatAdapter): boolean => {
    const { limits } = adapter
    const account = allowanceOf(adapter)
    const step = nextStep(lane, { account, limits, memory, accountOf, isUnsent, now: now() })
    if (step.do === 'wait') alarm(lane, step.waitMs)
    if (step.do === 'fold') {
      for (const item of step.items) lane.waiting.delete(idOf(item))
      const { item, kept } = fold(lane.channel, step.items)
      launch(lane, adapter, { item, move: { do: 'post' }, kept })
    }
    if (step.do === 'send') launch(lane, adapter, { ...step, kept: Promise.resolve() })
    return step.do === 'fold' || step.do === 'send'
  }

  type Launch = { readonly item: Item; readonly move: Move; readonly kept: Promise<void> }
  const launch = (lane: Lane, adapter: ChatAdapter, { item, move, kept }: Launch): void => {
    const turn = turnOf(item)
    const account = allowanceOf(adapter)
    lane.waiting.delete(idOf(item))
    lane.flying.set(turn, idOf(item))
    if (move.do !== 'nothing') spend(lane, account, move.do === 'post' ? 'posts' : 'edits', { limits: adapter.limits, now: now() })
    if (move.do === 'edit') noteEdit(lane, move.ref.id, now())
    const flight = fly(item, adapter, kept)
      .then(() => {
        if (move.do !== 'nothing') lane.failures = 0
      })
      .catch((error) => failed(lane, account, item, error))
      .catch((error) => reject(item, error)) // what could not be put down either
      .then(() => {
        flights.delete(flight)
        lane.flying.delete(turn)
        due(lane)
      })
    flights.add(flight)
  }

  const failed = async (lane: Lane, account: Account, item: Item, error: unknown): Promise<void> => {
    if (!isFault(error) || error.code === 'CHAT_UNCERTAIN') item.tries += 1
    if (!isFault(error) || error.code === 'PLACE_MOVED') item.oddities += 1
    lane.failures += 1
    const verdict = verdictOn(error, { tries: item.tries, oddities: item.oddities, failures: lane.failures })
    log.warn('outbox.failed', { place: placeKey(item.place), card: item.card.key, verdict: verdict.do, why: explain(error) })
    switch (verdict.do) {
      case 'rest':
        item.isResting = true
        later(verdict.waitMs, () => {
          item.isResting = false
          due(lane)
        })
        return enqueue(item)
      case 'hold': {
        const held = verdict.isEverywhere ? account : lane
        held.holds += 1
        later(verdict.waitMs, () => {
          held.holds -= 1
          for (const one of lanes.values()) due(one)
        })
        return enqueue(item)
      }
      case 'move':
        await memory.moved(item.place, { ...item.place, channel: verdict.to, thread: null })
        return relocate(item)
      case 'giveUp':
        // What waits for a thread that is gone would fail as well, each at the price of a message.
        if (isFault(error, 'PLACE_GONE') && item.title === null && item.place.thread !== null)
          for (const [id, other] of lane.waiting)
            if (other.title === null && other.fold === null && placeKey(other.place) === placeKey(item.place)) {
              lane.waiting.delete(id)
              reject(other, error)
            }
        return giveUp(item, error)
    }
  }

  return {
    enqueue,
    /** Lets go of what waits in that place under such a key and was never sent; whoever waits for it hears that it is over. */
    withdraw: (place: Place, isOver: (key: string) => boolean): void => {
      const lane = lanes.get(channelKey(place))
      for (const [id, item] of lane?.waiting ?? []) {
        const { card, fold, title } = item
        if (fold !== null || title !== null || placeKey(item.place) !== placeKey(place) || !isOver(card.key)) continue
        if (memory.shownAt(place)[card.key] !== undefined || memory.onItsWay(place, card.key) !== null) continue
        lane?.waiting.delete(id)
        resolve(item, place)
      }
    },
    /** Sends nothing more: who still waits hears CHAT_UNREACHABLE. */
    stop: (): void => {
      stopping.abort()
      for (const lane of lanes.values()) for (const item of takeAll(lane)) reject(item, stopped(item.place))
    },
    /** Resolves once nothing is under way; what waits for its time does not count. */
    quiet: async (): Promise<void> => {
      while (flights.size > 0) await Promise.all(flights)
    },
  }
}

/** A clock that is put back goes on from where it was: else all that is paced would wait until it has caught up. */
const onward = (clock: () => number): (() => number) => {
  let last = Number.NEGATIVE_INFINITY
  let ahead = 0
  return () => {
    const at = clock()
    ahead = Math.max(ahead, last - at)
    last = at + ahead
    return last
  }
}

const stopped = ({ platform }: Place) => fault('CHAT_UNREACHABLE', { platform, problem: 'the bot is stopping' })
