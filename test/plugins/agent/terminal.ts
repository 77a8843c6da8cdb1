import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { vi } from 'vitest'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import type { Agent, AgentReach } from '../../../core/contracts/plugins.ts'
import { readReport } from '../../../core/kit/mailbox.ts'
import { quote } from '../../../core/kit/shell.ts'
import { scripted } from '../../../plugins/agent/scripted/index.ts'
import { makeHost } from '../../fakes/host.ts'

/** A scripted agent on a real terminal: a tmux server of its own, with a workspace and a session folder. */
export type Stage = {
  readonly agent: Agent
  readonly folder: string
  readonly workspace: string
  readonly reach: AgentReach
  /** Starts the program, or starts it again with a conversation to take up. Resolves when its prompt is in the transcript. */
  start(prompt: string, resume?: string): Promise<void>
  /** Kills the program and waits until it is gone. */
  kill(): Promise<void>
  /** Keys as a person at the terminal presses them. */
  press(...keys: readonly string[]): Promise<void>
  picture(): Promise<AgentPicture>
  /** Waits until the picture passes. Ten seconds at most. */
  until(check: (picture: AgentPicture) => void): Promise<AgentPicture>
  rows(): Promise<readonly Readonly<Record<string, unknown>>[]>
  isAlive(): Promise<boolean>
  close(): Promise<void>
}

/** Makes the stage for one script. */
export const makeStage = async (script: Readonly<Record<string, unknown>>): Promise<Stage> => {
  const host = await makeHost()
  const root = await realpath(await mkdtemp(join(tmpdir(), 'ao-scripted-')))
  const [folder, workspace] = [await host.folder('session'), join(root, 'work')]
  await execa('git', ['init', '--quiet', '--initial-branch=main', workspace])
  const agent = await scripted.create(scripted.options.parse({ script }), host, { host: 'here', project: null })
  const socket = join(root, 'tmux')
  const tmux = (args: readonly string[], input = '') => execa('tmux', ['-S', socket, '-f', '/dev/null', ...args], { input })
  const text = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '') // not begun yet
  const picture = async (): Promise<AgentPicture> => {
    const fold = (from: AgentPicture, source: string, content: string) =>
      content.split('\n').reduce((before, line, mark) => {
        const seen = { source, text: line, mark, at: Date.now() }
        return (source === 'mailbox' ? readReport(before, seen) : null) ?? agent.read(before, seen)
      }, from)
    return fold(fold(unheard, 'mailbox', await text('mailbox.ndjson')), 'transcript', await text('transcript.ndjson'))
  }
  const rows = async () =>
    (await text('transcript.ndjson'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>) // our program's own rows
  const isAlive = () =>
    tmux(['has-session', '-t', '=agent:']).then(
      () => true,
      () => false, // tmux says so by failing
    )
  const reach: AgentReach = {
    folder,
    terminal: {
      paste: async (words) => {
        await tmux(['load-buffer', '-b', 'words', '-'], words)
        await tmux(['paste-buffer', '-p', '-d', '-b', 'words', '-t', '=agent:'])
        await tmux(['send-keys', '-t', '=agent:', 'Enter'])
      },
      press: async (keys) => {
        for (const key of keys) await tmux(['send-keys', '-t', '=agent:', key])
      },
      screen: async (lines) => (await tmux(['capture-pane', '-p', '-t', '=agent:', '-S', `-${lines}`])).stdout,
    },
    signal: host.signal,
  }
  return {
    agent,
    folder,
    workspace,
    reach,
    start: async (prompt, resume) => {
      const prompts = (await rows()).filter(({ kind }) => kind === 'prompt').length
      const workspaceRef = { path: workspace, branch: 'main', baseCommit: '' }
      const launch = agent.launch({
        ...{ session: 's', workspace: workspaceRef, folder, run: `s.0.${prompts}`, instructions: '', prompt },
        ...{ resume: resume ?? null, model: null, permissions: 'default' },
      })
      for (const [path, content] of Object.entries(launch.files)) await writeFile(path, content)
      const env = { PATH: process.env.PATH ?? '', HOME: root, AO_SESSION: 's', AO_FOLDER: folder, TERM: 'screen' }
      const words = Object.entries(env).map(([name, value]) => `${name}=${value}`)
      const command = quote(['env', '-i', ...words, ...launch.argv])
      await tmux(['new-session', '-d', '-s', 'agent', '-x', '120', '-y', '40', '-c', workspace, `exec ${command}`])
      await vi.waitFor(
        async () => {
          if ((await rows()).filter(({ kind }) => kind === 'prompt').length === prompts) throw new Error('it has not started yet')
        },
        { timeout: 10_000, interval: 20 },
      )
    },
    kill: async () => {
      const { stdout } = await tmux(['list-panes', '-t', '=agent:', '-F', '#{pane_pid}'])
      process.kill(Number(stdout), 'SIGKILL')
      await vi.waitFor(async () => {
        if (await isAlive()) throw new Error('it still lives')
      })
    },
    press: async (...keys) => void (await tmux(['send-keys', '-t', '=agent:', ...keys])),
    picture,
    until: (check) =>
      vi.waitFor(
        async () => {
          const now = await picture()
          check(now)
          return now
        },
        { timeout: 10_000, interval: 20 },
      ),
    rows,
    isAlive,
    close: async () => {
      await tmux(['kill-server']).catch(() => {}) // it ended with its last session
      await rm(root, { recursive: true, force: true })
      await host.close()
    },
  }
}
