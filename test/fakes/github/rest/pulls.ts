import { z } from 'zod'
import { editItem } from '../acts/issues.ts'
import { openPull, requestReviewers, retarget, setPullState, unrequestReviewers } from '../acts/pulls.ts'
import { mergePull, updateBranch } from '../merging.ts'
import { refuse } from '../refusal.ts'
import { baseOid } from '../rules.ts'
import { accountJson } from '../shapes/accounts.ts'
import { api, page } from '../shapes/issues.ts'
import { fullPullJson, pullJson } from '../shapes/pulls.ts'
import type { Pull } from '../state.ts'
import { commitJson } from './repositories.ts'
import { type Answer, actorFor, choice, needRead, paged, pullOf, type RepositoryCall, type Route, read, route } from './route.ts'

const listed = (call: RepositoryCall): readonly Pull[] => {
  const { query, repository } = call
  const state = choice(call, 'state', ['open', 'closed', 'all'], 'open')
  const sort = choice(call, 'sort', ['created', 'updated', 'popularity', 'long-running'], 'created')
  const direction = choice(call, 'direction', ['asc', 'desc'], sort === 'created' ? 'desc' : 'asc')
  const [owner, head] = query.get('head')?.split(/:(.*)/s) ?? []
  const base = query.get('base')
  const time = (pull: Pull): number => (sort === 'updated' ? pull.updatedAt : pull.createdAt)
  return (
    [...repository.items.values()]
      .filter((item): item is Pull => item.kind === 'PullRequest')
      .filter((pull) => state === 'all' || pull.state === state)
      // Without an owner before the colon GitHub takes no notice of it.
      .filter(
        (pull) =>
          head === undefined ||
          (pull.head.branch === head && (pull.head.repository ?? repository).owner.login.toLowerCase() === owner?.toLowerCase()),
      )
      .filter((pull) => base === null || pull.base.branch === base)
      .sort((a, b) => (direction === 'asc' ? 1 : -1) * (time(a) - time(b) || a.number - b.number))
  )
}

const mostDiffLines = 20_000
const mostDiffFiles = 300

/** The whole diff as text. @throws Refusal 406 when it is too large. */
const diff = async (pull: Pull): Promise<Answer> => {
  const { git } = pull.repository
  const files = await git.files(baseOid(pull), pull.head.oid)
  const tooLarge = (message: string): never => refuse(406, message, [{ resource: 'PullRequest', field: 'diff', code: 'too_large' }])
  if (files.length > mostDiffFiles)
    tooLarge(
      `Sorry, the diff exceeded the maximum number of files (${mostDiffFiles}). Consider using 'List pull requests files' API or locally cloning the repository instead.`,
    )
  if (files.reduce((sum, { additions, deletions }) => sum + additions + deletions, 0) > mostDiffLines)
    tooLarge(`Sorry, the diff exceeded the maximum number of lines (${mostDiffLines})`)
  const { mergeBase } = await git.compare(baseOid(pull), pull.head.oid)
  return { text: `${await git.run(['diff', '-M', '--no-color', mergeBase ?? baseOid(pull), pull.head.oid])}\n` }
}

const mostFiles = 3_000

const files = async (call: RepositoryCall): Promise<Answer> => {
  const pull = pullOf(call)
  const { git } = pull.repository
  const base = baseOid(pull)
  const all = await git.files(base, pull.head.oid)
  const patches = await git.patches(base, pull.head.oid)
  return paged(call, all.slice(0, mostFiles), ({ path, previousPath, status, additions, deletions }) => {
    const patch = patches.get(path)
    return {
      sha: pull.head.oid,
      filename: path,
      status,
      additions,
      deletions,
      changes: additions + deletions,
      contents_url: `${api(call.world, pull.repository)}/contents/${path}?ref=${pull.head.oid}`,
      ...(patch !== undefined && { patch }),
      ...(previousPath !== null && { previous_filename: previousPath }),
    }
  })
}

const logins = { reviewers: z.array(z.string()).optional(), team_reviewers: z.array(z.string()).max(0).optional() }

export const pullRoutes: readonly Route<RepositoryCall>[] = [
  route('GET pulls', (call) => {
    needRead(call, 'pull_requests')
    return paged(call, listed(call), (pull) => pullJson(call.world, pull))
  }),
  route('POST pulls', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const {
      title,
      body = null,
      head,
      base,
      draft,
    } = read(call.body, 'PullRequest', {
      title: z.string(),
      body: z.string().nullable().optional(),
      head: z.string(),
      base: z.string(),
      draft: z.boolean().optional(),
      maintainer_can_modify: z.boolean().optional(),
    })
    const pull = await openPull(call.world, call.repository, actor, { title, body, head, base, isDraft: draft ?? false })
    return { status: 201, body: await fullPullJson(call.world, pull) }
  }),
  route('GET pulls/{number}', async (call) => {
    needRead(call, 'pull_requests')
    return call.accept.includes('diff') ? diff(pullOf(call)) : { body: await fullPullJson(call.world, pullOf(call)) }
  }),
  route('PATCH pulls/{number}', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const pull = pullOf(call)
    const { title, body, base, state } = read(call.body, 'PullRequest', {
      title: z.string().optional(),
      body: z.string().nullable().optional(),
      base: z.string().optional(),
      state: z.enum(['open', 'closed']).optional(),
      maintainer_can_modify: z.boolean().optional(),
    })
    await editItem(call.world, pull, actor, { ...(title !== undefined && { title }), ...(body !== undefined && { body }) })
    if (base !== undefined) await retarget(call.world, pull, actor, base)
    if (state) await setPullState(call.world, pull, actor, state)
    return { body: await fullPullJson(call.world, pull) }
  }),
  route('GET pulls/{number}/merge', (call) => (pullOf(call).mergedAt === null ? refuse(404, 'Not Found') : { status: 204 })),
  route('PUT pulls/{number}/merge', async (call) => {
    const actor = actorFor(call, 'contents')
    const {
      commit_title: title,
      commit_message: message,
      sha,
      merge_method: method,
    } = read(call.body, 'PullRequest', {
      commit_title: z.string().optional(),
      commit_message: z.string().optional(),
      sha: z.string().optional(),
      merge_method: z.enum(['merge', 'squash', 'rebase']).optional(),
    })
    const merged = await mergePull(call.world, pullOf(call), actor, {
      ...(method && { method }),
      ...(sha !== undefined && { sha }),
      title: title ?? null,
      message: message ?? null,
    })
    return { body: { sha: merged, merged: true, message: 'Pull Request successfully merged' } }
  }),
  route('PUT pulls/{number}/update-branch', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const pull = pullOf(call)
    const { expected_head_sha: sha } = read(call.body, 'PullRequest', { expected_head_sha: z.string().optional() })
    await updateBranch(call.world, pull, actor, sha ?? null)
    return {
      status: 202,
      body: { message: 'Updating pull request branch.', url: `${page(call.world, call.repository)}/pull/${pull.number}` },
    }
  }),
  route('GET pulls/{number}/files', (call) => {
    needRead(call, 'pull_requests')
    return files(call)
  }),
  route('GET pulls/{number}/commits', async (call) => {
    const pull = pullOf(call)
    const { commits } = await pull.repository.git.compare(baseOid(pull), pull.head.oid)
    return paged(call, commits.slice(0, 250), (commit) => commitJson(call, commit))
  }),
  route('GET pulls/{number}/requested_reviewers', (call) => ({
    body: { users: pullOf(call).requestedReviewers.map((one) => accountJson(call.world, one)), teams: [] },
  })),
  route('POST pulls/{number}/requested_reviewers', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const pull = pullOf(call)
    await requestReviewers(call.world, pull, actor, read(call.body, 'PullRequest', logins).reviewers ?? [])
    return { status: 201, body: pullJson(call.world, pull) }
  }),
  route('DELETE pulls/{number}/requested_reviewers', async (call) => {
    const actor = actorFor(call, 'pull_requests')
    const pull = pullOf(call)
    await unrequestReviewers(call.world, pull, actor, read(call.body, 'PullRequest', logins).reviewers ?? [])
    return { body: pullJson(call.world, pull) }
  }),
]
