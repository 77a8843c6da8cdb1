import type { MergeMethod } from '../../../core/contracts/names.ts'
import type { MergeOutcome } from '../../../core/contracts/plugins.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import { treeOf, writeCommit } from './commit.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { titleLine } from './read.ts'
import type { ChangeRecord } from './record.ts'
import type { Repository } from './repository.ts'
import { type CheckStanding, endedOutcome, refusal } from './rules.ts'
import { settle } from './settle.ts'

const maxRounds = 5

/**
 * Merges exactly that head, in the bare repository and without a checkout, or says why not. Base, head and branch move together or
 * not at all; when the base moved meanwhile it is tried again. @throws {Fault} CHANGE_UNKNOWN, MERGE_OVERTAKEN
 */
export const mergeChange = (ground: Ground, number: number, how: How): Promise<MergeOutcome> =>
  ground.locked(async (repository) => {
    for (let round = 0; round < maxRounds; round += 1) {
      const { change, facts } = await settle(ground, repository, { number, refs: await repository.refs() })
      const ended = endedOutcome(change, how.head)
      if (ended || facts === null) return ended ?? unreachable(change)
      if (change.base !== how.base)
        return { merged: false, why: 'head-moved', says: `Change #${number} now goes to "${change.base}", not to "${how.base}".` }
      const refused = refusal(change, { head: how.head, facts, standing: how.standing(facts.head), isProtected: how.isProtected })
      if (refused) return refused
      const commit = await compose(repository, facts, { method: how.method, title: titleLine(how.title, change.title) })
      if (commit === null) return notReplayable(change)
      how.signal.throwIfAborted()
      await ground.edit(number, (now) => ({ ...now, merging: { head: how.head, commit, onto: facts.base } }))
      if (await repository.move(moves(ground, { change, facts, commit, isBranchDeleted: how.isBranchDeleted }))) {
        const merged = { state: 'merged', head: how.head, mergeCommit: commit, mergedOnto: facts.base, merging: null } as const
        await ground.edit(number, (now) => ({ ...now, ...merged }))
        return { merged: true, commit }
      }
    }
    throw fault('MERGE_OVERTAKEN', { number, base: ground.change(number).base, rounds: maxRounds })
  })

type How = {
  readonly head: string
  readonly base: string
  readonly method: MergeMethod
  readonly title: string
  readonly signal: AbortSignal
  readonly standing: (commit: string) => CheckStanding
  readonly isProtected: boolean
  readonly isBranchDeleted: boolean
}

const unreachable = (change: ChangeRecord): never => {
  throw new Error(`Change #${change.number} is open and has no facts.`)
}

const notReplayable = (change: ChangeRecord): MergeOutcome => ({
  merged: false,
  why: 'conflict',
  says: `The commits of change #${change.number} cannot be replayed one by one on "${change.base}"; merge or squash it instead.`,
})

/** Lines for `update-ref --stdin`: all of them hold, or none is done. */
const moves = (
  ground: Ground,
  { change, facts, commit, isBranchDeleted }: { change: ChangeRecord; facts: Facts; commit: string; isBranchDeleted: boolean },
): readonly string[] => {
  const isBaseOfAnother = ground.forge().changes.some(({ state, base }) => state === 'open' && base === change.branch)
  return [
    `update refs/heads/${change.base} ${commit} ${facts.base}`,
    `${isBranchDeleted && !isBaseOfAnother ? 'delete' : 'verify'} refs/heads/${change.branch} ${facts.head}`,
  ]
}

/** The commit that the base becomes; null when a rebase cannot be done commit by commit. */
const compose = async (
  repository: Repository,
  facts: Facts,
  { method, title }: { readonly method: MergeMethod; readonly title: string },
): Promise<string | null> => {
  const tree = facts.tree ?? facts.head
  if (method === 'rebase') return replay(repository, facts)
  if (method === 'merge') return writeCommit(repository, { tree, parents: [facts.base, facts.head], message: title })
  return writeCommit(repository, { tree, parents: [facts.base], message: title, author: await repository.commit(facts.head) })
}

/** Replays the commits of the head on the base, authors kept. What comes out must be what a merge would give. */
const replay = async (repository: Repository, { base, head, tree }: Facts): Promise<string | null> => {
  const range = ['--reverse', '--topo-order', '--no-merges', '--cherry-pick', '--right-only', `${base}...${head}`]
  const commits = (await repository.raw(['rev-list', ...range])).split('\n').filter((commit) => commit !== '')
  let tip = base
  for (const id of commits) {
    const commit = await repository.commit(id)
    if (commit.parents[0] === tip) tip = id
    else {
      const next = await pick(repository, { tip, id, parent: commit.parents[0] ?? base })
      if (next === null) return null
      if (next !== (await treeOf(repository, tip)))
        tip = await writeCommit(repository, { tree: next, parents: [tip], message: commit.message, author: commit })
    }
  }
  return (await treeOf(repository, tip)) === (await treeOf(repository, tree ?? head)) ? tip : null
}

/**
 * The tree of `id` picked onto `tip`. `merge-tree` takes a merge base of our choice only since git 2.40, so it is given two
 * commits whose merge base is the parent: `id` itself, and one with the content of `tip` put on that parent.
 */
const pick = async (
  repository: Repository,
  { tip, id, parent }: { readonly tip: string; readonly id: string; readonly parent: string },
): Promise<string | null> => {
  const stand = await writeCommit(repository, { tree: `${tip}^{tree}`, parents: [parent], message: 'stand-in' })
  return (await repository.mergeTree(stand, id)).tree
}
