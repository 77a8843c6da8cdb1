import { setTimeout as sleep } from 'node:timers/promises'
import { openVoice, startBot } from '../bot.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { span } from '../numbers.ts'
import { until } from '../proc.ts'
import { type AgentKind, makeWorld } from '../world.ts'

const runs = 9

const names: { readonly [kind in AgentKind]: string } = {
  command: 'words said → agent has its prompt (a shell script)',
  scripted: 'words said → agent has its prompt (a node program)',
}
const kinds = ['command', 'scripted'] as const

/** From a sentence on its way to the bot until the agent that it is for has written its prompt down. */
export const start: Figure = {
  name: 'start',
  rows: kinds.map((kind) => names[kind]),
  measure: async (bench, wanted) => {
    const rows: Row[] = []
    for (const kind of kinds) if (wanted.has(names[kind])) rows.push(await measure(bench, kind))
    return rows
  },
}

const measure = async ({ ground, tell }: Bench, kind: AgentKind): Promise<Row> => {
  const world = await makeWorld(ground, { agent: kind, issues: 0, running: runs })
  const bot = await startBot(ground, world)
  const voice = await openVoice(world)
  const times: number[] = []
  for (let run = 1; run <= runs; run += 1) {
    const words = `add the number ${run} to the list`
    const saidAt = Date.now()
    const answered = voice.say(`start "${words}"`)
    const told = await until(`"${words}"`, 20_000, () => world.told().find(({ prompt }) => prompt.includes(words)) ?? null)
    if (!world.agents().some((pid) => told.pid === null || told.pid === pid)) throw new Error(`the agent of ${told.session} is not alive`)
    await answered
    times.push(told.at - saidAt)
    tell(`${names[kind]}: ${Math.round(told.at - saidAt)} ms`)
    await sleep(restMs)
  }
  voice.close()
  await bot.stop()
  return rowOf({ name: names[kind], unit: 'ms', target: 300, runs: times, note: `${span(times)} ms; ${ground.note}` })
}

/** What the bot still does for the last sentence must not count for the next. */
const restMs = 500
