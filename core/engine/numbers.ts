import type { Fact } from '../contracts/fact.ts'
import type { Numbers, SessionNumbers } from '../contracts/numbers.ts'
import type { Log } from '../contracts/plugins.ts'
import type { Session } from '../contracts/session.ts'
import { explain } from '../kit/fault.ts'
import { evolveNumbers, numbersOf, unbornNumbers } from '../session/numbers.ts'
import { breather } from '../store/breather.ts'
import { beginning, type Scan } from '../store/scan.ts'
import { type KeptNumbers, keptNowhere, type NumbersRow } from './numbers-kept.ts'

/** Numbers of all sessions, with what keeps them up to date. */
export type RunningNumbers = Numbers & {
  /** That session has news. Nothing is read before somebody asks. */
  heard(session: Pick<Session, 'id' | 'seq'>): void
  /** Begins to bring everything up to date; whoever asks meanwhile waits for it. */
  start(): void
  /** Keeps what is not kept yet, unless the beginning is not over; it then begins where this one stopped. */
  stop(): Promise<void>
}

/**
 * Folds the numbers from the journals, which alone are the truth: each row knows how far its journal was read, and goes on from there when
 * there is more. Ended sessions are kept beside the journals, so that a start reads only what is new.
 */
export const createNumbers = ({
  scan,
  kept = keptNowhere,
  log,
}: {
  readonly scan: Scan<Fact>
  readonly kept?: KeptNumbers
  readonly log: Log
}): RunningNumbers => {
  const rows = new Map<string, NumbersRow>()
  /** Sessions whose journal holds more than their row, and how many facts it is known to hold. */
  const stale = new Map<string, number>()
  const unreadable = new Set<string>()
  /** Ended sessions whose row is newer than what is kept. */
  const unkept = new Set<string>()
  let beginningUp: Promise<void> | null = null
  let turn: Promise<void> = Promise.resolve()
  let isUp = false
  let isStopped = false

  const begin = async (): Promise<void> => {
    const found = await kept.load()
    for (const [id, bytes] of await scan.sizes()) {
      const row = found.get(id)
      if (row && row.mark.bytes <= bytes) rows.set(id, row)
      if (row?.mark.bytes !== bytes && !stale.has(id)) stale.set(id, Number.POSITIVE_INFINITY)
    }
  }

  const take = (id: string, row: NumbersRow): void => {
    const isNews = rows.get(id)?.mark.bytes !== row.mark.bytes
    rows.set(id, row)
    if (!isOver([id, row])) unkept.delete(id)
    else if (isNews) unkept.add(id)
  }

  /** What one session came to since its row was made; one whose journal does not go on from there is read from its beginning. */
  const readOn = async (id: string, upTo: number): Promise<void> => {
    try {
      const row = rows.get(id)
      const more = row ? await scan.read(id, row.mark, upTo) : null
      const found = more ?? (await scan.read(id, beginning, upTo))
      const before = row && more ? row.state : unbornNumbers(id)
      if (found) take(id, { mark: found.mark, state: found.facts.reduce(evolveNumbers, before) })
      unreadable.delete(id)
    } catch (error) {
      rows.delete(id)
      unkept.delete(id)
      stale.set(id, Math.max(upTo, stale.get(id) ?? 0)) // it may have been mended by the next time
      if (!unreadable.has(id)) log.warn('numbers.unread', { session: id, why: explain(error) })
      unreadable.add(id)
    }
  }

  const keep = async (): Promise<void> => {
    const news = rowsOf(unkept)
    if (!(await kept.keep(news, () => [...rows].filter(isOver)))) return
    for (const [id] of news) unkept.delete(id)
  }
  const rowsOf = (ids: Iterable<string>): readonly (readonly [string, NumbersRow])[] =>
    [...ids].flatMap((id) => {
      const row = rows.get(id)
      return row ? [[id, row] as const] : []
    })

  const catchUp = async (): Promise<void> => {
    beginningUp ??= begin()
    await beginningUp
    const due = [...stale]
    stale.clear()
    const breathe = breather()
    for (const [id, upTo] of due) {
      if (isStopped) return
      await readOn(id, upTo)
      if (unkept.size >= keptAtOnce) await keep()
      await breathe()
    }
    await keep()
    isUp = true
  }

  /** One after the other: whoever asks last finds what those before have read. */
  const upToDate = (): Promise<void> => {
    const mine = turn.then(catchUp)
    turn = mine.catch((error: unknown) => {
      beginningUp = null
      if (!isStopped) log.warn('numbers.late', { why: explain(error) }) // whoever asks next tries again
    })
    return mine
  }

  return {
    since: async (since) => {
      await upToDate()
      const changed = [...rows.values()].filter(
        ({ state: { numbers, changedAt } }) => numbers.project !== '' && (numbers.ended === null || changedAt >= since),
      )
      return changed.map(({ state }) => numbersOf(state)).sort(byAge)
    },
    heard: ({ id, seq }) => void stale.set(id, seq),
    start: () => void upToDate().catch(() => {}), // it is logged
    stop: async () => {
      if (isUp) await upToDate().catch(() => {}) // it is logged, and the next start reads what is not kept
      isStopped = true
      await turn
    },
  }
}

const isOver = ([, { state }]: readonly [string, NumbersRow]): boolean => state.numbers.ended !== null

/** So many are read between two writes: what was read is not lost with the process. */
const keptAtOnce = 100

const byAge = (a: SessionNumbers, b: SessionNumbers): number =>
  a.requestedAt - b.requestedAt || a.session.localeCompare(b.session, 'en', { numeric: true })
