import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '../../../core/contracts/agent.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { wrap } from '../../../core/kit/wrap.ts'
import { type Letter, stopLetter } from './places.ts'

export const fault = catalogue({
  INBOX_UNWRITABLE: row<{ folder: string; why: string }>(
    (f) => `No message can be laid into ${f.folder} (${f.why}).`,
    (f) => `Look with "ls -ld ${f.folder}; df -h ${f.folder}" whether the folder is yours and has room.`,
    { mayPass: true },
  ),
})

/**
 * Lays a message into pi's inbox: whole or not at all, after those that lie there. One that lies there already stays as it is, so twice is
 * once. @throws {Fault} INBOX_UNWRITABLE
 */
export const drop = (inbox: string, message: Message): void => {
  const ending = `-${encodeURIComponent(message.id)}.json`
  try {
    makeFolder(inbox)
    const names = readdirSync(inbox)
      .filter((name) => name.endsWith('.json'))
      .sort()
    if (names.some((name) => name.slice(digits) === ending)) return
    // After the newest, also when the clock was set back.
    const number = Math.max(Date.now(), Number(names.at(-1)?.slice(0, digits) ?? 0) + 1)
    const draft = join(inbox, `.${process.pid}-${encodeURIComponent(message.id)}`)
    writeFileSync(draft, JSON.stringify({ id: message.id, text: wrap(message) } satisfies Letter), { mode: 0o600 })
    renameSync(draft, join(inbox, `${String(number).padStart(digits, '0')}${ending}`))
  } catch (error) {
    throw fault('INBOX_UNWRITABLE', { folder: inbox, why: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

/** Has the turn broken off that runs. @throws {Fault} INBOX_UNWRITABLE */
export const dropStop = (inbox: string): void => {
  try {
    makeFolder(inbox)
    writeFileSync(join(inbox, stopLetter), '', { mode: 0o600 })
  } catch (error) {
    throw fault('INBOX_UNWRITABLE', { folder: inbox, why: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 }) // never the session's own folder: one that is gone would come back, and hold what nobody fetches
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** How long a number of ours is: epoch ms for some centuries. */
const digits = 14

/** The lines of a file; none while it is not there. */
export const linesOf = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
