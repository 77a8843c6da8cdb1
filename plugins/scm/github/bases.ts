import { explain } from '../../../core/kit/fault.ts'
import type { Facts } from '../../../core/kit/repository.ts'
import { type Demands, noDemands } from './demands.ts'
import type { Ground } from './ground.ts'
import type { Status } from './status.ts'

/** What the base of a change demands. */
export type DemandsOf = (change: Status, facts: Facts | null, signal: AbortSignal) => Promise<Demands>

const askedEveryMs = 5 * 60_000

/**
 * What bases demand, asked once in a while: of their protection, and of the rulesets they are in. Whether a protection wants
 * changes up to date is told to few; that GitHub calls one of them "behind" tells it, too, and holds for all of that base until one
 * is behind and may be merged all the same.
 */
export const openDemands = (ground: Ground): DemandsOf => {
  const { host, project } = ground
  const asked = new Map<string, { readonly at: number; readonly demands: Promise<Demands> }>()
  const strict = new Set<string>()

  const ask = async (base: string): Promise<Demands> => {
    const { repository, questions } = await ground.footing(host.signal)
    const [protection, rules] = await Promise.all([
      questions.demands({ repository: repository.id, base }, host.signal),
      rulesOf(ground, base).catch((error) => {
        // Older servers have no rulesets. What they demand shows in each check all the same, once it has reported.
        if (!host.signal.aborted) host.log.warn('scm.github.rules.unseen', { project: project.name, base, why: explain(error) })
        return noDemands
      }),
    ])
    return {
      checks: [...new Set([...protection.checks, ...rules.checks])],
      isUpToDateWanted: rules.isUpToDateWanted || protection.isUpToDateWanted,
    }
  }

  const demandsFor = (base: string): Promise<Demands> => {
    const known = asked.get(base)
    if (known && host.now() - known.at < askedEveryMs) return known.demands
    const demands = ask(base)
    asked.set(base, { at: host.now(), demands })
    demands.catch(() => asked.delete(base)) // whoever awaits it hears of it; the next look tries again
    return demands
  }

  return async ({ base, mergeState }, facts, signal) => {
    if (mergeState === 'BEHIND') strict.add(base)
    else if (facts?.isBehind && mayBeMerged.has(mergeState)) strict.delete(base)
    const demands = await demandsFor(base)
    signal.throwIfAborted()
    return { ...demands, isUpToDateWanted: demands.isUpToDateWanted ?? strict.has(base) }
  }
}

const mayBeMerged = new Set(['CLEAN', 'UNSTABLE', 'HAS_HOOKS'])

const rulesOf = async (ground: Ground, base: string): Promise<Demands> => {
  const { api, repository } = await ground.located(ground.host.signal)
  const { value } = await api.conditional(
    'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    { owner: repository.owner, repo: repository.name, branch: base, per_page: 100 },
    ({ data }) => {
      const checks = data.flatMap((rule) => (rule.type === 'required_status_checks' ? (rule.parameters ?? []) : []))
      return {
        checks: checks.flatMap(({ required_status_checks: required }) => required.map(({ context }) => context)),
        isUpToDateWanted: checks.some(({ strict_required_status_checks_policy: isStrict }) => isStrict) || null,
      }
    },
    { signal: ground.host.signal },
  )
  return value
}
