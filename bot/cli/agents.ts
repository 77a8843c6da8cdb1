import { createRegistry } from '../../core/plugins/registry.ts'
import { plugins } from '../../plugins/index.ts'

/** A coding agent that `ao init` can write down, and what this machine lacks for it: a thing to do, or null. */
export type KnownAgent = { readonly name: string; readonly lacks: string | null }

/** Every agent that has a plugin of its own, in the order of the list. */
export const knownAgents = async (): Promise<readonly KnownAgent[]> => {
  const registry = createRegistry(plugins)
  const named = plugins.filter(({ slot, profile }) => slot === 'agent' && profile !== undefined)
  return Promise.all(named.map(async ({ name, options }) => ({ name, lacks: await registry.missing('agent', name, options.parse({})) })))
}
