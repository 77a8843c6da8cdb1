import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parseObject } from '../../../core/kit/mailbox.ts'
import { fingerprint } from '../../../core/kit/text.ts'

/**
 * What the plugin keeps in the folder of a session. Each start has a socket of its own: an app-server that is told to end while a turn
 * runs lives on until the turn is over, and would take the socket of the next one with it.
 */
export const filesIn = (folder: string) =>
  ({
    script: join(folder, 'codex.sh'),
    prompt: join(folder, 'codex-prompt.md'),
    /** Of the start that counts: its socket, and what it may do. */
    current: join(folder, 'codex-current'),
    /** Messages that were handed over, written down before each. */
    told: join(folder, 'codex-told.ndjson'),
    mailbox: join(folder, 'mailbox.ndjson'),
  }) as const

/** The name of the socket of one start. */
export const socketName = (run: string): string => `codex-${fingerprint(run)}.sock`

/** A link in the session's folder to the file that Codex writes about a conversation: its real path has a date in it. */
export const rolloutLink = (folder: string, conversation: string): string =>
  join(folder, `codex-${conversation.replace(/[^\w-]/g, '_')}.jsonl`)

const current = z.object({ socket: z.string(), approval: z.string(), sandbox: z.string() })

/** What is known of the start that counts. */
export type Current = z.infer<typeof current>

/** The start that counts, with the whole path of its socket; null when there has been none. */
export const currentStart = (folder: string): Current | null => {
  const start = current.safeParse(parseObject(textOf(filesIn(folder).current))).data
  return start === undefined ? null : { ...start, socket: join(folder, start.socket) }
}

/** A file as text; empty when there is none. */
export const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
