import type { Fact } from '../../core/contracts/fact.ts'
import type { Journal } from '../../core/contracts/store.ts'
import { numbersFacts } from '../../core/session/numbers.ts'
import type { Scan } from '../../core/store/scan.ts'

/** A scan of any journal, for numbers: what counts there as bytes are facts. */
export const scanOf = (journal: Pick<Journal<Fact>, 'list' | 'read'>): Scan<Fact> => ({
  sizes: async () => {
    const ids = await journal.list()
    return new Map(await Promise.all(ids.map(async (id) => [id, (await journal.read(id)).length] as const)))
  },
  read: async (id, { seq }, upTo = Number.POSITIVE_INFINITY) => {
    const all = await journal.read(id)
    if (all.length < seq) return null
    const last = Math.min(all.length, upTo)
    return { facts: all.slice(seq, last).filter(({ type }) => numbersFacts.has(type)), mark: { seq: last, bytes: last } }
  },
})
