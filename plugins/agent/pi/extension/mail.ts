import { appendRow } from '../../../../core/kit/mailbox.ts'
import type { RowWords } from '../rows.ts'

/** Rows are limited in size: of what is longer the beginning is kept. */
const mostChars = 12_000

/** Writes rows of ours into the mailbox. What cannot be written must not end pi; whoever is at its terminal is told. */
export const mailTo = (folder: string, tell: (words: string) => void) => {
  const put = (row: Readonly<Record<string, unknown>>): void => {
    try {
      appendRow(folder, row)
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error))
    }
  }
  return {
    write: (row: RowWords): void => put({ at: Date.now(), ...row }),
    /** A question is closed: the row that all agents share. */
    answered: (request: string, text: string, by: 'chat' | 'terminal'): void =>
      put({ v: 1, at: Date.now(), answered: request, text: cut(text), by }),
  }
}

export type Mail = ReturnType<typeof mailTo>

export const cut = (text: string): string =>
  text.length <= mostChars ? text : `${text.slice(0, mostChars)}\n[… ${text.length - mostChars} characters more]`
