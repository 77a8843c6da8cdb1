import { openVoice, startBot } from '../bot.ts'
import { type Bench, type Figure, rowOf } from '../figure.ts'
import { span } from '../numbers.ts'
import { isAlive, until } from '../proc.ts'
import { makeWorld } from '../world.ts'

const runs = 3
const tasks = 30
const names = { lost: '30 tasks at once: agents that did not start', time: '30 tasks at once: all have their prompt' }

/** One sentence that names thirty issues, on a bot that was just started. */
export const burst: Figure = {
  name: 'burst',
  rows: Object.values(names),
  measure: async (bench) => {
    const seen: { readonly lost: number; readonly lastMs: number }[] = []
    for (let run = 1; run <= runs; run += 1) {
      seen.push(await once(bench))
      bench.tell(`30 tasks at once: ${seen.at(-1)?.lost} lost, ${Math.round(seen.at(-1)?.lastMs ?? 0)} ms`)
    }
    const times = seen.map(({ lastMs }) => lastMs)
    return [
      rowOf({ name: names.lost, unit: 'of 30', target: 0, runs: seen.map(({ lost }) => lost), note: bench.ground.note }),
      rowOf({ name: names.time, unit: 'ms', target: 4_000, runs: times, note: `${span(times)} ms; ${bench.ground.note}` }),
    ]
  },
}

const once = async ({ ground }: Bench): Promise<{ readonly lost: number; readonly lastMs: number }> => {
  const world = await makeWorld(ground, { agent: 'command', issues: tasks, running: tasks })
  const bot = await startBot(ground, world)
  const voice = await openVoice(world)
  const saidAt = Date.now()
  const answered = voice.say(`fix 1-${tasks}`)
  await until('30 agents', 20_000, () => (world.told().length === tasks ? true : null)).catch(() => {}) // how many are missing is the figure
  const told = world.told()
  const living = told.filter(({ pid, prompt }) => pid !== null && isAlive(pid) && prompt.includes('The sum of file'))
  await answered
  voice.close()
  await bot.stop()
  return { lost: tasks - living.length, lastMs: Math.max(...told.map(({ at }) => at)) - saidAt }
}
