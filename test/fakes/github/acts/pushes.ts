import { protectionOf } from '../rules.ts'
import { accountJson, time } from '../shapes/accounts.ts'
import { hookPullJson } from '../shapes/pulls.ts'
import type { Account, Commit, Pull, Repository, World } from '../state.ts'
import { inTurn, isPull, note, startHead, tell } from './common.ts'
import { moveThreads } from './lines.ts'
import { dismissReview } from './reviews.ts'

export type Move = { readonly branch: string; readonly before: string | null; readonly after: string | null }

const nothing = '0'.repeat(40)

/** Points branches somewhere (null: deletes them) and lets all that follows from it happen. */
export const moveBranches = async (
  world: World,
  repository: Repository,
  actor: Account,
  heads: Readonly<Record<string, string | null>>,
): Promise<void> => {
  const moves = await inTurn(repository, async () => {
    await repository.git.point(Object.fromEntries(Object.entries(heads).map(([branch, oid]) => [`refs/heads/${branch}`, oid])))
    return setHeads(repository, heads)
  })
  await noticeMoves(world, repository, actor, moves)
}

/** Finds out what a push over the wire did to these branches (null: to any), and lets all that follows from it happen. */
export const noticePush = async (
  world: World,
  repository: Repository,
  actor: Account,
  branches: readonly string[] | null,
): Promise<void> => {
  const moves = await inTurn(repository, async () => {
    const heads = await repository.git.heads(branches)
    const gone = (branches ?? [...repository.branches.keys()])
      .filter((branch) => !heads.has(branch))
      .map((branch): [string, null] => [branch, null])
    return setHeads(repository, Object.fromEntries<string | null>([...heads, ...gone]))
  })
  await noticeMoves(world, repository, actor, moves)
}

/** Remembers where branches are, and gives those that moved. Only within a turn, right after they were moved on disk. */
export const setHeads = (repository: Repository, heads: Readonly<Record<string, string | null>>): readonly Move[] => {
  const moves = Object.entries(heads)
    .map(([branch, after]) => ({ branch, before: repository.branches.get(branch) ?? null, after }))
    .filter(({ before, after }) => before !== after)
  for (const { branch, after } of moves) {
    if (after === null) repository.branches.delete(branch)
    else repository.branches.set(branch, after)
  }
  return moves
}

/** What follows when branches have moved: push events, pull requests that see a new head, those that end by it. */
export const noticeMoves = async (world: World, repository: Repository, actor: Account, moves: readonly Move[]): Promise<void> => {
  for (const move of moves) {
    repository.pushedAt = world.now()
    await tellPush(world, repository, actor, move)
    for (const item of repository.items.values()) {
      if (!isPull(item)) continue
      if (item.head.branch === move.branch && item.head.repository === repository) await headMoved(world, item, actor, move)
      if (item.base.branch === move.branch && item.state === 'open') await baseMoved(world, item, actor, move)
    }
    if (move.after !== null) await startHead(world, { repository, branch: move.branch, oid: move.after, pull: null })
  }
  await world.settle()
}

const headMoved = async (world: World, pull: Pull, actor: Account, { before, after }: Move): Promise<void> => {
  const { git } = pull.repository
  const wasThere = !pull.head.isDeleted
  pull.head.isDeleted = after === null
  if (after === null) {
    if (wasThere) note(world, pull, actor, 'head_ref_deleted')
    if (pull.state === 'open') closePull(world, pull, actor)
    return
  }
  if (before === null) note(world, pull, actor, 'head_ref_restored')
  if (pull.state === 'closed') return
  const isForced = (await git.compare(pull.head.oid, after)).behindBy > 0
  const old = pull.head.oid
  pull.head.oid = after
  pull.base.oid = pull.repository.branches.get(pull.base.branch) ?? pull.base.oid
  await git.point({ [`refs/pull/${pull.number}/head`]: after })
  note(world, pull, actor, isForced ? 'head_ref_force_pushed' : 'committed', { before: old, after })
  if (pull.threads.length > 0) await moveThreads(pull.repository, pull.threads, old, after)
  tell(world, 'pull_request', 'synchronize', { repository: pull.repository, sender: actor }, async () => ({
    number: pull.number,
    before: old,
    after,
    pull_request: await hookPullJson(world, pull),
  }))
  if (protectionOf(pull.repository, pull.base.branch)?.dismissesStaleReviews)
    for (const review of pull.reviews.filter(({ state }) => state === 'APPROVED')) await dismissReview(world, review, null, '')
  // GitHub closes what has nothing left to merge.
  if ((await git.compare(pull.base.oid, after)).aheadBy === 0) closePull(world, pull, actor)
  else await startHead(world, { repository: pull.repository, branch: pull.head.branch, oid: after, pull })
}

const baseMoved = async (world: World, pull: Pull, actor: Account, { after }: Move): Promise<void> => {
  if (after === null) {
    note(world, pull, actor, 'base_ref_deleted')
    closePull(world, pull, actor)
  } else if ((await pull.repository.git.compare(after, pull.head.oid)).aheadBy === 0) markMerged(world, pull, actor, after)
}

/** Closes a pull request, without asking who wants it. */
export const closePull = (world: World, pull: Pull, actor: Account): void => {
  pull.state = 'closed'
  pull.closedAt = world.now()
  pull.closedBy = actor
  pull.autoMerge = null
  note(world, pull, actor, 'closed')
  tellPull(world, pull, actor, 'closed')
}

/** Takes note that its commits are in the base branch. */
export const markMerged = (world: World, pull: Pull, actor: Account, mergeCommit: string): void => {
  pull.mergedAt = world.now()
  pull.mergedBy = actor
  pull.mergeCommit = mergeCommit
  note(world, pull, actor, 'merged', { commit_id: mergeCommit })
  closePull(world, pull, actor)
}

/** Tells hooks of a pull request, with all that GitHub tells. */
export const tellPull = (world: World, pull: Pull, sender: Account, action: string, more: Record<string, unknown> = {}): void =>
  tell(world, 'pull_request', action, { repository: pull.repository, sender }, async () => ({
    number: pull.number,
    pull_request: await hookPullJson(world, pull),
    ...more,
  }))

const commitJson = ({ oid, message, committer, author, tree }: Commit): Record<string, unknown> => ({
  id: oid,
  tree_id: tree,
  distinct: true,
  message,
  timestamp: time(committer.at),
  author: { name: author.name, email: author.email },
  committer: { name: committer.name, email: committer.email },
})

const tellPush = async (world: World, repository: Repository, sender: Account, { branch, before, after }: Move): Promise<void> => {
  const { git } = repository
  const about = { repository, sender }
  const between = before !== null && after !== null ? await git.compare(before, after) : null
  tell(world, 'push', null, about, async () => {
    const head = after === null ? null : await git.commit(after)
    return {
      ref: `refs/heads/${branch}`,
      before: before ?? nothing,
      after: after ?? nothing,
      created: before === null,
      deleted: after === null,
      forced: (between?.behindBy ?? 0) > 0,
      base_ref: null,
      compare: `${world.addresses.html}/${repository.owner.login}/${repository.name}/compare/${before ?? nothing}...${after ?? nothing}`,
      commits: (between?.commits ?? (head ? [head] : [])).slice(-20).map(commitJson),
      head_commit: head && commitJson(head),
      pusher: { name: sender.login, email: null },
      organization: repository.owner.kind === 'Organization' ? accountJson(world, repository.owner) : undefined,
    }
  })
  if (before === null || after === null)
    tell(world, before === null ? 'create' : 'delete', null, about, () => ({ ref: branch, ref_type: 'branch', pusher_type: 'user' }))
}
