import type { Journal } from '../../core/contracts/store.ts'
import type { Inbound } from '../contracts/inbound.ts'

/** What the inbox keeps: that something was said, and that it was dealt with. */
export type InboxFact = { readonly type: 'received'; readonly inbound: Inbound } | { readonly type: 'handled'; readonly id: string }

type Waiting = { readonly fact: InboxFact; readonly resolve: () => void; readonly reject: (error: unknown) => void }

/** How many ids are remembered for telling a redelivery from something new. */
const rememberedIds = 2_000

/**
 * Everything that arrives is kept here before it is acknowledged, and marked once it was dealt with. What was not is given
 * back by `open`, so that words said just before a crash are handled after it. One stream a day, by the day of arrival.
 */
export const openInbox = async (journal: Journal<InboxFact>, { now }: { readonly now: () => number }) => {
  const today = (): string => `inbox-${new Date(now()).toISOString().slice(0, 10)}`
  const recent = (await journal.list())
    .filter((id) => id.startsWith('inbox-'))
    .sort()
    .slice(-2)
  const facts = (await Promise.all(recent.map((id) => journal.read(id)))).flat()
  const handled = new Set(facts.flatMap((fact) => (fact.type === 'handled' ? [fact.id] : [])))
  const received = facts.flatMap((fact) => (fact.type === 'received' ? [fact.inbound] : []))
  const known = new Map(received.slice(-rememberedIds).map(({ id }) => [id, Promise.resolve()]))
  const lengths = new Map<string, number>()
  let waiting: Waiting[] = []
  let isWriting = false

  /** What comes while the disk is busy goes with the next write, so that a crowd waits for two writes at most. */
  const append = (fact: InboxFact): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ fact, resolve, reject })
      if (!isWriting) void write()
    })

  const write = async (): Promise<void> => {
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      const stream = today()
      try {
        const length = lengths.get(stream) ?? (await journal.read(stream)).length
        await journal.append(
          stream,
          batch.map(({ fact }) => fact),
          length,
        )
        lengths.set(stream, length + batch.length)
        for (const { resolve } of batch) resolve()
      } catch (error) {
        lengths.delete(stream) // how much of it is there is looked up anew
        for (const { reject } of batch) reject(error) // each caller hears of it
      }
    }
    isWriting = false
  }

  return {
    /** What was received and not dealt with before the last stop, oldest first. */
    open: received.filter(({ id }) => !handled.has(id)),
    /** Keeps it; false when it was received before. @throws {Fault} JOURNAL_FULL, and then it must not be acknowledged */
    receive: async (inbound: Inbound): Promise<boolean> => {
      const before = known.get(inbound.id)
      if (before) {
        await before // a redelivery is acknowledged no sooner than what it repeats
        return false
      }
      const kept = append({ type: 'received', inbound })
      known.set(inbound.id, kept)
      if (known.size > rememberedIds) known.delete(known.keys().next().value ?? '')
      try {
        await kept
      } catch (error) {
        known.delete(inbound.id)
        throw error
      }
      return true
    },
    handled: (id: string): Promise<void> => append({ type: 'handled', id }),
  }
}

export type Inbox = Awaited<ReturnType<typeof openInbox>>
