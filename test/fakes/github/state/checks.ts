import type { Repository } from './repository.ts'

export type CheckStatus = 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending'
export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'stale'
  | 'startup_failure'

/** Who made a check: `github-actions` for jobs (they have logs), anything else for other apps (they have none). */
export type CheckApp = { readonly id: number; readonly nodeId: string; readonly slug: string; readonly name: string }

export type CheckSuite = {
  readonly kind: 'CheckSuite'
  readonly id: number
  readonly nodeId: string
  readonly repository: Repository
  readonly headOid: string
  readonly headBranch: string | null
  readonly app: CheckApp
  /** Only of `github-actions`. */
  readonly workflow: { readonly runId: number; readonly name: string; readonly event: string } | null
  readonly createdAt: number
  updatedAt: number
}

export type CheckRun = {
  readonly kind: 'CheckRun'
  /** Also the number of the job, where it is one of `github-actions`. */
  readonly id: number
  readonly nodeId: string
  readonly suite: CheckSuite
  readonly name: string
  readonly headOid: string
  status: CheckStatus
  /** Null unless `status` is `completed`. */
  conclusion: CheckConclusion | null
  title: string | null
  summary: string | null
  text: string | null
  readonly annotations: readonly Annotation[]
  startedAt: number
  completedAt: number | null
  log: Log | null
  readonly detailsUrl: string
  readonly externalId: string
}

export type Annotation = {
  readonly path: string
  readonly startLine: number
  readonly endLine: number
  readonly level: 'notice' | 'warning' | 'failure'
  readonly message: string
  readonly title: string | null
}

/** A job's log: a text, or filler lines up to `bytes` that end with `ends` (made as it is sent, never held). `expired`: 410. */
export type Log = string | { readonly bytes: number; readonly ends: string } | 'expired'

export type CommitStatus = {
  readonly kind: 'StatusContext'
  readonly id: number
  readonly nodeId: string
  readonly repository: Repository
  readonly headOid: string
  readonly state: 'error' | 'failure' | 'pending' | 'success'
  readonly context: string
  readonly description: string | null
  readonly targetUrl: string | null
  /** Login of who set it. */
  readonly creator: string
  readonly createdAt: number
}
