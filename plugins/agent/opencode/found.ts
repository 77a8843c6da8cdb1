import { basename } from 'node:path'
import type { Found, FoundRequest } from '../../../core/contracts/plugins.ts'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'

/** opencode says nowhere which conversation a process is in that somebody started by hand, and a guess could take up another one. */
export const found = async ({ process }: FoundRequest): Promise<Found | null> =>
  isOpencode(process)
    ? {
        refused: 'does not say which conversation it is in',
        cure: 'Commit what it has done, end it, and start the task from here with that branch, as in: start "finish the parser" branch=parser.',
      }
    : null

/** `opencode`, or node with its script. */
export const isOpencode = ({ argv }: Pick<ForeignProcess, 'argv'>): boolean => {
  const [program = '', ...words] = argv
  const script = words.find((word) => !word.startsWith('-')) ?? ''
  const isScript = /^(?:node|bun)(?:\.exe)?$/.test(basename(program)) && /^opencode(?:\.js)?$/.test(basename(script))
  return /^opencode(?:\.exe)?$/.test(basename(program)) || isScript
}
