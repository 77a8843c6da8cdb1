import { inTurn, need, needWritable, openPulls } from './acts/common.ts'
import { setIssueState } from './acts/issues.ts'
import { type Move, markMerged, moveBranches, noticeMoves, setHeads } from './acts/pushes.ts'
import { refuse } from './refusal.ts'
import { baseOid, blockersOf, hasPermission, isBehind, protectionOf } from './rules.ts'
import type { Account, Commit, MergeMethod, Pull, Repository, Signature, World } from './state.ts'
import { signature } from './world.ts'

export { inTurn } from './acts/common.ts'

const github: Omit<Signature, 'at'> = { name: 'GitHub', email: 'noreply@github.com' }

export type MergeParts = {
  readonly method?: MergeMethod
  /** Merge only if this is the head. */
  readonly sha?: string
  readonly title?: string | null
  readonly message?: string | null
}

/** Merges it into its base branch and gives the commit. @throws Refusal 403, 405, 409 in GitHub's words. */
export const mergePull = async (world: World, pull: Pull, actor: Account, parts: MergeParts = {}): Promise<string> => {
  const method = parts.method ?? 'merge'
  need(pull.repository, actor, 'write')
  needWritable(pull.repository)
  if (pull.mergedAt !== null || pull.state === 'closed') refuse(405, 'Pull Request is not mergeable')
  if (pull.isDraft) refuse(405, 'Pull Request is still a draft')
  if (parts.sha !== undefined && parts.sha !== pull.head.oid) refuse(409, 'Head branch was modified. Review and try the merge again.')
  if (!pull.repository.merging.methods.includes(method)) refuse(405, `${methodNames[method]} are not allowed on this repository.`)
  const protection = protectionOf(pull.repository, pull.base.branch)
  if (protection?.hasMergeQueue) refuse(405, 'Changes must be made through the merge queue')
  const isBound = protection !== null && (protection.isAdminBound || !hasPermission(pull.repository, actor, 'admin'))
  const [blocker] = isBound ? blockersOf(world, pull) : []
  if (blocker !== undefined) refuse(405, blocker)
  if (isBound && (await isBehind(pull))) refuse(405, 'The head branch is not up to date with the base branch.')
  const { oid, moves } = await inTurn(pull.repository, async () => {
    if (pull.mergedAt !== null) refuse(405, 'Pull Request is not mergeable')
    const base = baseOid(pull)
    const made = await makeMerge(world, pull, { method, base, ref: `refs/heads/${pull.base.branch}`, actor, ...parts })
    if (made === null) return refuse(405, 'Pull Request is not mergeable')
    return { oid: made, moves: setHeads(pull.repository, { [pull.base.branch]: made }) }
  })
  await landed(world, pull, actor, { oid, moves })
  return oid
}

const methodNames = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' } as const

/** What follows once its commits are in the base branch, which `moves` tells of. */
export const landed = async (
  world: World,
  pull: Pull,
  actor: Account,
  { oid, moves }: { readonly oid: string; readonly moves: readonly Move[] },
): Promise<void> => {
  const { repository } = pull
  pull.base.oid = moves[0]?.before ?? pull.base.oid
  markMerged(world, pull, actor, oid)
  if (pull.base.branch === repository.defaultBranch)
    for (const number of pull.closes) {
      const issue = repository.items.get(number)
      if (issue?.kind === 'Issue' && issue.state === 'open') await setIssueState(world, issue, actor, 'closed')
    }
  await noticeMoves(world, repository, actor, moves)
  if (repository.merging.deletesBranchOnMerge && !pull.head.isDeleted) await deleteBranch(world, repository, actor, pull.head.branch)
}

/** Deletes a branch. Open pull requests that it was the base of go to where it was merged to, the others are closed. */
export const deleteBranch = async (world: World, repository: Repository, actor: Account, branch: string): Promise<void> => {
  need(repository, actor, 'write')
  needWritable(repository)
  if (!repository.branches.has(branch)) refuse(422, 'Reference does not exist')
  if (branch === repository.defaultBranch) refuse(422, 'Cannot delete the default branch')
  if (repository.protections.has(branch)) refuse(422, 'Cannot delete protected branch')
  const into = [...repository.items.values()].find(
    (item) => item.kind === 'PullRequest' && item.head.branch === branch && item.mergedAt !== null,
  )
  if (into?.kind === 'PullRequest')
    for (const pull of openPulls(repository).filter((one) => one.base.branch === branch)) {
      pull.base.branch = into.base.branch
      pull.base.oid = baseOid(pull)
    }
  await moveBranches(world, repository, actor, { [branch]: null })
}

/** Makes the commit or commits of a merge on top of `base` and points `ref` to the last; null when they conflict. */
export const makeMerge = async (
  world: World,
  pull: Pull,
  {
    method,
    base,
    ref,
    actor,
    title,
    message,
  }: Omit<MergeParts, 'sha'> & { readonly method: MergeMethod; readonly base: string; readonly ref: string; readonly actor: Account },
): Promise<string | null> => {
  const { git } = pull.repository
  const at = world.now()
  if (method === 'rebase') return rebase(pull, { base, ref, committer: signature(actor, at) })
  const { tree, conflicts } = await git.mergeTree(base, pull.head.oid)
  if (conflicts.length > 0) return null
  const isSquash = method === 'squash'
  const { commits } = await git.compare(base, pull.head.oid)
  const subject =
    title ??
    (isSquash
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${pull.repository.owner.login}/${pull.head.branch}`)
  const body = message ?? (isSquash ? commits.map((one) => `* ${one.message}`).join('\n\n') : pull.title)
  const [oid = null] = await git.write([
    {
      ref,
      parents: isSquash ? [base] : [base, pull.head.oid],
      tree,
      message: body === '' ? subject : `${subject}\n\n${body}`,
      author: signature((isSquash && pull.author) || actor, at),
      committer: { ...github, at },
    },
  ])
  return oid
}

const rebase = async (
  pull: Pull,
  { base, ref, committer }: { readonly base: string; readonly ref: string; readonly committer: Signature },
): Promise<string | null> => {
  const { git } = pull.repository
  const { commits, behindBy } = await git.compare(base, pull.head.oid)
  const scratch = `refs/ao/rebase/${pull.number}`
  let head = base
  for (const commit of commits.filter(({ parents }) => parents.length === 1)) {
    const tree = behindBy === 0 ? commit.tree : await picked(pull.repository, head, commit, scratch)
    if (tree === null) return null
    const [next] = await git.write([{ ref: scratch, parents: [head], tree, message: commit.message, author: commit.author, committer }])
    head = next ?? head
  }
  await git.point({ [ref]: head, [scratch]: null })
  return head
}

/** The tree of a commit put on top of another; null when it conflicts. This git cannot be told a merge base, so it is given one. */
const picked = async ({ git }: Repository, onto: string, commit: Commit, scratch: string): Promise<string | null> => {
  const tree = (await git.commit(onto))?.tree
  const [parent] = commit.parents
  if (tree === undefined || parent === undefined) return null
  const [stand = ''] = await git.write([{ ref: scratch, parents: [parent], tree, message: 'stand-in', author: commit.author }])
  const merged = await git.mergeTree(stand, commit.oid)
  return merged.conflicts.length > 0 ? null : merged.tree
}

/** Merges the base branch into the head branch: the button "Update branch". @throws Refusal 422. */
export const updateBranch = async (world: World, pull: Pull, actor: Account, expectedHead: string | null): Promise<string> => {
  need(pull.repository, actor, 'write')
  needWritable(pull.repository)
  const { git } = pull.repository
  if (expectedHead !== null && expectedHead !== pull.head.oid) refuse(422, 'expected head sha didn’t match current head ref.')
  const made = await inTurn(pull.repository, async () => {
    const base = baseOid(pull)
    if ((await git.compare(base, pull.head.oid)).behindBy === 0) refuse(422, 'There are no new commits on the base branch.')
    const { tree, conflicts } = await git.mergeTree(pull.head.oid, base)
    if (conflicts.length > 0) refuse(422, 'merge conflict between base and head')
    const [oid = ''] = await git.write([
      {
        ref: `refs/heads/${pull.head.branch}`,
        parents: [pull.head.oid, base],
        tree,
        message: `Merge branch '${pull.base.branch}' into ${pull.head.branch}`,
        author: signature(actor, world.now()),
        committer: { ...github, at: world.now() },
      },
    ])
    return { oid, moves: setHeads(pull.repository, { [pull.head.branch]: oid }) }
  })
  await noticeMoves(world, pull.repository, actor, made.moves)
  return made.oid
}
