import type { ModelUsage } from '../contracts/agent.ts'
import type { Spending, Spent } from '../contracts/cost.ts'
import type { Fact } from '../contracts/fact.ts'
import { used } from '../contracts/session.ts'
import { evolve, unborn } from './evolve.ts'

/** What its facts tell of what it used. Null for a session that there is not. Pure. */
export const spentIn = (id: string, facts: readonly Fact[]): Spent | null => {
  if (facts.length === 0) return null
  const spendings: Spending[] = []
  let before: readonly ModelUsage[] = []
  let session = unborn(id)
  for (const fact of facts) {
    if (!isAbout.has(fact.type)) continue
    session = evolve(session, fact)
    if (fact.type !== 'agent.used') continue
    const after = used(session)
    const usage = after.map((one) => lessOf(one, before)).filter((one) => kinds.some((kind) => (one[kind] ?? 0) !== 0))
    if (usage.length > 0) spendings.push({ at: fact.at, usage })
    before = after
  }
  return { session: id, project: session.project, requester: session.requester, spendings }
}

/** All others change nothing of what it used, and there are many. */
const isAbout: ReadonlySet<Fact['type']> = new Set(['session.requested', 'agent.chosen', 'agent.named', 'agent.used', 'conversation.lost'])

const kinds = ['input', 'cacheRead', 'cacheWrite', 'output', 'costUsd'] as const

const lessOf = (after: ModelUsage, all: readonly ModelUsage[]): ModelUsage => {
  const before = all.find(({ model }) => model === after.model)
  if (!before) return after
  return {
    model: after.model,
    input: after.input - before.input,
    cacheRead: after.cacheRead - before.cacheRead,
    cacheWrite: after.cacheWrite - before.cacheWrite,
    output: after.output - before.output,
    costUsd: after.costUsd === null ? null : after.costUsd - (before.costUsd ?? 0),
  }
}
