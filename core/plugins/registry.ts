import type { z } from 'zod'
import type { Finding, Host, Plugin, Project, Slot, Slots, Use } from '../contracts/plugins.ts'
import { fault } from './fault.ts'

/** All plugins, found by slot and name. Options are what the plugin's own schema made of them, as the config holds them. */
export type Registry = {
  /** @throws {Fault} PLUGIN_UNKNOWN */
  find(slot: Slot, name: string): Plugin
  /** The names of a slot's plugins with their one sentence, in the order of the list. */
  list(slot: Slot): readonly { readonly name: string; readonly summary: string }[]
  /** The schema of each plugin's options, for reading a config. */
  schemas(): Readonly<Record<Slot, Readonly<Record<string, z.ZodType>>>>
  /** What this machine lacks for it, or null. @throws {Fault} PLUGIN_UNKNOWN */
  missing(slot: Slot, name: string, options: unknown): Promise<string | null>
  /** What a look beyond this machine finds about it; nothing where there is nothing to look at. @throws {Fault} PLUGIN_UNKNOWN */
  examine(
    slot: Slot,
    choice: { readonly name: string; readonly options: unknown },
    ask: { readonly project: Project | null; readonly now: () => number },
  ): Promise<readonly Finding[]>
  /** @throws {Fault} PLUGIN_UNKNOWN */
  create<S extends Slot>(slot: S, choice: { readonly name: string; readonly options: unknown }, place: PluginPlace): Promise<Slots[S]>
}

/** What a plugin is made with: its surroundings, and where it is used. */
export type PluginPlace = { readonly host: Host; readonly use: Use }

/** Makes the registry from a list. Two plugins of one slot and name are a mistake of whoever wrote the list. */
export const createRegistry = (plugins: readonly Plugin[]): Registry => {
  const bySlot = group(plugins)
  const find = (slot: Slot, name: string): Plugin => {
    const found = bySlot[slot].get(name)
    if (!found) throw fault('PLUGIN_UNKNOWN', { slot, name, known: [...bySlot[slot].keys()] })
    return found
  }
  return {
    find,
    list: (slot) => [...bySlot[slot].values()].map(({ name, summary }) => ({ name, summary })),
    schemas: () => mapSlots((slot) => Object.fromEntries([...bySlot[slot]].map(([name, { options }]) => [name, options]))),
    missing: async (slot, name, options) => find(slot, name).missing(options),
    examine: async (slot, { name, options }, ask) => (await find(slot, name).examine?.(options, ask)) ?? [],
    create: async <S extends Slot>(
      slot: S,
      { name, options }: { readonly name: string; readonly options: unknown },
      { host, use }: PluginPlace,
    ) => (await find(slot, name).create(options, host, use)) as Slots[S], // it stands in the list of that slot
  }
}

const group = (plugins: readonly Plugin[]): Readonly<Record<Slot, Map<string, Plugin>>> => {
  const bySlot = mapSlots(() => new Map<string, Plugin>())
  for (const plugin of plugins) {
    if (bySlot[plugin.slot].has(plugin.name)) throw new Error(`Two ${plugin.slot} plugins are called "${plugin.name}".`)
    bySlot[plugin.slot].set(plugin.name, plugin)
  }
  return bySlot
}

const mapSlots = <T>(make: (slot: Slot) => T): Readonly<Record<Slot, T>> => ({
  runtime: make('runtime'),
  agent: make('agent'),
  workspace: make('workspace'),
  tracker: make('tracker'),
  scm: make('scm'),
  notifier: make('notifier'),
  terminal: make('terminal'),
})
