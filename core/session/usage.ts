import type { ModelUsage } from '../contracts/agent.ts'
import type { Session } from '../contracts/session.ts'

/** What a session has used of each model, over all its conversations. A cost that is unknown for a part is unknown for the whole. */
export const used = ({ usage, usedBefore }: Pick<Session, 'usage' | 'usedBefore'>): readonly ModelUsage[] =>
  [...usedBefore, ...usage].reduce<readonly ModelUsage[]>((sums, one) => {
    const known = sums.find(({ model }) => model === one.model)
    return known ? sums.map((sum) => (sum === known ? added(sum, one) : sum)) : [...sums, one]
  }, [])

const added = (a: ModelUsage, b: ModelUsage): ModelUsage => ({
  model: a.model,
  input: a.input + b.input,
  cacheRead: a.cacheRead + b.cacheRead,
  cacheWrite: a.cacheWrite + b.cacheWrite,
  output: a.output + b.output,
  costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
})
