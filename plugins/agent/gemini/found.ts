import { basename } from 'node:path'
import type { Found, FoundRequest } from '../../../core/contracts/plugins.ts'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'

/** Gemini CLI says nowhere which conversation a process is in that somebody started by hand, and a guess could take up another one. */
export const found = async ({ process }: FoundRequest): Promise<Found | null> =>
  isGemini(process)
    ? {
        refused: 'does not say which conversation it is in',
        cure: 'Commit what it has done, end it, and start the task from here with that branch, as in: start "finish the parser" branch=parser.',
      }
    : null

/** `gemini`, or node with its script. */
export const isGemini = ({ argv }: Pick<ForeignProcess, 'argv'>): boolean => {
  const [program = '', ...words] = argv
  const script = words.find((word) => !word.startsWith('-')) ?? ''
  const isScript = /^(?:node|bun)(?:\.exe)?$/.test(basename(program)) && /^gemini(?:\.js)?$/.test(basename(script))
  return /^gemini(?:\.exe)?$/.test(basename(program)) || isScript
}
