import type { Account, CheckRun, CommitStatus, Permission, Protection, Pull, Repository, Review, Viewer, World } from './state.ts'

const ranks: readonly Permission[] = ['read', 'triage', 'write', 'maintain', 'admin']

/** What somebody may do in a repository; null: not even see it. */
export const permissionOf = (repository: Repository, account: Account): Permission | null => {
  if (repository.owner === account) return 'admin'
  return repository.permissions.get(account.login.toLowerCase()) ?? (repository.isPrivate ? null : 'read')
}

export const hasPermission = (repository: Repository, account: Account | null, least: Permission): boolean => {
  const permission = account && permissionOf(repository, account)
  return permission !== null && ranks.indexOf(permission) >= ranks.indexOf(least)
}

/** What a token can do at most, whoever holds it: areas as the permissions of Apps name them. Classic tokens go by `repo`/`public_repo`. */
export const tokenAllows = ({ token }: Viewer, repository: Repository, area: string, access: 'read' | 'write'): boolean => {
  if (token.installation && !token.installation.repositories.has(repository)) return access === 'read' && !repository.isPrivate
  if (token.permissions) {
    const given = token.permissions[area]
    return given === 'write' || given === 'admin' || (access === 'read' && (given === 'read' || !repository.isPrivate))
  }
  if (token.scopes.includes('repo')) return true
  return !repository.isPrivate && (access === 'read' || token.scopes.includes('public_repo'))
}

export const protectionOf = (repository: Repository, branch: string): Protection | null => repository.protections.get(branch) ?? null

/** The newest run of each name in each suite, as GitHub's pages and its rollup show them. */
export const latestRuns = (repository: Repository, oid: string): readonly CheckRun[] => [
  ...new Map((repository.runs.get(oid) ?? []).map((run) => [`${run.suite.id} ${run.name}`, run])).values(),
]

/** The newest status of each context. */
export const latestStatuses = (repository: Repository, oid: string): readonly CommitStatus[] => [
  ...new Map((repository.statuses.get(oid) ?? []).map((status) => [status.context, status])).values(),
]

export type Outcome = 'SUCCESS' | 'PENDING' | 'FAILURE' | 'ERROR'

export const outcomeOfRun = ({ status, conclusion }: CheckRun): Outcome => {
  if (status !== 'completed') return 'PENDING'
  return conclusion === 'success' || conclusion === 'neutral' || conclusion === 'skipped' ? 'SUCCESS' : 'FAILURE'
}

/** The state of GraphQL's `statusCheckRollup`; null when the commit has neither runs nor statuses. */
export const rollup = (repository: Repository, oid: string): Outcome | null => {
  const outcomes = new Set<Outcome>([
    ...latestRuns(repository, oid).map(outcomeOfRun),
    ...latestStatuses(repository, oid).map(({ state }) => state.toUpperCase() as Outcome), // the four names are the same
  ])
  return (['FAILURE', 'ERROR', 'PENDING', 'SUCCESS'] as const).find((outcome) => outcomes.has(outcome)) ?? null
}

/** How a required check stands on a commit; null: it has not reported, GitHub waits for it. */
export const outcomeOf = (repository: Repository, oid: string, name: string): Outcome | null => {
  const outcomes = [
    ...latestRuns(repository, oid)
      .filter((run) => run.name === name)
      .map(outcomeOfRun),
    ...latestStatuses(repository, oid)
      .filter(({ context }) => context === name)
      .map(({ state }) => state.toUpperCase() as Outcome),
  ]
  return outcomes.find((outcome) => outcome !== 'SUCCESS') ?? outcomes[0] ?? null
}

export const requiredChecks = (repository: Repository, branch: string): readonly string[] =>
  protectionOf(repository, branch)?.requiredChecks ?? []

/** The last word of each reviewer who may write: approved or changes requested, as long as it was not dismissed. */
export const opinions = (pull: Pull): readonly Review[] => {
  const last = new Map<Account, Review>()
  for (const review of pull.reviews) if (review.author && review.state !== 'COMMENTED') last.set(review.author, review)
  return [...last.values()].filter(({ author, state }) => state !== 'DISMISSED' && hasPermission(pull.repository, author, 'write'))
}

/** GraphQL's `reviewDecision`. GitHub is seen to answer both null and the opinion where no rule asks for approvals: a setting here. */
export const reviewDecision = (world: World, pull: Pull): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null => {
  const required = protectionOf(pull.repository, pull.base.branch)?.requiredApprovals ?? 0
  if (required === 0 && world.settings.isDecisionOnlyByRule) return null
  const states = opinions(pull).map(({ state }) => state)
  if (states.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED'
  const approvals = states.filter((state) => state === 'APPROVED').length
  if (approvals >= Math.max(required, 1)) return 'APPROVED'
  return required > 0 ? 'REVIEW_REQUIRED' : null
}

/** The live head of the base branch. */
export const baseOid = (pull: Pull): string => pull.repository.branches.get(pull.base.branch) ?? pull.base.oid

const looked = new WeakMap<Pull, string>()

/** Whether it can be merged as far as files go. With `isMergeableSlow` the first question about two commits is answered `UNKNOWN`. */
export const mergeable = async (world: World, pull: Pull): Promise<'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN'> => {
  if (pull.state === 'closed') return 'UNKNOWN'
  const pair = `${baseOid(pull)} ${pull.head.oid}`
  if (world.settings.isMergeableSlow && looked.get(pull) !== pair) {
    looked.set(pull, pair)
    return 'UNKNOWN'
  }
  return (await pull.repository.git.isMergeable(baseOid(pull), pull.head.oid)) ? 'MERGEABLE' : 'CONFLICTING'
}

/** GraphQL's `mergeStateStatus`; REST's `mergeable_state` is the same in small letters. `known`: what `mergeable` has just answered. */
export const mergeState = async (
  world: World,
  pull: Pull,
  known?: Awaited<ReturnType<typeof mergeable>>,
): Promise<'BEHIND' | 'BLOCKED' | 'CLEAN' | 'DIRTY' | 'DRAFT' | 'UNKNOWN' | 'UNSTABLE'> => {
  const merge = known ?? (await mergeable(world, pull))
  if (merge === 'UNKNOWN') return 'UNKNOWN'
  if (merge === 'CONFLICTING') return 'DIRTY'
  if (pull.isDraft) return 'DRAFT'
  if (blockersOf(world, pull).length > 0) return 'BLOCKED'
  if (await isBehind(pull)) return 'BEHIND'
  const state = rollup(pull.repository, pull.head.oid)
  return state === null || state === 'SUCCESS' ? 'CLEAN' : 'UNSTABLE'
}

/** Is it not up to date with a base branch that wants it to be? */
export const isBehind = async (pull: Pull): Promise<boolean> => {
  if (!protectionOf(pull.repository, pull.base.branch)?.isStrict) return false
  return (await pull.repository.git.compare(baseOid(pull), pull.head.oid)).behindBy > 0
}

/** What branch protection says against merging this commit, in the words of `PUT …/merge`. Neither conflicts nor drafts nor being behind are in it. */
export const blockersOf = (world: World, pull: Pull): readonly string[] => {
  const protection = protectionOf(pull.repository, pull.base.branch)
  if (!protection) return []
  const decision = reviewDecision(world, pull)
  const count = protection.requiredApprovals
  return [
    ...(count > 0 && decision === 'CHANGES_REQUESTED' ? ['Changes have been requested.'] : []),
    ...(count > 0 && decision === 'REVIEW_REQUIRED'
      ? [`At least ${count} approving review${count === 1 ? ' is' : 's are'} required by reviewers with write access.`]
      : []),
    ...checkBlockers(pull.repository, pull.head.oid, protection.requiredChecks),
    ...(protection.requiresResolvedThreads && pull.threads.some(({ isResolved }) => !isResolved)
      ? ['A conversation must be resolved before this pull request can be merged.']
      : []),
  ]
}

/** Required checks of a commit that do not let it through. */
export const checkBlockers = (repository: Repository, oid: string, required: readonly string[]): readonly string[] => {
  const standing = required
    .map((name) => ({ name, outcome: outcomeOf(repository, oid, name) }))
    .filter(({ outcome }) => outcome !== 'SUCCESS')
  const [first] = standing
  if (!first) return []
  if (standing.length > 1) {
    const count = (...outcomes: readonly unknown[]): number => standing.filter(({ outcome }) => outcomes.includes(outcome)).length
    const parts = Object.entries({ failing: count('FAILURE', 'ERROR'), 'in progress': count('PENDING'), expected: count(null) })
    if (count(null) === standing.length) return [`${standing.length} of ${required.length} required status checks are expected.`]
    const told = parts.flatMap(([word, many]) => (many > 0 ? `${many} ${word}` : []))
    return [`${standing.length} of ${required.length} required status checks have not succeeded: ${told.join(' and ')}.`]
  }
  const state = { FAILURE: 'is failing', ERROR: 'is failing', PENDING: 'is in progress', SUCCESS: '', EXPECTED: 'is expected' }
  return [`Required status check "${first.name}" ${state[first.outcome ?? 'EXPECTED']}.`]
}
