import type { Account } from './accounts.ts'
import type { CheckRun, CheckSuite, CommitStatus } from './checks.ts'
import type { Git } from './git.ts'
import type { Issue, Pull, QueueEntry } from './items.ts'

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read'
export type MergeMethod = 'merge' | 'squash' | 'rebase'

export type Repository = {
  readonly kind: 'Repository'
  readonly id: number
  readonly nodeId: string
  owner: Account
  name: string
  isPrivate: boolean
  isArchived: boolean
  /** Blocked for legal reasons: 451 to everybody. */
  isBlocked: boolean
  hasIssues: boolean
  defaultBranch: string
  readonly createdAt: number
  updatedAt: number
  pushedAt: number
  /** By login in small letters. Everybody else may read when it is not private. */
  readonly permissions: Map<string, Permission>
  readonly merging: {
    methods: readonly MergeMethod[]
    isAutoMergeAllowed: boolean
    deletesBranchOnMerge: boolean
    /** "Always suggest updating pull request branches". */
    suggestsUpdate: boolean
  }
  /** By branch name, exactly. */
  readonly protections: Map<string, Protection>
  readonly labels: Map<string, Label>
  /** Issues and pull requests share the numbers. */
  readonly items: Map<number, Issue | Pull>
  /** Branch → head commit, as in the bare repository at all times; `refs/pull/n/head` are not in it. */
  readonly branches: Map<string, string>
  /** Check suites, check runs (all of them, also superseded ones; newest last) and statuses (newest last), by commit. */
  readonly suites: Map<string, CheckSuite[]>
  readonly runs: Map<string, CheckRun[]>
  readonly statuses: Map<string, CommitStatus[]>
  /** Merge queues by base branch, first in line first. */
  readonly queues: Map<string, QueueEntry[]>
  readonly git: Git
}

export type Protection = {
  readonly id: number
  readonly nodeId: string
  requiredChecks: readonly string[]
  /** Branches must be up to date before merging. */
  isStrict: boolean
  requiredApprovals: number
  dismissesStaleReviews: boolean
  requiresResolvedThreads: boolean
  hasMergeQueue: boolean
  isAdminBound: boolean
  /** Logins that may push directly; null: everybody with write access. Pull requests required (approvals > 0) also closes it. */
  pushers: readonly string[] | null
}

export type Label = {
  readonly kind: 'Label'
  readonly id: number
  readonly nodeId: string
  name: string
  color: string
  description: string | null
}
