import { isFault } from '../../../core/kit/fault.ts'
import { type Particulars, withAllChecks } from './particulars.ts'
import type { Questions } from './questions.ts'
import { mostThreads, olderUnresolved, type ThreadHead } from './threads.ts'

/** What a picture needs besides the status, whole. */
export type Renewed = {
  readonly particulars: Particulars
  /** Of unresolved threads, oldest first; the newest two hundred of very many. */
  readonly threads: readonly ThreadHead[]
}

/** Asks for it. `unresolved`: threads that are known already, so that they are asked for at the same time. */
export const renew = async (
  questions: Questions,
  { id, unresolved }: { readonly id: string; readonly unresolved: readonly string[] },
  signal: AbortSignal,
): Promise<Renewed> => {
  const heads = new Map<string, ThreadHead>()
  const load = async (ids: readonly string[]): Promise<void> => {
    for (const head of await Promise.all(ids.filter((one) => !heads.has(one)).map((one) => headOf(questions, one, signal))))
      if (head) heads.set(head.id, head)
  }
  const [first] = await Promise.all([questions.particulars(id, signal), load(unresolved)])
  const particulars = await withAllChecks(first, questions.one, signal)
  const { before, unresolved: newest } = particulars.status
  const older = await olderUnresolved(questions.one, { change: id, before, enough: mostThreads - newest.length }, signal)
  const all = [...older, ...newest].slice(-mostThreads)
  await load(all)
  return { particulars, threads: all.flatMap((one) => heads.get(one) ?? []).filter(({ isResolved }) => !isResolved) }
}

/** Null: the thread was deleted meanwhile. */
const headOf = (questions: Questions, id: string, signal: AbortSignal): Promise<ThreadHead | null> =>
  questions.threadHead(id, signal).catch((error) => {
    if (isFault(error, 'REPOSITORY_UNKNOWN')) return null
    throw error
  })
