import { z } from 'zod'
import { questionKinds } from '../../../core/contracts/agent.ts'

/** What the extension writes into the mailbox of its session, one row a line. `at` is epoch ms. Answers are rows that all agents share. */
export type Row = { readonly at: number } & (
  | { readonly pi: 'started'; readonly run: string }
  /** Its conversation is on the disk, so it can be taken up again from there. */
  | { readonly pi: 'named'; readonly conversation: string }
  | { readonly pi: 'turn-started' }
  | { readonly pi: 'working' }
  | { readonly pi: 'turn-ended'; readonly message: string | null; readonly isBrokenOff?: boolean | undefined }
  | { readonly pi: 'tool'; readonly call: string; readonly name: string }
  | { readonly pi: 'tool-ended'; readonly call: string }
  | {
      readonly pi: 'asked'
      readonly request: string
      readonly kind: (typeof questionKinds)[number]
      readonly text: string
      readonly detail: string | null
      readonly options: readonly string[]
      readonly refusal: number | null
      readonly reply: 'own' | 'message'
    }
  /** What was asked is no longer of interest: the turn was broken off, or what was wrong is well again. */
  | { readonly pi: 'withdrawn'; readonly request: string }
  | { readonly pi: 'ended' }
)

/** A row without its time, which is added where it is written. */
export type RowWords = Row extends infer R ? (R extends R ? Omit<R, 'at'> : never) : never

const text = z.string()
const rowOf = <Kind extends Row['pi'], Fields extends z.ZodRawShape>(pi: Kind, fields: Fields) =>
  z.object({ at: z.number().min(0), pi: z.literal(pi), ...fields })

export const rowSchema = z.discriminatedUnion('pi', [
  rowOf('started', { run: text }),
  rowOf('named', { conversation: text }),
  rowOf('turn-started', {}),
  rowOf('working', {}),
  rowOf('turn-ended', { message: text.nullable(), isBrokenOff: z.boolean().optional() }),
  rowOf('tool', { call: text, name: text }),
  rowOf('tool-ended', { call: text }),
  rowOf('asked', {
    request: text,
    kind: z.enum(questionKinds),
    text,
    detail: text.nullable(),
    options: z.array(text),
    refusal: z.number().nullable(),
    reply: z.enum(['own', 'message']),
  }),
  rowOf('withdrawn', { request: text }),
  rowOf('ended', {}),
]) satisfies z.ZodType<Row>
