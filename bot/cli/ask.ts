import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { catalogue, row } from '../../core/kit/fault.ts'

export const fault = catalogue({
  ASKING_STOPPED: row<object>(
    () => 'Stopped; nothing was written.',
    () => 'Say "ao init" again when you like.',
  ),
})

/** A terminal, or what a test has for one. */
export type Terminal = { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream }

/** Asks a person at a terminal, one question after the other. Close it, or the terminal stays in its hands. */
export type Prompt = {
  /** What was typed, without spaces around it. @throws {Fault} ASKING_STOPPED on Ctrl-C, Ctrl-D or when the terminal goes away */
  ask(question: string): Promise<string>
  /** The same, and what is typed is not shown, nor remembered for the arrow keys. */
  askHidden(question: string): Promise<string>
  say(line: string): void
  close(): void
}

/** A prompt at a terminal, or at what a test has for one. */
export const openPrompt = ({ input, output }: Terminal): Prompt => {
  let isHidden = false
  let isOver = false
  const typed: string[] = [] // a paste brings several lines at once
  let waiting: { readonly take: (line: string) => void; readonly stop: () => void } | null = null
  const screen = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isHidden) output.write(chunk)
      done()
    },
  })
  const reader = createInterface({ input, output: screen, terminal: true, historySize: 0 })
  const end = (): void => {
    isOver = true
    waiting?.stop()
  }
  reader.on('SIGINT', end).on('close', end)
  reader.on('line', (line) => {
    if (waiting) waiting.take(line)
    else typed.push(line)
  })
  const nextLine = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const early = typed.shift()
      if (early !== undefined) return resolve(early)
      if (isOver) return reject(fault('ASKING_STOPPED', {}))
      const settle = (then: () => void) => {
        waiting = null
        then()
      }
      waiting = {
        take: (line) => settle(() => resolve(line)),
        stop: () => settle(() => reject(fault('ASKING_STOPPED', {}))),
      }
    })
  return {
    ask: async (question) => {
      reader.setPrompt(question)
      reader.prompt()
      return (await nextLine()).trim()
    },
    askHidden: async (question) => {
      output.write(question)
      isHidden = true
      reader.setPrompt('')
      try {
        return (await nextLine()).trim()
      } finally {
        isHidden = false
        output.write('\n')
      }
    },
    say: (line) => void output.write(`${line}\n`),
    close: () => {
      reader.off('close', end)
      reader.close()
    },
  }
}
