import type { ModelUsage } from '../contracts/agent.ts'
import type { Spending } from '../contracts/cost.ts'
import type { FactOf } from '../contracts/fact.ts'
import { type Session, used } from '../contracts/session.ts'

/** What is needed to tell what a turn used: the sums of its conversation. Another conversation begins to count anew. */
export type Using = Pick<Session, 'conversation' | 'usage'>

/** Nothing is used yet, and no conversation is known. */
export const unused: Using = { conversation: null, usage: [] }

/** A conversation has a name, or another one than before. */
export const named = (using: Using, conversation: string): Using =>
  using.conversation === null ? { ...using, conversation } : { conversation, usage: [] }

/** The end of a turn: the sums as they are now, and what came to them; null where nothing did. */
export const spend = (using: Using, { at, usage }: FactOf<'agent.used'>): { readonly using: Using; readonly spending: Spending | null } => {
  const before = sumsOf(using.usage)
  const added = sumsOf(usage)
    .map((one) => lessOf(one, before))
    .filter(isSome)
  return { using: { ...using, usage }, spending: added.length === 0 ? null : { at, usage: added } }
}

const sumsOf = (usage: readonly ModelUsage[]): readonly ModelUsage[] => used({ usage, usedBefore: [] })

const isSome = ({ input, cacheRead, cacheWrite, output, costUsd }: ModelUsage): boolean =>
  input !== 0 || cacheRead !== 0 || cacheWrite !== 0 || output !== 0 || (costUsd ?? 0) !== 0

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
