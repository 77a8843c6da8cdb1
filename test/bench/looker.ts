import { subscribe } from 'node:diagnostics_channel'
import { text } from 'node:stream/consumers'
import { silent } from '../../core/kit/log.ts'
import { built } from './bot.ts'
import { lookAt } from './proc.ts'

/*
 * The bot of a world in this very process, with clocks so slow that it looks only when it is asked to. Counts what looks cost
 * and prints it as JSON. On standard input: {"file": its config, "server": process id of its tmux server}.
 */

/** What one look cost: the mean of some, because the system counts the time of children in hundredths of a second. */
export type Looked = {
  readonly looks: number
  readonly children: number
  readonly ownMs: number
  readonly childrenMs: number
  readonly serverMs: number
  readonly wallMs: number
}

const looks = 20
const hour = 3_600_000

const main = async (): Promise<void> => {
  const { file, server } = JSON.parse(await text(process.stdin)) as { readonly file: string; readonly server: number } // written by the figure that starts us
  const { startBot } = await built<typeof import('../../bot/main.ts')>('bot/main.js')
  const { loadSettings } = await built<typeof import('../../bot/cli/settings.ts')>('bot/cli/settings.js')
  const settings = await loadSettings(file)
  const config = { ...settings.config, watch: { agentsMs: hour, changesMs: hour, tasksMs: hour, filesMs: hour } }
  const bot = await startBot({ ...settings, config, log: silent })
  let children = 0
  subscribe('child_process', () => {
    children += 1
  })

  const spent = () => {
    const [own, { user, system }] = [lookAt('self'), process.cpuUsage()]
    const tmux = lookAt(server)
    return {
      children,
      ownMs: (user + system) / 1000,
      childrenMs: own?.reapedMs ?? 0,
      serverMs: tmux?.ownMs ?? 0,
      wallMs: performance.now(),
    }
  }
  const batch = async (): Promise<Looked> => {
    const before = spent()
    for (let look = 0; look < looks; look += 1) await bot.sensors.lookAtAgents()
    const after = spent()
    const each = (pick: (one: ReturnType<typeof spent>) => number): number => (pick(after) - pick(before)) / looks
    return {
      looks,
      children: each((one) => one.children),
      ownMs: each((one) => one.ownMs),
      childrenMs: each((one) => one.childrenMs),
      serverMs: each((one) => one.serverMs),
      wallMs: each((one) => one.wallMs),
    }
  }
  await batch() // what is loaded and compiled once is no part of a look
  const looked: Looked[] = []
  for (let run = 1; run <= 5; run += 1) looked.push(await batch())
  await bot.stop()
  process.stdout.write(JSON.stringify(looked))
}

await main()
