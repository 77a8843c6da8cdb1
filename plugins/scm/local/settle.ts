import type { Facts } from '../../../core/kit/repository.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import type { ChangeRecord } from './record.ts'
import type { Repository } from './repository.ts'

/** A change with the facts of git about it; null facts once it has ended. */
export type Settled = { readonly change: ChangeRecord; readonly facts: Facts | null }

/**
 * Reads a change anew and writes down what became of it: a merge that a crash interrupted, a branch that was deleted, a
 * merge somebody made by hand. To be called under the lock, with refs
 * read under it. @throws {Fault} BASE_GONE, BRANCH_UNREADABLE
 */
export const settle = async (
  ground: Ground,
  repository: Repository,
  { number, refs }: { readonly number: number; readonly refs: ReadonlyMap<string, string> },
): Promise<Settled> => {
  const change = await finishMerge(ground, repository, { change: ground.change(number), base: refs.get(ground.change(number).base) })
  if (change.state !== 'open') return { change, facts: null }
  const { head, base } = tips(repository, change, refs)
  if (head === undefined) return { change: await ground.edit(number, (now) => ({ ...now, state: 'closed' })), facts: null }
  const facts = await repository.facts(base, head)
  if (await isLanded(repository, change, facts)) {
    const mergeCommit = await landing(repository, facts)
    // A base that was moved to the head itself had none of its commits before.
    const mergedOnto = mergeCommit === head ? (change.ownBase ?? null) : null
    return { change: await ground.edit(number, (now) => ({ ...now, state: 'merged', head, mergeCommit, mergedOnto })), facts: null }
  }
  return { change: await note(ground, change, facts), facts }
}

/** Where a change stands by these refs when nothing needs to be settled; null when something does. Takes no lock. */
export const glance = async (
  ground: Ground,
  repository: Repository,
  { change, refs }: { readonly change: ChangeRecord; readonly refs: ReadonlyMap<string, string> },
): Promise<Settled | null> => {
  if (change.state !== 'open') return { change, facts: null }
  const { head, base } = tips(repository, change, refs)
  if (head === undefined || change.merging !== null) return null
  const facts = await repository.facts(base, head)
  if (await isLanded(repository, change, facts)) return null
  return { change: await note(ground, change, facts), facts }
}

const finishMerge = async (
  ground: Ground,
  repository: Repository,
  { change, base }: { readonly change: ChangeRecord; readonly base: string | undefined },
): Promise<ChangeRecord> => {
  const { merging } = change
  if (merging === null || base === undefined) return change
  const isDone = await repository.contains(base, merging.commit)
  return ground.edit(change.number, (now) =>
    isDone
      ? {
          ...now,
          state: 'merged',
          head: merging.head,
          mergeCommit: merging.commit,
          mergedOnto: merging.onto ?? null,
          merging: null,
        }
      : { ...now, merging: null },
  )
}

const tips = (repository: Repository, change: ChangeRecord, refs: ReadonlyMap<string, string>) => {
  const { number, branch } = change
  const base = refs.get(change.base)
  const head = refs.get(branch)
  if (base === undefined) throw fault('BASE_GONE', { number, base: change.base, path: repository.path })
  if (head === undefined && repository.isBranchDamaged(branch)) throw fault('BRANCH_UNREADABLE', { branch, path: repository.path })
  return { base, head }
}

/** Did somebody merge it by other means? Only what had commits of its own can have been merged. */
const isLanded = async (repository: Repository, change: ChangeRecord, facts: Facts): Promise<boolean> =>
  facts.isContained && change.ownHead !== null && (change.ownHead === facts.head || (await repository.contains(facts.base, change.ownHead)))

/** The commit of the base branch that brought it in: the oldest one of the base's own line that has it, which may be the head itself. */
const landing = async (repository: Repository, { head, base }: Facts): Promise<string> => {
  const line = await repository.raw(['rev-list', '--first-parent', base, `^${head}`])
  const containing = await repository.raw(['rev-list', '--ancestry-path', base, `^${head}`])
  const has = new Set(containing.split('\n'))
  const oldest = line
    .split('\n')
    .filter((commit) => commit !== '' && has.has(commit))
    .at(-1)
  if (oldest === undefined) return head
  // Where the base was just moved on to the head, what comes after it has nothing to do with it.
  return (await repository.commit(oldest)).parents[0] === head ? head : oldest
}

const note = (ground: Ground, change: ChangeRecord, { head, patchId, isContained, mergeBase }: Facts): Promise<ChangeRecord> =>
  ground.edit(change.number, (now) => {
    const ownHead = isContained ? now.ownHead : head
    const ownBase = isContained ? now.ownBase : mergeBase
    const isNoted = now.head === head && now.patchId === patchId && now.ownHead === ownHead && now.ownBase === ownBase
    return isNoted ? now : { ...now, head, patchId, ownHead, ownBase: ownBase ?? null }
  })
