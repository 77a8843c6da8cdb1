import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { built, builtPath } from '../bot.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { lifeOf } from '../lives.ts'
import { span } from '../numbers.ts'

/** AO_BENCH_SESSIONS has it made with fewer, to see that it runs. */
const sessions = Number(process.env.AO_BENCH_SESSIONS ?? 10_000)
const facts = 200
const runs = 5
const asks = 50

const of = `${sessions.toLocaleString('en')} ended sessions of ${facts} facts`
const names = {
  nothing: `numbers: ${of}, from nothing`,
  kept: `numbers: ${of}, from what was kept`,
  fact: 'numbers: one fact more, and asking for the day',
}

/** From a process that knows nothing until it has the numbers of all sessions there have ever been. */
export const numbers: Figure = {
  name: 'numbers',
  rows: Object.values(names),
  measure: async (bench, wanted) => {
    const data = await makeData(bench)
    const rows: Row[] = []
    if (wanted.has(names.nothing)) rows.push(await measure(bench, data, { name: names.nothing, isKept: false, target: 5_000 }))
    if (wanted.has(names.kept)) rows.push(await measure(bench, data, { name: names.kept, isKept: true, target: 1_500 }))
    if (wanted.has(names.fact)) rows.push(await factRow(bench, data))
    return rows
  },
}

const makeData = async ({ ground, tell }: Bench): Promise<string> => {
  const { encode } = await built<typeof import('../../../core/store/entries.ts')>('core/store/entries.js')
  const { factVersion } = await built<typeof import('../../../core/session/upcast.ts')>('core/session/upcast.js')
  const data = await ground.folder()
  for (let number = 1; number <= sessions; number += 1) {
    const folder = join(data, 'journal', `shop-${number}`)
    await mkdir(folder, { recursive: true })
    const life = lifeOf('shop', number, { facts, from: begun + number * 600_000 })
    await writeFile(join(folder, 'journal.ndjson'), encode(life, { seq: 1, v: factVersion }))
    if (number % 1_000 === 0) tell(`${number} journals`)
  }
  return data
}

const begun = Date.UTC(2026, 0, 5, 9)

type Asked = { readonly name: string; readonly isKept: boolean; readonly target: number }
/** What a process says of itself: until all were there, its longest turn meanwhile, and its memory after it. */
type Said = {
  readonly tookMs: number
  readonly longestMs: number
  readonly memoryMb: number
  readonly count: number
  readonly askedMs: readonly number[]
}

/** Each run is a process of its own: what was compiled and read in the one before is no part of a start. */
const measure = async ({ ground, tell }: Bench, data: string, { name, isKept, target }: Asked): Promise<Row> => {
  if (isKept) await run(data)
  const all: Said[] = []
  for (let index = 1; index <= runs; index += 1) {
    if (!isKept) await rm(join(data, 'numbers'), { recursive: true, force: true })
    const said = await run(data)
    if (said.count !== sessions) throw new Error(`${said.count} of ${sessions} sessions were found`)
    all.push(said)
    tell(`${name}: ${said.tookMs.toFixed(0)} ms, others waited ${said.longestMs.toFixed(0)} ms at most`)
  }
  const [times, longest, memory] = [
    all.map(({ tookMs }) => tookMs),
    all.map(({ longestMs }) => longestMs),
    all.map(({ memoryMb }) => memoryMb),
  ]
  const note = `${span(times)} ms; nobody else waited longer than ${span(longest)} ms; ${span(memory)} MB of memory after it; ${ground.note}`
  return rowOf({ name, unit: 'ms', target, runs: times, note })
}

const factRow = async ({ ground }: Bench, data: string): Promise<Row> => {
  await run(data)
  const { askedMs } = await run(data, asks)
  const note = `${span(askedMs)} ms of ${asks}, with ${of} beside it; ${ground.note}`
  return rowOf({ name: names.fact, unit: 'ms', target: 10, runs: askedMs, note })
}

const run = async (data: string, times = 0): Promise<Said> => {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: process.env.PATH, AO_BENCH: JSON.stringify({ data, times, at: builtPath('core/') }) },
    extendEnv: false,
  })
  return JSON.parse(stdout) as Said // the program below says it so
}

const program = `
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
const { data, times, at } = JSON.parse(process.env.AO_BENCH)
const [{ createNumbers }, { openKeptNumbers }, { openFileScan }, { numbersFacts }, { factVersion, upcast }, { silent }] = await Promise.all(
  ['engine/numbers', 'engine/numbers-kept', 'store/scan', 'session/numbers', 'session/upcast', 'kit/log'].map((name) => import(at + name + '.js')),
)
const loop = monitorEventLoopDelay({ resolution: 1 })
loop.enable()
// What loading left to do is over then, and the watch on the loop has begun; what it saw before does not count.
await new Promise((resolve) => setTimeout(resolve, 20))
loop.reset()
const from = performance.now()
const numbers = createNumbers({
  scan: openFileScan({ folder: data + '/journal', version: factVersion, upcast, types: numbersFacts }),
  kept: openKeptNumbers({ folder: data + '/numbers', log: silent }),
  log: silent,
})
const count = (await numbers.since(0)).length
const tookMs = performance.now() - from
const longestMs = loop.max / 1e6
const line = (seq, fact) => JSON.stringify({ seq, v: factVersion, fact }) + '\\n'
const askedMs = []
const folder = data + '/journal/shop-live'
if (times > 0) {
  mkdirSync(folder, { recursive: true })
  const task = { key: '#1', title: 'One', body: '', url: null, author: null }
  appendFileSync(folder + '/journal.ndjson', line(1, { type: 'session.requested', at: 1, task, project: 'shop', agent: 'a', host: 'local', base: 'main', branch: 'b', model: null, by: 'ana' }))
}
for (let seq = 2; seq < 2 + times; seq += 1) {
  appendFileSync(folder + '/journal.ndjson', line(seq, { type: 'message.queued', at: Date.now(), id: 'm' + seq, from: 'ana', text: 'use zod', trouble: null }))
  const before = performance.now()
  numbers.heard({ id: 'shop-live', seq })
  const [one] = await numbers.since(Date.now() - 86_400_000)
  askedMs.push(performance.now() - before)
  if (one.helps !== seq - 1) throw new Error('a fact was not counted')
}
rmSync(folder, { recursive: true, force: true })
await numbers.stop()
process.stdout.write(JSON.stringify({ tookMs, longestMs, memoryMb: process.memoryUsage().rss / 1e6, count, askedMs }))
`
