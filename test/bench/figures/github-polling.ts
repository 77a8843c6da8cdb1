import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { delayMs, mustHaveUnderstood, part, randomFrom, shuffled, spread } from '../github-world.ts'
import { tally } from './github-log.ts'
import { type Heard, type Held, isWhole, log, makeSessions, type SessionWorld } from './github-sessions.ts'

const names = {
  p50: 'github: red by polling every 30 s, 200 sessions → handed to the agent',
  max: 'github: red by polling every 30 s, 200 sessions → handed to the agent, the longest',
}

const samples = 80
const windowMs = 240_000
const seed = 42
/** Nobody waits longer to be told; it counts as so much. */
const neverMs = 90_000

/**
 * How soon agents hear of a red check when nobody tells the bot: it looks at its usual pace. In real time, so it is measured only
 * when it is named. Each sample is a session of its own; they turn red at moments of chance in four minutes.
 */
export const githubPolling: Figure = {
  name: 'github-polling',
  rows: Object.values(names),
  measure: async (bench) => {
    const world = await makeSessions(bench, { changes: '30s', pointsAnHour: null })
    const rows = await measure(bench, world)
    await mustHaveUnderstood(world)
    return rows
  },
}

type Red = { readonly one: Held; readonly at: number }

const measure = async ({ ground, tell }: Bench, world: SessionWorld): Promise<readonly Row[]> => {
  const { fake, held, heads, heardOf } = world
  const bot = await world.startBot()
  await fake.ask('delays', { delayMs })
  await sleep(45_000) // what a start leads to is over, and the bot has looked by itself
  await fake.ask('requests')
  const random = randomFrom(seed)
  const chosen = shuffled(held, random).slice(0, samples)
  const [begunAt, load, red]: [number, number, Red[]] = [Date.now(), loadavg()[0] ?? 0, []]
  await Promise.all(
    // Each at a random moment of its own share of the time, so that no phase of the looks has more of them than another.
    chosen.map(async (one, index) => {
      await sleep(((index + random()) / samples) * windowMs)
      red.push({ one, at: await fake.ask('fails', { all: [{ name: one.name, number: one.number }], log }) })
    }),
  )
  tell(`${red.length} have turned red`)
  const heard = ({ one }: Red): Heard | null => heardOf(one.session, heads.get(one.session) ?? '').find(isWhole) ?? null
  for (const giveUpAt = Date.now() + neverMs; red.some((one) => heard(one) === null) && Date.now() < giveUpAt; ) await sleep(500)
  const tookMs = Date.now() - begunAt
  const requests = await fake.ask('requests')
  await bot.ask('stop')
  const times = red.map((one) => ((heard(one)?.at ?? one.at + neverMs) - one.at) / 1_000)
  tell(`red by polling: ${spread(times, 's', 1)}`)
  const points = requests.reduce((sum, { cost }) => sum + cost, 0)
  const note = [
    spread(times, 's', 1),
    `${times.length} samples in ${windowMs / 1_000} s of real time, ${times.filter((seconds) => seconds >= neverMs / 1_000).length} never told`,
    `meanwhile ${points} points in ${(tookMs / 1_000).toFixed(0)} s: ${tally(requests)}`,
    `load ${load.toFixed(1)} and ${loadavg()[0]?.toFixed(1)} at the end`,
    ground.note,
  ].join('; ')
  return [
    rowOf({ name: names.p50, unit: 's', target: 16, runs: times, note }),
    rowOf({ name: names.max, unit: 's', target: 33, runs: [part(times, 1)], note }),
  ]
}
