import { z } from 'zod'

/** What words mean, as plain data: an intent with its slots, what must be asked for, or nothing that the bot does. */
const means = z.union(
  [z.null(), z.strictObject({ ask: z.string() }), z.looseObject({ intent: z.string() })],
  'means must be null, {"ask": what} or {"intent": name, …its slots}',
)
export type Means = z.infer<typeof means>

export const risks = ['read', 'change', 'destroy'] as const
export type Risk = (typeof risks)[number]

/** A line of a file of sentences: what is said, where (`channel`, `dm`, `thread:app-3`, `thread:app-5!`), and what it should mean. */
export const utterance = z.object({
  say: z.string('say must be a text'),
  in: z.string('in must be a place'),
  means,
  risk: z.enum(risks, `risk must be one of ${risks.join(', ')}`),
})
export type Utterance = z.infer<typeof utterance>
