import { z } from 'zod'

/** A repository as GitHub names it in a webhook. Its name changes, and its node id has two spellings: the number is the surest. */
export type RepositoryRef = { readonly nodeId: string; readonly id: number; readonly fullName: string }

/** What a delivery is about. Neither number nor branch: all that the repository has. */
export type About =
  | { readonly slot: 'tracker' }
  /** `isPushed`: this branch got commits; where it is a base, changes onto it have fallen behind. */
  | { readonly slot: 'scm'; readonly number?: number; readonly branch?: string; readonly isPushed?: true }

/** What is read of a delivery. */
export type Delivered = {
  readonly repositories: readonly RepositoryRef[]
  /** The branch that new changes go onto; null where it is not told. */
  readonly defaultBranch: string | null
  readonly about: readonly About[]
}

const repository = z.object({ id: z.int(), node_id: z.string().min(1), full_name: z.string().min(3) })
const number = z.int().positive()
const branch = z.string().min(1).max(1_000)
const changes = z.array(z.object({ number }))
const issue = z.object({ issue: z.object({ number, pull_request: z.unknown().optional() }) })
const login = z.object({ login: z.string().min(1) })

const everything: readonly About[] = [{ slot: 'scm' }, { slot: 'tracker' }]
const tasks: readonly About[] = [{ slot: 'tracker' }]

/** A merge queue tests on a branch of its own, which names the change it is for. */
const aboutBranch = (name: string): About => {
  const queued = /^gh-readonly-queue\/.+\/pr-(\d{1,15})-[0-9a-f]+$/.exec(name)?.[1]
  return queued === undefined ? { slot: 'scm', branch: name } : { slot: 'scm', number: Number(queued) }
}
const headOf = (ref: string): string | null => (ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null)

/** Changes where they are named, with their branch, because a change that was just opened is not known by its number yet. */
const aboutChecks = (
  of: { readonly pull_requests?: z.infer<typeof changes> | undefined },
  head: string | null | undefined,
): readonly About[] => {
  const found = of.pull_requests ?? []
  if (found.length === 0) return head ? [aboutBranch(head)] : []
  return found.map((change) => ({ slot: 'scm', number: change.number, ...(head && { branch: head }) }))
}

type Reader = (payload: unknown) => readonly About[] | null
const reading =
  <Shape extends z.ZodType>(shape: Shape, about: (payload: z.infer<Shape>) => readonly About[]): Reader =>
  (payload) => {
    const read = shape.safeParse(payload)
    return read.success ? about(read.data) : null
  }

const ofChange = reading(z.object({ pull_request: z.object({ number, head: z.object({ ref: branch }) }) }), ({ pull_request: change }) => [
  { slot: 'scm', number: change.number, branch: change.head.ref },
])
/** Every pull request is an issue too; as one it is of no interest to the tracker. */
const ofIssue = reading(issue, ({ issue: { number, pull_request } }) => (pull_request ? [{ slot: 'scm', number }] : tasks))
const suite = z.object({ pull_requests: changes.optional(), head_branch: branch.nullish() })
/** GitHub names at most ten branches that have the commit. */
const mostBranches = 10

/**
 * What each event is about, by its name; all others are of no interest. https://docs.github.com/webhooks/webhook-events-and-payloads
 */
const readers: Readonly<Record<string, Reader>> = {
  pull_request: ofChange,
  pull_request_review: ofChange,
  pull_request_review_comment: ofChange,
  pull_request_review_thread: ofChange,
  issue_comment: ofIssue,
  issues: ofIssue,
  check_run: reading(
    z.object({ check_run: z.object({ pull_requests: changes.optional(), check_suite: suite.nullish() }) }),
    ({ check_run: run }) => aboutChecks(run, run.check_suite?.head_branch),
  ),
  check_suite: reading(z.object({ check_suite: suite }), (of) => aboutChecks(of.check_suite, of.check_suite.head_branch)),
  workflow_run: reading(z.object({ workflow_run: suite }), (of) => aboutChecks(of.workflow_run, of.workflow_run.head_branch)),
  workflow_job: reading(z.object({ workflow_job: z.object({ head_branch: branch.nullish() }) }), ({ workflow_job: job }) =>
    aboutChecks({}, job.head_branch),
  ),
  status: reading(z.object({ branches: z.array(z.object({ name: branch })) }), ({ branches }) =>
    branches.length < mostBranches ? branches.map(({ name }) => aboutBranch(name)) : [{ slot: 'scm' }],
  ),
  push: reading(z.object({ ref: branch }), ({ ref }) => {
    const head = headOf(ref)
    return head === null ? [] : [{ ...aboutBranch(head), isPushed: true }]
  }),
  merge_group: reading(z.object({ merge_group: z.object({ head_ref: branch }) }), ({ merge_group: { head_ref: ref } }) => [
    aboutBranch(headOf(ref) ?? ref),
  ]),
  label: () => tasks,
  sub_issues: () => tasks,
  repository: () => everything,
  installation: () => everything,
  installation_repositories: () => everything,
  installation_target: () => everything,
}

const places = z.object({
  repository: repository.extend({ default_branch: branch.nullish() }).optional(),
  repositories: z.array(repository).optional(),
  repositories_added: z.array(repository).optional(),
  repositories_removed: z.array(repository).optional(),
})
/** What a repository was called before. */
const renamed = z.object({ changes: z.object({ repository: z.object({ name: z.object({ from: z.string().min(1) }) }) }) })
const transferred = z.object({
  changes: z.object({ owner: z.object({ from: z.object({ user: login.nullish(), organization: login.nullish() }) }) }),
})

/** Is it an event that anything is read of? */
export const isOfInterest = (event: string): boolean => Object.hasOwn(readers, event)

/** What a delivery is about; null when it is not what GitHub would send. Total: whatever it is given, it throws nothing. */
export const readDelivery = (event: string, payload: unknown): Delivered | null => {
  const about = isOfInterest(event) ? readers[event]?.(payload) : undefined
  const named = places.safeParse(payload)
  if (!about || !named.success) return null
  const { repository: one, repositories = [], repositories_added: added = [], repositories_removed: removed = [] } = named.data
  const now = [...(one ? [one] : []), ...repositories, ...added, ...removed].map(
    ({ id, node_id: nodeId, full_name: fullName }): RepositoryRef => ({ id, nodeId, fullName }),
  )
  const before = event === 'repository' && now[0] ? formerNames(now[0], payload) : []
  return { repositories: [...now, ...before], defaultBranch: one?.default_branch ?? null, about }
}

/** A project that was never looked at knows its repository by the name it had. */
const formerNames = (now: RepositoryRef, payload: unknown): readonly RepositoryRef[] => {
  const [owner = '', name = ''] = now.fullName.split('/')
  const oldName = renamed.safeParse(payload).data?.changes.repository.name.from
  const from = transferred.safeParse(payload).data?.changes.owner.from
  const oldOwner = (from?.user ?? from?.organization)?.login
  return oldName || oldOwner ? [{ ...now, fullName: `${oldOwner ?? owner}/${oldName ?? name}` }] : []
}

/** The payload in a body, by its content type; undefined where it is none. */
export const payloadIn = (contentType: 'json' | 'form', body: string): unknown => {
  const text = contentType === 'form' ? (new URLSearchParams(body).get('payload') ?? '') : body
  try {
    return JSON.parse(text)
  } catch {
    return undefined // what is no JSON is no payload
  }
}

/** Which of the two ways a webhook is sent; null: another one. */
export const contentTypeOf = (header: string): 'json' | 'form' | null => {
  const type = header.split(';', 1)[0]?.trim().toLowerCase()
  return type === 'application/json' ? 'json' : type === 'application/x-www-form-urlencoded' ? 'form' : null
}

/** The events a webhook of a repository is made for, as the API and as the page for webhooks call them. */
export const events: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'check_run', title: 'Check runs' },
  { name: 'check_suite', title: 'Check suites' },
  { name: 'issue_comment', title: 'Issue comments' },
  { name: 'issues', title: 'Issues' },
  { name: 'label', title: 'Labels' },
  { name: 'merge_group', title: 'Merge groups' },
  { name: 'pull_request', title: 'Pull requests' },
  { name: 'pull_request_review', title: 'Pull request reviews' },
  { name: 'pull_request_review_comment', title: 'Pull request review comments' },
  { name: 'pull_request_review_thread', title: 'Pull request review threads' },
  { name: 'push', title: 'Pushes' },
  { name: 'repository', title: 'Repositories' },
  { name: 'status', title: 'Statuses' },
  { name: 'sub_issues', title: 'Sub issues' },
  { name: 'workflow_job', title: 'Workflow jobs' },
  { name: 'workflow_run', title: 'Workflow runs' },
]
