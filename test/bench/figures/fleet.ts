import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type Bot, openVoice, startBot } from '../bot.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import type { Looked } from '../looker.ts'
import { median, span } from '../numbers.ts'
import { below, everybody, lookAt, pssKib, until } from '../proc.ts'
import { makeWorld, type World } from '../world.ts'

const agents = 200
const names = {
  cpu: 'idle with 200 live sessions: processor',
  memory: 'idle with 200 live sessions: memory',
  restart: 'restart with 200 sessions, to the first complete look',
  children: 'one look at 200 sessions: child processes',
  look: 'one look at 200 sessions: processor',
}

/** What 200 sessions cost that have nothing to tell. They are started once for all of these figures. */
export const fleet: Figure = {
  name: 'fleet',
  rows: Object.values(names),
  measure: async (bench, wanted) => {
    const world = await makeWorld(bench.ground, { agent: 'command', issues: agents, running: agents })
    const bot = await startBot(bench.ground, world)
    await fill(bench, world)
    const idle = wanted.has(names.cpu) || wanted.has(names.memory) ? await idleRows(bench, world, bot) : []
    await bot.stop()
    const restart = wanted.has(names.restart) ? [await restartRow(bench, world)] : []
    const look = wanted.has(names.children) || wanted.has(names.look) ? await lookRows(bench, world) : []
    if (world.agents().length !== agents) throw new Error(`${world.agents().length} of ${agents} agents are alive at the end`)
    return [...look, ...idle, ...restart].filter(({ name }) => wanted.has(name))
  },
}

/** Fifty at a time: a range of issues is no longer than that. */
const fill = async ({ tell }: Bench, world: World): Promise<void> => {
  const voice = await openVoice(world)
  for (let first = 1; first <= agents; first += 50) {
    await voice.say(`fix ${first}-${first + 49}`)
    await until(`${first + 49} agents`, 60_000, () => (world.told().length === first + 49 ? true : null))
    tell(`${first + 49} sessions are live`)
  }
  voice.close()
}

/** Three windows of half a minute, each with two looks at all changes and fifteen at all agents. */
const idleRows = async ({ ground, tell }: Bench, world: World, bot: Bot): Promise<readonly Row[]> => {
  const server = world.server()
  if (server === null) throw new Error('there is no tmux server')
  await sleep(20_000) // the first change looks after the start still have something to find
  const [percents, mebibytes]: [number[], number[]] = [[], []]
  const parts: Memory[] = []
  for (let window = 1; window <= 3; window += 1) {
    const [begunAt, before] = [performance.now(), spentMs(bot.pid, server)]
    for (let second = 1; second <= 30; second += 1) {
      await sleep(1_000)
      parts.push(memoryOf(bot.pid, server, world))
    }
    percents.push((100 * (spentMs(bot.pid, server) - before)) / (performance.now() - begunAt))
    mebibytes.push(median(parts.slice(-30).map(({ bot, server, helpers, launchers }) => bot + server + helpers + launchers)))
    tell(`idle: ${percents.at(-1)?.toFixed(2)} % of a core, ${mebibytes.at(-1)?.toFixed(0)} MiB`)
  }
  const part = (pick: (memory: Memory) => number): string => median(parts.map(pick)).toFixed(0)
  const memoryNote = [
    `bot ${part((m) => m.bot)} MiB, tmux server ${part((m) => m.server)} MiB, other children of the bot ${part((m) => m.helpers)} MiB (all RSS)`,
    `the ${part((m) => m.count)} shells between tmux and the agents ${part((m) => m.launchers)} MiB (PSS; as RSS ${part((m) => m.launchersRss)} MiB, which counts the pages of one and the same shell and libc each time)`,
    'the agents themselves are not counted',
    ground.note,
  ]
  return [
    rowOf({
      name: names.cpu,
      unit: '% of a core',
      target: 2,
      runs: percents,
      note: `bot, its children and the tmux server, over 30 s each; ${ground.note}`,
    }),
    rowOf({ name: names.memory, unit: 'MiB', target: 150, runs: mebibytes, note: memoryNote.join('; ') }),
  ]
}

/** Processor time of the bot, all it started and reaped, and the tmux server. */
const spentMs = (bot: number, server: number): number => {
  const [one, other] = [lookAt(bot), lookAt(server)]
  if (!one || !other) throw new Error('the bot or its tmux server has ended')
  return one.ownMs + one.reapedMs + other.ownMs + other.reapedMs
}

/** In MiB; all as RSS but `launchers`. */
type Memory = {
  readonly bot: number
  readonly server: number
  readonly helpers: number
  readonly launchers: number
  readonly launchersRss: number
  readonly count: number
}

const memoryOf = (bot: number, server: number, world: World): Memory => {
  const all = everybody()
  const sum = (pids: readonly { readonly rssKib: number }[]): number => pids.reduce((total, { rssKib }) => total + rssKib, 0) / 1024
  const own = new Set(world.agents())
  const launchers = below(all, server).filter(({ pid }) => !own.has(pid))
  return {
    bot: sum(all.filter(({ pid }) => pid === bot)),
    server: sum(all.filter(({ pid }) => pid === server)),
    helpers: sum(below(all, bot)),
    launchers: launchers.reduce((total, { pid }) => total + pssKib(pid), 0) / 1024,
    launchersRss: sum(launchers),
    count: launchers.length,
  }
}

const restartRow = async ({ ground, tell }: Bench, world: World): Promise<Row> => {
  const times: number[] = []
  for (let run = 1; run <= 5; run += 1) {
    const bot = await startBot(ground, world)
    times.push(bot.readyMs)
    tell(`${names.restart}: ${Math.round(bot.readyMs)} ms`)
    await bot.stop()
  }
  return rowOf({ name: names.restart, unit: 'ms', target: 1_000, runs: times, note: `${span(times)} ms; ${ground.note}` })
}

/** In a process of its own, which is the bot of this world for as long, so that only looks are counted. */
const lookRows = async ({ ground, tell }: Bench, world: World): Promise<readonly Row[]> => {
  const looker = execa(process.execPath, [...process.execArgv, fileURLToPath(new URL('../looker.ts', import.meta.url))], {
    input: JSON.stringify({ file: world.config, server: world.server() }),
    env: world.environment,
    extendEnv: false,
  })
  await ground.onEnd(async () => {
    looker.kill()
    await looker.catch(() => {}) // it was to end, and has
  })
  const { stdout } = await looker
  const looked = JSON.parse(stdout) as readonly Looked[] // our own program's words
  tell(`one look: ${looked.map(({ ownMs, childrenMs, serverMs }) => (ownMs + childrenMs + serverMs).toFixed(1)).join(', ')} ms`)
  const part = (pick: (look: Looked) => number): string => median(looked.map(pick)).toFixed(1)
  const note = [
    `bot ${part((look) => look.ownMs)} ms, children ${part((look) => look.childrenMs)} ms, tmux server ${part((look) => look.serverMs)} ms`,
    `${part((look) => look.wallMs)} ms from begin to end`,
    `each run is the mean of ${looked[0]?.looks} looks at processes and mailboxes of all sessions`,
    ground.note,
  ].join('; ')
  return [
    rowOf({ name: names.children, unit: 'processes', target: 2, runs: looked.map(({ children }) => children), note: ground.note }),
    rowOf({
      name: names.look,
      unit: 'ms',
      target: 40,
      runs: looked.map(({ ownMs, childrenMs, serverMs }) => ownMs + childrenMs + serverMs),
      note,
    }),
  ]
}
