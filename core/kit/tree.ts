import { readdirSync, readFileSync } from 'node:fs'
import { execa } from 'execa'
import { catalogue, row } from './fault.ts'
import { sleep } from './time.ts'

/** A process as the system lists it. `startedAt` tells it from a later one with the same number; its unit is the system's own. */
export type ProcessRow = { readonly pid: number; readonly parent: number; readonly startedAt: string; readonly isZombie: boolean }

export const fault = catalogue({
  PROCESS_SURVIVED: row<{ pids: readonly number[] }>(
    (f) => `Processes ${f.pids.join(', ')} could not be ended.`,
    (f) => `Look at them with "ps -fp ${f.pids.join(',')}" and end them by hand.`,
    { mayPass: true },
  ),
})

/** All processes of this machine. Without a child process where there is `/proc`. */
export const processes = async (): Promise<readonly ProcessRow[]> => (process.platform === 'linux' ? fromProc() : fromPs())

/** One process, or null when there is none of that number. Zombies are listed as such. */
export const processRow = async (pid: number): Promise<ProcessRow | null> =>
  process.platform === 'linux' ? readStat(pid) : ((await fromPs()).find((row) => row.pid === pid) ?? null)

/**
 * A process with all that came from it: its descendants, and, where the system lets us look (Linux), every process that
 * carries `mark` (`NAME=value`) in its environment, because an agent's daemon that was handed to pid 1 has no ancestor left.
 */
export const treeOf = (all: readonly ProcessRow[], roots: readonly number[], mark: string | null): readonly ProcessRow[] => {
  const found = new Set(roots)
  if (mark !== null) for (const { pid } of all) if (pid !== process.pid && carries(pid, mark)) found.add(pid)
  for (let size = -1; size !== found.size; ) {
    size = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  return all.filter(({ pid, isZombie }) => found.has(pid) && !isZombie)
}

/** Is `pid` one of those processes, or did it come from one? */
export const descendsFrom = (all: readonly ProcessRow[], pid: number, mark: RegExp): boolean => {
  const byPid = new Map(all.map((row) => [row.pid, row]))
  for (let at = byPid.get(pid); at && at.pid > 1; at = byPid.get(at.parent)) if (mark.test(environment(at.pid))) return true
  return false
}

/**
 * Ends a process tree: asks (SIGTERM), waits, forces (SIGKILL), and looks whether all are gone. What appears meanwhile is
 * ended, too. @throws {Fault} PROCESS_SURVIVED
 */
export const endTree = async (
  roots: readonly number[],
  { mark, politeMs = 3_000 }: { readonly mark: string | null; readonly politeMs?: number },
): Promise<void> => {
  const members = new Map<number, string>()
  let fresh = roots
  const living = async (): Promise<readonly ProcessRow[]> => {
    const all = await processes()
    const known = all.filter(({ pid, startedAt }) => members.get(pid) === startedAt).map(({ pid }) => pid)
    for (const { pid, startedAt } of treeOf(all, [...fresh, ...known], mark)) if (!members.has(pid)) members.set(pid, startedAt)
    fresh = []
    return all.filter(({ pid, startedAt, isZombie }) => !isZombie && members.get(pid) === startedAt)
  }
  for (const [name, waitMs] of [
    ['SIGTERM', politeMs],
    ['SIGKILL', 2_000],
  ] as const) {
    for (const { pid } of await living()) send(pid, name)
    // A stopped process takes no SIGTERM until it goes on.
    if (name === 'SIGTERM') for (const { pid } of await living()) send(pid, 'SIGCONT')
    for (let waited = 0, step = 5; waited < waitMs; waited += step, step = Math.min(step * 2, 100)) {
      if (!isAnyLeft(members)) {
        const newcomers = await living()
        if (newcomers.length === 0) return
        for (const { pid } of newcomers) send(pid, name)
      }
      await sleep(step)
    }
  }
  const left = await living()
  if (left.length > 0) throw fault('PROCESS_SURVIVED', { pids: left.map(({ pid }) => pid) })
}

/** Is one of these still there? Cheap, because it reads nothing of others; where every answer costs a child process it says no, and the full look follows. */
const isAnyLeft = (members: ReadonlyMap<number, string>): boolean =>
  process.platform === 'linux' &&
  [...members].some(([pid, startedAt]) => {
    const row = readStat(pid)
    return row !== null && !row.isZombie && row.startedAt === startedAt
  })

/** Sends a signal to every member of a tree, those that appear meanwhile included: for suspending and going on. */
export const signalTree = async (roots: readonly number[], name: 'SIGSTOP' | 'SIGCONT', mark: string | null): Promise<void> => {
  const reached = new Set<number>()
  for (let size = -1; size !== reached.size; ) {
    size = reached.size
    for (const { pid } of treeOf(await processes(), roots, mark))
      if (!reached.has(pid)) {
        reached.add(pid)
        send(pid, name)
      }
  }
}

const send = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    // ESRCH: it ended by itself meanwhile, which is what we want. EPERM: it is somebody else's by now (sudo); whoever looks
    // whether all are gone finds it.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error
  }
}

const fromProc = (): readonly ProcessRow[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((row) => row !== null)

/** `/proc/<pid>/stat`: the name stands in parentheses and may hold anything, so fields are counted from the last one. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const readStat = (pid: number): ProcessRow | null => {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields
  return state === undefined || parent === undefined || text === ''
    ? null
    : { pid, parent: Number(parent), startedAt: fields[19] ?? '', isZombie: state === 'Z' || state === 'X' }
}

const fromPs = async (): Promise<readonly ProcessRow[]> => {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,stat=,lstart='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state, startedAt] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return pid && parent && state
      ? [{ pid: Number(pid), parent: Number(parent), startedAt: startedAt ?? '', isZombie: state.startsWith('Z') }]
      : []
  })
}

const carries = (pid: number, mark: string): boolean => `\0${environment(pid)}`.includes(`\0${mark}\0`)
const environment = (pid: number): string => readOrEmpty(`/proc/${pid}/environ`)

/** Empty when the process ended between being listed and being read, or belongs to somebody else. */
const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
