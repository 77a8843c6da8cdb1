import type { Change } from '../../../core/contracts/change.ts'
import { list, plain } from '../../../core/kit/text.ts'
import { treeOf, writeCommit } from './commit.ts'
import { fault } from './faults.ts'
import type { Ground } from './ground.ts'
import { show } from './look.ts'
import { addChange } from './open.ts'
import { titleLine } from './read.ts'
import type { ChangeRecord } from './record.ts'
import type { Repository } from './repository.ts'
import { settle } from './settle.ts'
import type { Yard } from './yard.ts'

/**
 * Opens a change that takes a merged one back, or finds the one opened before unless that was closed. Its commit is made in the bare
 * repository, without a checkout. @throws {Fault} CHANGE_UNKNOWN, NOT_REVERTIBLE
 */
export const revertChange = (
  yard: Yard,
  number: number,
  { by, signal }: { readonly by: string; readonly signal: AbortSignal },
): Promise<Change> =>
  yard.ground.locked(async (repository) => {
    const { ground } = yard
    signal.throwIfAborted()
    const { change } = await settle(ground, repository, { number, refs: await repository.refs() })
    if (change.mergeCommit === null) throw notMerged(number)
    const branch = `ao/revert-${number}`
    const before = ground.forge().changes.findLast((one) => one.branch === branch && one.state !== 'closed')
    const found = before?.number ?? (await propose(ground, repository, { change, mergeCommit: change.mergeCommit, branch, by: plain(by) }))
    return show(yard, await settle(ground, repository, { number: found, refs: await repository.refs() }))
  })

type Proposal = { readonly change: ChangeRecord; readonly mergeCommit: string; readonly branch: string; readonly by: string }

const propose = async (ground: Ground, repository: Repository, { change, mergeCommit, branch, by }: Proposal): Promise<number> => {
  const { number, base } = change
  const title = titleLine(`Revert "${change.title}"`, branch)
  const refs = await repository.refs()
  const tip = refs.get(branch)
  const says = `This reverts commit ${mergeCommit}.`
  if (tip !== undefined && !(await repository.commit(tip)).message.includes(says))
    throw fault('NOT_REVERTIBLE', {
      number,
      reason: `the branch "${branch}" is there with other work`,
      cure: `Rename it in ${repository.path}, and ask again.`,
    })
  const head = tip ?? (await compose(repository, { change, mergeCommit, base: refs.get(base), message: `${title}\n\n${says}` }))
  if (tip === undefined && !(await repository.move([`create refs/heads/${branch} ${head}`])))
    throw fault('NOT_REVERTIBLE', { number, reason: `somebody made the branch "${branch}" just now`, cure: 'Ask again.' })
  const body = `Takes back #${number} (${mergeCommit}). Asked for by ${by}.`
  return addChange(ground, repository, { branch, base, title, body, head })
}

/** The commit that puts what the change brought back to what was there before, on top of the base. */
const compose = async (
  repository: Repository,
  {
    change,
    mergeCommit,
    base,
    message,
  }: { readonly change: ChangeRecord; readonly mergeCommit: string; readonly base: string | undefined; readonly message: string },
): Promise<string> => {
  const { number } = change
  const cure = `Revert ${mergeCommit} by hand ("git revert") on a branch of its own, and open a change from it.`
  const not = (reason: string): Error => fault('NOT_REVERTIBLE', { number, reason, cure })
  if (base === undefined || !(await repository.contains(base, mergeCommit))) throw not(`${mergeCommit} is no longer on "${change.base}"`)
  const before = change.mergedOnto ?? (await repository.commit(mergeCommit)).parents[0]
  if (before === undefined) throw not(`there is nothing before ${mergeCommit}`)
  // A commit that does the reverse right on top of the merge: merged with the base, only what came later can be in its way.
  const stand = await writeCommit(repository, { tree: `${before}^{tree}`, parents: [mergeCommit], message: 'stand-in' })
  const { tree, files } = await repository.mergeTree(base, stand)
  if (tree === null) throw not(`what came later changes the same lines of ${list(files)}`)
  if (tree === (await treeOf(repository, base))) throw not(`"${change.base}" has nothing of it any more`)
  return writeCommit(repository, { tree, parents: [base], message })
}

const notMerged = (number: number): Error =>
  fault('NOT_REVERTIBLE', { number, reason: 'it is not merged', cure: `Close #${number} instead; only what is merged can be taken back.` })
