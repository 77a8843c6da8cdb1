import { subscribe } from 'node:diagnostics_channel'
import type { Scm } from '../../../core/contracts/plugins.ts'
import { silent } from '../../../core/kit/log.ts'
import { built } from '../bot.ts'
import { takeOrders } from './github-orders.ts'

/*
 * The plugin in a process of its own, one of it for each project as in a bot, by a clock that others set. Nothing else happens
 * here, so all that it takes is what looks take.
 */

/** A project, and what its sessions' changes are called. */
export type Looked = {
  readonly name: string
  readonly path: string
  readonly changes: readonly { readonly number: number; readonly branch: string }[]
}

/** `seen`: changes of which there is a picture; `isRested`: the forge wanted rest, and was not asked. */
export type Look = {
  readonly seen: number
  readonly isRested: boolean
  readonly wallMs: number
  readonly ownMs: number
  readonly children: number
}

type Item = Parameters<Scm['look']>[0][number]

const { signal } = new AbortController()
let now = 0
let children = 0
let places: readonly { readonly scm: Scm; readonly items: readonly Item[] }[] = []

subscribe('child_process', () => {
  children += 1
})

const orders = {
  begin: async (given: {
    readonly data: string
    readonly at: number
    readonly options: Readonly<Record<string, unknown>>
    readonly projects: readonly Looked[]
  }) => {
    const { createHost } = await built<typeof import('../../../core/engine/host.ts')>('core/engine/host.js')
    const { openFileDocuments } = await built<typeof import('../../../core/store/document.ts')>('core/store/document.js')
    const { github } = await built<typeof import('../../../plugins/scm/github/index.ts')>('plugins/scm/github/index.js')
    now = given.at
    const documents = openFileDocuments({ folder: given.data, log: silent })
    const host = createHost({ dataFolder: given.data, documents, log: silent, signal, onHint: () => {}, now: () => now })
    const options = github.options.parse(given.options)
    places = await Promise.all(
      given.projects.map(async ({ name, path, changes }) => {
        const project = { name, path, base: 'main' }
        const scm = await github.create(options, host, { host: 'local', project })
        return { scm, items: changes.map((change) => ({ project, ...change })) }
      }),
    )
  },
  /** As the engine does it: each project by its own slot, all in one moment, unless the forge wants rest. */
  look: async (): Promise<Look> => {
    if (places.some(({ scm }) => (scm.restUntil?.() ?? 0) > now)) return { seen: 0, isRested: true, wallMs: 0, ownMs: 0, children: 0 }
    const [begunAt, spent, before] = [performance.now(), process.cpuUsage(), children]
    const found = await Promise.all(places.map(({ scm, items }) => scm.look(items, signal)))
    const { user, system } = process.cpuUsage(spent)
    const wallMs = performance.now() - begunAt
    const seen = found.flat().filter((one) => one !== null && !(one instanceof Error)).length
    return { seen, isRested: false, wallMs, ownMs: (user + system) / 1_000, children: children - before }
  },
  finish: () => void setTimeout(() => process.exit(), 10),
  passes: ({ ms }: { readonly ms: number }): void => {
    now += ms
  },
}
export type LookerOrders = typeof orders

takeOrders(orders)
