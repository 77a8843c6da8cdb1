import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { type AgentPicture, unheard } from '../../core/contracts/agent.ts'
import type { PermissionMode } from '../../core/contracts/names.ts'
import type { Agent, AgentReach, Plugin } from '../../core/contracts/plugins.ts'
import { readReport } from '../../core/kit/mailbox.ts'
import { quote } from '../../core/kit/shell.ts'
import { endTree } from '../../core/kit/tree.ts'
import { eventually } from '../contracts/adapter.ts'
import { makeHost } from '../fakes/host.ts'
import { environmentOf, type Kit, settle } from './kits.ts'
import { type Model, openModel } from './model/index.ts'

/** A real agent on a real terminal without the bot: only its plugin, a workspace, a session folder and the model. */
export type Stage = {
  readonly model: Model
  readonly agent: Agent
  readonly folder: string
  readonly workspace: string
  readonly home: string
  readonly reach: AgentReach
  starts(
    prompt: string,
    more?: { readonly resume?: string; readonly permissions?: PermissionMode; readonly instructions?: string },
  ): Promise<void>
  /** Kills its whole tree at once. */
  kills(): Promise<void>
  /** Keys as a person at the terminal presses them. */
  presses(...keys: readonly string[]): Promise<void>
  screen(): Promise<string>
  picture(): Promise<AgentPicture>
  /** Waits until the picture is such; a minute at most. */
  until(what: string, holds: (picture: AgentPicture) => boolean): Promise<AgentPicture>
  close(): Promise<void>
}

/** Sets the stage for one agent. */
export const openStage = async (kit: Kit, plugin: Plugin<'agent'>): Promise<Stage> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'ao-stage-')))
  const [home, workspace, folder, socket] = [join(root, 'home'), join(root, 'home', 'shop'), join(root, 'session'), join(root, 'tmux')]
  const model = await openModel()
  const host = await makeHost()
  for (const path of [home, workspace, folder]) await mkdir(path, { recursive: true })
  await settle(kit, { home, modelUrl: model.url })
  const environment = environmentOf(kit, { home, modelUrl: model.url })
  const git = (...args: readonly string[]) => execa('git', args, { cwd: workspace, env: environment, extendEnv: false })
  await git('init', '--quiet', '--initial-branch=main')
  await git('config', 'user.name', 'Ana')
  await git('config', 'user.email', 'ana@example.com')
  await git('commit', '--quiet', '--allow-empty', '--message', 'begin')
  const agent = await plugin.create(plugin.options.parse(kit.options), host, { host: 'here', project: null })
  const tmux = (args: readonly string[], input = '') => execa('tmux', ['-S', socket, '-f', '/dev/null', ...args], { input })
  const words = (path: string) => readFile(path, 'utf8').catch(() => '') // not begun yet
  const reference = { path: workspace, branch: 'main', baseCommit: '' }
  let runs = 0

  const fold = (from: AgentPicture, source: string, content: string): AgentPicture =>
    content.split('\n').reduce((before, text, mark) => {
      const line = { source, text, mark, at: Date.now() }
      return (source === 'mailbox' ? readReport(before, line) : null) ?? agent.read(before, line)
    }, from)
  const picture = async (): Promise<AgentPicture> => {
    const heard = fold(unheard, 'mailbox', await words(join(folder, 'mailbox.ndjson')))
    const sources = agent.sources({ session: 's', folder, workspace: reference, conversation: heard.conversation })
    let seen = heard
    for (const { name, path } of sources) seen = fold(seen, name, await words(path))
    return seen
  }
  const screen = async (): Promise<string> => (await tmux(['capture-pane', '-p', '-t', '=agent:'])).stdout
  const reach: AgentReach = {
    folder,
    terminal: {
      paste: async (text) => {
        await tmux(['load-buffer', '-b', 'words', '-'], text)
        await tmux(['paste-buffer', '-p', '-d', '-b', 'words', '-t', '=agent:'])
        await tmux(['send-keys', '-t', '=agent:', 'Enter'])
      },
      press: async (keys) => void (await tmux(['send-keys', '-t', '=agent:', ...keys])),
      screen,
    },
    signal: host.signal,
  }
  const kills = async (): Promise<void> => endTree([], { mark: `AO_FOLDER=${folder}`, politeMs: 0 })

  return {
    model,
    agent,
    folder,
    workspace,
    home,
    reach,
    starts: async (prompt, { resume, permissions = 'default', instructions = 'Be brief.' } = {}) => {
      runs += 1
      const launch = agent.launch({
        ...{ session: 's', run: `s-${runs}`, workspace: reference, folder, prompt, instructions, permissions },
        ...{ resume: resume ?? null, model: null },
      })
      for (const [path, content] of Object.entries(launch.files)) {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, content)
      }
      const env = { ...environment, AO_SESSION: 's', AO_FOLDER: folder, ...launch.env }
      const command = quote(['env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...launch.argv])
      await tmux(['new-session', '-d', '-s', 'agent', '-x', '150', '-y', '50', '-c', workspace, `exec ${command}`])
      await tmux(['set-option', '-w', '-t', '=agent:', 'remain-on-exit', 'on'])
    },
    kills: async () => {
      await kills()
      await tmux(['kill-session', '-t', '=agent'])
    },
    presses: async (...keys) => void (await tmux(['send-keys', '-t', '=agent:', ...keys])),
    screen,
    picture,
    until: async (what, holds) => {
      let last: AgentPicture = unheard
      const look = async (): Promise<AgentPicture> => (last = await picture())
      return eventually(look, holds, 60_000).catch(async () => {
        const shown = await screen().catch(() => '(no terminal)')
        throw new Error(`${what} did not come about.\n${JSON.stringify(last, null, 1)}\n${shown}\n${model.complaints().join('\n')}`)
      })
    },
    close: async () => {
      await kills()
      await tmux(['kill-server']).catch(() => {}) // it ended with its last session
      await model.close()
      await host.close()
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
