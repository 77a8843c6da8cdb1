import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { stringify } from 'yaml'
import { z } from 'zod'
import type { Place } from '../../bot/contracts/inbound.ts'
import { placesIn, type RunningBot, startBot } from '../../bot/main.ts'
import { readConfig } from '../../core/config/load.ts'
import { sayProblem } from '../../core/config/problems.ts'
import { type AgentPicture, unheard } from '../../core/contracts/agent.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { Plugin } from '../../core/contracts/plugins.ts'
import type { Session } from '../../core/contracts/session.ts'
import { createReader } from '../../core/engine/reader.ts'
import { openLog } from '../../core/kit/log.ts'
import { redacting } from '../../core/kit/redact.ts'
import { fingerprint } from '../../core/kit/text.ts'
import { endTree } from '../../core/kit/tree.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import { plugins as builtIn, defaultPlugins } from '../../plugins/index.ts'
import { consoleStand } from '../adapters/console/stand.ts'
import { eventually } from '../contracts/adapter.ts'
import { makeHost } from '../fakes/host.ts'
import type { Found } from '../fakes/stand.ts'
import { binOf } from './install.ts'
import { environmentOf, type Home, type Kit, settle } from './kits.ts'
import { openModel } from './model/index.ts'
import { fileHashes, living } from './outside.ts'

/** What the config says besides, and the agent's plugin where it is not in the list of those that are built in yet. */
export type Given = {
  readonly project?: Readonly<Record<string, unknown>>
  readonly reactions?: Readonly<Record<string, unknown>>
  readonly plugin?: Plugin | undefined
  /** Options of its runtime. */
  readonly runtime?: Readonly<Record<string, unknown>>
}

/** Kept from agents: the bot has it in its environment, because its config names it. */
const secret = 'xoxb-this-is-the-bots-own-0123456789'
const secretName = 'SHOP_SECRET'
const patienceMs = Number(process.env.AO_PATIENCE_MS ?? 40_000)

/**
 * The real bot as `ao start` makes it, with a real agent on a real terminal, real git, and the scripted model: a user's home with their own
 * settings, a project with one issue, and a chat in which the test speaks. Nothing of this machine's environment gets in.
 */
export const openWorld = async (kit: Kit, story: string, { project = {}, reactions = {}, plugin, runtime = {} }: Given = {}) => {
  // Whether a program is there the bot asks of its own PATH.
  if (!process.env.PATH?.includes(binOf(kit.name))) process.env.PATH = [binOf(kit.name), process.env.PATH].join(':')
  const root = await realpath(mkdtempSync(join(tmpdir(), 'ao-agents-')))
  const model = await openModel()
  const place: Home = { home: join(root, 'home'), modelUrl: model.url }
  const [path, remote, data] = [join(place.home, 'shop'), join(root, 'shop.git'), join(root, 'data')]
  await mkdir(path, { recursive: true })
  await settle(kit, place)
  const user = environmentOf(kit, place)
  const git = async (args: readonly string[], cwd = path): Promise<string> =>
    (await execa('git', args, { cwd, env: { ...user, GIT_CONFIG_GLOBAL: '/dev/null' }, extendEnv: false })).stdout
  await git(['init', '--quiet', '--initial-branch=main'])
  for (const [key, value] of Object.entries({ 'user.name': 'Ana', 'user.email': 'ana@example.com', 'gc.auto': '0' }))
    await git(['config', key, value])
  await mkdir(join(path, '.ao', 'issues'), { recursive: true })
  await writeFile(join(path, '.ao', 'issues', '1-write-it-down.md'), issue(story))
  await git(['add', '--all'])
  await git(['commit', '--quiet', '--message', 'begin'])
  await git(['clone', '--quiet', '--bare', path, remote], root)

  const plugins = plugin && !builtIn.some(({ slot, name }) => slot === 'agent' && name === plugin.name) ? [...builtIn, plugin] : builtIn
  const environment: Readonly<Record<string, string>> = { ...user, [secretName]: secret }
  const read = readConfig(
    stringify({
      data,
      projects: {
        shop: {
          path,
          agent: { use: kit.name, ...kit.options },
          scm: { use: 'local', remote },
          rules: 'The rule of this house is: be brief.',
          ...project,
          // Its own nudges would be more than the scripts of the model know of.
          reactions: { 'agent-idle': { auto: false, action: 'notify', threshold: '1h' }, ...reactions },
        },
      },
      people: { ana: { roles: ['admin'], console: true } },
      plugins: { runtime: { use: 'tmux', politeMs: 1_000, ...runtime } },
      watch: { agents: '250ms', changes: '2s' },
      understand: { model: { kind: 'openai', url: model.url, model: 'nobody', key: `\${${secretName}}` } },
    }),
    environment,
    {
      plugins: createRegistry(plugins).schemas(),
      defaults: defaultPlugins,
      chats: { console: z.strictObject({}) },
      folder: root,
      home: place.home,
      user: 'ana',
    },
  )
  if ('problems' in read) {
    await model.close()
    rmSync(root, { recursive: true, force: true })
    throw new Error(read.problems.map(sayProblem).join('\n'))
  }
  const { config, secrets, secretNames } = read
  const log = openLog({ path: placesIn(data).log, level: 'info', redact: redacting(secrets) })
  const stand = await consoleStand()
  stand.attach?.(data)
  const before = await fileHashes(place.home, kit.withoutOwn)

  let bot: RunningBot | null = null
  const starts = async (): Promise<void> => {
    bot = await startBot({ config, secrets, secretNames, log, environment, plugins })
  }
  const stops = async (): Promise<void> => {
    await bot?.stop()
    bot = null
  }
  await starts()

  const session = (): Session | null => bot?.ring.sessions()[0] ?? bot?.ring.ended()[0] ?? null
  const folder = join(data, 'sessions', 'shop-1')
  const agentPlugin = plugins.find((one): one is Plugin<'agent'> => one.slot === 'agent' && one.name === kit.name)
  if (!agentPlugin) throw new Error(`There is no plugin for ${kit.name}.`)
  const host = await makeHost()
  const agent = await agentPlugin.create(agentPlugin.options.parse(kit.options), host, { host: 'local', project: null })
  const reader = createReader({ agentOf: () => agent, folderOf: () => folder, now: Date.now })
  const screen = async (): Promise<string> => {
    const { stdout } = await execa('tmux', ['-L', `ao-${fingerprint(data)}`, 'capture-pane', '-p', '-t', '=shop-1:'], { reject: false })
    return stdout
  }
  /** What there is to know when something did not come about. */
  const report = async (): Promise<string> =>
    [
      ...(await stand.sees()).map(
        ({ place: { thread }, text, buttons }) => `(${thread ?? 'top'}) ${text} ${buttons.map((one) => `[${one}]`).join(' ')}`,
      ),
      '— its screen —',
      (await screen()).trim(),
      '— its mailbox —',
      (await execa('tail', ['-n', '15', join(folder, 'mailbox.ndjson')], { reject: false })).stdout,
      '— the log —',
      (await execa('tail', ['-n', '15', placesIn(data).log], { reject: false })).stdout,
      '— the model —',
      ...model.complaints(),
      `${model.count()} requests, ${model.asked(story).length} of them in this story; the newest shows:`,
      ...(model.asked(story).at(-1)?.asked.shown ?? []).map(({ by, text }) => `  ${by}: ${text.replace(/\s+/g, ' ').slice(0, 200)}`),
    ].join('\n')
  const waits = async <T>(what: string, look: () => T | Promise<T>, holds: (seen: T) => boolean, limitMs = patienceMs): Promise<T> =>
    eventually(look, holds, limitMs).catch(async () => {
      throw new Error(`${what} did not come about within ${limitMs} ms.\n${await report()}`)
    })
  const finds = async (what: string, fits: (found: Found) => boolean): Promise<Found> => {
    const found = await waits(
      what,
      async () => (await stand.sees()).findLast(fits) ?? null,
      (one) => one !== null,
    )
    if (!found) throw new Error('It was there a moment ago.')
    return found
  }
  const thread = async (): Promise<Place> => (await finds('its thread', ({ place: one }) => one.thread !== null)).place

  return {
    kit,
    model,
    root,
    home: place.home,
    data,
    folder,
    secret,
    session,
    screen,
    waits,
    report,
    starts,
    stops,
    /** Keys as a person presses them who looks into its terminal. */
    atTerminal: async (...keys: readonly string[]): Promise<void> =>
      void (await execa('tmux', ['-L', `ao-${fingerprint(data)}`, 'send-keys', '-t', '=shop-1:', ...keys])),
    ana: {
      says: (text: string) => stand.says('ana', text),
      /** Says it in the thread of the session. */
      writes: async (text: string) => stand.says('ana', text, await thread()),
      /** Waits until one message shows all these words. */
      sees: (...parts: readonly string[]) => finds(parts.join(' … '), ({ text }) => parts.every((part) => text.includes(part))),
      /** Waits for a button of that label, and presses it. */
      presses: async (label: string): Promise<void> => {
        const found = await finds(`a button "${label}"`, ({ buttons }) => buttons.includes(label))
        await stand.presses('ana', label, found.place)
      },
      /** Presses the button that says yes this once, whatever its agent calls that. */
      allows: async (): Promise<void> => {
        const fits = (label: string): boolean => /^(?:yes|allow)\b(?!.*(?:don.?t ask|always|session))/i.test(label)
        const { buttons, place: at } = await finds('a button that says yes', ({ buttons: labels }) => labels.some(fits))
        await stand.presses('ana', buttons.find(fits) ?? '', at)
      },
    },
    facts: async (): Promise<readonly Fact[]> => (await bot?.ring.facts('shop-1')) ?? [],
    /** Waits until that became true of the session, and gives the newest of that kind. */
    knows: async <T extends Fact['type']>(type: T, times = 1): Promise<Extract<Fact, { type: T }>> => {
      const found = await waits(
        type,
        async () => ((await bot?.ring.facts('shop-1')) ?? []).filter((fact): fact is Extract<Fact, { type: T }> => fact.type === type),
        (all) => all.length >= times,
      )
      const last = found.at(-1)
      if (!last) throw new Error('It was there a moment ago.')
      return last
    },
    /** What is read of it: everything it has written so far. */
    picture: async (): Promise<AgentPicture> => {
      const { workspace, conversation = null } = session() ?? {}
      return workspace ? reader.read({ id: 'shop-1', project: 'shop', agent: kit.name, workspace, conversation }) : unheard
    },
    /** The file in which the agent keeps this conversation, once it holds what its model was told: what a restart can take up. */
    record: async (): Promise<string> => {
      const { workspace = null, conversation = null } = session() ?? {}
      if (kit.keeps !== undefined) {
        const folderOf = join(place.home, kit.keeps)
        await waits(
          'a conversation on disk',
          () => holdsTask(folderOf),
          (isThere) => isThere,
        )
        return realpath(folderOf)
      }
      const sources = workspace ? agent.sources({ session: 'shop-1', folder, workspace, conversation }) : []
      return waits(
        'a conversation on disk',
        async () => {
          const [path = null] = sources.map((one) => one.path)
          return path !== null && (await readFile(path, 'utf8').catch(() => '')).includes('STORY=') ? realpath(path) : ''
        },
        (path) => path !== '',
      )
    },
    /** Subjects of the commits in the session's workspace, newest first. */
    commits: async (): Promise<readonly string[]> => {
      const { workspace } = session() ?? {}
      return workspace ? (await git(['log', '--format=%s'], workspace.path)).split('\n') : []
    },
    /** Processes of the agent, and whatever came from them. */
    processes: () => living({ folder, home: place.home }),
    /** Ends the agent's whole tree at once, as a crash would. */
    kills: () => endTree([], { mark: `AO_FOLDER=${folder}`, politeMs: 0 }),
    /** Files of the user that are not as they were, and which the agent may not write: path → how each begins now. */
    touched: async (): Promise<Readonly<Record<string, string>>> => {
      const now = await fileHashes(place.home, kit.withoutOwn)
      const changed = [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file))
      // What git keeps of worktrees and branches is ours to write, and issues are closed in their files.
      const wrong = changed.filter((file) => !kit.writes.test(file) && !/^shop\/(?:\.git\/|\.ao\/)/.test(file))
      const text = (file: string) => readFile(join(place.home, file), 'utf8').catch(() => '(gone)')
      return Object.fromEntries(await Promise.all(wrong.map(async (file) => [file, (await text(file)).slice(0, 2_000)] as const)))
    },
    close: async (): Promise<void> => {
      await stops()
      await endTree([], { mark: `AO_FOLDER=${folder}`, politeMs: 0 })
      await endTree([], { mark: `HOME=${place.home}`, politeMs: 0 })
      await execa('tmux', ['-L', `ao-${fingerprint(data)}`, 'kill-server'], { reject: false }) // most often it has ended with its last agent
      await model.close()
      await host.close()
      rmSync(root, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** Does a database in that folder hold the task? */
const holdsTask = async (folder: string): Promise<boolean> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.includes('.db')) // not begun yet
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1').catch(() => '')))
  return files.some((text) => text.includes('STORY='))
}

export type World = Awaited<ReturnType<typeof openWorld>>

const issue = (story: string): string => `---
title: Write it down
state: open
author: ana
---

Write it down, as the model says. STORY=${story}
`
