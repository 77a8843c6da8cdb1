import type { AgentPicture, ModelUsage } from '../../../core/contracts/agent.ts'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { closedOnScreen, partsOf, readPressed } from '../../../core/kit/screen-question.ts'
import { idsIn } from '../../../core/kit/wrap.ts'
import { promptIn } from './dialog.ts'
import { chatName } from './places.ts'

/** What is kept from line to line. */
export type Notes = {
  /** What is being said, line by line, until its tokens are counted; and what was said last. */
  readonly saying: readonly string[]
  readonly said: string | null
  /** What it showed last: what a question is about stands before that. */
  readonly shown: string
  /** Questions that were answered so far. */
  readonly closed: number
  /** Its starts, by its events; and the end of one. */
  readonly launched: number
  readonly exit: { readonly launch: number; readonly mark: number; readonly failure: string | null } | null
  readonly failure: string | null
  /** Where the next line of the history begins, unless empty lines stand before it: those are not read. */
  readonly next: number
}

const empty: Notes = { saying: [], said: null, shown: '', closed: 0, launched: 0, exit: null, failure: null, next: 0 }

export const notesOf = ({ notes }: AgentPicture): Notes => (notes.aider as Notes | undefined) ?? empty // nobody else writes these

type Line = { readonly source: string; readonly text: string; readonly mark: number; readonly at: number }

/** Folds one line of its chat history (`chat`), of its events (`events`) or of the mailbox. Pure and total. */
export const readLine = (picture: AgentPicture, line: Line): AgentPicture => {
  if (line.source === 'mailbox') return readPressed(picture, line.text) ?? picture
  if (line.source === 'events') return ended(readEvent(picture, line))
  return line.source === 'chat' ? ended(readChat(picture, line)) : picture
}

const noted = (picture: AgentPicture, notes: Partial<Notes>): AgentPicture => ({
  ...picture,
  notes: { ...picture.notes, aider: { ...notesOf(picture), ...notes } },
})

/** Its turn is over when its last start has ended, whichever file was read first. */
const ended = (picture: AgentPicture): AgentPicture => {
  const { exit, launched, said } = notesOf(picture)
  if (exit === null || exit.launch !== launched) return picture.turnEnded === null ? picture : { ...picture, turnEnded: null }
  return { ...picture, tool: null, turnEnded: { mark: exit.mark, message: exit.failure ?? said } }
}

/**
 * The chat history: Markdown without times, in which `####` begins a line of the user's and `>` what aider itself shows.
 * https://aider.chat/docs/config/options.html#history-files
 */
const readChat = (before: AgentPicture, { text, mark, at }: Line): AgentPicture => {
  const notes = notesOf(before)
  const picture = noted(before, { next: mark + Buffer.byteLength(text) + 1 })
  const line = text.trimEnd()
  if (line.startsWith('# aider chat started at '))
    return noted(
      { ...picture, conversation: chatName, tool: null, question: withoutDialog(picture) },
      { saying: [], said: null, shown: '' },
    )
  if (line.startsWith('#### '))
    return noted({ ...picture, received: [...new Set([...picture.received, ...idsIn(line)])] }, { saying: [], shown: '' })
  if (!line.startsWith('> ')) {
    const lines = `${'\n'.repeat(Math.max(0, Math.min(mark - notes.next, 10)))}${line}`
    const saying = [...notes.saying, lines].slice(-2_000)
    // A command of several lines is quoted in its first line only.
    return noted(picture, { saying, shown: notes.shown === '' ? '' : `${notes.shown}\n${lines}`.slice(-20_000) })
  }
  const shown = line.slice(2).trim()
  const asked = promptIn(shown)
  if (asked !== null && asked.typed !== '') return closed(picture, asked)
  const said = shown.startsWith('Tokens: ') ? notes.saying.join('\n').trim() || notes.said : notes.said
  const command = /^Running (.+)$/.exec(shown)?.[1]
  const tool = command === undefined ? null : { name: command, since: at }
  return noted({ ...picture, tool }, { saying: [], said, shown })
}

const closed = (
  picture: AgentPicture,
  { letters, typed }: { readonly letters: readonly string[]; readonly typed: string },
): AgentPicture => {
  const notes = notesOf(picture)
  const request = picture.question?.request
  const isThat = request !== undefined && partsOf(request)?.turn === notes.closed
  const word = { y: 'Yes', n: 'No', a: 'Yes to all', s: 'No to all', d: "No, and don't ask again" }[typed[0]?.toLowerCase() ?? ''] ?? typed
  const next = noted(picture, { closed: notes.closed + 1, saying: [], shown: '' })
  return isThat && letters.length > 0 ? closedOnScreen(next, request, word) : next
}

/** A dialog ends with its process; a question of `ao report` does not. */
const withoutDialog = ({ question }: AgentPicture): AgentPicture['question'] =>
  question !== null && partsOf(question.request) !== null ? null : question

/** Its log of events, one JSON object a line, with times. https://aider.chat/docs/more/analytics.html#logging-and-inspecting-analytics */
const readEvent = (picture: AgentPicture, { text, mark, at }: Line): AgentPicture => {
  const row = parseObject(text)
  const { event, properties, time } = row ?? {}
  if (typeof event !== 'string' || typeof properties !== 'object' || properties === null) return picture
  const facts = properties as Readonly<Record<string, unknown>> // just looked at
  const { launched, failure } = notesOf(picture)
  if (event === 'launched') return noted(picture, { launched: launched + 1, failure: null })
  if (event === 'message_send_exception') return noted(picture, { failure: `It failed: ${String(facts.exception)}` })
  if (event === 'exit') return noted(picture, { exit: { launch: launched, mark, failure } })
  if (event !== 'message_send') return picture
  const workedAt = typeof time === 'number' ? Math.min(time * 1_000, at) : at
  const usage = used(picture.usage, facts)
  return noted({ ...picture, workedAt: Math.max(picture.workedAt ?? 0, workedAt), usage }, { failure: null })
}

/** Tokens that came from a cache are not told apart. A cost of nothing is one that aider does not know. */
const used = (usage: readonly ModelUsage[], facts: Readonly<Record<string, unknown>>): readonly ModelUsage[] => {
  const model = typeof facts.main_model === 'string' ? facts.main_model : 'unknown'
  const before = usage.find((one) => one.model === model) ?? { model, input: 0, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: null }
  const cost = counted(facts.cost)
  return [
    ...usage.filter((one) => one !== before),
    {
      ...before,
      input: before.input + counted(facts.prompt_tokens),
      output: before.output + counted(facts.completion_tokens),
      costUsd: cost > 0 ? (before.costUsd ?? 0) + cost : before.costUsd,
    },
  ]
}

const counted = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0)
