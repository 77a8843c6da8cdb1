import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { delayMs, mustHaveUnderstood, randomFrom, spread } from '../github-world.ts'
import type { BotOrders } from './github-bot.ts'
import type { Taker } from './github-orders.ts'
import { isWhole, log, makeSessions, type SessionWorld } from './github-sessions.ts'

const names = {
  never: 'github: the bot is killed while 200 turn red: agents never told',
  twice: 'github: the bot is killed while 200 turn red: agents told twice',
}

const waves = 20
const mostKills = 3
const seed = 7
/** A kill comes within so much of the time that a wave takes, counted from its begin or from the last start. */
const reach = 1.1
/** Nobody waits longer to be told. */
const neverMs = 180_000
/** Longer than the absence of a receipt takes to prove anything: who would be told twice has been told twice. */
const settledMs = 6_000

/**
 * Are words lost or said twice when the bot dies in the middle? In each wave all checks turn red at once and the bot is killed once
 * or several times at moments of chance, in its start as well, and started again. Takes long, so it is measured only when named.
 */
export const githubKills: Figure = {
  name: 'github-kills',
  rows: Object.values(names),
  measure: async (bench) => {
    const world = await makeSessions(bench, { changes: '30s', pointsAnHour: 1_000_000 })
    const rows = await measure(bench, world)
    await mustHaveUnderstood(world)
    return rows
  },
}

type Wave = { readonly kills: number; readonly never: number; readonly twice: number; readonly tookMs: number }

const measure = async ({ ground, tell }: Bench, world: SessionWorld): Promise<readonly Row[]> => {
  const random = randomFrom(seed)
  const load = loadavg()[0] ?? 0
  let bot = await world.startBot()
  await world.hook()
  const all: ReadonlyMap<string, string>[] = []
  const found: Wave[] = []
  const whole = await wave(world, bot, { kills: 0, withinMs: 0, random, name: 'unhurt' })
  all.push(whole.heads)
  tell(`unhurt, a wave takes ${whole.tookMs} ms`)
  bot = whole.bot
  for (let run = 1; run <= waves; run += 1) {
    const kills = 1 + Math.floor(random() * mostKills)
    const next = await wave(world, bot, { kills, withinMs: whole.tookMs * reach, random, name: `wave ${run}` })
    bot = next.bot
    all.push(next.heads)
    found.push({ kills, tookMs: next.tookMs, ...count(world, next.heads) })
    tell(`wave ${run}: ${kills} kills, ${found.at(-1)?.never} never told, ${found.at(-1)?.twice} told twice, ${next.tookMs} ms`)
  }
  await bot.ask('stop')
  // Once more for all waves: nothing of an older one may have come later.
  const [late, kills] = [all.map((heads) => count(world, heads)), found.reduce((sum, one) => sum + one.kills, 0)]
  const note = [
    `${kills} kills (SIGKILL) in ${waves} waves of ${world.held.length} agents, at moments of chance (seed ${seed})`,
    `unhurt a wave took ${(whole.tookMs / 1_000).toFixed(1)} s, with kills ${spread(
      found.map(({ tookMs }) => tookMs / 1_000),
      's',
      1,
    )}`,
    `load ${load.toFixed(1)} and ${loadavg()[0]?.toFixed(1)} at the end`,
    ground.note,
  ].join('; ')
  const sum = (of: (one: { readonly never: number; readonly twice: number }) => number): number =>
    late.reduce((total, one) => total + of(one), 0)
  return [
    rowOf({ name: names.never, unit: 'agents', target: 0, runs: [sum(({ never }) => never)], note }),
    rowOf({ name: names.twice, unit: 'agents', target: 0, runs: [sum(({ twice }) => twice)], note }),
  ]
}

/** How often each agent was told of that wave's commit. */
const count = ({ held, heardOf }: SessionWorld, heads: ReadonlyMap<string, string>): Pick<Wave, 'never' | 'twice'> => {
  const times = held.map(({ session }) => heardOf(session, heads.get(session) ?? ''))
  return { never: times.filter((all) => !all.some(isWhole)).length, twice: times.filter((all) => all.length > 1).length }
}

type Harm = { readonly kills: number; readonly withinMs: number; readonly random: () => number; readonly name: string }
type Survived = { readonly bot: Taker<BotOrders>; readonly heads: ReadonlyMap<string, string>; readonly tookMs: number }

const wave = async (world: SessionWorld, first: Taker<BotOrders>, { kills, withinMs, random, name }: Harm): Promise<Survived> => {
  const { fake, held } = world
  await fake.ask('delays', { delayMs: 0 })
  const heads = await world.renew(first, name)
  await fake.ask('delays', { delayMs })
  await fake.ask('rest', { quietMs: 500 })
  const sentAt = await fake.ask('fails', { all: held.map(({ name, number }) => ({ name, number })), log })
  let bot = first
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(random() * withinMs)
    await bot.kill()
    bot = await world.beginBot()
  }
  await bot.ask('ready')
  for (const giveUpAt = Date.now() + neverMs; count(world, heads).never > 0 && Date.now() < giveUpAt; ) await sleep(500)
  const tookMs = Date.now() - sentAt
  await sleep(settledMs)
  return { bot, heads, tookMs }
}
