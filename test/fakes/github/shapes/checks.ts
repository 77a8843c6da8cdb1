import type { CheckRun, CheckSuite, CommitStatus, Pull, World } from '../state.ts'
import { account } from '../world.ts'
import { accountJson, checkAppJson, time, timeOr } from './accounts.ts'
import { api } from './issues.ts'

type Json = Record<string, unknown>

/** Open pull requests whose head it is, as check runs and suites name them. */
const pullsOf = (world: World, { repository, headOid }: CheckSuite): readonly Json[] =>
  [...repository.items.values()]
    .filter((item): item is Pull => item.kind === 'PullRequest' && item.state === 'open' && item.head.oid === headOid)
    .map((pull) => {
      const repo = { id: repository.id, url: api(world, repository), name: repository.name }
      return {
        url: `${api(world, repository)}/pulls/${pull.number}`,
        id: pull.id + 1,
        number: pull.number,
        head: { ref: pull.head.branch, sha: pull.head.oid, repo },
        base: { ref: pull.base.branch, sha: pull.base.oid, repo },
      }
    })

export const suiteJson = (world: World, suite: CheckSuite): Json => {
  const runs = (suite.repository.runs.get(suite.headOid) ?? []).filter((run) => run.suite === suite)
  const isDone = runs.length > 0 && runs.every(({ status }) => status === 'completed')
  return {
    id: suite.id,
    node_id: suite.nodeId,
    head_branch: suite.headBranch,
    head_sha: suite.headOid,
    status: isDone ? 'completed' : runs.some(({ status }) => status === 'in_progress') ? 'in_progress' : 'queued',
    conclusion: isDone ? (runs.find(({ conclusion }) => conclusion !== 'success')?.conclusion ?? 'success') : null,
    url: `${api(world, suite.repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.headOid,
    pull_requests: pullsOf(world, suite),
    app: checkAppJson(world, suite.app),
    created_at: time(suite.createdAt),
    updated_at: time(suite.updatedAt),
    latest_check_runs_count: runs.length,
  }
}

export const runJson = (world: World, run: CheckRun): Json => {
  const url = `${api(world, run.suite.repository)}/check-runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    head_sha: run.headOid,
    external_id: run.externalId,
    url,
    html_url: run.detailsUrl,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: time(run.startedAt),
    completed_at: timeOr(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: checkAppJson(world, run.suite.app),
    pull_requests: pullsOf(world, run.suite),
  }
}

export const statusJson = (world: World, status: CommitStatus): Json => ({
  url: `${api(world, status.repository)}/statuses/${status.headOid}`,
  avatar_url: '',
  id: status.id,
  node_id: status.nodeId,
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: time(status.createdAt),
  updated_at: time(status.createdAt),
  creator: accountJson(world, account(world, status.creator)),
})
