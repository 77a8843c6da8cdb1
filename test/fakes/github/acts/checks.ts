import { nodeId } from '../ids.ts'
import { invalid } from '../refusal.ts'
import { runJson, statusJson, suiteJson } from '../shapes/checks.ts'
import type { CheckApp, CheckRun, CheckSuite, CommitStatus, Repository, World } from '../state.ts'
import { account, actions, known } from '../world.ts'
import { tell } from './common.ts'

export type RunParts = Partial<Pick<CheckRun, 'status' | 'conclusion' | 'title' | 'summary' | 'text' | 'log' | 'annotations'>> & {
  /** Slug of who made it; `github-actions` unless said. */
  readonly app?: string
  /** The workflow it is a job of. */
  readonly workflow?: string
  /** Another suite of the same app even if it has one for this commit and workflow: a second trigger. */
  readonly isNewSuite?: boolean
}

/**
 * A check run reports. One that is not completed goes on; after a completed one a new run of the same name begins in the same
 * suite. `conclusion` alone completes it. No `updatedAt` of any pull request moves.
 */
export const reportRun = async (world: World, repository: Repository, oid: string, name: string, parts: RunParts): Promise<CheckRun> => {
  const at = world.now()
  const suite = suiteOf(world, repository, oid, parts)
  const runs = repository.runs.get(oid) ?? []
  repository.runs.set(oid, runs)
  const last = runs.findLast((run) => run.suite === suite && run.name === name)
  const isNew = !last || last.status === 'completed'
  const run = isNew ? begun(world, suite, name) : last
  if (isNew) runs.push(run)
  run.status = parts.status ?? 'completed'
  run.conclusion = run.status === 'completed' ? (parts.conclusion ?? 'success') : null
  run.completedAt = run.status === 'completed' ? at : null
  run.title = parts.title ?? run.title
  run.summary = parts.summary ?? run.summary
  run.text = parts.text ?? run.text
  run.log = parts.log ?? run.log
  if (parts.annotations) (run as { annotations: CheckRun['annotations'] }).annotations = parts.annotations // only the one who reports writes it
  suite.updatedAt = at
  const about = { repository, sender: account(world, `${suite.app.slug}[bot]`, 'Bot') }
  if (isNew)
    tell(world, 'check_run', 'created', about, () => ({ check_run: { ...runJson(world, run), check_suite: suiteJson(world, suite) } }))
  if (run.status === 'completed') {
    tell(world, 'check_run', 'completed', about, () => ({ check_run: { ...runJson(world, run), check_suite: suiteJson(world, suite) } }))
    const isAll = runs.filter((one) => one.suite === suite).every(({ status }) => status === 'completed')
    if (isAll) tell(world, 'check_suite', 'completed', about, () => ({ check_suite: suiteJson(world, suite) }))
  }
  await world.settle()
  return run
}

const begun = (world: World, suite: CheckSuite, name: string): CheckRun => {
  const made = known(
    world,
    'CheckRun',
    {
      suite,
      name,
      headOid: suite.headOid,
      status: 'queued' as const,
      conclusion: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
      startedAt: world.now(),
      completedAt: null,
      log: null,
      externalId: '',
    },
    suite.repository,
  )
  const page = `${world.addresses.html}/${suite.repository.owner.login}/${suite.repository.name}`
  const detailsUrl = suite.workflow ? `${page}/actions/runs/${suite.workflow.runId}/job/${made.id}` : `${page}/runs/${made.id}`
  const run: CheckRun = Object.assign(made, { detailsUrl })
  world.jobs.set(run.id, run)
  return run
}

const suiteOf = (
  world: World,
  repository: Repository,
  oid: string,
  { app = actions.slug, workflow = 'CI', isNewSuite = false }: RunParts,
): CheckSuite => {
  const suites = repository.suites.get(oid) ?? []
  repository.suites.set(oid, suites)
  const isActions = app === actions.slug
  const found = suites.findLast((suite) => suite.app.slug === app && (!isActions || suite.workflow?.name === workflow))
  if (found && !isNewSuite) return found
  const [branch = null] = [...repository.branches].find(([, head]) => head === oid) ?? []
  const suite: CheckSuite = known(
    world,
    'CheckSuite',
    {
      repository,
      headOid: oid,
      headBranch: branch,
      app: appNamed(world, app),
      workflow: isActions ? { runId: world.nextId(), name: workflow, event: 'pull_request' } : null,
      createdAt: world.now(),
      updatedAt: world.now(),
    },
    repository,
  )
  suites.push(suite)
  return suite
}

const appNamed = (world: World, slug: string): CheckApp => {
  if (slug === actions.slug) return actions
  const app = [...world.apps.values()].find((one) => one.slug === slug)
  if (app) return app
  const bot = account(world, `${slug}[bot]`, 'Bot')
  return { id: bot.id, nodeId: nodeId('App', bot.id), slug, name: slug }
}

const mostStatuses = 1_000

/** A commit status of the old kind. @throws Refusal 422 after a thousand for one commit and context. */
export const reportStatus = async (
  world: World,
  repository: Repository,
  oid: string,
  context: string,
  state: CommitStatus['state'],
  {
    description = null,
    targetUrl = null,
    creator = repository.owner.login,
  }: Partial<Pick<CommitStatus, 'description' | 'targetUrl' | 'creator'>> = {},
): Promise<CommitStatus> => {
  const all = repository.statuses.get(oid) ?? []
  repository.statuses.set(oid, all)
  if (all.filter((one) => one.context === context).length >= mostStatuses)
    invalid('Status', 'base', 'custom', { message: 'This SHA and context has reached the maximum number of statuses.' })
  const status: CommitStatus = known(
    world,
    'StatusContext',
    { repository, headOid: oid, state, context, description, targetUrl, creator, createdAt: world.now() },
    repository,
  )
  all.push(status)
  const branches = [...repository.branches].filter(([, head]) => head === oid).map(([name]) => ({ name, commit: { sha: oid } }))
  tell(world, 'status', null, { repository, sender: account(world, creator) }, () => ({
    ...statusJson(world, status),
    sha: oid,
    name: `${repository.owner.login}/${repository.name}`,
    branches,
    commit: { sha: oid },
  }))
  await world.settle()
  return status
}
