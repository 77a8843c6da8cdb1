import { execa } from 'execa'
import type { ForeignProcess, Stranger } from '../../../core/contracts/runtime.ts'
import { sleep } from '../../../core/kit/time.ts'
import { type ProcessRow, processes, fault as survived, treeOf } from '../../../core/kit/tree.ts'
import { fault } from './faults.ts'
import { type Detail, detailsOf } from './processes.ts'

/** A pane of a person's own tmux server. */
type OwnPane = { readonly name: string; readonly place: string; readonly pid: number }

/** What runs in the terminals of these servers, which are the user's own: they are asked, and never started or changed. */
export const findStrangers = async (sockets: readonly string[]): Promise<readonly Stranger[]> => {
  const panes = (await Promise.all(sockets.map(panesOf))).flat()
  if (panes.length === 0) return []
  const rows = (await processes()).filter(({ isZombie }) => !isZombie)
  const details = await detailsOf(rows)
  const all = rows.flatMap((row) => asForeign(row, details.get(row.pid)))
  return panes.flatMap(({ name, place, pid }): readonly Stranger[] => {
    const members = new Set(treeOf(rows, [pid], null).map((row) => row.pid))
    const inside = inOrder(
      all.filter((one) => members.has(one.pid)),
      pid,
    )
    if (inside.length === 0 || inside.some((one) => details.get(one.pid)?.isOurs)) return []
    const folders = new Set(inside.map(({ cwd }) => cwd))
    return [{ name, place, processes: inside, neighbours: all.filter((one) => !members.has(one.pid) && folders.has(one.cwd)) }]
  })
}

const asForeign = ({ pid, parent, startedAt }: ProcessRow, detail: Detail | undefined): readonly ForeignProcess[] => {
  if (!detail) return []
  const { argv, cwd, environment, beganAt } = detail
  return [{ pid, parent, startedAt, beganAt, argv, cwd, environment }]
}

/** Parents before their children; numbers alone would not do, because they begin again. */
const inOrder = (all: readonly ForeignProcess[], root: number): readonly ForeignProcess[] => {
  const first = all.filter(({ pid }) => pid === root)
  const below = (parent: number): readonly ForeignProcess[] =>
    all.filter((one) => one.parent === parent && one.pid !== root).flatMap((one) => [one, ...below(one.pid)])
  return [...first, ...below(root)]
}

const panesOf = async (socket: string): Promise<readonly OwnPane[]> => {
  const { TMUX_TMPDIR } = process.env
  const format = '#{session_name}\t#{window_index}.#{pane_index}\t#{pane_pid}\t#{pane_dead}'
  const { stdout, stderr, exitCode } = await execa('tmux', ['-u', '-L', socket, 'list-panes', '-a', '-F', format], {
    env: { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', ...(TMUX_TMPDIR !== undefined && { TMUX_TMPDIR }) },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: askTimeoutMs,
  })
  if (exitCode !== 0 && /^(?:no server running on|error connecting to|no current target)/m.test(stderr)) return []
  if (exitCode !== 0) throw fault('TMUX_FAILED', { command: 'list-panes', socket, says: stderr.trim() || 'no reason given' })
  return stdout.split('\n').flatMap((line) => {
    const [name = '', place = '', pid = '', isDead] = line.split('\t')
    return pid === '' || isDead === '1' ? [] : [{ name, place, pid: Number(pid) }]
  })
}

const askTimeoutMs = 10_000

/**
 * Ends one process and all that came from it, but for `keeps` and what came from those: asks, waits, forces, and looks whether all are
 * gone. A number that is another's by now is left alone. @throws {Fault} PROCESS_SURVIVED
 */
export const endExactly = async (
  { pid, startedAt }: Pick<ForeignProcess, 'pid' | 'startedAt'>,
  { keeps, politeMs }: { readonly keeps: readonly number[]; readonly politeMs: number },
): Promise<void> => {
  const members = new Map<number, string>()
  const left = async (): Promise<readonly number[]> => {
    const rows = await processes()
    const kept = new Set(treeOf(rows, keeps, null).map((row) => row.pid))
    const known = rows.filter((row) => (row.pid === pid ? row.startedAt === startedAt : members.get(row.pid) === row.startedAt))
    for (const row of treeOf(
      rows,
      known.map((one) => one.pid),
      null,
    ))
      if (!kept.has(row.pid) && !members.has(row.pid)) members.set(row.pid, row.startedAt)
    return rows.filter((row) => !row.isZombie && members.get(row.pid) === row.startedAt).map((row) => row.pid)
  }
  for (const [signal, waitMs] of [
    ['SIGTERM', politeMs],
    ['SIGKILL', 2_000],
  ] as const) {
    const sent = new Set<number>()
    for (let waited = 0; waited <= waitMs; waited += stepMs) {
      const living = await left()
      if (living.length === 0) return
      for (const one of living) {
        if (sent.has(one)) continue
        sent.add(one)
        send(one, signal)
        // A stopped process takes no SIGTERM until it goes on.
        if (signal === 'SIGTERM') send(one, 'SIGCONT')
      }
      await sleep(stepMs)
    }
  }
  const pids = await left()
  if (pids.length > 0) throw survived('PROCESS_SURVIVED', { pids })
}

const stepMs = 25

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended by itself meanwhile, or is not ours to end; whoever looks whether all are gone finds it.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error
  }
}
