import { z } from 'zod'
import type { AgentPicture, ModelUsage } from '../../../core/contracts/agent.ts'

/** One row for each answer of a model, so they are summed; the sums of Codex itself know no models. Its input holds what came from a cache. */
export const added = ({ usage, notes }: AgentPicture, used: z.infer<typeof usageSchema>): readonly ModelUsage[] => {
  const model = typeof notes.model === 'string' ? notes.model : 'unknown'
  const before = usage.find((one) => one.model === model)
  const [cacheRead, cacheWrite] = [used.cached_input_tokens, used.cache_write_input_tokens]
  const next: ModelUsage = {
    model,
    input: (before?.input ?? 0) + Math.max(0, used.input_tokens - cacheRead - cacheWrite),
    cacheRead: (before?.cacheRead ?? 0) + cacheRead,
    cacheWrite: (before?.cacheWrite ?? 0) + cacheWrite,
    output: (before?.output ?? 0) + used.output_tokens,
    costUsd: null,
  }
  return before === undefined ? [...usage, next] : usage.map((one) => (one === before ? next : one))
}

const tokens = z.number().min(0).default(0)
export const usageSchema = z.object({
  input_tokens: tokens,
  cached_input_tokens: tokens,
  cache_write_input_tokens: tokens,
  output_tokens: tokens,
})
