import { list, nearest } from '../../core/kit/text.ts'

/** What a typed line asks for. */
export type Typed =
  | { readonly is: 'say'; readonly text: string; readonly thread: string | null }
  | { readonly is: 'in'; readonly thread: string }
  | { readonly is: 'out' | 'clear' | 'help' | 'quit' | 'nothing' }
  /** It was not understood, and nothing was said. */
  | { readonly is: 'wrong'; readonly says: string }

/** The local commands; everything else is said to the bot. */
export const commands = {
  '/in': "enter a session's thread: /in app-3",
  '/out': 'back to the whole room',
  '/clear': 'clear the screen',
  '/help': 'this list',
  '/quit': 'leave (Ctrl-D does, too); the bot goes on',
} as const

/** What `/help` shows. */
export const helpLines: readonly string[] = [
  ...Object.entries(commands).map(([name, does]) => `${name.padEnd(8)}${does}`),
  `${'@app-3'.padEnd(8)}before words: say them in that thread without entering it`,
  `${'12'.padEnd(8)}press the button [12]`,
  `${'help'.padEnd(8)}(without the slash) asks the bot what it understands`,
  'A line that ends with \\ goes on in the next one. Tab completes.',
]

/** Reads a line that was typed while `thread` was entered. Pure. */
export const readTyped = (line: string, thread: string | null): Typed => {
  const text = line.trim()
  if (text === '') return { is: 'nothing' }
  const aside = /^@([\w.-]{1,100})(?:\s+([\s\S]+))?$/.exec(text)
  if (aside?.[1])
    return aside[2]
      ? { is: 'say', text: aside[2], thread: aside[1] }
      : { is: 'wrong', says: `Say something after @${aside[1]}, or enter it with /in ${aside[1]}.` }
  const [, name, rest] = /^(\/[a-z]+)(?:\s+([^\n]*))?$/.exec(text) ?? []
  return name === undefined ? { is: 'say', text, thread } : readCommand(name, (rest ?? '').trim())
}

const readCommand = (name: string, rest: string): Typed => {
  if (name === '/in')
    return /^@?[\w.-]{1,100}$/.test(rest)
      ? { is: 'in', thread: rest.replace(/^@/, '') }
      : { is: 'wrong', says: 'Say which thread: /in app-3.' }
  const plainCommands = { '/out': 'out', '/clear': 'clear', '/help': 'help', '/quit': 'quit' } as const
  const is = Object.entries(plainCommands).find(([command]) => command === name)?.[1]
  if (is && rest === '') return { is }
  if (is) return { is: 'wrong', says: `${name} stands alone.` }
  const near = nearest(name, Object.keys(commands))
  return {
    is: 'wrong',
    says: `There is no ${name}${near ? `; did you mean ${near}?` : ''} Local commands are ${list(Object.keys(commands))}. What is for the bot goes without the slash.`,
  }
}

/**
 * What may stand in place of the line, as whole lines. Threads and local commands are completed here, everything else by
 * whoever answers `ask`.
 */
export const completeTyped = async (
  line: string,
  {
    thread,
    threads,
    ask,
  }: {
    readonly thread: string | null
    readonly threads: readonly string[]
    readonly ask: (text: string, thread: string | null) => Promise<readonly string[]>
  },
): Promise<readonly string[]> => {
  const begun = (texts: readonly string[]): readonly string[] => texts.filter((text) => text.startsWith(line) && text !== line)
  if (/^\/in\s/.test(line)) return begun(threads.map((name) => `/in ${name}`))
  if (line.startsWith('/')) return begun(Object.keys(commands).map((name) => (name === '/in' ? '/in ' : name)))
  const [, name, rest] = /^@([\w.-]*)\s+(.*)$/.exec(line) ?? []
  if (name !== undefined && rest !== undefined) {
    const before = line.slice(0, line.length - rest.length)
    return begun((await ask(rest, name)).map((text) => before + text))
  }
  if (line.startsWith('@')) return begun(threads.map((known) => `@${known} `))
  return begun(await ask(line, thread))
}
