import { parseObject } from '../../../core/kit/mailbox.ts'
import { type Ask, partRequest, questionsIn, type Suggestion } from './asks.ts'
import { type Closed, keyOf, objectIn, type Signs, textIn } from './signs.ts'

/** A row that one of our hooks wrote into the mailbox. */
type HookRow = {
  readonly at: number
  readonly event: string
  readonly request: string | null
  readonly row: Readonly<Record<string, unknown>>
  /** What Claude Code told the hook. https://code.claude.com/docs/en/hooks#hook-input */
  readonly hook: Readonly<Record<string, unknown>>
}

/** Folds one line of the mailbox. Pure and total; `at` is when it was read, and nothing in it can be later. */
export const hear = (signs: Signs, text: string, at: number): Signs => {
  const row = hookRow(text)
  return row === null ? signs : (folds[row.event]?.(signs, { ...row, at: Math.min(row.at, at) }) ?? signs)
}

/** The permissions that a mailbox shows to have been asked for, with the parts answered so far. */
export const asksIn = (mailbox: string): readonly Ask[] => {
  const rows = mailbox.split('\n').flatMap((line) => (line.includes('"claude":"P') ? (hookRow(line) ?? []) : []))
  const parts = rows.filter(({ event }) => event === 'Part')
  return rows.filter(({ event }) => event === 'PermissionRequest').flatMap((row) => askIn(row).map((ask) => parts.reduce(withPart, ask)))
}

type Fold = (signs: Signs, row: HookRow) => Signs

const folds: Readonly<Record<string, Fold>> = {
  SessionStart: (signs, { at, hook }) => ({
    ...closeAll(signs, at, 'closed, because it was started again'),
    conversation: textIn(hook.session_id) ?? signs.conversation,
    startedAt: at,
  }),
  UserPromptSubmit: (signs, { at }) => ({ ...signs, begunAt: at }),
  PermissionRequest: (signs, row) => {
    const [ask] = askIn(row)
    if (!ask || signs.asks.some(({ request }) => request === ask.request)) return signs
    const before = ask.isBelow ? signs : closeAll(signs, row.at, elsewhere, ({ isBelow }) => !isBelow)
    const key = ask.input === null || ask.isCut ? null : keyOf(ask.tool, ask.input)
    return { ...before, asks: [...before.asks, { ...ask, key }].slice(-20) }
  },
  Part: (signs, row) => ({
    ...signs,
    asks: signs.asks.map((ask) => withPart(ask, row)),
    closed: [...signs.closed, ...partClosed(signs, row)].slice(-20),
  }),
  Answered: (signs, row) => close(signs, row, textIn(row.row.said) ?? '', 'chat'),
  Left: (signs, row) => close(signs, row, 'interrupted', 'terminal'),
  PostToolUse: (signs, row) => close(signs, row, decidedIn(row.hook), 'terminal'),
  PostToolUseFailure: (signs, row) => close(signs, row, 'Yes', 'terminal'),
  Stop: (signs, { at, row, hook }) => {
    const before = closeAll(signs, at, elsewhere)
    return row.goesOn === true ? { ...before, begunAt: at } : { ...before, ended: { at, message: textIn(hook.last_assistant_message) } }
  },
  StopFailure: (signs, { at, hook }) => ({
    ...closeAll(signs, at, elsewhere),
    ended: { at, message: textIn(hook.last_assistant_message) ?? textIn(hook.error_details) },
  }),
  SessionEnd: (signs, { at }) => ({ ...closeAll(signs, at, 'closed, because it has ended'), goneAt: at }),
}

const elsewhere = 'decided at the terminal'

const hookRow = (text: string): HookRow | null => {
  const row = parseObject(text)
  if (row?.v !== 1 || typeof row.claude !== 'string' || typeof row.at !== 'number' || !Number.isFinite(row.at)) return null
  return { at: row.at, event: row.claude, request: textIn(row.request), row, hook: objectIn(row.hook) }
}

const askIn = ({ at, request, hook }: HookRow): readonly Ask[] => {
  const tool = textIn(hook.tool_name)
  if (request === null || tool === null) return []
  const suggestions = Array.isArray(hook.permission_suggestions) ? hook.permission_suggestions.map(objectIn).filter(isSuggestion) : []
  const isCut = typeof hook.cut === 'string'
  const input = isCut ? mended(String(hook.cut)) : hook.tool_input === undefined ? null : objectIn(hook.tool_input)
  return [{ request, at, tool, input, isCut, suggestions, isBelow: hook.agent_id !== undefined, parts: [] }]
}

/** The beginning of a JSON object, read as far as it goes; null where it cannot be. */
const mended = (beginning: string): Ask['input'] => {
  const whole = beginning.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '').replace(/\uFFFD+$/, '')
  for (const end of [' …"}', '}', ' …"}]}', '"}']) {
    const value = parseObject(whole + end)
    if (value !== null) return value
  }
  return null
}

const isSuggestion = (value: Readonly<Record<string, unknown>>): value is Suggestion => typeof value.type === 'string'

const withPart = <A extends Ask>(ask: A, { request, row }: HookRow): A =>
  ask.request === request && row.index === ask.parts.length ? { ...ask, parts: [...ask.parts, String(row.answer)] } : ask

const partClosed = ({ asks }: Signs, { request, at, row }: HookRow): readonly Closed[] => {
  const ask = asks.find((one) => one.request === request)
  if (!ask || row.index !== ask.parts.length) return []
  return [{ request: partRequest(ask, ask.parts.length, questionsIn(ask.input).length), at, text: String(row.answer), by: 'chat' }]
}

const close = (signs: Signs, { request, at }: HookRow, text: string, by: Closed['by']): Signs => {
  const ask = signs.asks.find((one) => one.request === request)
  if (!ask) return signs
  return {
    ...signs,
    asks: signs.asks.filter((one) => one !== ask),
    closed: [...signs.closed, { request: currentRequest(ask), at, text, by }].slice(-20),
  }
}

const closeAll = (signs: Signs, at: number, text: string, which: (ask: Ask) => boolean = () => true): Signs => ({
  ...signs,
  asks: signs.asks.filter((ask) => !which(ask)),
  closed: [
    ...signs.closed,
    ...signs.asks.filter(which).map((ask): Closed => ({ request: currentRequest(ask), at, text, by: 'terminal' })),
  ].slice(-20),
})

/** The id under which people are asked now. */
export const currentRequest = (ask: Ask): string =>
  partRequest(ask, ask.parts.length, ask.tool === 'AskUserQuestion' ? questionsIn(ask.input).length : 1)

/** What was chosen, as far as the tool's own result says. */
const decidedIn = ({ tool_response }: HookRow['hook']): string => answersIn(tool_response) ?? 'Yes'

/** The answers in a result of AskUserQuestion. */
export const answersIn = (result: unknown): string | null => {
  const answers = Object.values(objectIn(objectIn(result).answers)).filter((answer) => typeof answer === 'string')
  return answers.length === 0 ? null : answers.join('; ')
}
