import { symlinkSync } from 'node:fs'
import { z } from 'zod'
import type { AgentWire } from '../../../core/contracts/plugins.ts'
import { type AnsweredRow, answerText, parseRow, readAnswer } from '../../../core/kit/mailbox.ts'
import type { Asked } from './ask.ts'
import { filesIn, rolloutLink, textOf } from './files.ts'
import { parseCodexRow, type RowWords } from './rows.ts'
import type { Thread, Turn } from './thread.ts'

type Open = { readonly request: string; readonly options: readonly string[] }

/** What stands in the mailbox, and what is added to it: nothing twice. */
export const openBook = ({ folder, run, append }: AgentWire) => {
  let open: Open | null = null
  let isThisRun = false
  let known: string | null = null
  const turns = new Map<string, string>()

  const take = (row: RowWords | AnsweredRow): void => {
    if ('answered' in row) {
      if (open?.request === row.answered) open = null
      return
    }
    if (row.codex === 'asked') open = { request: row.request, options: row.options }
    if (row.codex === 'void' && open?.request === row.request) open = null
    if (row.codex === 'turn') turns.set(row.turn, row.is)
    if (row.codex === 'thread') {
      isThisRun = row.run === run
      known = row.thread
    }
  }
  for (const text of textOf(filesIn(folder).mailbox).split('\n')) {
    const row = parseCodexRow(text) ?? parseRow(text)
    if (row !== null && ('codex' in row || 'answered' in row)) take(row)
  }

  const write = (row: RowWords): void => {
    take(row)
    append({ v: 1, at: Date.now(), ...row })
  }
  /** Closed without our knowing by whom: an answer of ours lies on disk, or it was a person at the terminal. */
  const close = ({ request, options }: Open): void => {
    const answer = readAnswer(folder, request)
    const text = answer === null ? 'answered in its terminal' : answerText(answer, options)
    const row: AnsweredRow = { v: 1, at: Date.now(), answered: request, text, by: answer === null ? 'terminal' : 'chat' }
    take(row)
    append(row)
  }

  return {
    open: () => open?.request ?? null,
    write,
    ask: ({ question: { request, kind, text, detail, options, refusal } }: Asked): void =>
      write({ codex: 'asked', request, kind: kind === 'permission' ? kind : 'question', text, detail, options: [...options], refusal }),
    close: (): void => {
      if (open !== null) close(open)
    },
    /** Has nothing been heard of this start before? */
    isNew: () => !isThisRun,
    /** What was open and is not any more was closed meanwhile; what a server asked that is no more is void. */
    reconcile: (pending: readonly Asked[]): void => {
      if (open !== null && !pending.some(({ question }) => question.request === open?.request)) close(open)
    },
    thread: ({ id, path }: Thread): void => {
      if (path !== null) linkTo(path, rolloutLink(folder, id))
      if (isThisRun && known === id) return
      if (open !== null) write({ codex: 'void', request: open.request })
      write({ codex: 'thread', run, thread: id })
    },
    turn: ({ id, status, error }: Turn): void => {
      const is = status === 'inProgress' ? 'started' : 'over'
      if (turns.get(id) === is || turns.get(id) === 'over') return
      if (is === 'started') {
        write({ codex: 'turn', turn: id, is })
        return
      }
      if (open?.request.startsWith(`${id}.`)) write({ codex: 'void', request: open.request })
      write({
        codex: 'turn',
        turn: id,
        is,
        failed: error && { message: error.message.slice(0, 2_000), code: codeOf(error.codexErrorInfo) },
      })
    },
  }
}

/** Codex's name for what went wrong, with the status that came over the net where there is one. */
const codeOf = (info: unknown): string | null => {
  if (typeof info === 'string') return info
  const [entry] = typeof info === 'object' && info !== null ? Object.entries(info) : []
  if (entry === undefined) return null
  const status = z.object({ httpStatusCode: z.number() }).safeParse(entry[1]).data?.httpStatusCode
  return status === undefined ? entry[0] : `${entry[0]} ${status}`
}

/** The engine follows files by fixed paths; that of a conversation has the day it began in it. */
const linkTo = (path: string, link: string): void => {
  try {
    symlinkSync(path, link)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
