import { loadavg } from 'node:os'
import { join } from 'node:path'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { delayMs, each, type GithubWorld, makeGithubWorld, mustHaveUnderstood, part, spread } from '../github-world.ts'
import { type Request, tally } from './github-log.ts'
import type { Look, LookerOrders } from './github-looker.ts'
import { startTaker, type Taker } from './github-orders.ts'

const names = {
  requests: 'github: one steady look at 200 changes, 4 repositories: requests',
  wall: 'github: one steady look at 200 changes, 4 repositories: from begin to end',
  processor: 'github: one steady look at 200 changes, 4 repositories: processor',
  points: 'github: rate-limit points an hour in steady state, 200 sessions, default pace (30 s)',
}

/** `watch.changes` where the config says nothing. */
const paceMs = 30_000
const looks = 24
const looksAnHour = 3_600_000 / paceMs

/** What it costs to look at 200 changes of which nothing is new. Looks are half a minute of the clock apart. */
export const githubLooks: Figure = {
  name: 'github-looks',
  rows: Object.values(names),
  measure: async (bench, wanted) => {
    const at = Math.floor(Date.now() / 1_000) * 1_000
    const world = await makeGithubWorld(bench.ground, { at, pointsAnHour: null })
    const looker = await openLooker(bench, world, at)
    const rows = wanted.has(names.points) ? [await pointsRow(bench, world, looker)] : []
    const isLookWanted = [names.requests, names.wall, names.processor].some((name) => wanted.has(name))
    if (isLookWanted) rows.unshift(...(await lookRows(bench, world, looker)))
    await mustHaveUnderstood(world)
    return rows
  },
}

type Looker = { readonly look: () => Promise<{ readonly look: Look; readonly requests: readonly Request[] }> }

const openLooker = async (
  { ground, tell }: Bench,
  { folder, fake, projects, options, environment }: GithubWorld,
  at: number,
): Promise<Looker> => {
  const branches = Array.from({ length: each }, (_, n) => `ao/change-${n + 1}`)
  const all = []
  for (const { name, path } of projects) {
    all.push({ name, path, changes: await fake.ask('proposes', { name, branches }) })
    await fake.ask('rests', { name })
    tell(`${name} has its changes`)
  }
  const taker: Taker<LookerOrders> = await startTaker<LookerOrders>(ground, 'github-looker.ts', { env: environment })
  await taker.ask('begin', { data: join(folder, 'data'), at, options, projects: all })
  const look: Looker['look'] = async () => {
    const found = await taker.ask('look')
    const requests = await fake.ask('requests')
    await Promise.all([taker.ask('passes', { ms: paceMs }), fake.ask('passes', { ms: paceMs })])
    if (!found.isRested && found.seen !== projects.length * each) throw new Error(`only ${found.seen} changes were seen`)
    return { look: found, requests }
  }
  for (let warm = 1; warm <= 12; warm += 1) await look() // pictures are known then, and our code is compiled
  return { look }
}

const lookRows = async ({ ground, tell }: Bench, { fake }: GithubWorld, { look }: Looker): Promise<Row[]> => {
  await fake.ask('delays', { delayMs })
  const [found, load]: [Awaited<ReturnType<Looker['look']>>[], number] = [[], loadavg()[0] ?? 0]
  for (let run = 1; run <= looks; run += 1) found.push(await look())
  const pick = (of: (look: Look) => number): number[] => found.map((one) => of(one.look))
  const [wall, own] = [pick(({ wallMs }) => wallMs), pick(({ ownMs }) => ownMs)]
  const requests = found.map((one) => one.requests.filter(({ isApi }) => isApi).length)
  tell(`one look: ${part(requests, 0.5)} requests, ${part(wall, 0.5).toFixed(0)} ms, ${part(own, 0.5).toFixed(1)} ms of processor`)
  const note = (what: string): string =>
    [what, `${looks} looks, half a minute of the clock apart, answers take ${delayMs} ms`, `load ${load.toFixed(1)}`, ground.note].join(
      '; ',
    )
  const children = spread(
    pick((one) => one.children),
    '',
  )
  return [
    rowOf({
      name: names.requests,
      unit: 'requests',
      target: 8,
      runs: requests,
      note: note(
        `${spread(requests, '')}; a look: ${tally(
          found.flatMap((one) => one.requests),
          looks,
        )}`,
      ),
    }),
    rowOf({ name: names.wall, unit: 'ms', target: 1_500, runs: wall, note: note(spread(wall, 'ms')) }),
    rowOf({
      name: names.processor,
      unit: 'ms',
      target: 60,
      runs: own,
      note: note(`${spread(own, 'ms', 1)}, the process that looks; ${children} child processes`),
    }),
  ]
}

const pointsRow = async ({ ground, tell }: Bench, { fake }: GithubWorld, { look }: Looker): Promise<Row> => {
  await fake.ask('delays', { delayMs: 0 })
  const found = []
  for (let run = 1; run <= looksAnHour; run += 1) found.push(await look())
  const requests = found.flatMap((one) => one.requests)
  const points = requests.reduce((sum, { cost }) => sum + cost, 0)
  const rested = found.filter((one) => one.look.isRested).length
  tell(`${points} points in ${looksAnHour} looks`)
  const note = [
    `${requests.filter(({ isApi }) => isApi).length} requests; ${tally(requests)} (points in brackets)`,
    `${looksAnHour} looks by the clock of the bot and of the stand-in, ${rested} left out because the forge wanted rest`,
    ground.note,
  ].join('; ')
  return rowOf({ name: names.points, unit: 'points', target: 1_000, runs: [points], note })
}
