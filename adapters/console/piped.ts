import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { isFault } from '../../core/kit/fault.ts'
import { type LinkEvent, openLink } from './link.ts'
import { inboundId } from './translate.ts'
import { helpLines, readTyped } from './typed.ts'
import { continued } from './typing.ts'
import { openView } from './view.ts'

/**
 * The chat without a terminal: says each line of the input, waits until it is answered, says the next, and prints what is
 * shown meanwhile. The exit code is 1 when something was refused or an answer's tone was bad.
 */
export const runPiped = async ({
  socketPath,
  input,
  output,
  columns,
  isUnicode,
  signal,
}: {
  readonly socketPath: string
  readonly input: Readable
  readonly output: Writable
  readonly columns: () => number
  readonly isUnicode: boolean
  readonly signal: AbortSignal
}): Promise<number> => {
  let thread: string | null = null
  let code = 0
  let waiting: { readonly id: string; readonly done: () => void } | null = null
  const over = new AbortController()
  const print = (text: string): void => void output.write(`${text}\n`)
  const view = openView({ print, canReplace: () => false, replace: print }, { columns, isColoured: false, isUnicode, thread: () => thread })
  const spoil = (words: string): void => {
    code = 1
    view.remark(words)
  }

  const on = (event: LinkEvent): void => {
    if (event.is === 'shown') {
      if (waiting && event.message.card.replyTo === inboundId(waiting.id) && event.message.card.tone === 'bad') code = 1
      view.shown(event.message, event.before)
    } else if (event.is === 'lost') view.remark('The bot is gone; waiting for it.')
    else if (event.is === 'failed' || event.is === 'ended') spoil(`${event.what} ${event.hint}`)
    if (event.is === 'ended') over.abort()
    if ((event.is === 'done' || event.is === 'failed') && event.id === waiting?.id) waiting.done()
  }
  const say = async (text: string, at: string | null): Promise<void> => {
    const id = link.say(text, at)
    await new Promise<void>((resolve) => {
      waiting = { id, done: resolve }
      over.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    waiting = null
  }
  const obey = async (line: string): Promise<void> => {
    const typed = readTyped(line, thread)
    if (typed.is === 'say') await say(typed.text, typed.thread)
    else if (typed.is === 'in') thread = typed.thread
    else if (typed.is === 'out') thread = null
    else if (typed.is === 'help') view.list(helpLines)
    else if (typed.is === 'wrong') spoil(typed.says)
    else if (typed.is === 'quit') over.abort()
  }

  const lines = createInterface({ input, terminal: false })
  const stop = (): void => over.abort()
  signal.addEventListener('abort', stop, { once: true })
  over.signal.addEventListener('abort', () => lines.close(), { once: true })
  // Whoever read the output has left (`| head`): nobody is there to answer.
  output.on('error', stop)
  const link = openLink(socketPath, on)
  let begun = ''
  for await (const line of lines) {
    const more = continued(line)
    begun += more === null ? line : `${more}\n`
    if (more !== null) continue
    const whole = begun
    begun = ''
    await obey(whole).catch((error: unknown) => (isFault(error) ? spoil(`${error.message} ${error.hint}`) : Promise.reject(error)))
    if (over.signal.aborted) break
  }
  link.close()
  output.off('error', stop)
  signal.removeEventListener('abort', stop)
  return code
}
