import { inTurn, need, needWritable, note, startHead, tell } from './acts/common.ts'
import { setHeads, tellPull } from './acts/pushes.ts'
import { landed, makeMerge } from './merging.ts'
import { refuse } from './refusal.ts'
import { blockersOf, checkBlockers, isBehind, mergeable, outcomeOf, protectionOf } from './rules.ts'
import type { Account, AutoMerge, MergeMethod, Pull, QueueEntry, Repository, World } from './state.ts'
import { known } from './world.ts'

/** Why an entry left the queue, as the hook `pull_request.dequeued` names it. */
export type DequeueReason =
  | 'MERGE'
  | 'CI_FAILURE'
  | 'CI_TIMEOUT'
  | 'MERGE_CONFLICT'
  | 'MANUAL'
  | 'BRANCH_PROTECTIONS'
  | 'BRANCH_CHANGED'
  | 'QUEUE_CLEARED'

/** What GitHub answers, with the prefix that GraphQL puts before such words. */
const unprocessable = (message: string): never => refuse(422, `Pull request ${message}`)

/** Arms auto-merge. @throws Refusal 422: not allowed here, or nothing is left to wait for ("is in clean status"). */
export const enableAutoMerge = async (
  world: World,
  pull: Pull,
  actor: Account,
  {
    method = 'merge',
    title = null,
    body = null,
    expectedHead = null,
  }: {
    readonly method?: MergeMethod
    readonly title?: string | null
    readonly body?: string | null
    readonly expectedHead?: string | null
  } = {},
): Promise<AutoMerge> => {
  need(pull.repository, actor, 'write')
  needWritable(pull.repository)
  if (!pull.repository.merging.isAutoMergeAllowed) unprocessable('Auto merge is not allowed for this repository')
  if (pull.state === 'closed') unprocessable('Pull request is closed')
  if (expectedHead !== null && expectedHead !== pull.head.oid) unprocessable('Head branch was modified. Review and try the merge again.')
  if (!pull.repository.merging.methods.includes(method)) unprocessable(`Merge method ${method} merging is not allowed on this repository`)
  if (pull.isDraft) unprocessable('Pull request is in draft status')
  if (!protectionOf(pull.repository, pull.base.branch)?.hasMergeQueue && (await isReady(world, pull)))
    unprocessable('Pull request is in clean status')
  const armed = { enabledAt: world.now(), enabledBy: actor, method, title, body }
  pull.autoMerge = armed
  note(world, pull, actor, 'auto_merge_enabled')
  tellPull(world, pull, actor, 'auto_merge_enabled')
  await world.settle()
  return armed
}

export const disableAutoMerge = async (world: World, pull: Pull, actor: Account): Promise<void> => {
  if (pull.author !== actor) need(pull.repository, actor, 'write')
  if (!pull.autoMerge) unprocessable('Auto merge is not enabled')
  pull.autoMerge = null
  note(world, pull, actor, 'auto_merge_disabled')
  tellPull(world, pull, actor, 'auto_merge_disabled', { reason: 'Manually disabled by user' })
}

/** Does nothing stand against merging it any more? */
export const isReady = async (world: World, pull: Pull): Promise<boolean> =>
  pull.state === 'open' &&
  !pull.isDraft &&
  blockersOf(world, pull).length === 0 &&
  (await pull.repository.git.isMergeable(pull.repository.branches.get(pull.base.branch) ?? pull.base.oid, pull.head.oid)) &&
  !(await isBehind(pull))

/** Puts it in line. @throws Refusal 422 when there is no queue, or it is not fit for it. */
export const enqueue = async (
  world: World,
  pull: Pull,
  actor: Account,
  { expectedHead = null, isJump = false }: { readonly expectedHead?: string | null; readonly isJump?: boolean } = {},
): Promise<QueueEntry> => {
  const { repository, base } = pull
  need(repository, actor, 'write')
  needWritable(repository)
  if (!protectionOf(repository, base.branch)?.hasMergeQueue) unprocessable('Merge queue is not enabled for this branch')
  if (pull.state === 'closed') unprocessable('Pull request is closed')
  if (pull.queueEntry) unprocessable('Pull request is already in the queue')
  if (pull.isDraft) unprocessable('Pull request is in draft status')
  if (expectedHead !== null && expectedHead !== pull.head.oid) unprocessable('Head branch was modified. Review and try the merge again.')
  const [blocker] = blockersOf(world, pull)
  if (blocker !== undefined) unprocessable(blocker)
  if ((await mergeable(world, pull)) === 'CONFLICTING') unprocessable('Pull request has merge conflicts')
  const entry: QueueEntry = known(
    world,
    'MergeQueueEntry',
    { pull, headOid: pull.head.oid, enqueuer: actor, enqueuedAt: world.now(), state: 'QUEUED' as const, groupOid: null, isJump },
    repository,
  )
  const queue = repository.queues.get(base.branch) ?? []
  repository.queues.set(base.branch, isJump ? [entry, ...queue] : [...queue, entry])
  if (isJump) rebuild(repository, base.branch)
  pull.queueEntry = entry
  pull.autoMerge = null
  note(world, pull, actor, 'added_to_merge_queue')
  tellPull(world, pull, actor, 'enqueued')
  await world.settle()
  return entry
}

/** Takes it out of the line; those behind are put together anew. */
export const dequeue = async (world: World, entry: QueueEntry, actor: Account, reason: DequeueReason): Promise<void> => {
  const { pull } = entry
  const { repository, base } = pull
  const queue = repository.queues.get(base.branch) ?? []
  repository.queues.set(
    base.branch,
    queue.filter((one) => one !== entry),
  )
  if (reason !== 'MERGE') rebuild(repository, base.branch)
  pull.queueEntry = null
  note(world, pull, actor, 'removed_from_merge_queue', { reason })
  tellPull(world, pull, actor, 'dequeued', { reason })
  if (entry.groupOid !== null) await repository.git.point({ [`refs/heads/${groupBranch(entry)}`]: null })
  repository.branches.delete(groupBranch(entry))
  await world.settle()
}

const rebuild = (repository: Repository, branch: string): void => {
  for (const entry of repository.queues.get(branch) ?? []) {
    entry.groupOid = null
    entry.state = 'QUEUED'
  }
}

const groupBranch = ({ pull }: QueueEntry): string => `gh-readonly-queue/${pull.base.branch}/pr-${pull.number}`

/** One step of a base branch's queue: a group is put together, a green one merged, a red one thrown out. Gives whether anything happened. */
export const stepQueue = async (world: World, repository: Repository, branch: string): Promise<boolean> => {
  let below = repository.branches.get(branch) ?? ''
  const required = protectionOf(repository, branch)?.requiredChecks ?? []
  for (const [index, entry] of (repository.queues.get(branch) ?? []).entries()) {
    const { groupOid, pull } = entry
    if (pull.state === 'closed' || pull.head.oid !== entry.headOid) {
      await dequeue(world, entry, entry.enqueuer, pull.state === 'closed' ? 'MANUAL' : 'BRANCH_CHANGED')
      return true
    }
    if (groupOid === null) return assemble(world, entry, below)
    const isFailed = required.some((name) => ['FAILURE', 'ERROR'].includes(outcomeOf(repository, groupOid, name) ?? ''))
    if (isFailed) {
      await dequeue(world, entry, entry.enqueuer, 'CI_FAILURE')
      return true
    }
    const isGreen = checkBlockers(repository, groupOid, required).length === 0
    if (isGreen && entry.state !== 'MERGEABLE') {
      entry.state = 'MERGEABLE'
      return true
    }
    if (isGreen && index === 0) {
      const moves = await inTurn(repository, async () => {
        await repository.git.point({ [`refs/heads/${branch}`]: groupOid })
        return setHeads(repository, { [branch]: groupOid })
      })
      await dequeue(world, entry, entry.enqueuer, 'MERGE')
      await landed(world, pull, entry.enqueuer, { oid: groupOid, moves })
      return true
    }
    below = groupOid
  }
  return false
}

/** Makes the merge group of an entry on top of what is before it, and asks for its checks. */
const assemble = async (world: World, entry: QueueEntry, base: string): Promise<boolean> => {
  const { pull, enqueuer } = entry
  const { repository } = pull
  const [method = 'merge'] = repository.merging.methods
  const ref = groupBranch(entry)
  const oid = await inTurn(repository, () => makeMerge(world, pull, { method, base, ref: `refs/heads/${ref}`, actor: enqueuer }))
  if (oid === null) {
    entry.state = 'UNMERGEABLE'
    await dequeue(world, entry, enqueuer, 'MERGE_CONFLICT')
    return true
  }
  entry.groupOid = oid
  entry.state = 'AWAITING_CHECKS'
  repository.branches.set(ref, oid)
  tell(world, 'merge_group', 'checks_requested', { repository, sender: enqueuer }, () => ({
    merge_group: { head_sha: oid, head_ref: `refs/heads/${ref}`, base_sha: base, base_ref: `refs/heads/${pull.base.branch}` },
  }))
  await startHead(world, { repository, branch: ref, oid, pull: null })
  return true
}
