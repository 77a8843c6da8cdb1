import type { z } from 'zod'
import { type ReactionKey, reactionKeys } from '../contracts/names.ts'
import type { Reaction, Reactions } from '../contracts/rules.ts'
import type { reactionsShape } from './schema.ts'

const minuteMs = 60_000

const ask: Reaction = {
  auto: true,
  action: 'send-to-agent',
  message: null,
  priority: 'action',
  retries: 2,
  escalateAfter: null,
  thresholdMs: 0,
  toolThresholdMs: 0,
  includeSummary: false,
}
const call: Reaction = { ...ask, action: 'notify' }

/** What is done where the config says nothing. */
export const defaultReactions: Reactions = {
  'ci-failed': { ...ask, escalateAfter: { messages: 2 } },
  'changes-requested': { ...ask, escalateAfter: { ms: 30 * minuteMs } },
  'bugbot-comments': { ...ask, escalateAfter: { ms: 30 * minuteMs } },
  'merge-conflicts': { ...ask, escalateAfter: { ms: 15 * minuteMs } },
  'approved-and-green': { ...call, auto: false },
  'agent-idle': { ...ask, escalateAfter: { ms: 15 * minuteMs } },
  'agent-stuck': { ...call, thresholdMs: 10 * minuteMs, toolThresholdMs: 60 * minuteMs },
  'agent-needs-input': call,
  'agent-exited': call,
  'pr-closed': call,
  'all-complete': { ...call, priority: 'info', includeSummary: true },
}

/** A `reactions:` block as written. */
export type WrittenReactions = z.output<typeof reactionsShape>

/** Field by field, later blocks over earlier ones, over the defaults. */
export const mergeReactions = (...blocks: readonly (WrittenReactions | undefined)[]): Reactions => {
  const merge = (key: ReactionKey): Reaction => Object.assign({}, defaultReactions[key], ...blocks.map((block) => settled(block?.[key])))
  // Every key is in the list that the type was made from.
  return Object.fromEntries(reactionKeys.map((key) => [key, merge(key)])) as Reactions
}

const settled = (written: WrittenReactions[ReactionKey] = {}): Partial<Reaction> => {
  const { threshold, toolThreshold, ...same } = { toolThreshold: undefined, ...written }
  const named = { ...same, thresholdMs: threshold, toolThresholdMs: toolThreshold }
  // What was not written must not cover what was written before it.
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}
