import type { FactOf } from '../contracts/fact.ts'
import type { Session } from '../contracts/session.ts'

type Known = Session['collisions']

/** Who was told of another session today need not be told again. */
const dayMs = 24 * 60 * 60 * 1000

/** So many files of a collision are told at most (`core/fleet/collisions`); where as many are known there may be more. */
const toldFiles = 20

/**
 * Is that news for a session: another one that changes the same files now, no longer, or more of them? `files` are sorted. A file that comes
 * after all those that are known may have been shared before, where their list was full.
 */
export const isNews = (known: Known[string] | undefined, files: readonly string[]): boolean => {
  if (!known || known.isOver) return files.length > 0
  if (files.length === 0) return true
  const last = known.files.length < toldFiles ? null : (known.files.at(-1) ?? null)
  return files.some((file) => !known.files.includes(file) && (last === null || file < last))
}

/**
 * The fact folded in. One that was over and comes back within a day with nothing new is the same as before: its `since` stays, so people
 * are not called anew.
 */
export const collided = (all: Known, { other, files, at }: FactOf<'collision.seen'>, seq: number): Known => {
  const { [other]: old, ...others } = all
  if (files.length === 0) return old ? { ...others, [other]: { ...old, isOver: true } } : others
  const isAgain = old !== undefined && !(old.isOver && (at - old.at >= dayMs || isNews({ ...old, isOver: false }, files)))
  return { ...others, [other]: { files, isOver: false, since: isAgain ? old.since : seq, at: isAgain ? old.at : at } }
}
