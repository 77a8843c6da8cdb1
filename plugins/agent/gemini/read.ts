import { z } from 'zod'
import type { AgentPicture, ModelUsage } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { readPressed } from '../../../core/kit/screen-question.ts'
import { idsIn } from '../../../core/kit/wrap.ts'
import { events } from './scripts.ts'

/** What is kept from line to line. `pressed` belongs to `core/kit/screen-question.ts`. */
export type Notes = {
  readonly run: string | null
  /** How many dialogs were announced. */
  readonly asked: number
  /** What the last of them is about, in gemini's own words. */
  readonly about: string | null
  /** Rows of the conversation that were counted: it writes each of them several times. */
  readonly counted: readonly string[]
  readonly said: string | null
}

const blank: Notes = { run: null, asked: 0, about: null, counted: [], said: null }

export const notesOf = ({ notes }: AgentPicture): Notes => ({ ...blank, ...(notes as Partial<Notes>) }) // written by this file alone
const noted = (picture: AgentPicture, more: Partial<Notes>): AgentPicture => ({ ...picture, notes: { ...picture.notes, ...more } })
const worked = (picture: AgentPicture, at: number): AgentPicture => ({ ...picture, workedAt: Math.max(picture.workedAt ?? 0, at) })

type Line = { readonly text: string; readonly mark: number; readonly at: number }

const payload = z.object({
  session_id: z.string(),
  tool_name: z.string().optional(),
  prompt_response: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
})
const rowSchema = z.object({ v: z.literal(1), at: z.number().min(0), gemini: z.enum(events), run: z.string(), payload })

/** Folds a row of its hooks. Pure and total: what it cannot read changes nothing. */
export const readRow = (picture: AgentPicture, line: Line): AgentPicture => {
  const pressed = readPressed(picture, line.text)
  if (pressed) return pressed
  const parsed = rowSchema.safeParse(parseObject(line.text))
  if (!parsed.success) return picture
  const { gemini, run, payload: given } = parsed.data
  const at = Math.min(parsed.data.at, line.at)
  const notes = notesOf(picture)
  switch (gemini) {
    case 'SessionStart': {
      const begun = { ...picture, conversation: given.session_id, tool: null }
      return run === notes.run ? begun : noted({ ...begun, turnEnded: null }, { run, about: null, said: null })
    }
    case 'BeforeAgent':
      return noted({ ...picture, turnEnded: null, tool: null }, { said: null })
    case 'BeforeTool':
      return { ...picture, tool: { name: given.tool_name ?? 'a tool', since: at } }
    case 'AfterTool':
      return worked({ ...picture, tool: null }, at)
    case 'Notification':
      return noted(picture, { asked: notes.asked + 1, about: aboutOf(given.details ?? {}) })
    case 'AfterAgent':
      return worked({ ...picture, tool: null, turnEnded: { mark: line.mark, message: given.prompt_response ?? notes.said } }, at)
    case 'SessionEnd':
      return { ...picture, tool: null }
  }
}

/** The whole command or change, where the screen shows its beginning only. */
const aboutOf = ({ command, fileDiff, urls, prompt }: Readonly<Record<string, unknown>>): string | null =>
  [command, fileDiff, Array.isArray(urls) ? urls.join('\n') : undefined, prompt].find((value) => typeof value === 'string') ?? null

const count = z.number().min(0).catch(0)
const said = z.object({
  id: z.string(),
  timestamp: z.string(),
  type: z.enum(['user', 'gemini']),
  content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }).loose())]),
  model: z.string().nullish(),
  tokens: z.object({ input: count, output: count, cached: count, thoughts: count, tool: count }).nullish(),
})
const chatSchema = z.union([said, z.object({ $set: z.object({ messages: z.array(z.unknown()) }) })])

/** Folds a line of its conversation: an appended log in which rows come again, and patches (`$set`) set what was said before anew. */
export const readChat = (picture: AgentPicture, { text, at }: Line): AgentPicture => {
  const parsed = chatSchema.safeParse(parseObject(text))
  if (!parsed.success) return picture
  if ('$set' in parsed.data)
    return parsed.data.$set.messages.reduce<AgentPicture>((before, value) => {
      const message = said.safeParse(value).data
      return message?.type === 'user' ? received(before, wordsOf(message)) : before
    }, picture)
  const row = parsed.data
  if (row.type === 'user') return received(picture, wordsOf(row))
  const { counted } = notesOf(picture)
  const words = wordsOf(row)
  const next = words === '' ? picture : noted(picture, { said: words })
  if (!row.tokens || counted.includes(row.id)) return next
  const doneAt = Date.parse(row.timestamp)
  const usage = added(picture.usage, row.model ?? 'unknown', row.tokens)
  return noted(worked({ ...next, usage }, Math.min(Number.isNaN(doneAt) ? at : doneAt, at)), {
    counted: [...counted, row.id].slice(-keptIds),
  })
}

/** Rows come again within a turn, not after it. */
const keptIds = 200

const wordsOf = ({ content }: z.infer<typeof said>): string =>
  typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n')

const received = (picture: AgentPicture, words: string): AgentPicture => {
  if (words.startsWith('<hook_context>')) return picture // our own rules, which say what the id of a message looks like
  const ids = idsIn(words).filter((id) => !picture.received.includes(id))
  return ids.length === 0 ? picture : { ...picture, received: [...picture.received, ...new Set(ids)] }
}

/** gemini counts what came from the cache as input, too, and thoughts beside the output. */
const added = (usage: readonly ModelUsage[], model: string, tokens: NonNullable<z.infer<typeof said>['tokens']>): readonly ModelUsage[] => {
  const before = usage.find((one) => one.model === model) ?? { model, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: null }
  const sum = {
    ...before,
    input: before.input + Math.max(0, tokens.input - tokens.cached),
    cacheRead: before.cacheRead + tokens.cached,
    output: before.output + tokens.output + tokens.thoughts,
  }
  return [...usage.filter((one) => one.model !== model), sum]
}
