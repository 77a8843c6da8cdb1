import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { pasteFilter, pasteOff, pasteOn, rememberPastes } from './paste.ts'
import { addTyping, continued, rememberedLines } from './typing.ts'

/** The terminal's own end of input, and of output. */
export type Keyboard = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown }
export type Display = Writable & { readonly isTTY?: boolean; readonly rows?: number }

/** The line a person types. */
export type Editor = {
  readonly line: Interface
  /** Shows the prompt: what `promptOf` gives, or `…` while a message goes on. */
  prompt(): void
  /** Puts a text that could not be said back into the line. */
  restore(text: string): void
  /** Gives the terminal back as it was. */
  close(): Promise<void>
}

/** What the editor asks of whoever uses it. */
export type EditorUser = {
  promptOf(isContinued: boolean): string
  /** What may stand in place of the line. */
  complete(typed: string): Promise<readonly string[]>
  /** Something that is not ours to undo was printed below what stood there. */
  onMoved(): void
  /** A whole message, with its newlines. */
  onMessage(text: string): void
  /** Ctrl-D, or Ctrl-C with nothing typed. */
  onLeave(): void
}

/**
 * Reads messages from a terminal: one line each, unless it was pasted or ends with a backslash. Ctrl-C clears what was
 * typed. Lines typed are remembered in `historyFile`.
 */
export const openEditor = (
  { input, output, historyFile }: { readonly input: Keyboard; readonly output: Display; readonly historyFile: string },
  typedBefore: readonly string[],
  user: EditorUser,
): Editor => {
  let begun = ''
  const pastes = rememberPastes()
  const keys = Object.assign(pasteFilter(pastes), { isTTY: true, setRawMode: (isRaw: boolean) => input.setRawMode?.(isRaw) })
  const line = createInterface({
    input: keys,
    output,
    terminal: true,
    history: [...typedBefore].reverse(),
    historySize: rememberedLines,
    removeHistoryDuplicates: true,
    completer: (typed: string, done: (error: null, found: [string[], string]) => void) => {
      void user.complete(typed).then((found) => {
        if (found.length > 1) user.onMoved()
        done(null, [[...found], typed])
      })
    },
  })
  const prompt = (): void => {
    line.setPrompt(user.promptOf(begun !== ''))
    line.prompt(true)
  }
  line.on('line', (typed) => {
    user.onMoved()
    const more = continued(typed)
    const whole = begun + (more ?? typed)
    begun = more === null ? '' : `${whole}\n`
    if (more !== null) return prompt()
    if (whole.trim() !== '' && pastes.isSelfContained(whole)) void addTyping(historyFile, pastes.keep(whole))
    user.onMessage(pastes.expand(whole))
  })
  line.on('close', user.onLeave)
  line.on('SIGINT', () => {
    if (line.line === '' && begun === '') return user.onLeave()
    begun = ''
    line.write(null, { ctrl: true, name: 'e' })
    output.write('^C\n')
    user.onMoved()
    // The cursor is on a fresh row now; readline would go up to where the line began. See `screen.ts`.
    Object.assign(line, { line: '', cursor: 0, prevRows: 0 })
    prompt()
  })
  input.pipe(keys)
  output.write(pasteOn)
  return {
    line,
    prompt,
    restore: (text) => line.write(pastes.keep(text)),
    close: async () => {
      line.off('close', user.onLeave)
      line.close()
      input.unpipe(keys)
      input.pause()
      await new Promise<void>((resolve) => output.write(pasteOff, () => resolve()))
    },
  }
}
