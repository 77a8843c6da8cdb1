import { z } from 'zod'

/*
 * The parts of what opencode's server says that are of interest here. What has another shape is not of interest.
 * https://opencode.ai/docs/server, and `GET /doc` of a running one.
 */

const text = z.string()
const count = z.number().min(0).catch(0)

export const sessionSchema = z.object({
  id: text,
  parentID: text.nullish(),
  directory: text,
  time: z.object({ created: z.number() }),
})

export const infoSchema = z.object({
  id: text,
  sessionID: text,
  role: z.enum(['user', 'assistant']),
  agent: text.nullish(),
  providerID: text.nullish(),
  modelID: text.nullish(),
  cost: count.optional(),
  tokens: z.object({ input: count, output: count, reasoning: count, cache: z.object({ read: count, write: count }) }).nullish(),
  time: z.object({ created: z.number(), completed: z.number().nullish() }),
})
export type Info = z.infer<typeof infoSchema>

const textPart = z.object({ type: z.literal('text'), messageID: text, text, synthetic: z.boolean().nullish() })
const toolPart = z.object({
  type: z.literal('tool'),
  messageID: text,
  callID: text,
  tool: text,
  state: z.object({
    status: z.enum(['pending', 'running', 'completed', 'error']),
    input: z.record(z.string(), z.unknown()).nullish(),
    time: z.object({ start: z.number() }).nullish(),
  }),
})
export const partSchema = z.union([textPart, toolPart])
export type Part = z.infer<typeof partSchema>

export const messageSchema = z.object({ info: infoSchema, parts: z.array(z.unknown()) })

export const permissionSchema = z.object({
  id: text,
  permission: text,
  patterns: z.array(text).catch([]),
  metadata: z.record(z.string(), z.unknown()).catch({}),
  always: z.array(text).catch([]),
  tool: z.object({ callID: text }).nullish(),
})
export type Permission = z.infer<typeof permissionSchema>

export const questionSchema = z.object({
  id: text,
  questions: z
    .array(
      z.object({
        question: text,
        header: text.nullish(),
        options: z.array(z.object({ label: text, description: text.nullish() })).catch([]),
        multiple: z.boolean().nullish(),
      }),
    )
    .min(1),
})
export type Asked = z.infer<typeof questionSchema>

export const statusSchema = z.union([
  z.object({ type: z.enum(['busy', 'idle']) }),
  z.object({ type: z.literal('retry'), attempt: count, message: text.catch(''), next: count }),
])
export type Status = z.infer<typeof statusSchema>

const ofSession = { sessionID: text }
const eventOf = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.object({ type: z.literal(type), properties: z.object(fields) })

export const eventSchema = z.discriminatedUnion('type', [
  eventOf('session.created', { info: sessionSchema }),
  eventOf('session.status', { ...ofSession, status: statusSchema }),
  eventOf('session.error', {
    sessionID: text.nullish(),
    error: z.object({ name: text, data: z.object({ message: text.nullish(), statusCode: z.number().nullish() }).catch({}) }),
  }),
  eventOf('message.updated', { info: infoSchema }),
  eventOf('message.part.updated', { ...ofSession, part: partSchema }),
  eventOf('message.part.delta', ofSession),
  z.object({ type: z.literal('permission.asked'), properties: permissionSchema }),
  z.object({ type: z.literal('question.asked'), properties: questionSchema }),
  eventOf('permission.replied', { requestID: text, reply: text }),
  eventOf('question.replied', { requestID: text, answers: z.array(z.array(text)).catch([]) }),
  eventOf('question.rejected', { requestID: text }),
])
export type Event = z.infer<typeof eventSchema>

/** What the server says when it is asked for everything. */
export type Everything = {
  readonly messages: readonly { readonly info: Info; readonly parts: readonly unknown[] }[]
  readonly permissions: readonly Permission[]
  readonly questions: readonly Asked[]
  readonly status: Status
}
