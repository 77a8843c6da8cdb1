import { z } from 'zod'

/**
 * Asks a language model once. `instructions` are ours, `words` are what a person said, as it was said. Resolves with what it
 * answered, which may be anything: whoever reads it trusts nothing in it. Settles within the time it was made with.
 *
 * @throws {Fault} MODEL_REFUSED, MODEL_SILENT, MODEL_ODD or MODEL_UNREACHABLE
 */
export type AskModel = (question: { readonly instructions: string; readonly words: string }) => Promise<string>

/** The one thing a language model may answer. An intent of null is "none of these"; the slots must fit the intent, which is looked at next. */
export const modelAnswer = z.strictObject({ intent: z.string().nullable(), slots: z.unknown() })
