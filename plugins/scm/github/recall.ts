import { isDeepStrictEqual } from 'node:util'
import type { Change } from '../../../core/contracts/change.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import type { Renewed } from './renew.ts'
import type { Status } from './status.ts'

/** What is remembered of a change: what was asked, when, and the picture that was made of it. They only ever change together. */
export type Recalled = {
  readonly change: Change
  readonly renewed: Renewed | null
  /** Epoch ms at which `renewed` was asked for. */
  readonly askedAt: number
}

export type Recall = {
  get(id: string): Recalled | null
  /** The newest picture of that number, or of the open change of that branch. */
  find(item: { readonly number: number | null; readonly branch: string }): Change | null
  /** The same with the time from which words count: where the head has moved since the last look, what that look had not seen counts still. */
  since(renewed: Renewed): Renewed
  /** That time for a change at that head; null when it is not remembered. */
  headAt(number: number, head: string): number | null
  /** Is it the turn of this open change to be asked about anew, whatever its status says? */
  isDue(id: string): boolean
  /** May the picture be made of what is remembered and this status? */
  isFresh(status: Status): boolean
  /** Gives the picture that is remembered then: the one of before, where it is the same. */
  set(id: string, recalled: Recalled): Change
}

/** Everything that is remembered is asked anew so often, each change at its own moment. */
const renewedEveryMs = 5 * 60_000
/**
 * GitHub tells whole seconds. What happened in the same one as what is known does not show in `updatedAt`, so what was asked so
 * soon after a change is asked once more.
 */
const settlesMs = 3_000
/** What nobody has looked at for so long is forgotten. */
const forgottenMs = 60 * 60_000

export const openRecall = (now: () => number): Recall => {
  const all = new Map<string, Recalled & { readonly phase: number; readonly lookedAt: number }>()

  /** Each at its own moment, so that not all are asked for at once. */
  const isDue = (id: string): boolean => {
    const known = all.get(id)
    if (!known?.renewed || known.change.state !== 'open') return false
    const round = (at: number): number => Math.floor((at - known.phase) / renewedEveryMs)
    return round(now()) > round(known.askedAt)
  }

  return {
    get: (id) => all.get(id) ?? null,
    isDue,
    find: ({ number, branch }) => {
      let found: Change | null = null
      for (const { change } of all.values())
        if (number === null ? change.branch === branch && change.state === 'open' : change.number === number) found = change
      return found
    },
    since: (renewed) => {
      const { particulars } = renewed
      const known = all.get(particulars.status.id)
      if (!known?.renewed) return renewed
      const before = known.renewed.particulars
      // By GitHub's own times: what was known then has been told, what came after it has not.
      const told = [...before.comments, ...before.remarks, ...before.opinions].map(({ at }) => at + 1)
      const headAt =
        before.status.head === particulars.status.head ? before.headAt : Math.min(particulars.headAt, Math.max(before.headAt, ...told))
      return { ...renewed, particulars: { ...particulars, headAt } }
    },
    headAt: (number, head) => {
      for (const { change, renewed } of all.values())
        if (change.number === number && change.head === head) return renewed?.particulars.headAt ?? null
      return null
    },
    isFresh: ({ id, fingerprint: seen }) => {
      const known = all.get(id)
      const of = known?.renewed?.particulars.status
      if (!known || !of || of.fingerprint !== seen) return false
      return known.askedAt - of.updatedAt >= settlesMs && !isDue(id)
    },
    set: (id, recalled) => {
      const known = all.get(id)
      const change = known && isDeepStrictEqual(known.change, recalled.change) ? known.change : recalled.change
      all.delete(id)
      const phase = known?.phase ?? Number.parseInt(fingerprint(id), 16) % renewedEveryMs
      all.set(id, { ...recalled, change, phase, lookedAt: now() })
      for (const [oldest, { lookedAt }] of all) {
        if (now() - lookedAt < forgottenMs) break
        all.delete(oldest)
      }
      return change
    },
  }
}
