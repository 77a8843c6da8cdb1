import type { Slot } from '../contracts/plugins.ts'
import { catalogue, row } from '../kit/fault.ts'
import { list, nearest } from '../kit/text.ts'

/** What can go wrong with finding a plugin. */
export const fault = catalogue({
  PLUGIN_UNKNOWN: row<{ slot: Slot; name: string; known: readonly string[] }>(
    (f) => `There is no ${f.slot} plugin "${f.name}"; there is ${list(f.known) || 'none'}.`,
    (f) => `Write ${nearest(f.name, f.known) ?? (list(f.known, 'or') || 'one that exists')} under plugins.${f.slot} in the config.`,
  ),
})
