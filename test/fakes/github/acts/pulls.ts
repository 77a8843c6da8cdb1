import { invalid, refuse } from '../refusal.ts'
import { baseOid } from '../rules.ts'
import { accountJson } from '../shapes/accounts.ts'
import type { Account, Pull, Repository, World } from '../state.ts'
import { known } from '../world.ts'
import { assignable, isPull, need, needWritable, note, startHead } from './common.ts'
import { begin } from './issues.ts'
import { closePull, tellPull } from './pushes.ts'

const custom = (message: string): never => refuse(422, 'Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }])

/** Numbers of issues that merging it closes: "Fixes #12", "closes: #3". */
export const closing = (body: string | null): readonly number[] => [
  ...new Set([...(body ?? '').matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi)].map(([, number]) => Number(number))),
]

/** `head`: `branch` or `owner:branch`. @throws Refusal 422 as GitHub: nothing between the two, one is there already, unknown branches. */
export const openPull = async (
  world: World,
  repository: Repository,
  actor: Account,
  parts: {
    readonly title: string
    readonly body?: string | null
    readonly head: string
    readonly base: string
    readonly isDraft?: boolean
  },
): Promise<Pull> => {
  need(repository, actor, 'read')
  needWritable(repository)
  if (parts.title.trim() === '') invalid('PullRequest', 'title', 'missing_field')
  const [owner = '', branch = ''] = parts.head.includes(':') ? parts.head.split(/:(.*)/s) : [repository.owner.login, parts.head]
  const oid = owner.toLowerCase() === repository.owner.login.toLowerCase() ? repository.branches.get(branch) : undefined
  const base = repository.branches.get(parts.base)
  if (base === undefined) return invalid('PullRequest', 'base', 'invalid')
  if (oid === undefined) return invalid('PullRequest', 'head', 'invalid')
  if (openOf(repository, branch, parts.base)) custom(`A pull request already exists for ${repository.owner.login}:${branch}.`)
  const { aheadBy, mergeBase } = await repository.git.compare(base, oid)
  if (mergeBase === null) custom(`The ${branch} branch has no history in common with ${parts.base}`)
  if (aheadBy === 0) custom(`No commits between ${parts.base} and ${branch}`)
  const body = parts.body ?? null
  const pull = addPull(world, repository, actor, {
    title: parts.title,
    body,
    branch,
    oid,
    base: parts.base,
    isDraft: parts.isDraft ?? false,
  })
  await repository.git.point({ [`refs/pull/${pull.number}/head`]: oid })
  tellPull(world, pull, actor, 'opened')
  await startHead(world, { repository, branch, oid, pull })
  await world.settle()
  return pull
}

/** Puts it into the world, without asking whether it may be: the way for hundreds at once. Its ref and its event are the caller's. */
export const addPull = (
  world: World,
  repository: Repository,
  author: Account,
  {
    title,
    body,
    branch,
    oid,
    base,
    isDraft,
  }: Pick<Pull, 'title' | 'body' | 'isDraft'> & { readonly branch: string; readonly oid: string; readonly base: string },
): Pull => {
  const pull: Pull = known(
    world,
    'PullRequest',
    {
      ...begin(world, repository, author, { title, body }),
      isDraft,
      head: { repository, branch, oid, isDeleted: false },
      base: { branch: base, oid: repository.branches.get(base) ?? '' },
      reviews: [],
      threads: [],
      requestedReviewers: [],
      mergedAt: null,
      mergedBy: null,
      mergeCommit: null,
      autoMerge: null,
      queueEntry: null,
      closes: closing(body),
    },
    repository,
  )
  repository.items.set(pull.number, pull)
  return pull
}

const openOf = (repository: Repository, branch: string, base: string): Pull | undefined =>
  [...repository.items.values()]
    .filter(isPull)
    .find((one) => one.state === 'open' && one.head.branch === branch && one.base.branch === base)

/** Closes or reopens it. @throws Refusal 422 when its branch is gone, was force-pushed meanwhile, or it is merged. */
export const setPullState = async (world: World, pull: Pull, actor: Account, state: 'open' | 'closed'): Promise<void> => {
  if (pull.author !== actor) need(pull.repository, actor, 'triage')
  needWritable(pull.repository)
  if (pull.state === state) return
  if (state === 'closed') {
    closePull(world, pull, actor)
    return world.settle()
  }
  const why = (await lost(pull)) ?? null
  if (why)
    refuse(422, 'Validation Failed', [
      { resource: 'PullRequest', field: 'state', code: 'custom', message: `state cannot be changed. ${why}` },
    ])
  pull.state = 'open'
  pull.closedAt = null
  pull.closedBy = null
  pull.head.oid = pull.repository.branches.get(pull.head.branch) ?? pull.head.oid
  note(world, pull, actor, 'reopened')
  tellPull(world, pull, actor, 'reopened')
  await startHead(world, { repository: pull.repository, branch: pull.head.branch, oid: pull.head.oid, pull })
  await world.settle()
}

/** Why it cannot be opened again. */
const lost = async ({ repository, head, base, mergedAt }: Pull): Promise<string | null> => {
  const live = repository.branches.get(head.branch)
  if (mergedAt !== null) return 'The pull request was merged.'
  if (live === undefined) return `The ${head.branch} branch was deleted.`
  if (!repository.branches.has(base.branch)) return `The ${base.branch} branch was deleted.`
  if ((await repository.git.compare(head.oid, live)).behindBy > 0) return `The ${head.branch} branch was force-pushed or recreated.`
  if (openOf(repository, head.branch, base.branch)) return `There is already an open pull request from ${head.branch} to ${base.branch}.`
  return null
}

/** Aims it at another base branch. */
export const retarget = async (world: World, pull: Pull, actor: Account, branch: string): Promise<void> => {
  if (pull.author !== actor) need(pull.repository, actor, 'write')
  needWritable(pull.repository)
  if (pull.state === 'closed') custom('Cannot change the base branch of a closed pull request.')
  const oid = pull.repository.branches.get(branch)
  if (oid === undefined) return invalid('PullRequest', 'base', 'invalid')
  if (branch === pull.base.branch) return
  if ((await pull.repository.git.compare(oid, pull.head.oid)).aheadBy === 0)
    custom(`There are no new commits between base branch '${branch}' and head branch '${pull.head.branch}'`)
  const from = pull.base.branch
  pull.base.branch = branch
  pull.base.oid = oid
  note(world, pull, actor, 'base_ref_changed', { from, to: branch })
  tellPull(world, pull, actor, 'edited', { changes: { base: { ref: { from }, sha: { from: oid } } } })
  await world.settle()
}

export const setDraft = async (world: World, pull: Pull, actor: Account, isDraft: boolean): Promise<void> => {
  if (pull.author !== actor) need(pull.repository, actor, 'write')
  needWritable(pull.repository)
  if (pull.state === 'closed') refuse(422, 'Pull request is closed')
  if (pull.isDraft === isDraft) return
  pull.isDraft = isDraft
  note(world, pull, actor, isDraft ? 'convert_to_draft' : 'ready_for_review')
  tellPull(world, pull, actor, isDraft ? 'converted_to_draft' : 'ready_for_review')
  await world.settle()
}

export const requestReviewers = async (world: World, pull: Pull, actor: Account, logins: readonly string[]): Promise<void> => {
  need(pull.repository, actor, 'triage')
  needWritable(pull.repository)
  if (logins.some((login) => login.toLowerCase() === pull.author?.login.toLowerCase()))
    refuse(422, 'Review cannot be requested from pull request author.')
  for (const one of logins.map((login) => assignable(world, pull.repository, login, 'PullRequest', 'reviewers'))) {
    if (pull.requestedReviewers.includes(one)) continue
    pull.requestedReviewers.push(one)
    note(world, pull, actor, 'review_requested', { requested_reviewer: one.login })
    tellPull(world, pull, actor, 'review_requested', { requested_reviewer: accountJson(world, one) })
  }
}

export const unrequestReviewers = async (world: World, pull: Pull, actor: Account, logins: readonly string[]): Promise<void> => {
  need(pull.repository, actor, 'triage')
  for (const login of logins) {
    const one = pull.requestedReviewers.find((other) => other.login.toLowerCase() === login.toLowerCase())
    if (!one) continue
    pull.requestedReviewers = pull.requestedReviewers.filter((other) => other !== one)
    note(world, pull, actor, 'review_request_removed', { requested_reviewer: one.login })
    tellPull(world, pull, actor, 'review_request_removed', { requested_reviewer: accountJson(world, one) })
  }
}

/** Does its base have commits that it has not? */
export const behindBy = async (pull: Pull): Promise<number> => (await pull.repository.git.compare(baseOid(pull), pull.head.oid)).behindBy
