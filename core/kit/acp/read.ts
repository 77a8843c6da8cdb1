import type { AgentPicture, Question } from '../../contracts/agent.ts'
import { parseObject } from '../mailbox.ts'
import { fingerprint, headline } from '../text.ts'
import { idsIn } from '../wrap.ts'

/** A permission that is asked: the id of its request, and what each of its options is called on the wire. */
export type Asked = { readonly id: unknown; readonly tool: string; readonly question: Question; readonly optionIds: readonly string[] }

/** What is kept from line to line. The picture's own fields are made of it, so the order in which the sources are read does not matter. */
export type AcpState = {
  /** The start whose words are read. */
  readonly run: string
  readonly session: string | null
  /** Has the conversation begun? What comes before is the past, told again. */
  readonly isOpen: boolean
  /** Prompts that were sent, and the messages in each; by the id of their request. */
  readonly told: Readonly<Record<string, readonly string[]>>
  /** Requests of ours that were answered. */
  readonly ended: readonly string[]
  readonly turn: AgentPicture['turnEnded']
  /** What it said last in this turn; a tool was used since if it `isStale`, and what it says next takes its place. */
  readonly said: string
  readonly isStale: boolean
  readonly tools: readonly { readonly id: string; readonly name: string; readonly since: number }[]
  readonly asked: readonly Asked[]
  readonly closed: readonly Asked[]
  /** What was decided, by the request of its question. */
  readonly decided: Readonly<Record<string, string>>
  readonly failed: Question | null
}

const nothing: AcpState = {
  run: '',
  session: null,
  isOpen: false,
  told: {},
  ended: [],
  turn: null,
  said: '',
  isStale: false,
  tools: [],
  asked: [],
  closed: [],
  decided: {},
  failed: null,
}

/** What is known of the protocol's state; of an agent that has said nothing, nothing. */
export const acpState = ({ notes }: AgentPicture): AcpState => {
  const state = (notes.acp as AcpState | undefined) ?? nothing // nobody else writes these notes
  return { ...state, asked: state.asked.filter(({ question }) => state.decided[question.request] === undefined) }
}

/**
 * Folds one line: of the mailbox (source `mailbox`), or of what the agent said (source `acp`). Pure and total. The protocol has no
 * times, so work is dated by when it was read.
 */
export const readAcp = (
  picture: AgentPicture,
  { source, text, mark, at }: { readonly source: string; readonly text: string; readonly mark: number; readonly at: number },
): AgentPicture => {
  const row = source === 'mailbox' || source === 'acp' ? parseObject(text) : null
  if (row === null) return picture
  const state = (picture.notes.acp as AcpState | undefined) ?? nothing
  const next = source === 'mailbox' ? noted(state, row) : heard(state, row, mark, at)
  if (next === state) return picture
  const isWork = next.isOpen && (next.said !== state.said || next.tools !== state.tools)
  const past = object(object(row.params).update).sessionUpdate === 'user_message_chunk' ? idsIn(textIn(row)) : []
  return drawn(picture, next, isWork ? at : null, past)
}

/** Does a turn run? */
export const isBusy = ({ told, run, ended }: AcpState): boolean =>
  Object.keys(told).some((id) => id.startsWith(`${run}.`) && !ended.includes(id))

const drawn = (picture: AgentPicture, state: AcpState, workedAt: number | null, past: readonly string[]): AgentPicture => {
  const isDecided = ({ question }: Asked): boolean => state.decided[question.request] !== undefined
  const open = state.asked.find((asked) => !isDecided(asked))
  const last = [...state.closed, ...state.asked].filter(isDecided).at(-1)?.question.request
  const seen = Object.entries(state.told).flatMap(([id, ids]) => (state.ended.includes(id) ? ids : []))
  const isOurs = picture.question === null || picture.question.request.startsWith('acp.')
  const tool = state.tools.find(({ id }) => id !== open?.tool)
  return {
    ...picture,
    workedAt: workedAt === null ? picture.workedAt : Math.max(picture.workedAt ?? 0, workedAt),
    tool: tool === undefined ? null : { name: tool.name, since: tool.since },
    turnEnded: isBusy(state) ? null : state.turn,
    question: isOurs ? (open?.question ?? state.failed) : picture.question,
    answered: last === undefined ? picture.answered : { request: last, text: state.decided[last] ?? '', by: 'chat' },
    received: [...new Set([...picture.received, ...past, ...seen])],
    conversation: state.session ?? picture.conversation,
    notes: { ...picture.notes, acp: state },
  }
}

type Row = Readonly<Record<string, unknown>>

/** Rows that tell what was sent and decided from here. */
const noted = (state: AcpState, row: Row): AcpState => {
  if (typeof row.told === 'string') return { ...state, told: { ...state.told, [row.told]: texts(row.ids) } }
  if (typeof row.decided === 'string' && typeof row.text === 'string')
    return { ...state, decided: { ...state.decided, [row.decided]: row.text } }
  return state
}

const heard = (state: AcpState, row: Row, mark: number, at: number): AcpState => {
  if (typeof row.run === 'string') {
    const { session, told, ended, decided } = state
    return { ...nothing, run: row.run, session, told, ended, decided, closed: closing(state, state.asked) }
  }
  if (row.method === 'session/update') return updated(state, object(object(row.params).update), at)
  if (row.method === 'session/request_permission') return { ...state, asked: [...state.asked, askedIn(state, row)] }
  if (typeof row.id !== 'string' || row.method !== undefined || !row.id.startsWith(`${state.run}.`)) return state
  const step = row.id.slice(state.run.length + 1)
  if (row.error !== undefined) return failed(state, row.id, step, object(row.error), mark)
  if (step === 'open') {
    const { sessionId } = object(row.result)
    return { ...state, isOpen: true, session: typeof sessionId === 'string' ? sessionId : state.session }
  }
  if (['init', 'auth', 'mode'].includes(step)) return state
  const isBrokenOff = object(row.result).stopReason === 'cancelled'
  return over(state, row.id, { mark, message: state.said.trim() || null, ...(isBrokenOff && { isBrokenOff }) })
}

/** A turn is over, and with it all that was open in it. */
const over = (state: AcpState, id: string, turn: AcpState['turn']): AcpState => ({
  ...state,
  ended: [...state.ended, id],
  turn,
  said: '',
  tools: [],
  asked: [],
  closed: closing(state, state.asked),
})

/** The last questions that are no longer asked: what was decided about them may be read later than that. */
const closing = ({ closed }: AcpState, asked: readonly Asked[]): readonly Asked[] => [...closed, ...asked].slice(-20)

const failed = (state: AcpState, id: string, step: string, error: Row, mark: number): AcpState => {
  const why = [error.message, object(error.data).message ?? error.data].filter((part) => typeof part === 'string').join(': ')
  const next = over(state, id, { mark, message: `It failed: ${why}` })
  // https://agentclientprotocol.com/protocol/v1/schema: -32000 is "authentication required".
  if (error.code !== -32000 && step !== 'auth') return next
  const text = `It wants a login: ${why}`
  const request = `acp.login.${fingerprint(state.run)}`
  return { ...next, failed: { request, kind: 'login', text, detail: null, options: [], refusal: null, reply: 'message' } }
}

const updated = (state: AcpState, update: Row, at: number): AcpState => {
  const { sessionUpdate: kind, toolCallId: id, status, title } = update
  if (kind === 'user_message_chunk') return { ...state } // told again: its ids are read by the caller
  if (!state.isOpen) return state
  if (kind === 'agent_message_chunk') {
    const said = `${state.isStale ? '' : state.said}${contentText(update.content)}`
    return { ...state, said: said.slice(-maxChars), isStale: false }
  }
  if ((kind !== 'tool_call' && kind !== 'tool_call_update') || typeof id !== 'string') return state
  const others = state.tools.filter((tool) => tool.id !== id)
  const before = state.tools.find((tool) => tool.id === id)
  const isOver = status === 'completed' || status === 'failed'
  const name = typeof title === 'string' ? headline(title, 120) : (before?.name ?? 'tool')
  // An answer that a tool goes on without was given elsewhere, or is no longer wanted.
  const isGoingOn = isOver || status === 'in_progress'
  return {
    ...state,
    isStale: true,
    tools: isOver ? others : [...others, { id, name, since: before?.since ?? at }],
    asked: isGoingOn ? state.asked.filter(({ tool }) => tool !== id) : state.asked,
    closed: isGoingOn
      ? closing(
          state,
          state.asked.filter(({ tool }) => tool === id),
        )
      : state.closed,
  }
}

const askedIn = (state: AcpState, row: Row): Asked => {
  const { toolCall, options } = object(row.params)
  const { toolCallId, title, rawInput, content } = object(toolCall)
  const offered = (Array.isArray(options) ? options : []).map(object)
  const name = typeof title === 'string' ? title : (state.tools.find(({ id }) => id === toolCallId)?.name ?? 'a tool')
  const refusal = offered.findIndex(({ kind }) => String(kind).startsWith('reject')) + 1
  return {
    id: row.id,
    tool: String(toolCallId),
    optionIds: offered.map(({ optionId }) => String(optionId)),
    question: {
      request: `acp.${fingerprint(`${state.run} ${JSON.stringify(row.id)} ${String(toolCallId)}`, 16)}`,
      kind: 'permission',
      text: name,
      detail: detailOf(object(rawInput), content),
      options: offered.map(({ name, optionId }) => String(name ?? optionId)),
      refusal: refusal === 0 ? null : refusal,
      reply: 'own',
    },
  }
}

/** The command, the changes, or whatever the tool is given; the whole of it. */
const detailOf = (input: Row, content: unknown): string | null => {
  if (typeof input.command === 'string') return input.command
  const parts = (Array.isArray(content) ? content : []).map(object).map((part) => {
    if (part.type !== 'diff') return contentText(part.content)
    const lines = (sign: string, text: unknown) => (typeof text === 'string' ? text.split('\n').map((line) => `${sign}${line}`) : [])
    return [`${String(part.path)}`, ...lines('-', part.oldText), ...lines('+', part.newText)].join('\n')
  })
  const shown = parts.filter((part) => part !== '').join('\n\n')
  return shown !== '' ? shown : Object.keys(input).length > 0 ? JSON.stringify(input, null, 2) : null
}

const maxChars = 64_000
const textIn = (row: Row): string => contentText(object(object(row.params).update).content)
const contentText = (content: unknown): string => {
  const { text } = object(content)
  return typeof text === 'string' ? text : ''
}
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [])
const object = (value: unknown): Row => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}) // just looked at
