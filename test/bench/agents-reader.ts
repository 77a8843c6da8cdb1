import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plugin } from '../../core/contracts/plugins.ts'
import { makeHost } from '../fakes/host.ts'
import { built } from './bot.ts'

/*
 * The bot's reader alone in a process of its own, over session files of several agents, at the pace of a bot. On standard input: a
 * `ReaderJob`. Reads what is there, says "ready" on a line, and after `forMs` prints what that time cost, as JSON.
 */

export type ReaderJob = {
  readonly folder: string
  readonly sessions: readonly { readonly id: string; readonly agent: string; readonly conversation: string }[]
  readonly everyMs: number
  readonly forMs: number
}
export type ReaderCost = {
  readonly percent: number
  /** By all calls that read, as the system counts them. */
  readonly readBytes: number
  readonly looks: number
  /** Sessions of which something was understood in that time. */
  readonly heard: number
}

const main = async (): Promise<void> => {
  const { folder, sessions, everyMs, forMs } = JSON.parse(await text(process.stdin)) as ReaderJob // written by the figure that starts us
  const { createReader } = await built<typeof import('../../core/engine/reader.ts')>('core/engine/reader.js')
  const { plugins } = await built<typeof import('../../plugins/index.ts')>('plugins/index.js')
  const host = await makeHost()
  const agents = new Map(
    await Promise.all(
      plugins
        .filter((one): one is Plugin<'agent'> => one.slot === 'agent' && sessions.some(({ agent }) => agent === one.name))
        .map(async (one) => [one.name, await one.create(one.options.parse({}), host, { host: 'local', project: null })] as const),
    ),
  )
  await host.close()
  const agentOf = (_: string, name: string) => agents.get(name) ?? never(name)
  const reader = createReader({ agentOf, folderOf: (session) => `${folder}/${session}`, now: Date.now })
  const workspace = { path: '/home/ana/app', branch: 'main', baseCommit: '' }
  const look = () => Promise.all(sessions.map((one) => reader.read({ ...one, project: 'shop', workspace })))

  let pictures = await look()
  for (let isAll = false; !isAll; ) {
    const next = await look()
    isAll = next.every((picture, at) => picture === pictures[at])
    pictures = next
  }
  process.stdout.write('ready\n')
  const [spent, read, begunAt] = [process.cpuUsage(), readBytes(), performance.now()]
  const before = pictures
  let looks = 0
  for (; performance.now() - begunAt < forMs; looks += 1) {
    await sleep(everyMs)
    pictures = await look()
  }
  const { user, system } = process.cpuUsage(spent)
  const cost: ReaderCost = {
    percent: (user + system) / 10 / (performance.now() - begunAt),
    readBytes: readBytes() - read,
    looks,
    heard: pictures.filter((picture, at) => picture !== before[at]).length,
  }
  process.stdout.write(`${JSON.stringify(cost)}\n`)
}

const readBytes = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])

const never = (name: string): never => {
  throw new Error(`there is no plugin for ${name}`)
}

await main()
