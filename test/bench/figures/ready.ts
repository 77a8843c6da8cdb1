import { execa } from 'execa'
import { builtPath, startBot } from '../bot.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { span } from '../numbers.ts'
import { makeWorld } from '../world.ts'

const names = { ready: 'start-up to ready, console only', version: 'ao --version' }

/** What whoever types a command waits for. */
export const ready: Figure = {
  name: 'ready',
  rows: Object.values(names),
  measure: async (bench, wanted) => [
    ...(wanted.has(names.ready) ? [await startUp(bench)] : []),
    ...(wanted.has(names.version) ? [await version(bench)] : []),
  ],
}

const startUp = async ({ ground, tell }: Bench): Promise<Row> => {
  const world = await makeWorld(ground, { agent: 'command', issues: 2, running: 5 })
  const times: number[] = []
  for (let run = 1; run <= 7; run += 1) {
    const bot = await startBot(ground, world)
    times.push(bot.readyMs)
    tell(`${names.ready}: ${Math.round(bot.readyMs)} ms`)
    await bot.stop()
  }
  return rowOf({ name: names.ready, unit: 'ms', target: 1_000, runs: times, note: `${span(times)} ms; ${ground.note}` })
}

const version = async ({ ground, tell }: Bench): Promise<Row> => {
  const times: number[] = []
  for (let run = 1; run <= 15; run += 1) {
    const begunAt = performance.now()
    await execa(process.execPath, [builtPath('bot/cli.js'), '--version'], { env: { PATH: process.env.PATH }, extendEnv: false })
    times.push(performance.now() - begunAt)
  }
  tell(`${names.version}: ${span(times)} ms`)
  return rowOf({ name: names.version, unit: 'ms', target: 150, runs: times, note: `${span(times)} ms; ${ground.note}` })
}
