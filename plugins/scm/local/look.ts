import type { Change } from '../../../core/contracts/change.ts'
import { fault } from './faults.ts'
import type { ChangeRecord } from './record.ts'
import type { Repository } from './repository.ts'
import { changeFor, picture } from './rules.ts'
import { glance, type Settled, settle } from './settle.ts'
import type { Yard } from './yard.ts'

type Item = { readonly number: number | null; readonly branch: string }

/**
 * The changes of one project that are asked for, with one child process when nothing is new. An item that cannot be read is an
 * Error in its place. Checks of every open change are set going, also of those nobody asks about.
 */
export const lookAt = async (yard: Yard, items: readonly Item[], signal: AbortSignal): Promise<readonly (Change | null | Error)[]> => {
  const { ground } = yard
  // Chosen before the refs are read: a change opened meanwhile would seem to have no branch.
  const chosen = items.map((item) => choose(yard, item))
  const open = ground.forge().changes.filter(({ state }) => state === 'open')
  if (open.length === 0) return chosen.map((one) => (one instanceof Error || one === null ? one : show(yard, { change: one, facts: null })))
  let seen: Seen
  try {
    const repository = await ground.repository()
    seen = { repository, refs: await repository.refs(signal) }
  } catch (error) {
    signal.throwIfAborted()
    return chosen.map((one) =>
      one === null || one instanceof Error ? one : one.state === 'open' ? asError(error) : show(yard, { change: one, facts: null }),
    )
  }
  yard.runner.want(new Set(open.flatMap(({ branch }) => seen.refs.get(branch) ?? [])))
  return Promise.all(chosen.map(async (one) => (one === null || one instanceof Error ? one : read(yard, seen, one))))
}

/** The picture of a change as the forge shows it. */
export const show = ({ standing }: Yard, { change, facts }: Settled): Change => picture(change, facts, standing((facts ?? change).head))

type Seen = { readonly repository: Repository; readonly refs: ReadonlyMap<string, string> }

const choose = ({ ground }: Yard, item: Item): ChangeRecord | null | Error => {
  const found = changeFor(ground.forge(), item)
  if (found || item.number === null) return found ?? null
  const known = ground.forge().changes.slice(-5)
  return fault('CHANGE_UNKNOWN', { project: ground.project.name, number: item.number, known: known.map(({ number }) => number) })
}

const read = async (yard: Yard, { repository, refs }: Seen, change: ChangeRecord): Promise<Change | Error> => {
  const { ground } = yard
  try {
    const settled =
      (await glance(ground, repository, { change: ground.change(change.number), refs })) ??
      (await ground.locked(async () => settle(ground, repository, { number: change.number, refs: await repository.refs() })))
    return show(yard, settled)
  } catch (error) {
    return asError(error)
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
