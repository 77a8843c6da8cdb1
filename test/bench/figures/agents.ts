import { type AgentName, isInstalled } from '../../agents/install.ts'
import { type Kit, kits } from '../../agents/kits.ts'
import { type Crowd, crowdSize, playCrowds } from '../agents-crowd.ts'
import { fileCount, watchFiles } from '../agents-files.ts'
import { type Beside, lookAtResting } from '../agents-idle.ts'
import { playTurns, startFacts, type Turn } from '../agents-turns.ts'
import { makeAgentsWorld } from '../agents-world.ts'
import { type Bench, type Figure, type Row, rowOf } from '../figure.ts'
import { part } from '../github-world.ts'
import { median, rounded, span } from '../numbers.ts'

const turnRuns = 15
const crowdRuns = 5

const namesOf = (agent: string) => ({
  start: `${agent}: words accepted to its task, on top of its own start`,
  ask: `${agent}: it asks, to the buttons on show`,
  tap: `${agent}: tap to going on`,
  end: `${agent}: turn ended, to its last words on show`,
  crowd: `${agent}: of 20 messages of 4 people at once, not heard once, whole and in order`,
  nodes: `${agent}: helpers of an idle session that are node`,
  memory: `${agent}: helpers of an idle session, memory`,
})
const files = { cpu: '30 session files that grow: processor of reading them', bytes: '30 session files that grow: read of what grew' }

/** Real agents against the scripted model, with a bot in a process of its own, where nothing leads out of this machine. */
const figureOf = (
  name: string,
  of: { readonly turns: readonly AgentName[]; readonly idle: readonly AgentName[]; readonly hasFiles: boolean },
): Figure => {
  const rowsOf = (agent: AgentName): readonly string[] => {
    const { start, ask, tap, end, crowd, nodes, memory } = namesOf(agent)
    return [...(of.turns.includes(agent) ? [start, ask, tap, end, crowd] : []), ...(of.idle.includes(agent) ? [nodes, memory] : [])]
  }
  return {
    name,
    rows: [...[...new Set([...of.turns, ...of.idle])].flatMap(rowsOf), ...(of.hasFiles ? Object.values(files) : [])],
    measure: async (bench, wanted) => {
      const isWanted = (...some: readonly string[]): boolean => some.some((one) => wanted.has(one))
      const rows: Row[] = []
      for (const agent of of.turns) {
        const { start, ask, tap, end } = namesOf(agent)
        if (isWanted(start, ask, tap, end)) rows.push(...(await turnRows(bench, kitOf(agent))))
      }
      // Counts, and processor time of one process: nothing of it is late because of the others.
      const crowds = of.turns.filter((agent) => isWanted(namesOf(agent).crowd)).map((agent) => crowdRow(bench, kitOf(agent)))
      const watching = of.hasFiles && isWanted(...Object.values(files)) ? watchFiles(bench) : null
      const [watched, ...crowded] = await Promise.all([watching, ...crowds])
      rows.push(...crowded, ...(watched ? fileRows(bench, watched) : []))
      for (const agent of of.idle)
        if (isWanted(namesOf(agent).nodes, namesOf(agent).memory)) rows.push(...(await idleRows(bench, kitOf(agent))))
      return rows
    },
  }
}

/** The kit, by its name; asked for late, so that who measures something else needs none. */
const kitOf = (agent: AgentName): Kit => kits[agent]

export const agents = figureOf('agents', { turns: ['claude-code', 'codex'], idle: ['claude-code', 'codex'], hasFiles: true })
/** Those that are measured when they are named. */
export const agentsPi = figureOf('agents-pi', { turns: ['pi'], idle: [], hasFiles: false })
export const agentsOpencode = figureOf('agents-opencode', { turns: [], idle: ['opencode'], hasFiles: false })

const turnRows = async (bench: Bench, kit: Kit): Promise<readonly Row[]> => {
  const turns = await playTurns(bench, await makeAgentsWorld(bench.ground, kit), turnRuns)
  const names = namesOf(kit.name)
  const alone = median(turns.map(({ aloneMs }) => aloneMs))
  const start = turns.map(({ startMs }) => startMs)
  const steps = startFacts
    .map((type, at) => `${type} after ${rounded(median(turns.map((turn) => turn.steps[at] ?? Number.NaN)))}`)
    .join(', ')
  const row = (name: string, target: number, runs: readonly number[], about: readonly string[]): Row =>
    rowOf({ name, unit: 'ms', target, runs, note: [spreadOf(runs), ...about, bench.ground.note].join('; ') })
  const own = (pick: (turn: Turn) => number | null, what: string): string => {
    const known = turns.flatMap((turn) => pick(turn) ?? [])
    return known.length === 0 ? `${what} is not known` : `${what} p50 ${rounded(median(known))} ms`
  }
  return [
    row(
      names.start,
      250,
      start.map((ms) => ms - alone),
      [
        `from the words on disk to the first request at the model, p50 ${rounded(median(start))} ms (${(median(start) / alone).toFixed(2)} times as long as without the bot)`,
        `p50 of the facts on the way: ${steps} ms`,
        `the same argv, environment and words in tmux alone ${spreadOf(turns.map(({ aloneMs }) => aloneMs))}`,
      ],
    ),
    row(
      names.ask,
      300,
      turns.map(({ askMs }) => askMs),
      ["from the model's last byte to the card at a console", own(({ askOwnMs }) => askOwnMs, "of it until the agent's own sign")],
    ),
    row(
      names.tap,
      300,
      turns.map(({ tapMs }) => tapMs),
      [
        'from the press to the time of the file that the command wrote',
        own(({ tapOwnMs }) => tapOwnMs, "of it after the agent's sign that it has the answer"),
      ],
    ),
    row(
      names.end,
      500,
      turns.map(({ endMs }) => endMs),
      [
        "from the model's last byte to the words in the session's thread at a console",
        own(({ endOwnMs }) => endOwnMs, "of it until the agent's own sign"),
      ],
    ),
  ]
}

const spreadOf = (runs: readonly number[]): string => `p95 ${rounded(part(runs, 0.95))}, ${span(runs)} ms`

const crowdRow = async (bench: Bench, kit: Kit): Promise<Row> => {
  const crowds = await playCrowds(bench, kit, crowdRuns)
  const wrong = crowds.map(({ right }) => crowdSize - right)
  const sum = (pick: (crowd: Crowd) => number): number => crowds.reduce((total, crowd) => total + pick(crowd), 0)
  const about = (['refused', 'lost', 'twice', 'cut', 'moved'] as const)
    .map((key) => `${key} ${sum((crowd) => crowd.wrong[key])}`)
    .join(', ')
  const note = [
    `in Slack, to an agent in the middle of a turn; ${crowds.map(({ right }) => `${right} of ${crowdSize}`).join(', ')}`,
    `in all runs ${about}`,
    `all at the model ${span(crowds.map(({ tookMs }) => tookMs / 1_000))} s after it went on`,
    bench.ground.note,
  ].join('; ')
  // The worst counts, not what is usual.
  return { ...rowOf({ name: namesOf(kit.name).crowd, unit: `of ${crowdSize}`, target: 0, runs: wrong, note }), value: Math.max(...wrong) }
}

const fileRows = (
  { ground }: Bench,
  { percent, readBytes, grownBytes, looks, heard }: Awaited<ReturnType<typeof watchFiles>>,
): readonly Row[] => {
  const note = `${fileCount} files that grow by 1 MB a minute each, as the longest recordings do; ${looks} looks in 60 s; news of ${heard} sessions; ${ground.note}`
  return [
    rowOf({ name: files.cpu, unit: '% of a core', target: 2, runs: [percent], note }),
    rowOf({
      name: files.bytes,
      unit: 'times',
      target: 1.02,
      runs: [readBytes / grownBytes],
      note: `${readBytes} bytes read by all calls of the process, ${grownBytes} written; ${note}`,
    }),
  ]
}

const idleRows = async (bench: Bench, kit: Kit): Promise<readonly Row[]> => {
  if (!isInstalled(kit.name)) throw new Error(`${kit.name} is not installed: npm run test:agents -- ${kit.name} --install-only`)
  const { own, helpers } = await lookAtResting(bench, kit)
  const names = namesOf(kit.name)
  const mib = (all: readonly Beside[]): number => all.reduce((sum, { pssKib }) => sum + pssKib, 0) / 1024
  const counts = new Map<string, number>()
  for (const { program } of helpers) counts.set(program, (counts.get(program) ?? 0) + 1)
  const note = [
    `${helpers.length} helpers: ${[...counts].map(([program, count]) => `${count} × ${program}`).join(', ') || 'none'}`,
    `the agent's own: ${own.length} of ${mib(own).toFixed(0)} MiB (PSS)`,
    '5 s after the end of its turn',
  ].join('; ')
  return [
    rowOf({ name: names.nodes, unit: 'processes', target: 0, runs: [helpers.filter(({ program }) => program === 'node').length], note }),
    rowOf({ name: names.memory, unit: 'MiB', target: 2, runs: [mib(helpers)], note: `PSS; ${note}` }),
  ]
}
