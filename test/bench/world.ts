import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { stringify } from 'yaml'
import type { Ground } from './ground.ts'
import { isAlive, marked, until } from './proc.ts'

/** A repository, its remote, its issues, a config and a data folder: all that one bot needs. */
export type World = {
  readonly config: string
  readonly data: string
  /** What the bot is started with. */
  readonly environment: Readonly<Record<string, string>>
  /** The sessions whose agent has its prompt: when it had it (epoch ms), and what it was. */
  told(): readonly Told[]
  /** The tmux server that the agents live in; null before the first of them. */
  server(): number | null
  /** The agents that are alive: their own processes, not what stands between them and tmux. */
  agents(): readonly number[]
}
export type Told = { readonly session: string; readonly at: number; readonly prompt: string; readonly pid: number | null }

/** How the agents of a world come to be: a shell script as any command line, or the program that follows a script. */
export type AgentKind = 'command' | 'scripted'

/** Makes a world with a repository of 200 files. Its agents write down their prompt and then live on without doing anything. */
export const makeWorld = async (
  ground: Ground,
  { agent, issues, running }: { readonly agent: AgentKind; readonly issues: number; readonly running: number },
): Promise<World> => {
  const folder = await ground.folder()
  const [project, remote, data, config] = [join(folder, 'shop'), join(folder, 'shop.git'), join(folder, 'data'), join(folder, 'bot.yaml')]
  const label = `ao-bench-${process.pid}-${basename(folder)}`
  const environment = environmentOf(folder)
  await ground.onEnd(() => endWorld({ data, label, environment }))
  await writeFile(join(folder, 'gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n')
  await writeFile(join(folder, 'agent.sh'), program)
  await writeAll(join(folder, 'issues'), someIssues(issues))
  await writeAll(project, someFiles(200))
  const git = (...args: string[]) => execa('git', args, { cwd: project, env: environment, extendEnv: false })
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'a shop')
  await git('clone', '--quiet', '--bare', project, remote)
  const agents = {
    command: { use: 'command', run: ['/bin/sh', join(folder, 'agent.sh'), '{prompt}'] },
    scripted: { use: 'scripted', script: { default: [{ hang: true }] } },
  }
  await writeFile(
    config,
    stringify({
      data,
      projects: {
        shop: {
          path: project,
          agent: agents[agent],
          tracker: { use: 'local', folder: join(folder, 'issues') },
          scm: { use: 'local', remote },
        },
      },
      plugins: { runtime: { use: 'tmux', socket: label } },
      limits: { running },
    }),
  )
  return {
    config,
    data,
    environment,
    told: () => sessionsIn(data).flatMap((session) => readTold[agent](join(data, 'sessions', session), session) ?? []),
    server: () => marked(`AO_TMUX=${label}\0`).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('tmux: server')) ?? null,
    agents: () => marked(`AO_FOLDER=${join(data, 'sessions')}/`),
  }
}

/** Written down at once, so it cannot be read half; the process stays the same when it becomes the sleeper. */
const program = `printf '%s\\n' "$$" "$1" >"$AO_FOLDER/told"\nexec sleep 100000\n`

const readTold: { readonly [kind in AgentKind]: (folder: string, session: string) => Told | null } = {
  command: (folder, session) => {
    const path = join(folder, 'told')
    const [pid, ...prompt] = textOf(path).split('\n')
    return pid ? { session, at: statSync(path).mtimeMs, prompt: prompt.join('\n'), pid: Number(pid) } : null
  },
  scripted: (folder, session) => {
    for (const line of textOf(join(folder, 'transcript.ndjson')).split('\n').slice(0, -1)) {
      const row = JSON.parse(line) as { readonly kind: string; readonly at: number; readonly text: string } // the program's own rows
      if (row.kind === 'prompt') return { session, at: row.at, prompt: row.text, pid: null }
    }
    return null
  },
}

const sessionsIn = (data: string): readonly string[] => (existsSync(join(data, 'sessions')) ? readdirSync(join(data, 'sessions')) : [])
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** Ours without what points git, tmux or ao elsewhere; the settings of whoever runs the bench are left out. */
export const environmentOf = (folder: string): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(?:AO_|GIT_|TMUX|NODE_OPTIONS)/.test(entry[0]),
    ),
  ),
  GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
})

/** Ends the tmux server by its own label, and what it leaves behind by the mark of our data folder. */
export const endWorld = async ({
  data,
  label,
  environment,
}: {
  readonly data: string
  readonly label: string
  readonly environment: Readonly<Record<string, string>>
}): Promise<void> => {
  const tmux = (...args: string[]) => execa('tmux', ['-L', label, ...args], { env: environment, extendEnv: false, reject: false })
  const socket = (await tmux('display-message', '-p', '#{socket_path}')).stdout.trim()
  await tmux('kill-server')
  const left = (): readonly number[] => marked(`AO_FOLDER=${join(data, 'sessions')}/`)
  const isOver = (): true | null => (left().length === 0 ? true : null)
  await until('the end of the agents', 5_000, isOver).catch(() => {
    for (const pid of left()) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  if (socket !== '') await rm(socket, { force: true })
}

const writeAll = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

const someFiles = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `src/part-${n % 20}/file-${n}.mjs`,
      Array.from({ length: 40 }, (_, line) => `export const value${line} = ${n * line} // of file ${n}\n`).join(''),
    ]),
  )

const someIssues = (count: number): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `${n + 1}-the-sum.md`,
      `---\ntitle: The sum of file ${n + 1} is wrong\nstate: open\nauthor: ana\n---\n\nIt should be ${n + 1}.\n`,
    ]),
  )
