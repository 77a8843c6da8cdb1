import { z } from 'zod'
import type { AgentPicture, ModelUsage } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { idsIn } from '../../../core/kit/wrap.ts'
import { wordsIn } from './extension/messages.ts'
import { type Row, rowSchema } from './rows.ts'

type Line = { readonly text: string; readonly mark: number; readonly at: number }

/**
 * Folds a row of the extension into the picture. Pure and total. What pi does comes from here alone; what it used and which messages it shows
 * comes from its conversation alone, so it does not matter which of the two is read first.
 */
export const readRow = (picture: AgentPicture, { text, mark, at }: Line): AgentPicture => {
  const parsed = rowSchema.safeParse(parseObject(text))
  if (!parsed.success) return picture
  // A row from the future (the clock was set back) counts as of now: nothing may look like work that is yet to come.
  const row = { ...parsed.data, at: Math.min(parsed.data.at, at) }
  const fold = folds[row.pi] as (picture: AgentPicture, row: Row, mark: number) => AgentPicture // the table has the fold of that very kind
  return fold(picture, row, mark)
}

type Fold<Kind extends Row['pi']> = (picture: AgentPicture, row: Extract<Row, { pi: Kind }>, mark: number) => AgentPicture
type Running = readonly { readonly call: string; readonly name: string; readonly since: number }[]

const worked = (picture: AgentPicture, at: number): AgentPicture => ({ ...picture, workedAt: Math.max(picture.workedAt ?? 0, at) })

/** Tools may run side by side; the one that has run longest is the one that is told. */
const withTools = (picture: AgentPicture, running: Running): AgentPicture => {
  const [first] = running
  return { ...picture, tool: first ? { name: first.name, since: first.since } : null, notes: { ...picture.notes, running } }
}
const runningIn = ({ notes }: AgentPicture): Running => (notes.running ?? []) as Running // nobody else writes it

/** Its own questions end with the process that asked them; what was asked by `ao report` does not. */
const withoutOwn = (question: AgentPicture['question']): AgentPicture['question'] => (question?.request.startsWith('pi-') ? null : question)

const folds: { readonly [Kind in Row['pi']]: Fold<Kind> } = {
  started: (picture) => ({ ...withTools(picture, []), question: withoutOwn(picture.question), turnEnded: null }),
  named: (picture, { conversation }) => ({ ...picture, conversation }),
  'turn-started': (picture) => ({ ...withTools(picture, []), question: repliedTo(picture.question), turnEnded: null }),
  working: (picture, { at }) => worked(picture, at),
  'turn-ended': (picture, { message, isBrokenOff }, mark) => ({
    ...withTools(picture, []),
    turnEnded: { mark, message, ...(isBrokenOff && { isBrokenOff }) },
  }),
  tool: (picture, { call, name, at }) => withTools(picture, [...runningIn(picture), { call, name, since: at }]),
  'tool-ended': (picture, { call, at }) =>
    worked(
      withTools(
        picture,
        runningIn(picture).filter((one) => one.call !== call),
      ),
      at,
    ),
  asked: (picture, { request, kind, text, detail, options, refusal, reply }) => ({
    ...picture,
    question: { request, kind, text, detail, options, refusal, reply },
  }),
  withdrawn: (picture, { request }) => (picture.question?.request === request ? { ...picture, question: null } : picture),
  ended: (picture) => ({ ...withTools(picture, []), question: withoutOwn(picture.question) }),
}

/** What was answered by words is answered when a turn begins. */
const repliedTo = (question: AgentPicture['question']): AgentPicture['question'] =>
  question?.reply === 'message' ? withoutOwn(question) : question

/** Folds a row of pi's own file into the picture. Pure and total. https://github.com/badlogic/pi-mono/blob/main/packages/coding-agent/docs/session-format.md */
export const readEntry = (picture: AgentPicture, { text, at }: Line): AgentPicture => {
  const parsed = entrySchema.safeParse(parseObject(text))
  if (!parsed.success) return picture
  const { message } = parsed.data
  if (message.role === 'user') {
    const ids = idsIn(wordsIn(message)).filter((id) => !picture.received.includes(id))
    return ids.length === 0 ? picture : { ...picture, received: [...picture.received, ...ids] }
  }
  const saidAt = Math.min(message.timestamp, at)
  if (message.role !== 'assistant') return worked(picture, saidAt)
  const used = { ...picture, usage: added(picture.usage, message) }
  return message.stopReason === 'error' || message.stopReason === 'aborted' ? used : worked(used, saidAt)
}

const added = (usage: readonly ModelUsage[], { model, usage: more }: z.infer<typeof assistant>): readonly ModelUsage[] => {
  if (more.input + more.output + more.cacheRead + more.cacheWrite === 0) return usage
  const before = usage.find((one) => one.model === model) ?? { model, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: null }
  // pi says 0 for a model without a price, which is not the same as nothing.
  const cost = more.cost.total > 0 ? more.cost.total : null
  const after: ModelUsage = {
    model,
    input: before.input + more.input,
    cacheRead: before.cacheRead + more.cacheRead,
    cacheWrite: before.cacheWrite + more.cacheWrite,
    output: before.output + more.output,
    costUsd: cost === null ? before.costUsd : (before.costUsd ?? 0) + cost,
  }
  return [...usage.filter((one) => one.model !== model), after]
}

const count = z.number().min(0)
const assistant = z.object({
  role: z.literal('assistant'),
  timestamp: count,
  model: z.string(),
  stopReason: z.string(),
  usage: z.object({ input: count, output: count, cacheRead: count, cacheWrite: count, cost: z.object({ total: count }) }),
})
const entrySchema = z.object({
  type: z.literal('message'),
  message: z.discriminatedUnion('role', [
    z.object({ role: z.literal('user'), content: z.unknown() }),
    assistant,
    z.object({ role: z.literal('toolResult'), timestamp: count }),
  ]),
})
