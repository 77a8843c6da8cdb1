import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { delayMs, mustHaveUnderstood, part, randomFrom, shuffled, spread } from '../github-world.ts'
import { span } from '../numbers.ts'
import type { BotOrders } from './github-bot.ts'
import { roundsIn, tally } from './github-log.ts'
import type { Taker } from './github-orders.ts'
import { type Heard, type Held, isWhole, log, makeSessions, type SessionWorld } from './github-sessions.ts'

const names = {
  look: 'github: one steady look at 200 sessions, by the whole bot: processor',
  p50: 'github: red by webhook → handed to the agent, beyond the requests it needs',
  p95: 'github: red by webhook → handed to the agent, beyond the requests it needs, p95',
  burst: 'github: all 200 turn red at once, each with its log → the last agent has its message',
}

const looks = 15
const samples = 60
const bursts = 3
const seed = 20_260_105
/** Nobody waits longer to be told. */
const neverMs = 120_000

/** How soon agents hear of a red check when a webhook tells the bot: one at a time, and all at once. The bot does not look by itself. */
export const githubTold: Figure = {
  name: 'github-told',
  rows: Object.values(names),
  measure: async (bench, wanted) => {
    const world = await makeSessions(bench, { changes: '24h', pointsAnHour: 1_000_000 })
    const bot = await world.startBot()
    await world.hook()
    const rows: Row[] = []
    if (wanted.has(names.look)) rows.push(await lookRow(bench, world, bot))
    if (wanted.has(names.p50) || wanted.has(names.p95)) rows.push(...(await oneByOne(bench, world, bot)))
    if (wanted.has(names.burst)) rows.push(await allAtOnce(bench, world, bot))
    await bot.ask('stop')
    await mustHaveUnderstood(world)
    return rows
  },
}

type Bot = Taker<BotOrders>

const lookRow = async ({ ground, tell }: Bench, { fake }: SessionWorld, bot: Bot): Promise<Row> => {
  await fake.ask('delays', { delayMs })
  await sleep(45_000) // what a start leads to is over: the files of 200 workspaces are looked at
  for (let warm = 1; warm <= 5; warm += 1) await bot.ask('look')
  await fake.ask('requests')
  const found = []
  for (let run = 1; run <= looks; run += 1) found.push(await bot.ask('look'))
  if (found.some(({ ownMs }) => ownMs < 1)) throw new Error('the bot did not look: the forge wanted rest')
  const own = found.map(({ ownMs }) => ownMs)
  const requests = (await fake.ask('requests')).filter(({ isApi }) => isApi)
  tell(`one look by the whole bot: ${part(own, 0.5).toFixed(1)} ms of processor`)
  const wall = spread(
    found.map(({ wallMs }) => wallMs),
    'ms',
  )
  const note = `${spread(own, 'ms', 1)}; from begin to end ${wall}; a look, right after the one before: ${tally(requests, looks)}; ${ground.note}`
  return rowOf({ name: names.look, unit: 'ms', target: 60, runs: own, note })
}

type Told = { readonly wholeMs: number; readonly beyondMs: number; readonly rounds: number; readonly overMs: number }

const oneByOne = async ({ ground, tell }: Bench, world: SessionWorld, bot: Bot): Promise<readonly Row[]> => {
  const { fake, held } = world
  await fake.ask('delays', { delayMs: 0 })
  const heads = await world.renew(bot, 'one by one')
  await fake.ask('delays', { delayMs })
  const [told, load]: [Told[], number] = [[], loadavg()[0] ?? 0]
  const chosen = shuffled(held, randomFrom(seed)).slice(0, samples)
  for (const one of chosen) {
    await fake.ask('rest', { quietMs: 400 })
    told.push(await tellOne(world, one, heads.get(one.session) ?? ''))
  }
  const beyond = told.map(({ beyondMs }) => beyondMs)
  tell(`red by webhook: beyond its requests ${spread(beyond, 'ms')}`)
  const rounds = told.map((one) => one.rounds)
  const note = [
    `beyond ${spread(beyond, 'ms')}`,
    `in all ${spread(
      told.map(({ wholeMs }) => wholeMs),
      'ms',
    )}`,
    `${span(rounds)} requests one after the other of ${delayMs} ms each (p50 ${part(rounds, 0.5)}), for which the stand-in took ${spread(
      told.map(({ overMs }) => overMs),
      'ms',
    )} longer than that: it is counted as ours`,
    `${told.length} samples, ${held.length} sessions, from the moment the first delivery leaves until the agent has read the last line`,
    `load ${load.toFixed(1)}`,
    ground.note,
  ].join('; ')
  return [
    rowOf({ name: names.p50, unit: 'ms', target: 150, runs: beyond, note }),
    rowOf({ name: names.p95, unit: 'ms', target: 500, runs: [part(beyond, 0.95)], note }),
  ]
}

const tellOne = async ({ fake, heardOf }: SessionWorld, { session, ...change }: Held, head: string): Promise<Told> => {
  await fake.ask('requests')
  const sentAt = await fake.ask('fails', { all: [change], log })
  const heard = await untilHeard(() => heardOf(session, head).find(isWhole) ?? null, session, 5)
  const all = await fake.ask('requests')
  const asked = all.filter(({ isApi, at, tookMs }) => isApi && at + tookMs <= heard.at + 1)
  const rounds = roundsIn(asked)
  const over = part(
    asked.map(({ tookMs }) => tookMs - delayMs),
    0.5,
  )
  const wholeMs = heard.at - sentAt
  return { wholeMs, beyondMs: wholeMs - rounds * delayMs, rounds, overMs: rounds * over }
}

const untilHeard = async <T>(ask: () => T | null, who: string, everyMs: number): Promise<T> => {
  for (const giveUpAt = Date.now() + neverMs; ; await sleep(everyMs)) {
    const found = ask()
    if (found !== null) return found
    if (Date.now() > giveUpAt) throw new Error(`${who} was not told within ${neverMs / 1_000} s`)
  }
}

/** Asks only for those that have not been told, so that asking takes little of the machine. */
const untilAllHeard = async ({ held, heardOf }: SessionWorld, heads: ReadonlyMap<string, string>): Promise<readonly Heard[]> => {
  const told = new Map<string, Heard>()
  return untilHeard(
    () => {
      for (const { session } of held) {
        const heard = told.has(session) ? undefined : heardOf(session, heads.get(session) ?? '').find(isWhole)
        if (heard) told.set(session, heard)
      }
      return told.size === held.length ? [...told.values()] : null
    },
    'somebody',
    500,
  )
}

const allAtOnce = async ({ ground, tell }: Bench, world: SessionWorld, bot: Bot): Promise<Row> => {
  const { fake, held } = world
  const [times, notes]: [number[], string[]] = [[], []]
  for (let run = 1; run <= bursts; run += 1) {
    await fake.ask('delays', { delayMs: 0 })
    const heads = await world.renew(bot, `all at once, ${run}`)
    await fake.ask('delays', { delayMs })
    await fake.ask('rest', { quietMs: 1_000 })
    await fake.ask('requests')
    const sentAt = await fake.ask('fails', { all: held.map(({ name, number }) => ({ name, number })), log })
    const told = await untilAllHeard(world, heads)
    const after = told.map(({ at }) => (at - sentAt) / 1_000)
    const requests = (await fake.ask('requests')).filter(({ at }) => at - sentAt < Math.max(...after) * 1_000)
    times.push(Math.max(...after))
    notes.push(`run ${run}: ${spread(after, 's', 1)}, load ${loadavg()[0]?.toFixed(1)}, ${tally(requests)}`)
    tell(`all at once: the last after ${times.at(-1)?.toFixed(1)} s`)
  }
  const most = await fake.ask('mostAtOnce')
  const note = [...notes, `at most ${most} requests at a time`, ground.note].join('; ')
  return rowOf({ name: names.burst, unit: 's', target: 15, runs: times, note })
}
