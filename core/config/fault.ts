import { catalogue, row } from '../kit/fault.ts'
import { list, nearest } from '../kit/text.ts'

/** What can go wrong with the config besides what is written in it, which is told as problems. */
export const fault = catalogue({
  CONFIG_UNREADABLE: row<{ path: string; reason: string }>(
    (f) => `The config ${f.path} cannot be read: ${f.reason}.`,
    (f) => `Run "ao init" to make one, or name another with "ao --config <file>" instead of ${f.path}.`,
  ),
  PROJECT_UNKNOWN: row<{ name: string; known: readonly string[] }>(
    (f) => `There is no project "${f.name}".`,
    (f) => `Use ${nearest(f.name, f.known) ?? list(f.known, 'or')}, or add "${f.name}" under projects in the config.`,
  ),
})
