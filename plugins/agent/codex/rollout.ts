import { z } from 'zod'
import type { AgentPicture } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { idsIn } from '../../../core/kit/wrap.ts'
import { added, usageSchema } from './usage.ts'

/**
 * Folds a row of Codex's own record of a conversation (`~/.codex/sessions/…/rollout-….jsonl`). Pure and total: rows of kinds that are not
 * known change nothing. A call that waits for a permission looks like one that runs.
 */
export const readRollout = (
  picture: AgentPicture,
  { text, mark, at }: { readonly text: string; readonly mark: number; readonly at: number },
): AgentPicture => {
  const row = rowSchema.safeParse(parseObject(text)).data
  if (row === undefined) return picture
  const when = Date.parse(row.timestamp)
  // A row from the future (the clock was set back) counts as of now.
  return fold(picture, row, { mark, at: Number.isNaN(when) ? at : Math.min(when, at) })
}

type Moment = { readonly mark: number; readonly at: number }

const fold = (picture: AgentPicture, row: z.infer<typeof rowSchema>, moment: Moment): AgentPicture => {
  switch (row.type) {
    case 'session_meta':
      // A resumed conversation begins with its own; one that was forked tells of its parent's afterwards.
      return picture.conversation === null ? { ...picture, conversation: row.payload.id } : picture
    case 'turn_context':
      return { ...picture, notes: { ...picture.notes, model: row.payload.model } }
    case 'token_usage_record':
      return { ...picture, usage: added(picture, row.payload.usage) }
    case 'response_item':
      return foldItem(picture, row.payload, moment)
    case 'event_msg':
      return foldEvent(picture, row.payload, moment)
  }
}

/** Calls that have no result yet are kept by their ids, because several may run at once; the one that began first is shown. */
const foldItem = (picture: AgentPicture, item: z.infer<typeof itemSchema>, { at }: Moment): AgentPicture => {
  const open = openCalls(picture)
  if (item.type === 'function_call' || item.type === 'custom_tool_call')
    return withCalls(picture, [...open.filter(({ id }) => id !== item.call_id), { id: item.call_id, name: item.name, since: at }])
  return {
    ...withCalls(
      picture,
      open.filter(({ id }) => id !== item.call_id),
    ),
    workedAt: worked(picture, at),
  }
}

const foldEvent = (picture: AgentPicture, event: z.infer<typeof eventSchema>, { mark, at }: Moment): AgentPicture => {
  switch (event.type) {
    case 'task_started':
      return { ...withCalls(picture, []), turnEnded: null }
    case 'task_complete':
      return { ...withCalls(picture, []), workedAt: worked(picture, at), turnEnded: { mark, message: lastWords(event) } }
    case 'turn_aborted':
      return { ...withCalls(picture, []), turnEnded: { mark, message: null, ...(event.reason === 'interrupted' && { isBrokenOff: true }) } }
    case 'item_completed': {
      const { item } = event
      if (item.type !== 'UserMessage') return { ...picture, workedAt: worked(picture, at) }
      const said = idsIn(item.content.map(({ text }) => text ?? '').join('\n'))
      const ids = [...(item.client_id ? [item.client_id] : []), ...said].filter((id) => !isTyped(id))
      return withReceived(picture, ids)
    }
  }
}

const lastWords = ({
  last_agent_message: message,
  error,
}: {
  readonly last_agent_message: string | null
  readonly error?: { readonly message: string } | null | undefined
}): string | null => message ?? (error ? `The turn failed: ${error.message}` : null)

/** In an order of their own, so that it does not matter which of the two sources tells first. */
export const withReceived = (picture: AgentPicture, ids: readonly string[]): AgentPicture =>
  ids.every((id) => picture.received.includes(id)) ? picture : { ...picture, received: [...new Set([...picture.received, ...ids])].sort() }

/** The terminal gives names of its own to what is typed there. */
export const isTyped = (id: string): boolean => /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/.test(id)

type Call = { readonly id: string; readonly name: string; readonly since: number }

const callsSchema = z.array(z.object({ id: z.string(), name: z.string(), since: z.number() }))
const openCalls = ({ notes }: AgentPicture): readonly Call[] => callsSchema.safeParse(notes.calls).data ?? []
const withCalls = (picture: AgentPicture, calls: readonly Call[]): AgentPicture => {
  const [first] = calls
  return { ...picture, tool: first ? { name: first.name, since: first.since } : null, notes: { ...picture.notes, calls } }
}

const worked = (picture: AgentPicture, at: number): number => Math.max(picture.workedAt ?? 0, at)

const callOf = <Type extends string>(type: Type) => z.object({ type: z.literal(type), call_id: z.string(), name: z.string() })
const resultOf = <Type extends string>(type: Type) => z.object({ type: z.literal(type), call_id: z.string() })
const itemSchema = z.discriminatedUnion('type', [
  callOf('function_call'),
  callOf('custom_tool_call'),
  resultOf('function_call_output'),
  resultOf('custom_tool_call_output'),
])

const content = z.array(z.object({ text: z.string().optional() }))
const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('task_started') }),
  z.object({
    type: z.literal('task_complete'),
    last_agent_message: z.string().nullable().default(null),
    error: z.object({ message: z.string() }).nullish(),
  }),
  z.object({ type: z.literal('turn_aborted'), reason: z.string().nullish() }),
  z.object({
    type: z.literal('item_completed'),
    item: z.discriminatedUnion('type', [
      z.object({ type: z.literal('UserMessage'), client_id: z.string().nullish(), content }),
      z.object({ type: z.enum(['AgentMessage', 'CommandExecution', 'FileChange', 'McpToolCall']) }),
    ]),
  }),
])

const rowOf = <Type extends string, Payload extends z.ZodType>(type: Type, payload: Payload) =>
  z.object({ timestamp: z.string(), type: z.literal(type), payload })
const rowSchema = z.discriminatedUnion('type', [
  rowOf('session_meta', z.object({ id: z.string() })),
  rowOf('turn_context', z.object({ model: z.string() })),
  rowOf('token_usage_record', z.object({ usage: usageSchema })),
  rowOf('response_item', itemSchema),
  rowOf('event_msg', eventSchema),
])
