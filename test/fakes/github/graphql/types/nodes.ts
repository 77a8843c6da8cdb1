import { protectionOf, rollup } from '../../rules.ts'
import type { Account, Protection, Pull, Repository } from '../../state.ts'

/** Things that GraphQL has and the world has not as such; like those of the world they have their type as `kind`. */
export type CommitNode = { readonly kind: 'Commit'; readonly repository: Repository; readonly oid: string }
export type PullCommit = { readonly kind: 'PullRequestCommit'; readonly pull: Pull; readonly oid: string }
export type Ref = { readonly kind: 'Ref'; readonly repository: Repository; readonly name: string }
/** What checks and statuses of a commit come to. */
export type Rollup = { readonly kind: 'StatusCheckRollup'; readonly repository: Repository; readonly oid: string }
/** A rule, with the branch it is for. */
export type Rule = {
  readonly kind: 'BranchProtectionRule'
  readonly repository: Repository
  readonly pattern: string
  readonly rule: Protection
}
/** The merge queue of one base branch. */
export type Queue = { readonly kind: 'MergeQueue'; readonly repository: Repository; readonly branch: string }
export type Request = { readonly kind: 'ReviewRequest'; readonly nodeId: string; readonly pull: Pull; readonly account: Account }

export const commitOf = (repository: Repository, oid: string): CommitNode => ({ kind: 'Commit', repository, oid })

/** Null when there is no such branch any more. */
export const refOf = (repository: Repository | null, name: string): Ref | null =>
  repository?.branches.has(name) ? { kind: 'Ref', repository, name } : null

/** Null when the commit has neither checks nor statuses. */
export const rollupOf = (repository: Repository, oid: string): Rollup | null =>
  rollup(repository, oid) === null ? null : { kind: 'StatusCheckRollup', repository, oid }

export const ruleOf = (repository: Repository, pattern: string): Rule | null => {
  const rule = protectionOf(repository, pattern)
  return rule && { kind: 'BranchProtectionRule', repository, pattern, rule }
}

export const queueOf = (repository: Repository, branch: string): Queue | null =>
  protectionOf(repository, branch)?.hasMergeQueue ? { kind: 'MergeQueue', repository, branch } : null

export const refId = ({ repository, name }: Ref): string =>
  `REF_${Buffer.from(JSON.stringify([repository.id, name])).toString('base64url')}`

export const readRefId = (id: string): { readonly repository: number; readonly name: string } | null => {
  if (!/^REF_[\w-]+$/.test(id)) return null
  const [, repository, name] = /^\[(\d+),"(.*)"\]$/.exec(Buffer.from(id.slice(4), 'base64url').toString()) ?? []
  return name === undefined ? null : { repository: Number(repository), name }
}

export const rollupId = ({ repository, oid }: Rollup): string => `SCR_${repository.id}_${oid}`

export const readRollupId = (id: string): { readonly repository: number; readonly oid: string } | null => {
  const [, repository, oid] = /^SCR_(\d+)_([0-9a-f]{40})$/.exec(id) ?? []
  return oid === undefined ? null : { repository: Number(repository), oid }
}
