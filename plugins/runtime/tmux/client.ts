import { execa } from 'execa'
import { sleep } from '../../../core/kit/time.ts'
import { processes, treeOf } from '../../../core/kit/tree.ts'
import { fault } from './faults.ts'

/** One tmux server of our own. */
export type Client = {
  /**
   * Runs tmux once; several commands are separated by `;`. Resolves with what it printed, or null when no server runs.
   *
   * @throws {Fault} TMUX_FAILED
   */
  call(commands: readonly string[], more?: { readonly input?: string; readonly cwd?: string }): Promise<string | null>
}

/** Talks to the server behind `socket`; the first command that needs it starts it, with `configPath` and nothing of our environment. */
export const openClient = ({ socket, configPath }: { readonly socket: string; readonly configPath: string }): Client => {
  const call: Client['call'] = async (commands, { input, cwd = '/' } = {}) => {
    const once = () =>
      execa('tmux', ['-u', '-L', socket, '-f', configPath, ...commands], {
        cwd,
        env: environment(socket),
        extendEnv: false,
        reject: false,
        stripFinalNewline: false,
        timeout: callTimeoutMs,
        ...(input === undefined ? { stdin: 'ignore' } : { input }),
      })
    let result = await once()
    if (isServerless(result) && (await wakeServer(socket)))
      for (let tries = 0; tries < 40 && isServerless(result); tries += 1) {
        await sleep(25)
        result = await once()
        if (tries === 39 && isServerless(result)) throw failure(commands, socket, 'its server runs, but does not open its socket again')
      }
    if (isServerless(result)) return null
    if (result.exitCode !== 0) throw failure(commands, socket, result.stderr.trim() || result.shortMessage || 'no reason given')
    return result.stdout
  }
  return { call }
}

const callTimeoutMs = 20_000

/** All that the server, and whatever a person opens beside an agent, knows of our environment. */
const environment = (socket: string): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: process.env.HOME ?? '/',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  [markName]: socket,
})
const markName = 'AO_TMUX'

const isServerless = ({ exitCode, stderr }: { readonly exitCode?: number | undefined; readonly stderr: string }): boolean =>
  exitCode === 1 && /^(?:no server running on|error connecting to .*\((?:No such file or directory|Connection refused)\))/m.test(stderr)

/**
 * Whoever cleans `/tmp` takes the socket and leaves the server, and then every agent would look gone. A server makes its
 * socket again at SIGUSR1 (tmux(1)); false when there is none to wake. Only where environments can be read (Linux).
 */
const wakeServer = async (socket: string): Promise<boolean> => {
  const all = treeOf(await processes(), [], `${markName}=${socket}`)
  const pids = new Set(all.map(({ pid }) => pid))
  const servers = all.filter(({ parent }) => parent !== process.pid && !pids.has(parent))
  for (const { pid } of servers) process.kill(pid, 'SIGUSR1')
  return servers.length > 0
}

const failure = (commands: readonly string[], socket: string, says: string) =>
  fault('TMUX_FAILED', { command: commands[0] ?? '', socket, says })
