import { z } from 'zod'
import { reportStatus } from '../acts/checks.ts'
import { need } from '../acts/common.ts'
import { logAddress } from '../blobs.ts'
import { refuse } from '../refusal.ts'
import { latestRuns, latestStatuses } from '../rules.ts'
import { repositoryJson } from '../shapes/accounts.ts'
import { runJson, statusJson, suiteJson } from '../shapes/checks.ts'
import type { CheckRun, CommitStatus } from '../state.ts'
import { actions } from '../world.ts'
import { actorFor, choice, commitOf, needRead, paged, type RepositoryCall, type Route, read, route } from './route.ts'

const runOf = ({ world, repository, parameters }: RepositoryCall): CheckRun => {
  const run = world.jobs.get(Number(parameters.id))
  return run?.suite.repository === repository ? run : refuse(404, 'Not Found')
}

/** `error` counts as failure here, and nothing at all as pending. */
const combined = (statuses: readonly CommitStatus[]): string => {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure'
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success'
}

export const checkRoutes: readonly Route<RepositoryCall>[] = [
  route('GET commits/{ref}/check-runs', async (call) => {
    needRead(call, 'checks')
    const { world, repository, query } = call
    const oid = await commitOf(call, call.parameters.ref ?? '')
    const isLatest = choice(call, 'filter', ['latest', 'all'], 'latest') === 'latest'
    const name = query.get('check_name')
    const status = query.get('status')
    const all = (isLatest ? latestRuns(repository, oid) : (repository.runs.get(oid) ?? []))
      .filter((run) => name === null || run.name === name)
      .filter((run) => status === null || run.status === status)
      .toReversed()
    return paged(
      call,
      all,
      (run) => runJson(world, run),
      (page) => ({ total_count: all.length, check_runs: page }),
    )
  }),
  route('GET commits/{ref}/check-suites', async (call) => {
    needRead(call, 'checks')
    const all = call.repository.suites.get(await commitOf(call, call.parameters.ref ?? '')) ?? []
    return paged(
      call,
      all,
      (suite) => suiteJson(call.world, suite),
      (page) => ({ total_count: all.length, check_suites: page }),
    )
  }),
  route('GET commits/{ref}/status', async (call) => {
    needRead(call, 'statuses')
    const { world, repository } = call
    const oid = await commitOf(call, call.parameters.ref ?? '')
    const all = latestStatuses(repository, oid)
    return paged(
      call,
      all,
      (status) => statusJson(world, status),
      (page) => ({
        state: combined(all),
        statuses: page,
        sha: oid,
        total_count: all.length,
        repository: repositoryJson(world, repository),
      }),
    )
  }),
  route('GET commits/{ref}/statuses', async (call) => {
    needRead(call, 'statuses')
    const all = call.repository.statuses.get(await commitOf(call, call.parameters.ref ?? '')) ?? []
    return paged(call, all.toReversed(), (status) => statusJson(call.world, status))
  }),
  route('POST statuses/{sha}', async (call) => {
    const actor = actorFor(call, 'statuses')
    need(call.repository, actor, 'write')
    const parts = read(call.body, 'Status', {
      state: z.enum(['error', 'failure', 'pending', 'success']),
      context: z.string().optional(),
      description: z.string().max(140).nullable().optional(),
      target_url: z.string().nullable().optional(),
    })
    const oid = await commitOf(call, call.parameters.sha ?? '')
    const status = await reportStatus(call.world, call.repository, oid, parts.context ?? 'default', parts.state, {
      description: parts.description ?? null,
      targetUrl: parts.target_url ?? null,
      creator: actor.login,
    })
    return { status: 201, body: statusJson(call.world, status) }
  }),
  route('GET check-runs/{id}', (call) => {
    needRead(call, 'checks')
    return { body: runJson(call.world, runOf(call)) }
  }),
  route('GET check-runs/{id}/annotations', (call) => {
    needRead(call, 'checks')
    return paged(call, runOf(call).annotations, ({ path, startLine, endLine, level, message, title }) => ({
      path,
      start_line: startLine,
      end_line: endLine,
      start_column: null,
      end_column: null,
      annotation_level: level,
      title,
      message,
      raw_details: null,
    }))
  }),
  route('GET actions/jobs/{id}', (call) => {
    needRead(call, 'actions')
    const run = runOf(call)
    if (run.suite.app.slug !== actions.slug) return refuse(404, 'Not Found')
    return {
      body: {
        id: run.id,
        run_id: run.suite.workflow?.runId,
        workflow_name: run.suite.workflow?.name,
        head_sha: run.headOid,
        name: run.name,
        status: run.status,
        conclusion: run.conclusion,
        html_url: run.detailsUrl,
        steps: [],
      },
    }
  }),
  /** Not the log, but where it is: an address that needs no token, for a minute. */
  route('GET actions/jobs/{id}/logs', (call) => {
    actorFor(call, 'actions', 'read')
    const run = runOf(call)
    if (run.suite.app.slug !== actions.slug || run.status !== 'completed' || run.log === null) return refuse(404, 'Not Found')
    if (run.log === 'expired') return refuse(410, 'Server Error')
    return { status: 302, text: '', headers: { location: logAddress(call.world, run) } }
  }),
]
