import { appendFileSync } from 'node:fs'
import type { Agent, Log, Plugin } from '../../../core/contracts/plugins.ts'
import { explain } from '../../../core/kit/fault.ts'
import { built } from '../bot.ts'
import { takeOrders } from './github-orders.ts'

/*
 * A whole bot, as `ao start` has it, in a process of its own. Its scripted agents are the product's own but for the program: a
 * shell takes the place of Node, because there are 200 of them. Arguments: the config, and the program of the agents.
 */

const [config = '', program = ''] = process.argv.slice(2)

/** What is worth knowing when a number is strange. */
const logInto = (path: string): Log => {
  const write =
    (level: string) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      appendFileSync(path, `${new Date().toISOString()} ${level} ${event} ${sayFields(fields)}\n`)
  return { debug: () => {}, info: () => {}, warn: write('warn'), error: write('error') }
}

const sayFields = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${value instanceof Error ? explain(value) : JSON.stringify(value)}`)
    .join(' ')

/** The same plugin, whose agents are started as that program. */
const withProgram = (plugin: Plugin): Plugin => ({
  ...plugin,
  create: async (...given: Parameters<Plugin['create']>) => {
    const agent = (await plugin.create(...given)) as Agent // it fills the slot of agents
    return { ...agent, launch: () => ({ argv: ['/bin/sh', program], env: {}, stdin: null, files: {} }) }
  },
})

const start = async () => {
  const { startBot } = await built<typeof import('../../../bot/main.ts')>('bot/main.js')
  const { loadSettings } = await built<typeof import('../../../bot/cli/settings.ts')>('bot/cli/settings.js')
  const { plugins } = await built<typeof import('../../../plugins/index.ts')>('plugins/index.js')
  const settings = await loadSettings(config)
  return startBot({
    ...settings,
    log: logInto(`${config}.log`),
    plugins: plugins.map((one) => (one.slot === 'agent' && one.name === 'scripted' ? withProgram(one) : one)),
  })
}

/** What a look cost: all of the bot, its look and what it makes of it. */
export type BotLook = { readonly wallMs: number; readonly ownMs: number }

const bot = start()
bot.catch(() => {}) // whoever waits for `ready` hears of it

const orders = {
  /** Resolves when it has looked at everything. */
  ready: async (): Promise<void> => void (await bot),
  look: async (): Promise<BotLook> => {
    const { sensors } = await bot
    const [begunAt, spent] = [performance.now(), process.cpuUsage()]
    await sensors.lookAtChanges()
    const { user, system } = process.cpuUsage(spent)
    return { wallMs: performance.now() - begunAt, ownMs: (user + system) / 1_000 }
  },
  /** Of each session that is live: the head of its change as the bot knows it, and how its checks are. */
  known: async () =>
    (await bot).ring.sessions().map(({ id, changes, phase, messages }) => {
      const change = changes.at(-1)
      const last = messages.at(-1)
      return {
        session: id,
        phase,
        head: change?.head ?? null,
        checks: change?.checks ?? null,
        last: last ? `${last.id} ${last.state}` : null,
      }
    }),
  stop: async (): Promise<void> => (await bot).stop(),
}
export type BotOrders = typeof orders

takeOrders(orders)
