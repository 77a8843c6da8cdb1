import { baseOid, mergeable, mergeState } from '../rules.ts'
import type { MergeMethod, Pull, Repository, Review, ReviewComment, World } from '../state.ts'
import { accountJson, repositoryJson, time, timeOr } from './accounts.ts'
import { api, association, itemJson, page } from './issues.ts'

type Json = Record<string, unknown>

const side = (world: World, repository: Repository, ref: string, oid: string, repo: Json | null): Json => ({
  label: `${repository.owner.login}:${ref}`,
  ref,
  sha: oid,
  user: accountJson(world, repository.owner),
  repo,
})

/** As lists and hooks have it: without what has to be computed. */
export const pullJson = (world: World, pull: Pull): Json => {
  const url = `${api(world, pull.repository)}/pulls/${pull.number}`
  const html = `${page(world, pull.repository)}/pull/${pull.number}`
  const { head, base } = pull
  const home = repositoryJson(world, pull.repository)
  const headHome = head.repository === pull.repository ? home : head.repository && repositoryJson(world, head.repository)
  return {
    ...itemJson(world, pull),
    id: pull.id + 1, // a pull request has another number as an issue
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api(world, pull.repository)}/issues/${pull.number}`,
    commits_url: `${url}/commits`,
    comments_url: `${api(world, pull.repository)}/issues/${pull.number}/comments`,
    review_comments_url: `${url}/comments`,
    statuses_url: `${api(world, pull.repository)}/statuses/${pull.head.oid}`,
    merged_at: timeOr(pull.mergedAt),
    merge_commit_sha: pull.mergeCommit,
    requested_reviewers: pull.requestedReviewers.map((one) => accountJson(world, one)),
    requested_teams: [],
    draft: pull.isDraft,
    head: side(world, head.repository ?? pull.repository, head.branch, head.oid, headHome),
    base: side(world, pull.repository, base.branch, base.oid, home),
    auto_merge: pull.autoMerge && {
      enabled_by: accountJson(world, pull.autoMerge.enabledBy),
      merge_method: pull.autoMerge.method,
      commit_title: pull.autoMerge.title,
      commit_message: pull.autoMerge.body,
    },
  }
}

/** As `GET …/pulls/{n}` has it. */
export const fullPullJson = async (world: World, pull: Pull): Promise<Json> => {
  const merge = await mergeable(world, pull)
  return {
    ...(await hookPullJson(world, pull)),
    mergeable: merge === 'UNKNOWN' ? null : merge === 'MERGEABLE',
    rebaseable: merge === 'UNKNOWN' ? null : merge === 'MERGEABLE',
    mergeable_state: (await mergeState(world, pull, merge)).toLowerCase(),
  }
}

/** As hooks have it: GitHub has not yet looked whether it can be merged. */
export const hookPullJson = async (world: World, pull: Pull): Promise<Json> => {
  const shape = { ...pullJson(world, pull), merged: pull.mergedAt !== null, merged_by: accountJson(world, pull.mergedBy) }
  const base = pull.mergedAt === null ? baseOid(pull) : pull.base.oid
  const reviewComments = pull.threads.reduce((sum, { comments }) => sum + comments.length, 0)
  const comments = pull.comments.length
  const { aheadBy } = await pull.repository.git.compare(base, pull.head.oid)
  const files = await pull.repository.git.files(base, pull.head.oid)
  return {
    ...shape,
    mergeable: null,
    rebaseable: null,
    mergeable_state: 'unknown',
    comments,
    review_comments: reviewComments,
    maintainer_can_modify: false,
    commits: aheadBy,
    additions: files.reduce((sum, { additions }) => sum + additions, 0),
    deletions: files.reduce((sum, { deletions }) => sum + deletions, 0),
    changed_files: files.length,
  }
}

export const reviewJson = (world: World, review: Review): Json => {
  const url = `${api(world, review.pull.repository)}/pulls/${review.pull.number}`
  const html = `${page(world, review.pull.repository)}/pull/${review.pull.number}#pullrequestreview-${review.id}`
  return {
    id: review.id,
    node_id: review.nodeId,
    user: accountJson(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    author_association: association(review.pull.repository, review.author),
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: time(review.submittedAt),
    commit_id: review.commitOid,
  }
}

export const reviewCommentJson = (world: World, comment: ReviewComment): Json => {
  const { pull } = comment.thread
  const url = `${api(world, pull.repository)}/pulls`
  return {
    id: comment.id,
    node_id: comment.nodeId,
    url: `${url}/comments/${comment.id}`,
    html_url: `${page(world, pull.repository)}/pull/${pull.number}#discussion_r${comment.id}`,
    pull_request_url: `${url}/${pull.number}`,
    pull_request_review_id: comment.review.id,
    diff_hunk: comment.diffHunk,
    path: comment.thread.path,
    line: comment.thread.line,
    original_line: comment.thread.originalLine,
    start_line: comment.thread.startLine,
    side: comment.thread.side,
    commit_id: comment.thread.isOutdated ? comment.commitOid : pull.head.oid,
    original_commit_id: comment.commitOid,
    user: accountJson(world, comment.author),
    body: comment.body,
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: association(pull.repository, comment.author),
    ...(comment.replyTo && { in_reply_to_id: comment.replyTo.id }),
    subject_type: comment.thread.originalLine === null ? 'file' : 'line',
  }
}

/** The three merge switches of a repository as REST names them. */
export const methodSwitches: Readonly<Record<string, MergeMethod>> = {
  allow_merge_commit: 'merge',
  allow_squash_merge: 'squash',
  allow_rebase_merge: 'rebase',
}
