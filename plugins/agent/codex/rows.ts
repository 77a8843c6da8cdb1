import { z } from 'zod'
import { parseObject } from '../../../core/kit/mailbox.ts'

const base = { v: z.literal(1), at: z.number().min(0) }

/**
 * What the ear writes into the mailbox. A question that is closed is an `answered` row, which means the same for every agent
 * (`core/kit/mailbox.ts`).
 */
const rowSchema = z.union([
  /** This conversation is the one; whatever an earlier run asked is void. */
  z.object({ ...base, codex: z.literal('thread'), run: z.string(), thread: z.string() }),
  z.object({
    ...base,
    codex: z.literal('asked'),
    request: z.string(),
    kind: z.enum(['permission', 'question']),
    text: z.string(),
    detail: z.string().nullable(),
    options: z.array(z.string()),
    refusal: z.number().nullable(),
  }),
  /** Nobody answers that question any more: its turn ended without. */
  z.object({ ...base, codex: z.literal('void'), request: z.string() }),
  /** A message stands in the conversation. */
  z.object({ ...base, codex: z.literal('heard'), message: z.string() }),
  z.object({ ...base, codex: z.literal('turn'), turn: z.string(), is: z.literal('started') }),
  z.object({
    ...base,
    codex: z.literal('turn'),
    turn: z.string(),
    is: z.literal('over'),
    /** Why it failed, in Codex's own words, and its name for that; null: it did not fail. */
    failed: z.object({ message: z.string(), code: z.string().nullable() }).nullable(),
  }),
])

/** A row of Codex's in the mailbox. */
export type Row = z.infer<typeof rowSchema>
/** A row without what every row has. */
export type RowWords = Row extends infer R ? (R extends Row ? Omit<R, 'v' | 'at'> : never) : never

/** A row of Codex's, or null for any other line. Total. */
export const parseCodexRow = (text: string): Row | null => {
  const value = parseObject(text)
  if (value === null || typeof value.codex !== 'string') return null
  return rowSchema.safeParse(value).data ?? null
}
