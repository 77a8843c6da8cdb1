import type { Log } from '../core/contracts/plugins.ts'
import { explain } from '../core/kit/fault.ts'
import { channelKey, type Inbound } from './contracts/inbound.ts'
import type { Inbox } from './memory/inbox.ts'
import type { Patience } from './staging/patience.ts'

/** How many ids of what was said are remembered for whoever asks whether it is answered. */
const settledRemembered = 1_000
/** How long the next words of a channel wait for those before them. */
const turnMs = 30_000

/** Several tasks of one order have ids of their own, which begin with that of the order. */
export const orderOf = (cause: string): string => cause.replace(/#\d+$/, '')

/**
 * One thing said is dealt with after the other in a channel, in the order they came. What is shown of it keeps nobody waiting;
 * it counts as dealt with once all of that is on show.
 */
export const createTurns = ({
  inbox,
  atMost,
  log,
  deal,
}: {
  readonly inbox: Pick<Inbox, 'handled'>
  readonly atMost: Patience['atMost']
  readonly log: Log
  /** Resolves with whether that was dealt with. Never rejects. */
  readonly deal: (inbound: Inbound) => Promise<boolean>
}) => {
  const turns = new Map<string, Promise<unknown>>()
  const settling = new Map<string, Promise<void>>()
  /** What is still on its way to whoever said something. */
  const answers = new Map<string, Set<Promise<unknown>>>()
  /** What nobody asked for and is still on its way. */
  const errands = new Set<Promise<unknown>>()
  const unanswered = new Set<string>()

  const answered = async (id: string): Promise<void> => {
    const waiting = answers.get(id) ?? new Set()
    while (waiting.size > 0) {
      const some = [...waiting]
      await Promise.allSettled(some)
      for (const one of some) waiting.delete(one)
    }
    answers.delete(id)
  }

  return {
    enqueue: (inbound: Inbound): void => {
      const { id, place } = inbound
      const lane = channelKey(place)
      answers.set(id, new Set())
      const before = turns.get(lane) ?? Promise.resolve()
      const dealt = before.then(() => deal(inbound))
      // What hangs holds up nobody's decisions for ever.
      const over = before.then(() => atMost(turnMs, dealt))
      turns.set(lane, over)
      settling.set(
        id,
        dealt.then(async (isDealtWith) => {
          await answered(id)
          // What failed, and what could not be answered before the stop, is not marked as dealt with, so the next start tries again.
          if (!isDealtWith || unanswered.delete(id)) return
          await inbox.handled(id).catch((error) => log.error('bot.inbox.failed', { id, why: explain(error) }))
        }),
      )
      for (const old of [...settling.keys()].slice(0, -settledRemembered)) settling.delete(old)
    },
    /** Whoever waits for the answer to that, null: nobody, waits for this work, too. It must not reject. */
    answering: (id: string | null, work: Promise<unknown>): void => {
      if (id !== null) return void answers.get(orderOf(id))?.add(work)
      errands.add(work)
      void work.finally(() => errands.delete(work))
    },
    /** That could not be answered any more: the next start deals with it once more. */
    unanswered: (id: string): void => void unanswered.add(orderOf(id)),
    /** Resolves once that was dealt with and answered; at once for what is not known. */
    settled: (id: string): Promise<void> => settling.get(id) ?? Promise.resolve(),
    /** Resolves once all that was said was dealt with and answered. */
    quiet: async (): Promise<void> => {
      await Promise.allSettled([...turns.values(), ...settling.values(), ...errands])
    },
  }
}
