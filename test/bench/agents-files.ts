import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Plugin } from '../../core/contracts/plugins.ts'
import { plugins } from '../../plugins/index.ts'
import { makeHost } from '../fakes/host.ts'
import type { ReaderCost, ReaderJob } from './agents-reader.ts'
import type { Bench } from './figure.ts'

export const fileCount = 30
const agents = ['claude-code', 'codex', 'pi'] as const
const bytesAMinute = 1_000_000
const windowMs = 60_000
const sliceMs = 250
/** What is there before: to read it all again would not go unseen. */
const bytesBefore = 2_000_000
/** How often a bot looks at its agents unless told otherwise. */
const everyMs = 2_000

/** What watching cost, and how much the files grew meanwhile. */
export type Watched = ReaderCost & { readonly grownBytes: number }

/** Thirty session files that grow as real ones do, and the bot's reader over them. */
export const watchFiles = async ({ ground }: Bench): Promise<Watched> => {
  const folder = await ground.folder()
  const host = await makeHost()
  const sessions = await Promise.all(
    Array.from({ length: fileCount }, async (_, at) => {
      const agent = agents[at % agents.length] ?? agents[0]
      const id = `shop-${at + 1}`
      const plugin = plugins.find((one): one is Plugin<'agent'> => one.slot === 'agent' && one.name === agent)
      if (!plugin) throw new Error(`there is no plugin for ${agent}`)
      const made = await plugin.create(plugin.options.parse({}), host, { host: 'local', project: null })
      const workspace = { path: '/home/ana/app', branch: 'main', baseCommit: '' }
      const own = join(folder, id)
      const conversation = agent === 'pi' ? join(own, 'conversation.jsonl') : `0192000${at % 10}-0000-7000-8000-00000000000${at % 10}`
      const [source] = made.sources({ session: id, folder: own, workspace, conversation })
      if (!source) throw new Error(`${agent} has no session file`)
      mkdirSync(dirname(source.path), { recursive: true })
      const writes = writerOf(source.path, longest(agent))
      while (writes.bytes() < bytesBefore) writes.more(100_000)
      return { id, agent, conversation, writes }
    }),
  )
  await host.close()
  const job: ReaderJob = { folder, everyMs, forMs: windowMs, sessions: sessions.map(({ writes: _, ...session }) => session) }
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(new URL('agents-reader.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await ground.onEnd(async () => void child.kill('SIGKILL'))
  child.stdin.end(JSON.stringify(job))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { value: ready } = await lines.next()
  if (ready !== 'ready') throw new Error('the reader ended before it was ready')

  let isOver = false
  const cost = lines.next().then(({ value, done }) => {
    isOver = true
    if (done) throw new Error('the reader ended before its time')
    return JSON.parse(value) as ReaderCost // its own words
  })
  const before = sessions.reduce((sum, { writes }) => sum + writes.bytes(), 0)
  const begunAt = performance.now()
  for (let slice = 1; !isOver; slice += 1) {
    for (const { writes } of sessions) writes.more((bytesAMinute * sliceMs) / 60_000)
    await sleep(Math.max(0, begunAt + slice * sliceMs - performance.now()))
  }
  return { ...(await cost), grownBytes: sessions.reduce((sum, { writes }) => sum + writes.bytes(), 0) - before }
}

/** The longest session file that was recorded of that agent. */
const longest = (agent: string): string => {
  const cases = fileURLToPath(new URL(`../fixtures/agents/${agent}`, import.meta.url))
  const texts = readdirSync(cases).map((name) => {
    try {
      return readFileSync(join(cases, name, 'transcript.jsonl'), 'utf8')
    } catch {
      return '' // a case has the files there were
    }
  })
  return texts.reduce((one, other) => (other.length > one.length ? other : one), '')
}

/** Appends a recording again and again, each time with names and times of its own; pieces end anywhere. */
const writerOf = (path: string, recording: string) => {
  let [bytes, round, rest] = [0, 0, '']
  const begunAt = Date.now()
  return {
    bytes: () => bytes,
    more: (count: number): void => {
      while (rest.length < count) {
        round += 1
        const time = new Date(begunAt + round * 1_000).toISOString()
        rest += recording
          .replaceAll(/\b(msg|call|toolu|fc|fco|resp)_(\w+)/g, `$1_${round}_$2`)
          .replaceAll(/"timestamp":"[^"]+"/g, `"timestamp":"${time}"`)
      }
      const piece = Buffer.from(rest.slice(0, count))
      rest = rest.slice(count)
      appendFileSync(path, piece)
      bytes += piece.length
    },
  }
}
