import { parseArgs } from 'node:util'
import { isShut, runShut } from './agents-shut.ts'
import type { Figure, Row } from './figure.ts'
import { agents, agentsOpencode, agentsPi } from './figures/agents.ts'
import { agentsSigns } from './figures/agents-signs.ts'
import { burst } from './figures/burst.ts'
import { chats } from './figures/chats.ts'
import { chatsCrowd } from './figures/chats-crowd.ts'
import { chatsShown } from './figures/chats-shown.ts'
import { fleet } from './figures/fleet.ts'
import { githubKills } from './figures/github-kills.ts'
import { githubLooks } from './figures/github-looks.ts'
import { githubPolling } from './figures/github-polling.ts'
import { githubTold } from './figures/github-told.ts'
import { noise } from './figures/noise.ts'
import { numbers } from './figures/numbers.ts'
import { ready } from './figures/ready.ts'
import { start } from './figures/start.ts'
import { understand } from './figures/understand.ts'
import { openGround } from './ground.ts'
import { table } from './print.ts'

/*
 * npm run bench [-- --json] [-- --only NAME]
 *
 * Measures the built product against its targets, with real tmux and real git. --only takes the name of a figure or any part of
 * the name of a row. The exit code says whether everything could be measured, not whether every target holds.
 */

const usual: readonly Figure[] = [
  start,
  burst,
  fleet,
  ready,
  understand,
  chats,
  chatsShown,
  chatsCrowd,
  githubLooks,
  githubTold,
  agentsSigns,
  numbers,
  noise,
]
/** They take many minutes, so they are measured only when they are named. */
const long: readonly Figure[] = [githubPolling, githubKills]
/** Real agents, which must be installed (`npm run test:agents -- --install-only`), only when they are named, and only where nothing leads out of this machine. */
const shut: readonly Figure[] = [agents, agentsPi, agentsOpencode]
const figures = process.argv.some((word) => word.startsWith('--only')) ? [...usual, ...long, ...shut] : usual
const interrupts = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const main = async (): Promise<number> => {
  const { only, json } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean', default: false } } }).values
  const wanted = wantedRows(only)
  if (wanted.size === 0) return refuse(`There is no figure "${only}"; there are:\n${figures.map(listed).join('\n')}`)
  if (process.platform !== 'linux') return refuse('The bench reads /proc, so it runs on Linux only.')

  if (!isShut() && figures.some((one) => shut.includes(one) && one.rows.some((name) => wanted.has(name))))
    return (await runShut()) ?? refuse('This machine gives no network namespace, and real agents run only where nothing leads out of it.')

  const rows: Row[] = []
  let code = 0
  for (const figure of figures.filter((one) => one.rows.some((name) => wanted.has(name)))) {
    try {
      rows.push(...(await measure(figure, wanted)).filter(({ name }) => wanted.has(name)))
    } catch (error) {
      code = refuse(`${figure.name} could not be measured: ${error instanceof Error ? error.stack : error}`)
    }
  }
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows))
  return code
}

/** On a ground of its own, which is cleared away whatever happens. */
const measure = async (figure: Figure, wanted: ReadonlySet<string>): Promise<readonly Row[]> => {
  const ground = await openGround()
  let isInterrupted = false
  const undo = Object.entries(interrupts).map(([name, code]) => {
    const onSignal = (): void => {
      isInterrupted = true
      tell('clearing away …')
      void ground.end().then(
        () => process.exit(code),
        (error: unknown) => process.exit(refuse(String(error))),
      )
    }
    process.on(name, onSignal)
    return () => process.off(name, onSignal)
  })
  try {
    return await figure.measure({ ground, tell }, wanted)
  } finally {
    if (isInterrupted) await new Promise(() => {}) // what failed now failed because its ground was taken away; the signal's own way ends us
    await ground.end()
    for (const off of undo) off()
  }
}

const wantedRows = (only: string | undefined): ReadonlySet<string> => {
  const part = only?.toLowerCase() ?? ''
  const named = figures.find(({ name }) => name === part)
  return new Set(named ? named.rows : figures.flatMap(({ rows }) => rows.filter((row) => row.toLowerCase().includes(part))))
}

const listed = ({ name, rows }: Figure): string => [name, ...rows.map((row) => `  ${row}`)].join('\n')

const tell = (progress: string): void => void (process.stderr.isTTY && process.stderr.write(`${progress}\n`))

const refuse = (why: string): number => {
  process.stderr.write(`${why}\n`)
  return 1
}

process.exitCode = await main()
