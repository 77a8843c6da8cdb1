import { readFileSync } from 'node:fs'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import { appendRow, parseObject, readReport } from '../../../core/kit/mailbox.ts'
import { placesIn } from './places.ts'
import { readRow } from './read.ts'
import { type Row, type RowWords, rowSchema } from './rows.ts'

/** All rows of ours in the mailbox of that session. */
export const rowsIn = (folder: string): readonly Row[] =>
  linesIn(folder).flatMap((line) => (line.includes('"opencode"') ? (rowSchema.safeParse(parseObject(line)).data ?? []) : []))

/** What the mailbox says until now. */
export const pictureIn = (folder: string): AgentPicture =>
  linesIn(folder).reduce((picture, text) => {
    const line = { text, mark: 0, at: Number.MAX_SAFE_INTEGER }
    return readReport(picture, line) ?? readRow(picture, line)
  }, unheard)

/** Puts a row of ours down. @throws {Fault} MAILBOX_UNWRITABLE */
export const put = (folder: string, row: RowWords): void => appendRow(folder, { v: 1, at: Date.now(), ...row })

const linesIn = (folder: string): readonly string[] => {
  try {
    return readFileSync(placesIn(folder).mailbox, 'utf8').split('\n')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
