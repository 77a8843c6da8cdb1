import { idsIn } from '../../../core/kit/wrap.ts'
import { statusRow, stepRow, toolRow } from './make-rows.ts'
import { permissionRow, questionRow } from './question.ts'
import type { Row, RowWords } from './rows.ts'
import { type Event, type Everything, type Info, type Part, partSchema, type Status } from './wire.ts'

/** Makes rows of what the server says; each thing becomes a row once, also over restarts of the bot: `rows` are those that stand in the mailbox. */
export const createNotice = (rows: readonly Row[], now: () => number) => {
  let session: string | null = null
  let status: string | null = null
  let wroteAt = 0
  const noted = new Set<string>()
  const open = new Set<string>()
  const running = new Map<string, boolean>()
  const users = new Map<string, string>()
  const said = new Map<string, string>()

  const remember = (row: RowWords): RowWords => {
    if (row.opencode === 'session') session = row.session
    if (row.opencode === 'heard' || row.opencode === 'step') noted.add(row.message)
    if (row.opencode === 'asked') open.add(row.request)
    if (row.opencode === 'closed') open.delete(row.request)
    if (row.opencode === 'tool') running.set(row.call, row.isRunning)
    if (row.opencode === 'status') status = stateOf(row.status, row.attempt)
    if (row.opencode === 'started') {
      open.clear()
      running.clear()
      status = null
    }
    return row
  }
  for (const row of rows) remember(row)

  /** A message that is whole: what a person said, or the end of one request to a model. */
  const message = (info: Info, text: string | null): readonly RowWords[] => {
    if (noted.has(info.id)) return []
    const isMine = info.sessionID === session
    if (info.role === 'user')
      return isMine && text !== null ? [{ opencode: 'heard', message: info.id, ids: idsIn(text), agent: info.agent ?? 'build' }] : []
    if (info.time.completed == null || info.tokens == null) return []
    said.delete(info.id)
    return [stepRow(info, info.tokens, info.time.completed, isMine ? text : null)]
  }

  const tool = (part: Extract<Part, { type: 'tool' }>): readonly RowWords[] => {
    const isRunning = part.state.status === 'running'
    return part.state.status === 'pending' || (running.get(part.callID) ?? false) === isRunning ? [] : [toolRow(part, isRunning, now())]
  }

  const stands = (next: Status): readonly RowWords[] => {
    const row = statusRow(next)
    return stateOf(row.status, row.attempt) === status ? [] : [row]
  }

  const part = (value: Part, sessionID: string): readonly RowWords[] => {
    if (value.type === 'tool') return sessionID === session ? tool(value) : []
    if (value.synthetic === true) return []
    const agent = users.get(value.messageID)
    if (agent === undefined) {
      said.set(value.messageID, value.text)
      return []
    }
    const info: Info = { id: value.messageID, sessionID, role: 'user', agent, time: { created: 0 } }
    return message(info, value.text)
  }

  const heard = (event: Event): readonly RowWords[] => {
    switch (event.type) {
      case 'session.created':
        // A new conversation that a person began in the terminal: from now on it is this agent's.
        return event.properties.info.parentID == null && event.properties.info.id !== session
          ? [{ opencode: 'session', session: event.properties.info.id }]
          : []
      case 'session.status':
        return event.properties.sessionID === session ? stands(event.properties.status) : []
      case 'session.error': {
        const { sessionID, error } = event.properties
        if (sessionID !== session) return []
        return [{ opencode: 'failed', name: error.name, text: error.data.message ?? error.name, code: error.data.statusCode ?? null }]
      }
      case 'message.updated': {
        const { info } = event.properties
        if (info.role === 'user') users.set(info.id, info.agent ?? 'build')
        return info.role === 'user' ? [] : message(info, said.get(info.id) ?? null)
      }
      case 'message.part.updated':
        return part(event.properties.part, event.properties.sessionID)
      case 'message.part.delta':
        if (now() - wroteAt < writingMs) return []
        wroteAt = now()
        return [{ opencode: 'writing' }]
      case 'permission.asked': {
        const call = event.properties.tool?.callID
        if (call !== undefined) running.delete(call)
        return open.has(event.properties.id) ? [] : [permissionRow(event.properties)]
      }
      case 'question.asked':
        return open.has(event.properties.id) ? [] : [questionRow(event.properties)]
      case 'permission.replied':
        running.clear() // the tool that waited is told again
        return closed(event.properties.requestID, event.properties.reply)
      case 'question.replied':
        return closed(event.properties.requestID, event.properties.answers.map((labels) => labels.join(', ')).join('; '))
      case 'question.rejected':
        return closed(event.properties.requestID, 'reject')
    }
  }

  const closed = (request: string, reply: string | null): readonly RowWords[] =>
    open.has(request) ? [{ opencode: 'closed', request, reply }] : []

  const caughtUp = ({ messages, permissions, questions, status: next }: Everything): readonly RowWords[] => {
    const parts = (all: readonly unknown[]): readonly Part[] => all.flatMap((value) => partSchema.safeParse(value).data ?? [])
    const missed = messages.flatMap(({ info, parts: all }) => {
      const texts = parts(all).flatMap((value) => (value.type === 'text' && value.synthetic !== true ? [value.text] : []))
      if (info.role === 'user') users.set(info.id, info.agent ?? 'build')
      // What stands there of an answer that still goes on is not said again.
      if (info.role === 'assistant') said.set(info.id, texts.at(-1) ?? '')
      return message(info, info.role === 'user' ? texts.join('\n') : (texts.at(-1) ?? null))
    })
    const stillOpen = new Set([...permissions, ...questions].map(({ id }) => id))
    return [
      ...missed,
      ...[...open].filter((request) => !stillOpen.has(request)).flatMap((request) => closed(request, null)),
      ...permissions.filter(({ id }) => !open.has(id)).map(permissionRow),
      ...questions.filter(({ id }) => !open.has(id)).map(questionRow),
      // The end of a turn that began and ended unheard is news, though it says "idle" as before. One that never began is none.
      ...(missed.length > 0 && next.type === 'idle' ? [idle] : status === null && next.type === 'idle' ? [] : stands(next)),
      // What stands as running in a conversation that rests ran in a process that is no more.
      ...(next.type === 'idle' ? [] : parts(messages.at(-1)?.parts ?? []).flatMap((value) => (value.type === 'tool' ? tool(value) : []))),
    ]
  }

  return {
    session: (): string | null => session,
    /** Takes down a row that was made elsewhere. */
    remember,
    /** What an event is worth: mostly nothing. */
    heard: (event: Event): readonly RowWords[] => heard(event).map(remember),
    /** What there is that was not heard: all that was said while nobody listened. */
    caughtUp: (all: Everything): readonly RowWords[] => caughtUp(all).map(remember),
  }
}

const idle: RowWords = { opencode: 'status', status: 'idle', text: null, attempt: 0, untilMs: 0 }
const stateOf = (status: string, attempt: number): string => `${status} ${status === 'retry' ? attempt : 0}`
const writingMs = 10_000
