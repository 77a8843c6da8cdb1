import { deleteBranch } from '../merging.ts'
import { refuse } from '../refusal.ts'
import { protectionOf } from '../rules.ts'
import { api } from '../shapes/issues.ts'
import type { Protection } from '../state.ts'
import { actorFor, needAdmin, needRead, paged, type RepositoryCall, type Route, route } from './route.ts'

type Json = Record<string, unknown>

export const branchRoutes: readonly Route<RepositoryCall>[] = [
  route('GET branches', (call) => {
    needRead(call, 'contents')
    const all = [...call.repository.branches]
    return paged(call, all, ([name, sha]) => ({
      name,
      commit: { sha, url: `${api(call.world, call.repository)}/commits/${sha}` },
      protected: call.repository.protections.has(name),
    }))
  }),
  route('GET branches/{branch*}', async (call) => {
    needRead(call, 'contents')
    const { branch = '' } = call.parameters
    const rules = /^(.*)\/protection(\/required_status_checks)?$/.exec(branch)
    return rules ? protectionBody(call, rules[1] ?? '', rules[2] !== undefined) : branchBody(call, branch)
  }),
  route('GET rules/branches/{branch*}', (call) => ({ body: rulesOf(call, call.parameters.branch ?? '') })),
  route('GET git/ref/{ref*}', (call) => {
    needRead(call, 'contents')
    const { ref = '' } = call.parameters
    const sha = call.repository.branches.get(ref.replace(/^heads\//, ''))
    if (sha === undefined || !ref.startsWith('heads/')) return refuse(404, 'Not Found')
    const url = `${api(call.world, call.repository)}/git`
    return {
      body: {
        ref: `refs/${ref}`,
        node_id: `REF_${Buffer.from(`${call.repository.id}:${ref}`).toString('base64url')}`,
        url: `${url}/refs/${ref}`,
        object: { sha, type: 'commit', url: `${url}/commits/${sha}` },
      },
    }
  }),
  route('DELETE git/refs/{ref*}', async (call) => {
    const { ref = '' } = call.parameters
    const actor = actorFor(call, 'contents')
    if (!ref.startsWith('heads/')) refuse(422, 'Reference does not exist')
    await deleteBranch(call.world, call.repository, actor, ref.slice('heads/'.length))
    return { status: 204 }
  }),
]

const branchBody = (call: RepositoryCall, branch: string) => {
  const { world, repository } = call
  const sha = repository.branches.get(branch) ?? refuse(404, 'Branch not found')
  const protection = protectionOf(repository, branch)
  return {
    body: {
      name: branch,
      commit: { sha, url: `${api(world, repository)}/commits/${sha}` },
      protected: protection !== null,
      protection: {
        enabled: protection !== null,
        required_status_checks: {
          enforcement_level: enforcement(protection),
          contexts: protection?.requiredChecks ?? [],
          checks: checksOf(protection),
        },
      },
      protection_url: `${api(world, repository)}/branches/${branch}/protection`,
    },
  }
}

const enforcement = (protection: Protection | null): string =>
  !protection || protection.requiredChecks.length === 0 ? 'off' : protection.isAdminBound ? 'everyone' : 'non_admins'

const checksOf = (protection: Protection | null): readonly Json[] =>
  (protection?.requiredChecks ?? []).map((context) => ({ context, app_id: null }))

/** Only administrators see it; others are told that it is not there. */
const protectionBody = (call: RepositoryCall, branch: string, isOnlyChecks: boolean) => {
  needAdmin(call)
  needRead(call, 'administration')
  if (!call.repository.branches.has(branch)) refuse(404, 'Branch not found')
  const protection = protectionOf(call.repository, branch) ?? refuse(404, 'Branch not protected')
  const checks = { strict: protection.isStrict, contexts: protection.requiredChecks, checks: checksOf(protection) }
  if (isOnlyChecks) return protection.requiredChecks.length > 0 ? { body: checks } : refuse(404, 'Required status checks not enabled')
  return {
    body: {
      ...(protection.requiredChecks.length > 0 && { required_status_checks: checks }),
      ...(protection.requiredApprovals > 0 && {
        required_pull_request_reviews: {
          required_approving_review_count: protection.requiredApprovals,
          dismiss_stale_reviews: protection.dismissesStaleReviews,
        },
      }),
      enforce_admins: { enabled: protection.isAdminBound },
      required_conversation_resolution: { enabled: protection.requiresResolvedThreads },
      allow_force_pushes: { enabled: false },
      allow_deletions: { enabled: false },
    },
  }
}

/** The same rules as everybody who may read sees them. */
const rulesOf = ({ repository }: RepositoryCall, branch: string): readonly Json[] => {
  const protection = protectionOf(repository, branch)
  if (!protection) return []
  const rule = (type: string, parameters: Json = {}): Json => ({
    type,
    ruleset_source_type: 'Repository',
    ruleset_source: repository.name,
    ruleset_id: protection.id,
    parameters,
  })
  return [
    ...(protection.requiredChecks.length > 0
      ? [
          rule('required_status_checks', {
            required_status_checks: checksOf(protection).map(({ context }) => ({ context })),
            strict_required_status_checks_policy: protection.isStrict,
          }),
        ]
      : []),
    ...(protection.requiredApprovals > 0
      ? [
          rule('pull_request', {
            required_approving_review_count: protection.requiredApprovals,
            dismiss_stale_reviews_on_push: protection.dismissesStaleReviews,
            required_review_thread_resolution: protection.requiresResolvedThreads,
          }),
        ]
      : []),
    ...(protection.hasMergeQueue ? [rule('merge_queue', { merge_method: 'MERGE', grouping_strategy: 'ALLGREEN' })] : []),
  ]
}
