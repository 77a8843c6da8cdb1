import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { stringify } from 'yaml'
import { openVoice } from '../bot.ts'
import type { Bench } from '../figure.ts'
import { each, type GithubWorld, makeGithubWorld } from '../github-world.ts'
import { until } from '../proc.ts'
import { endWorld } from '../world.ts'
import type { BotOrders } from './github-bot.ts'
import type { ChangeAt } from './github-fake.ts'
import { startTaker, type Taker } from './github-orders.ts'

/** A session with an open change whose checks run. */
export type Held = ChangeAt & { readonly session: string; readonly branch: string }
type Opened = Held & { readonly head: string }

/** Words that a session's agent has got: whole, or so much of them as has come. */
export type Heard = { readonly session: string; readonly text: string; readonly at: number }

/** 200 sessions with an agent and a change each, in a data folder that outlives the bot. */
export type SessionWorld = GithubWorld & {
  readonly held: readonly Held[]
  /** The commits their changes are at as the world begins, by session. */
  readonly heads: ReadonlyMap<string, string>
  /** Starts the bot; resolves when it is ready. Never two at a time. */
  startBot(flags?: readonly string[]): Promise<Taker<BotOrders>>
  /** The same, and does not wait until it is ready. */
  beginBot(flags?: readonly string[]): Promise<Taker<BotOrders>>
  /** What that session's agent has heard of that commit's checks, one for each time. */
  heardOf(session: string, head: string): readonly Heard[]
  /** A new commit for every change, whose checks run, and the bot knows of it. Gives session → head. */
  renew(bot: Taker<BotOrders>, text: string): Promise<ReadonlyMap<string, string>>
  /** The stand-in tells the bot by webhook from now on. */
  hook(): Promise<void>
}

/** What the job that fails has printed: its end is what agents must be told. */
export const log = [
  ...Array.from({ length: 300 }, (_, n) => `ok ${n + 1} - the sum of part ${n + 1} is right, as it was the last time`),
  'not ok 301 - the sum of file 3 is right',
  '  expected 3, got NaN',
  '##[error]Process completed with exit code 1.',
  '',
].join('\n')

/** Has an agent got all of it, the end of the log included? */
export const isWhole = ({ text }: Heard): boolean => text.trimEnd().endsWith(' .') && text.includes('expected 3, got NaN')

/** How often the bot looks by itself, and what it may spend in an hour. */
export type Bounds = { readonly changes: string; readonly pointsAnHour: number | null }

const secret = 'a secret of the bench, of no use elsewhere'

/** Makes it: whole bots, real worktrees and a tmux server; the agents only write down what they hear. */
export const makeSessions = async ({ ground, tell }: Bench, { changes, pointsAnHour }: Bounds): Promise<SessionWorld> => {
  const world = await makeGithubWorld(ground, { at: null, pointsAnHour })
  const { folder, fake, projects, options, environment } = world
  const [data, config, program] = [join(folder, 'data'), join(folder, 'bot.yaml'), join(folder, 'agent.sh')]
  const label = `ao-bench-${process.pid}-${basename(folder)}`
  const port = await freePort()
  await ground.onEnd(() => endWorld({ data, label, environment }))
  await writeFile(program, listener)
  await writeFile(join(folder, '.env'), `GITHUB_TOKEN=${String(options.token)}\nGITHUB_WEBHOOK_SECRET=${secret}\n`)
  const issues = join(folder, 'issues')
  await mkdir(issues)
  for (let number = 1; number <= each; number += 1)
    await writeFile(join(issues, `${number}-sum.md`), `---\ntitle: Sum ${number} is wrong\nstate: open\nauthor: ana\n---\n\nIt is.\n`)
  const scm = { use: 'github', ...options, token: `\${GITHUB_TOKEN}`, webhookSecret: `\${GITHUB_WEBHOOK_SECRET}` }
  const project = { agent: { use: 'scripted', script: { default: [] } }, tracker: { use: 'local', folder: issues }, scm }
  await writeFile(
    config,
    stringify({
      data,
      projects: Object.fromEntries(projects.map(({ name, path }) => [name, { path, ...project }])),
      plugins: { runtime: { use: 'tmux', socket: label } },
      limits: { running: projects.length * each, review: 1_000 },
      watch: { changes, files: '24h', tasks: '24h' },
      webhooks: { port },
      // They never end their turn, and hear of one red commit after the other.
      reactions: { 'agent-stuck': { threshold: '23d' }, 'ci-failed': { retries: 10_000, escalateAfter: null } },
    }),
  )

  const beginBot: SessionWorld['beginBot'] = (flags = []) =>
    startTaker<BotOrders>(ground, 'github-bot.ts', { args: [config, program], env: environment, flags })
  const startBot: SessionWorld['startBot'] = async (flags) => {
    const bot = await beginBot(flags)
    await bot.ask('ready')
    return bot
  }
  const heardOf: SessionWorld['heardOf'] = (session, head) => {
    const told = join(data, 'sessions', session, 'told')
    if (!existsSync(told)) return []
    return readdirSync(told).flatMap((name) => {
      const [text, at] = [readFileSync(join(told, name), 'utf8'), statSync(join(told, name)).mtimeMs]
      const parts = text.split(/^(?=\[ao #)/m).filter((one) => one.split('\n', 1)[0]?.includes(`at commit ${head.slice(0, 8)}`))
      return parts.map((one) => ({ session, text: one, at }))
    })
  }

  const bot = await startBot()
  await fill({ data, projects, isTold: () => countTold(data), tell })
  const held = (await Promise.all(projects.map((one) => propose(world, one)))).flat()
  await knows(bot, new Map())
  await bot.ask('stop')
  await bot.leave()
  tell(`${held.length} sessions have their changes`)

  /** Looks until every session has a change, at the head that is said, with its checks running. */
  async function knows(of: Taker<BotOrders>, heads: ReadonlyMap<string, string>): Promise<void> {
    for (const giveUpAt = Date.now() + 240_000; ; await sleep(500)) {
      await of.ask('look')
      const all = await of.ask('known')
      const isKnown = all.filter(
        ({ session, head, checks }) => head !== null && checks === 'pending' && (heads.get(session) ?? head) === head,
      )
      if (isKnown.length === projects.length * each) return
      if (Date.now() > giveUpAt) throw new Error(`only ${isKnown.length} changes are known: ${JSON.stringify(all.slice(0, 3))}`)
    }
  }

  return {
    ...world,
    held,
    heads: new Map(held.map(({ session, head }) => [session, head])),
    startBot,
    beginBot,
    heardOf,
    renew: async (of, text) => {
      const found = await Promise.all(projects.map(({ name }) => fake.ask('pushes', { name, text })))
      const pulls = projects.flatMap(({ name }, index) => (found[index] ?? []).map((one) => ({ name, ...one })))
      const heads = new Map(
        held.map(({ session, name, number }) => [session, pulls.find((one) => one.name === name && one.number === number)?.head ?? '']),
      )
      await knows(of, heads)
      return heads
    },
    hook: () => fake.ask('hooks', { url: `http://127.0.0.1:${port}/github`, secret }),
  }
}

/**
 * Writes what it hears as the scripted agent does: a row in its transcript for each message that has come whole, by its id. The
 * words themselves go to a file for each message, whose time is when the last line came.
 */
const listener = `folder=$AO_FOLDER id=
mkdir -p "$folder/told"
printf '{"at":0,"kind":"started","conversation":"one","isResumed":false,"task":null,"model":null}\\n' >>"$folder/transcript.ndjson"
stty -echo 2>/dev/null
while IFS= read -r line; do
  case $line in '[ao #'*) id=\${line#'[ao #'} id=\${id%%']'*} ;; esac
  [ -z "$id" ] && continue
  printf '%s\\n' "$line" >>"$folder/told/$id"
  case $line in *' .') printf '{"at":0,"kind":"received","ids":["%s"],"text":""}\\n' "$id" >>"$folder/transcript.ndjson" ;; esac
done
exec sleep 1000000
`

type Filling = {
  readonly data: string
  readonly projects: GithubWorld['projects']
  readonly isTold: () => number
  readonly tell: Bench['tell']
}

/** Fifty at a time: a range of issues is no longer than that. */
const fill = async ({ data, projects, isTold, tell }: Filling): Promise<void> => {
  const voice = await openVoice({ data })
  for (const [index, { name }] of projects.entries()) {
    await voice.say(`fix 1-${each} in ${name}`)
    const wanted = (index + 1) * each
    await until(`${wanted} agents`, 240_000, () => (isTold() === wanted ? true : null))
    tell(`${wanted} sessions are live`)
  }
  voice.close()
}

/** Agents that listen. */
const countTold = (data: string): number =>
  existsSync(join(data, 'sessions'))
    ? readdirSync(join(data, 'sessions')).filter((id) => existsSync(join(data, 'sessions', id, 'transcript.ndjson'))).length
    : 0

/** Opens a change from the branch of each session of a project, as agents may do by themselves. */
const propose = async ({ fake, environment }: GithubWorld, { name, path }: GithubWorld['projects'][number]): Promise<readonly Opened[]> => {
  const { stdout } = await execa('git', ['worktree', 'list', '--porcelain'], { cwd: path, env: environment, extendEnv: false })
  const found = [...stdout.matchAll(/^worktree (\S+)\nHEAD \S+\nbranch refs\/heads\/(ao\/\S+)$/gm)]
  const trees = found.map(([, tree = '', branch = '']) => ({ session: basename(tree), branch }))
  const pulls = await fake.ask('proposes', { name, branches: trees.map(({ branch }) => branch) })
  return trees.map(({ session, branch }) => {
    const pull = pulls.find((one) => one.branch === branch)
    if (!pull) throw new Error(`there is no change from ${branch}`)
    return { name, session, branch, number: pull.number, head: pull.head }
  })
}

/** A port that nobody has at this moment. */
const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return address !== null && typeof address === 'object' ? address.port : 0
}
