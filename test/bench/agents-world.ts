import { mkdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { stringify } from 'yaml'
import type { Agent, Plugin } from '../../core/contracts/plugins.ts'
import { parseObject } from '../../core/kit/mailbox.ts'
import { quote } from '../../core/kit/shell.ts'
import { endTree } from '../../core/kit/tree.ts'
import { instructionsFor, promptFor } from '../../core/session/prompt.ts'
import { plugins } from '../../plugins/index.ts'
import { isInstalled, packages } from '../agents/install.ts'
import { environmentOf, type Kit, settle } from '../agents/kits.ts'
import { type Model, openModel } from '../agents/model/index.ts'
import { makeHost } from '../fakes/host.ts'
import type { Ground } from './ground.ts'
import { endWorld } from './world.ts'

/** A row of a session's mailbox. */
export type MailRow = Readonly<Record<string, unknown>>

/** The home of somebody who uses a real agent, a project of theirs, the scripted model, and a config for a bot. */
export type AgentsWorld = {
  readonly kit: Kit
  readonly model: Model
  readonly agent: Agent
  readonly config: string
  readonly data: string
  readonly home: string
  /** What the bot is started with. */
  readonly environment: Readonly<Record<string, string>>
  /** An empty folder that stays. */
  readonly marks: string
  sessionFolder(session: string): string
  mail(session: string): readonly MailRow[]
  /** The journal's facts of a session, oldest first. */
  facts(session: string): readonly MailRow[]
  /** The same program with the same arguments, environment and first words in a tmux of its own, without a bot. */
  startsAlone(name: string, words: string): Promise<Alone>
}
export type Alone = { readonly startedAt: number; end(): Promise<void> }

/** Sets it up. `more` stands beside the config's `projects`, `project` beside what a project of the console has. @throws {Error} when the agent is not installed */
export const makeAgentsWorld = async (
  ground: Ground,
  kit: Kit,
  { project = {}, more = {} }: { readonly project?: object; readonly more?: object } = {},
): Promise<AgentsWorld> => {
  const { name, version } = packages[kit.name]
  if (!isInstalled(kit.name))
    throw new Error(`${name}@${version} is not installed: npm run test:agents -- ${kit.name} --install-only (AO_AGENTS_CACHE says where)`)
  const folder = await ground.folder()
  const [home, remote, data] = [join(folder, 'home'), join(folder, 'shop.git'), join(folder, 'data')]
  const [path, marks, config] = [join(home, 'shop'), join(folder, 'marks'), join(folder, 'bot.yaml')]
  const label = `ao-bench-${process.pid}-${basename(folder)}`
  const model = await openModel()
  await ground.onEnd(() => model.close())
  const place = { home, modelUrl: model.url }
  const environment = environmentOf(kit, place)
  await ground.onEnd(async () => {
    await endWorld({ data, label, environment })
    await execa('tmux', ['-L', `${label}-alone`, 'kill-server'], { reject: false })
    await endTree([], { mark: `HOME=${home}`, politeMs: 0 })
  })
  for (const each of [path, marks]) await mkdir(each, { recursive: true })
  await settle(kit, place)
  const git = (...args: readonly string[]) => execa('git', args, { cwd: path, env: environment, extendEnv: false })
  await git('init', '--quiet', '--initial-branch=main')
  for (const [key, value] of Object.entries({ 'user.name': 'Ana', 'user.email': 'ana@example.com', 'gc.auto': '0' }))
    await git('config', key, value)
  await git('commit', '--quiet', '--allow-empty', '--message', 'begin')
  await git('clone', '--quiet', '--bare', path, remote)
  await writeFile(
    config,
    stringify({
      data,
      projects: {
        shop: {
          path,
          agent: { use: kit.name, ...kit.options },
          scm: { use: 'local', remote },
          // Its own nudges would be more than the scripts of the model know of.
          reactions: { 'agent-idle': { auto: false, action: 'notify', threshold: '1h' } },
          ...project,
        },
      },
      people: { ana: { roles: ['admin'], console: true } },
      plugins: { runtime: { use: 'tmux', socket: label, politeMs: 500 } },
      limits: { running: 5 },
      ...more,
    }),
  )
  const host = await makeHost()
  await ground.onEnd(() => host.close())
  const plugin = plugins.find((one): one is Plugin<'agent'> => one.slot === 'agent' && one.name === kit.name)
  if (!plugin) throw new Error(`there is no plugin for ${kit.name}`)
  const agent = await plugin.create(plugin.options.parse(kit.options), host, { host: 'local', project: null })
  const sessionFolder = (session: string): string => join(data, 'sessions', session)

  return {
    ...{ kit, model, agent, config, data, home, environment, marks, sessionFolder },
    mail: (session) => rowsOf(join(sessionFolder(session), 'mailbox.ndjson')),
    facts: (session) => rowsOf(join(data, 'journal', session, 'journal.ndjson')).flatMap(({ fact }) => (isRow(fact) ? [fact] : [])),
    startsAlone: async (run, words) => {
      const own = join(folder, 'alone', run)
      const workspace = { path: join(home, 'alone', run), branch: 'main', baseCommit: '' }
      mkdirSync(own, { recursive: true })
      await execa('git', ['clone', '--quiet', path, workspace.path], { env: environment, extendEnv: false })
      const task = { key: '', title: words, body: words, url: null, author: 'ana' }
      const launch = agent.launch({
        ...{ session: run, run: `${run}.1`, workspace, folder: own, resume: null, model: null, permissions: 'default' },
        instructions: instructionsFor({ branch: 'main', base: 'main', rules: null }),
        prompt: promptFor({ task, done: null }),
      })
      for (const [file, text] of Object.entries(launch.files)) {
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, text)
      }
      const env = { ...environment, AO_SESSION: run, AO_FOLDER: own, ...launch.env }
      const command = quote(['env', '-i', ...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...launch.argv])
      const begin = ['new-session', '-d', '-s', run, '-x', '200', '-y', '50', '-c', workspace.path, `exec ${command}`]
      const startedAt = Date.now()
      await execa('tmux', ['-L', `${label}-alone`, '-f', '/dev/null', ...begin], { env: environment, extendEnv: false })
      return { startedAt, end: () => endTree([], { mark: `AO_FOLDER=${own}`, politeMs: 0 }) }
    },
  }
}

const isRow = (value: unknown): value is MailRow => typeof value === 'object' && value !== null

const rowsOf = (path: string): readonly MailRow[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map(parseObject)
      .filter((row) => row !== null)
  } catch {
    return [] // nothing has been written yet
  }
}
