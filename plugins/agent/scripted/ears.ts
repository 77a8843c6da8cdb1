import { idsIn } from '../../../core/kit/wrap.ts'
import { makeInput } from './input.ts'
import type { RowWords } from './rows.ts'

/** A message as it arrived, wrapper and all. */
export type Heard = { readonly ids: readonly string[]; readonly text: string }

/** How the program hears. */
export type Ears = {
  /** The next message with `match` in it, from those that wait or yet to come; others before it are taken and dropped. Counts as taken by `taken()`. */
  next(match: string | null): Promise<Heard>
  /** How many messages have been taken, those of earlier processes included. */
  taken(): number
  /** What a person types while a dialog is open: the number of an option, or words where there is none to choose. */
  choice(options: readonly string[], signal: AbortSignal): Promise<string>
  /** Hears nothing any more. */
  close(): void
}

/**
 * Listens on standard input. A terminal is switched to raw mode with bracketed paste, so that long pasted text arrives whole
 * and as one message; on a pipe each line is one. Every message is written down when it arrives and waits for its turn;
 * nothing that was pasted ever answers a dialog.
 */
export const openEars = ({
  waiting,
  taken,
  write,
  print,
}: {
  readonly waiting: readonly Heard[]
  readonly taken: number
  readonly write: (row: RowWords) => void
  readonly print: (text: string) => void
}): Ears => {
  const { stdin } = process
  const queue = [...waiting]
  const input = makeInput()
  let count = taken
  let wake = (): void => {}
  let dialog: { readonly options: readonly string[]; readonly take: (text: string) => void } | null = null

  const hear = (text: string, isPasted: boolean): void => {
    if (dialog !== null && !isPasted && isAnswer(text, dialog.options)) {
      if (dialog.options.length > 0 && dialog.options[Number(text) - 1] === undefined) print(`There is no option ${text.trim()}.\n`)
      else dialog.take(text.trim())
      return
    }
    const heard = { ids: idsIn(text), text }
    write({ kind: 'received', ...heard })
    print(`> ${shortened(text)}\n`)
    queue.push(heard)
    wake()
  }

  stdin.setEncoding('utf8')
  if (stdin.isTTY) {
    stdin.setRawMode(true)
    print(bracketedPaste.on)
    process.once('exit', () => print(bracketedPaste.off))
  }
  stdin.on('data', (chunk: string) => {
    for (const entry of input(chunk)) {
      if (entry.kind === 'interrupt') process.exit(130)
      if (entry.kind === 'line') {
        if (stdin.isTTY) print('\r\u001b[K')
        hear(entry.text, entry.isPasted)
      } else if (stdin.isTTY) print(entry.text)
    }
  })
  // A pipe that nobody writes to any more, or a closed descriptor: there is nothing left to hear, and the script goes on.
  stdin.on('error', () => stdin.destroy())

  return {
    next: async (match) => {
      for (;;) {
        const heard = queue.shift()
        if (heard === undefined) await new Promise<void>((resolve) => (wake = resolve))
        else {
          count += 1
          if (match === null || heard.text.includes(match)) return heard
        }
      }
    },
    taken: () => count,
    choice: (options, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          dialog = null
        }
        signal.addEventListener('abort', end, { once: true })
        dialog = {
          options,
          take: (text) => {
            signal.removeEventListener('abort', end)
            end()
            resolve(text)
          },
        }
      }),
    close: () => stdin.pause(),
  }
}

const isAnswer = (text: string, options: readonly string[]): boolean =>
  options.length === 0 ? text.trim() !== '' : /^\d+$/.test(text.trim())

const shortened = (text: string): string => {
  const lines = text.split('\n')
  return `${(lines[0] ?? '').slice(0, 200)}${lines.length > 1 ? ` (${lines.length} lines)` : ''}`
}

const bracketedPaste = { on: '\u001b[?2004h', off: '\u001b[?2004l' }
