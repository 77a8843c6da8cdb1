import { latestRuns, latestStatuses, outcomeOfRun, requiredChecks, rollup } from '../../rules.ts'
import type { Annotation, CheckApp, CheckRun, CheckSuite, CommitStatus, Pull, Repository } from '../../state.ts'
import { type Arguments, type Asking, addressOf, type Fields, fail, isMissing } from '../asking.ts'
import type { Page } from '../paging.ts'
import { commitOf, type Rollup, refOf, rollupId } from './nodes.ts'

export const statusCheckRollup: Fields<Rollup> = {
  id: rollupId,
  state: ({ repository, oid }) => rollup(repository, oid),
  commit: ({ repository, oid }) => commitOf(repository, oid),
  contexts: ({ repository, oid }) => [...latestRuns(repository, oid), ...latestStatuses(repository, oid)],
}

const counted = (states: readonly string[]) => {
  const counts = new Map<string, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => ({ state, count }))
}

/** `CheckRunState`: the conclusion of what is done, else the status, of which `requested` is none. */
const stateOfRun = ({ status, conclusion }: CheckRun): string => (conclusion ?? (status === 'requested' ? 'queued' : status)).toUpperCase()

const runs = ({ all }: Page) => (all as readonly (CheckRun | CommitStatus)[]).filter((one) => one.kind === 'CheckRun')
const statuses = ({ all }: Page) => (all as readonly (CheckRun | CommitStatus)[]).filter((one) => one.kind === 'StatusContext')

/** Besides what every connection has. */
export const contexts: Fields<Page> = {
  checkRunCount: (page) => runs(page).length,
  checkRunCountsByState: (page) => counted(runs(page).map(stateOfRun)),
  statusContextCount: (page) => statuses(page).length,
  statusContextCountsByState: (page) => counted(statuses(page).map(({ state }) => state.toUpperCase())),
}

export const stateCount: Fields<{ readonly state: string; readonly count: number }> = {
  state: ({ state }) => state,
  count: ({ count }) => count,
}

/** Is a check of that name required of the pull that was named? GitHub wants one named. */
const isRequired = (repository: Repository, name: string, { pullRequestId, pullRequestNumber }: Arguments, { world }: Asking): boolean => {
  if (pullRequestId == null && pullRequestNumber == null)
    return fail('ARGUMENT_ERROR', 'Either `pullRequestId` or `pullRequestNumber` must be provided.')
  const item = pullRequestId == null ? repository.items.get(Number(pullRequestNumber)) : world.nodes.get(String(pullRequestId))
  const pull: Pull = item?.kind === 'PullRequest' ? item : isMissing(pullRequestId ?? pullRequestNumber)
  return requiredChecks(pull.repository, pull.base.branch).includes(name)
}

const runAddress = (run: CheckRun, asking: Asking): string => {
  const home = addressOf(asking, run.suite.repository)
  return run.suite.workflow ? `${home}/actions/runs/${run.suite.workflow.runId}/job/${run.id}` : `${home}/runs/${run.id}`
}

export const checkRun: Fields<CheckRun> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  name: ({ name }) => name,
  status: ({ status }) => status,
  conclusion: ({ conclusion }) => conclusion,
  title: ({ title }) => title,
  summary: ({ summary }) => summary,
  text: ({ text }) => text,
  startedAt: ({ startedAt }) => startedAt,
  completedAt: ({ completedAt }) => completedAt,
  detailsUrl: ({ detailsUrl }) => detailsUrl,
  externalId: ({ externalId }) => externalId,
  url: (run, _, asking) => runAddress(run, asking),
  permalink: (run, _, asking) => runAddress(run, asking),
  repository: ({ suite }) => suite.repository,
  checkSuite: ({ suite }) => suite,
  annotations: ({ annotations }) => annotations,
  isRequired: ({ suite, name }, given, asking) => isRequired(suite.repository, name, given, asking),
}

export const annotation: Fields<Annotation> = {
  path: ({ path }) => path,
  message: ({ message }) => message,
  title: ({ title }) => title,
  annotationLevel: ({ level }) => level,
  location: ({ startLine, endLine }) => ({ start: { line: startLine, column: null }, end: { line: endLine, column: null } }),
}

export const span: Fields<{ readonly start: unknown; readonly end: unknown }> = { start: ({ start }) => start, end: ({ end }) => end }
export const position: Fields<{ readonly line: number }> = { line: ({ line }) => line, column: () => null }

export const statusContext: Fields<CommitStatus> = {
  id: ({ nodeId }) => nodeId,
  context: ({ context }) => context,
  state: ({ state }) => state,
  description: ({ description }) => description,
  targetUrl: ({ targetUrl }) => targetUrl,
  createdAt: ({ createdAt }) => createdAt,
  creator: ({ creator }, _, { world }) => world.accounts.get(creator.toLowerCase()) ?? null,
  commit: ({ repository, headOid }) => commitOf(repository, headOid),
  isRequired: ({ repository, context }, given, asking) => isRequired(repository, context, given, asking),
}

const runsOf = (suite: CheckSuite): readonly CheckRun[] => latestRuns(suite.repository, suite.headOid).filter((run) => run.suite === suite)

const conclusionOf = (suite: CheckSuite): string | null => {
  const all = runsOf(suite)
  if (all.length === 0 || all.some(({ status }) => status !== 'completed')) return null
  return all.find((run) => outcomeOfRun(run) === 'FAILURE')?.conclusion ?? 'success'
}

const statusOf = (suite: CheckSuite): string => {
  const all = runsOf(suite)
  if (all.length > 0 && all.every(({ status }) => status === 'completed')) return 'completed'
  return all.every(({ status }) => status === 'queued') ? 'queued' : 'in_progress'
}

export const checkSuite: Fields<CheckSuite> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  app: ({ app }) => app,
  branch: ({ repository, headBranch }) => (headBranch === null ? null : refOf(repository, headBranch)),
  commit: ({ repository, headOid }) => commitOf(repository, headOid),
  repository: ({ repository }) => repository,
  status: statusOf,
  conclusion: conclusionOf,
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
  checkRuns: (suite, { filterBy }) => {
    const { checkName, conclusions } = (filterBy ?? {}) as { readonly checkName?: string; readonly conclusions?: readonly string[] } // `CheckRunFilter`
    return runsOf(suite).filter(
      ({ name, conclusion }) =>
        (checkName == null || name === checkName) && (conclusions == null || conclusions.includes((conclusion ?? '').toUpperCase())),
    )
  },
  workflowRun: (suite) => (suite.workflow ? { suite, ...suite.workflow } : null),
  url: (suite, _, asking) => `${addressOf(asking, suite.repository)}/commit/${suite.headOid}/checks?check_suite_id=${suite.id}`,
}

type Run = { readonly suite: CheckSuite; readonly runId: number; readonly name: string; readonly event: string }

export const workflowRun: Fields<Run> = {
  databaseId: ({ runId }) => runId,
  event: ({ event }) => event,
  checkSuite: ({ suite }) => suite,
  workflow: (run) => run,
  createdAt: ({ suite }) => suite.createdAt,
  updatedAt: ({ suite }) => suite.updatedAt,
  url: ({ suite, runId }, _, asking) => `${addressOf(asking, suite.repository)}/actions/runs/${runId}`,
}
export const workflow: Fields<Run> = { name: ({ name }) => name }

export const app: Fields<CheckApp> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  slug: ({ slug }) => slug,
  name: ({ name }) => name,
}
