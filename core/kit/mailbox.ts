import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { AgentPicture, Decision } from '../contracts/agent.ts'
import { catalogue, row } from './fault.ts'

/*
 * What goes between a session and its agent without a port and without the bot being awake: a mailbox that is only ever
 * appended to, and one answer file for each question. `ao report` loads this file on every call, so it loads nothing but
 * node's own modules and checks its rows by hand (zod alone would double the start-up time).
 */

/** What `ao report` says. A `blocked` row with a `request` asks a person; `waits` says that its sender waits for the answer file. */
export type ReportRow = {
  readonly v: 1
  /** Epoch ms. */
  readonly at: number
  readonly report: 'done' | 'blocked' | 'progress'
  readonly text: string
  readonly request?: string
  readonly options?: readonly string[]
  readonly waits?: boolean
}

/** A question is closed: what was chosen, and where. */
export type AnsweredRow = {
  readonly v: 1
  readonly at: number
  readonly answered: string
  readonly text: string
  readonly by: 'chat' | 'terminal'
}

/** Whoever waited for the answer of that request no longer does; an answer has to come as an ordinary message. */
export type LeftRow = { readonly v: 1; readonly at: number; readonly left: string }

/** The rows of a mailbox that mean the same for every agent. */
export type MailboxRow = ReportRow | AnsweredRow | LeftRow

/** An answer as it lies in its file. `choice` counts from 1; null when only words were given. */
export type Answer = { readonly choice: number | null; readonly text: string; readonly by: string }

export const fault = catalogue({
  ROW_TOO_LONG: row<{ bytes: number; maxBytes: number }>(
    (f) => `A report of ${f.bytes} bytes is longer than ${f.maxBytes} bytes.`,
    () => 'Write the long part to a file in the workspace and report the name of that file.',
  ),
  MAILBOX_UNWRITABLE: row<{ folder: string; why: string }>(
    (f) => `Nothing can be written to the session folder ${f.folder} (${f.why}).`,
    (f) => `Look with "ls -ld ${f.folder}; df -h ${f.folder}" whether the folder is there, is yours and has room.`,
    { mayPass: true },
  ),
  REQUEST_INVALID: row<{ request: string }>(
    (f) => `"${f.request}" cannot be the id of a question: it has to be usable as a file name.`,
    () => 'Use 1 to 128 letters, digits, ".", "_" and "-", and begin with a letter or a digit.',
  ),
})

/** Appends one row for the engine or the agent's plugin to read. @throws {Fault} ROW_TOO_LONG above 64 KiB, MAILBOX_UNWRITABLE, REQUEST_INVALID */
export const appendRow = (folder: string, row: MailboxRow | Readonly<Record<string, unknown>>): void => {
  if ('request' in row && row.request !== undefined) fileName(String(row.request))
  const bytes = Buffer.byteLength(JSON.stringify(row)) + 1
  if (bytes > maxRowBytes) throw fault('ROW_TOO_LONG', { bytes, maxBytes: maxRowBytes })
  try {
    appendLine(join(folder, 'mailbox.ndjson'), row)
  } catch (error) {
    throw fault('MAILBOX_UNWRITABLE', { folder, why: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

/**
 * Appends a value to a file as one line, in one write, so that writers do not mix their lines. A line that a crash left
 * without its end stays a line of its own.
 */
export const appendLine = (path: string, value: unknown): void => {
  // `a+`: O_APPEND puts every write at the end, whoever else writes. https://man7.org/linux/man-pages/man2/open.2.html
  const file = openSync(path, 'a+', 0o600)
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    const isTorn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== newline
    const line = Buffer.from(`${isTorn ? '\n' : ''}${JSON.stringify(value)}\n`)
    const written = writeSync(file, line)
    if (written < line.length) throw new Error(`only ${written} of ${line.length} bytes could be written`)
  } finally {
    closeSync(file)
  }
}

/**
 * Folds a row that means the same for every agent into the picture; null when the line is no such row and belongs to the
 * agent's plugin. Pure and total. `mark` is the offset of the line, `at` (epoch ms) when it was read: a row from the future counts as of now.
 */
export const readReport = (
  picture: AgentPicture,
  { text, mark, at }: { readonly text: string; readonly mark: number; readonly at: number },
): AgentPicture | null => {
  const row = parseRow(text)
  if (row === null) return null
  if ('answered' in row) return closed(picture, row)
  if ('left' in row) {
    const { question } = picture
    return question?.request === row.left ? { ...picture, question: { ...question, reply: 'message' } } : picture
  }
  return {
    ...picture,
    workedAt: Math.max(picture.workedAt ?? 0, Math.min(row.at, at)),
    report: { mark, kind: row.report, text: row.text },
    question: questionAfter(picture, row),
  }
}

/** A row that means the same for every agent, or null. Pure and total. */
export const parseRow = (text: string): MailboxRow | null => {
  const value = parseObject(text)
  if (value?.v !== 1 || !isTime(value.at)) return null
  const { at } = value
  if (isRequest(value.left)) return { v: 1, at, left: value.left }
  if (isRequest(value.answered) && typeof value.text === 'string' && (value.by === 'chat' || value.by === 'terminal'))
    return { v: 1, at, answered: value.answered, text: value.text, by: value.by }
  const { report, request, options = [], waits = false } = value
  if ((report !== 'done' && report !== 'blocked' && report !== 'progress') || typeof value.text !== 'string') return null
  if (!isTexts(options) || typeof waits !== 'boolean' || (request !== undefined && !isRequest(request))) return null
  return { v: 1, at, report, text: value.text, ...(request !== undefined && { request }), options, waits }
}

/** A line that holds one JSON object, or null. Total: whatever the line is. */
export const parseObject = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null // just looked at
  } catch {
    return null // not JSON is one of the things a line may be
  }
}

/** Puts a decision where the one who asked looks for it: whole or not at all; twice is once. @throws {Fault} REQUEST_INVALID, MAILBOX_UNWRITABLE */
export const writeAnswer = (folder: string, { request, choice, text, by }: Decision): void => {
  const name = fileName(request)
  const answers = join(folder, 'answers')
  const draft = join(answers, `.${name}.${process.pid}`)
  try {
    mkdirSync(answers, { recursive: true, mode: 0o700 })
    const file = openSync(draft, 'w', 0o600)
    try {
      writeFileSync(file, JSON.stringify({ choice, text, by } satisfies Answer))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, answerPath(folder, name))
  } catch (error) {
    throw fault('MAILBOX_UNWRITABLE', { folder, why: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

/** The answer to a question, or null when there is none yet. @throws {Fault} REQUEST_INVALID */
export const readAnswer = (folder: string, request: string): Answer | null => {
  const value = parseObject(readOrEmpty(answerPath(folder, fileName(request))))
  if (value === null || typeof value.text !== 'string' || typeof value.by !== 'string') return null
  return { choice: typeof value.choice === 'number' ? value.choice : null, text: value.text, by: value.by }
}

/**
 * Waits for the answer to exactly that question. Rejects with the signal's reason when it aborts first. The folder is
 * watched and, because a watch may miss things or not be had at all, looked at every `pollMs` (default 1 s).
 *
 * @throws {Fault} MAILBOX_UNWRITABLE when the session's folder is gone
 */
export const waitForAnswer = (
  folder: string,
  request: string,
  { signal, pollMs = 1_000 }: { readonly signal: AbortSignal; readonly pollMs?: number },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const stops: (() => void)[] = []
    const settle = (): void => {
      for (const stop of stops) stop()
    }
    const look = (): void => {
      const answer = readAnswer(folder, request)
      if (answer === null) return
      settle()
      resolve(answer)
    }
    const abort = (): void => {
      settle()
      reject(signal.reason)
    }
    const answers = join(folder, 'answers')
    try {
      mkdirSync(answers, { mode: 0o700 }) // never the session's folder: one that is gone would come back, and be waited in for ever
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        return reject(
          fault('MAILBOX_UNWRITABLE', { folder, why: error instanceof Error ? error.message : String(error) }, { cause: error }),
        )
    }
    const timer = setInterval(look, pollMs)
    stops.push(
      () => clearInterval(timer),
      watched(answers, look),
      () => signal.removeEventListener('abort', abort),
    )
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else look()
  })

/** An answer in words: the option that was chosen and what was said besides. */
export const answerText = ({ choice, text }: Answer, options: readonly string[]): string => {
  const option = choice === null ? undefined : options[choice - 1]
  if (option === undefined) return text === '' && choice !== null ? String(choice) : text
  return ['', option, String(choice)].includes(text.trim()) ? option : `${option}: ${text}`
}

/**
 * Answers a question that came by `ao report blocked --wait`: the part of `Agent.answer` that is the same for every agent.
 * `gone` when the mailbox shows that nobody waits for it (any more). @throws {Fault} REQUEST_INVALID, MAILBOX_UNWRITABLE
 */
export const answerReport = (folder: string, decision: Decision): 'handed' | 'gone' => {
  fileName(decision.request)
  const rows = readOrEmpty(join(folder, 'mailbox.ndjson')).split('\n').map(parseRow)
  const isAwaited = rows.reduce((awaited, row) => {
    if (row === null) return awaited
    if ('answered' in row) return awaited && row.answered !== decision.request
    if ('left' in row) return awaited && row.left !== decision.request
    if (row.report !== 'blocked') return false
    return row.request === decision.request ? row.waits === true : awaited
  }, false)
  if (!isAwaited) return 'gone'
  writeAnswer(folder, decision)
  return 'handed'
}

const maxRowBytes = 64 * 1024
const newline = 10

const closed = (picture: AgentPicture, { answered, text, by }: AnsweredRow): AgentPicture => ({
  ...picture,
  question: picture.question?.request === answered ? null : picture.question,
  answered: { request: answered, text, by },
})

const questionAfter = (picture: AgentPicture, { report, request, text, options = [], waits }: ReportRow): AgentPicture['question'] => {
  const { question, report: before } = picture
  if (report === 'blocked')
    return request === undefined
      ? question
      : { request, kind: 'question', text, detail: null, options, refusal: null, reply: waits ? 'own' : 'message' }
  // A dialog of the agent's own stays open whatever is reported meanwhile (by a background command, say).
  const isReported = question?.kind === 'question' && before?.kind === 'blocked' && before.text === question.text
  return isReported ? null : question
}

const answerPath = (folder: string, name: string): string => join(folder, 'answers', `${name}.json`)

const isRequest = (value: unknown): value is string => typeof value === 'string' && /^[A-Za-z0-9][\w.-]{0,127}$/.test(value)
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0

const fileName = (request: string): string => {
  if (!isRequest(request)) throw fault('REQUEST_INVALID', { request })
  return request
}

/** What a file holds; nothing where there is none. */
export const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

const watched = (path: string, look: () => void): (() => void) => {
  try {
    const watcher = watch(path, look)
    watcher.on('error', () => watcher.close()) // the slow look goes on
    return () => watcher.close()
  } catch {
    return () => {} // no watches left on this machine: the slow look does it alone
  }
}
