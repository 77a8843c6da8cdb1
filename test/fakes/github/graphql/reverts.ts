import { need, needWritable } from '../acts/common.ts'
import { openPull } from '../acts/pulls.ts'
import { moveBranches } from '../acts/pushes.ts'
import { makeMerge } from '../merging.ts'
import { refuse } from '../refusal.ts'
import { baseOid } from '../rules.ts'
import type { Account, Pull, World } from '../state.ts'
import { signature } from '../world.ts'

/**
 * Opens a pull request that takes back what another one brought, on a branch `revert-<number>-<branch>`.
 * @throws Refusal 422 when it was not merged, or the files changed since.
 */
export const revertPull = async (
  world: World,
  pull: Pull,
  actor: Account,
  { title, body, isDraft }: { readonly title: string | null; readonly body: string | null; readonly isDraft: boolean },
): Promise<Pull> => {
  const { repository } = pull
  const { git } = repository
  need(repository, actor, 'write')
  needWritable(repository)
  const { mergeCommit } = pull
  if (mergeCommit === null) return refuse(422, 'Pull request must be merged before it can be reverted.')
  const subject = title ?? `Revert "${pull.title}"`
  const head = `revert-${pull.number}-${pull.head.branch}`
  if (repository.branches.has(head)) refuse(422, `A branch named ${head} exists already.`)
  const by = signature(actor, world.now())
  // The state before it, as if made after it: merged into the base this takes away what it brought and leaves the rest.
  const tree = (await git.commit(pull.base.oid))?.tree ?? refuse(500, 'The state before the merge is gone.')
  const scratch = `refs/ao/revert/${pull.number}`
  const [undone = ''] = await git.write([{ ref: scratch, parents: [mergeCommit], tree, message: subject, author: by }])
  const base = baseOid(pull)
  const merged = await git.mergeTree(base, undone)
  if (merged.conflicts.length > 0)
    refuse(
      422,
      "This pull request couldn't be reverted automatically. It may have already been reverted, or its content may have changed since.",
    )
  const message = `${subject}\n\nThis reverts commit ${mergeCommit}.`
  const [oid = ''] = await git.write([{ ref: scratch, parents: [base], tree: merged.tree, message, author: by }])
  await moveBranches(world, repository, actor, { [head]: oid })
  const words = body ?? `Reverts ${repository.owner.login}/${repository.name}#${pull.number}`
  return openPull(world, repository, actor, { title: subject, body: words, head, base: pull.base.branch, isDraft })
}

/** Puts the commits of the head branch on top of the base: what REST's update-branch cannot. @throws Refusal 422. */
export const rebaseBranch = async (world: World, pull: Pull, actor: Account, expectedHead: string | null): Promise<void> => {
  const { repository, head } = pull
  need(repository, actor, 'write')
  needWritable(repository)
  if (expectedHead !== null && expectedHead !== head.oid) refuse(422, "head sha didn't match the current head ref.")
  const base = baseOid(pull)
  if ((await repository.git.compare(base, head.oid)).behindBy === 0) refuse(422, 'There are no new commits on the base branch.')
  const ref = `refs/ao/rebased/${pull.number}`
  const made = await makeMerge(world, pull, { method: 'rebase', base, ref, actor })
  await moveBranches(world, repository, actor, { [head.branch]: made ?? refuse(422, 'rebase conflict between base and head') })
}
