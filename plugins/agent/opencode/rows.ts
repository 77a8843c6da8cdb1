import { z } from 'zod'

/**
 * What is put down of an opencode in the mailbox of its session, one row a line: by `listen` what its server says, by `tell` and `answer`
 * what is about to be handed over. `at` is epoch ms.
 */
export type Row = { readonly v: 1; readonly at: number } /** The server of a start was heard for the first time. */ & (
  | { readonly opencode: 'started'; readonly run: string }
  /** The conversation that the words of this agent go to. */
  | { readonly opencode: 'session'; readonly session: string }
  /** A message of a person stands in the conversation. `agent` is opencode's name for its way of working: `build` or `plan`. */
  | { readonly opencode: 'heard'; readonly message: string; readonly ids: readonly string[]; readonly agent: string }
  /** One request to a model is over. `text` is what it said, null in a conversation below this one. */
  | {
      readonly opencode: 'step'
      readonly message: string
      readonly session: string
      readonly model: string
      readonly input: number
      readonly cacheRead: number
      readonly cacheWrite: number
      readonly output: number
      readonly costUsd: number
      /** Epoch ms. */
      readonly doneAt: number
      readonly text: string | null
    }
  | { readonly opencode: 'tool'; readonly call: string; readonly name: string; readonly isRunning: boolean; readonly since: number }
  | { readonly opencode: 'writing' }
  /** `text`: why it tries again. `untilMs`: epoch ms of the next try. */
  | {
      readonly opencode: 'status'
      readonly status: 'busy' | 'idle' | 'retry'
      readonly text: string | null
      readonly attempt: number
      readonly untilMs: number
    }
  /** The turn broke off. `code` is what the model's server answered, if it did. */
  | { readonly opencode: 'failed'; readonly name: string; readonly text: string; readonly code: number | null }
  | {
      readonly opencode: 'asked'
      readonly request: string
      readonly kind: 'permission'
      readonly text: string
      readonly detail: string | null
      readonly always: string
    }
  | { readonly opencode: 'asked'; readonly request: string; readonly kind: 'question'; readonly parts: readonly QuestionPart[] }
  /** `reply` as opencode calls it; null where it went unheard. */
  | { readonly opencode: 'closed'; readonly request: string; readonly reply: string | null }
  /** A decision is about to be handed over: whoever reads that the question is closed knows by whom. `part` counts from 1. */
  | { readonly opencode: 'answering'; readonly request: string; readonly part: number; readonly reply: string; readonly text: string }
  /** A message is about to be handed over, under that id of opencode's. */
  | { readonly opencode: 'telling'; readonly id: string; readonly message: string }
)

/** One of the questions that an agent asks at once. */
export type QuestionPart = {
  readonly text: string
  readonly options: readonly string[]
  readonly detail: string | null
  readonly isMultiple: boolean
}

/** A row without what is added where it is written. */
export type RowWords = Row extends infer R ? (R extends R ? Omit<R, 'v' | 'at'> : never) : never

const text = z.string()
const count = z.number().min(0)
const rowOf = <Kind extends Row['opencode'], Fields extends z.ZodRawShape>(opencode: Kind, fields: Fields) =>
  z.object({ v: z.literal(1), at: count, opencode: z.literal(opencode), ...fields })

const part = z.object({ text, options: z.array(text), detail: text.nullable(), isMultiple: z.boolean() })

export const rowSchema = z.union([
  rowOf('started', { run: text }),
  rowOf('session', { session: text }),
  rowOf('heard', { message: text, ids: z.array(text), agent: text }),
  rowOf('step', {
    ...{ message: text, session: text, model: text, text: text.nullable() },
    ...{ input: count, cacheRead: count, cacheWrite: count, output: count, costUsd: count, doneAt: count },
  }),
  rowOf('tool', { call: text, name: text, isRunning: z.boolean(), since: count }),
  rowOf('writing', {}),
  rowOf('status', { status: z.enum(['busy', 'idle', 'retry']), text: text.nullable(), attempt: count, untilMs: count }),
  rowOf('failed', { name: text, text, code: z.number().nullable() }),
  rowOf('asked', { request: text, kind: z.literal('permission'), text, detail: text.nullable(), always: text }),
  rowOf('asked', { request: text, kind: z.literal('question'), parts: z.array(part).min(1) }),
  rowOf('closed', { request: text, reply: text.nullable() }),
  rowOf('answering', { request: text, part: count, reply: text, text }),
  rowOf('telling', { id: text, message: text }),
]) satisfies z.ZodType<Row>
