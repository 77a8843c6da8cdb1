import { readFileSync, readlinkSync } from 'node:fs'
import { execa } from 'execa'
import type { ForeignProcess } from '../../../core/contracts/runtime.ts'
import type { ProcessRow } from '../../../core/kit/tree.ts'

/** What is known of a process besides its row; null for one that has ended, or that is somebody else's. */
export type Detail = Pick<ForeignProcess, 'argv' | 'cwd' | 'environment' | 'beganAt'> & { readonly isOurs: boolean }

/** Command line, folder and places of these processes. Without a child process where there is `/proc`. */
export const detailsOf = async (rows: readonly ProcessRow[]): Promise<ReadonlyMap<number, Detail>> =>
  process.platform === 'linux' ? fromProc(rows) : fromPs(rows)

/** Clock ticks a second, as the kernel tells them to programs: 100 on every architecture in use. https://man7.org/linux/man-pages/man7/time.7.html */
const ticks = 100

const fromProc = (rows: readonly ProcessRow[]): ReadonlyMap<number, Detail> => {
  const bootedAt = Number(/^btime (\d+)$/m.exec(readOrEmpty('/proc/stat'))?.[1] ?? 0) * 1_000
  return new Map(
    rows.flatMap(({ pid, startedAt }) => {
      const words = readOrEmpty(`/proc/${pid}/cmdline`).split('\0')
      const argv = words.at(-1) === '' ? words.slice(0, -1) : words
      if (argv.length === 0) return []
      const environment = readOrEmpty(`/proc/${pid}/environ`).split('\0')
      return [
        [
          pid,
          { argv, cwd: linkOrEmpty(`/proc/${pid}/cwd`), beganAt: bootedAt + (Number(startedAt) / ticks) * 1_000, ...placesIn(environment) },
        ],
      ]
    }),
  )
}

/** `ps` and `lsof`, which macOS has. Words of a command line are told apart by spaces there. */
const fromPs = async (rows: readonly ProcessRow[]): Promise<ReadonlyMap<number, Detail>> => {
  if (rows.length === 0) return new Map()
  const pids = rows.map(({ pid }) => pid).join(',')
  const ask = async (program: string, ...args: readonly string[]) => (await execa(program, args, { reject: false })).stdout
  const [commands, withEnvironment, folders] = await Promise.all([
    ask('ps', '-o', 'pid=,command=', '-p', pids),
    ask('ps', 'eww', '-o', 'pid=,command=', '-p', pids),
    ask('lsof', '-a', '-d', 'cwd', '-Fpn', '-p', pids),
  ])
  const cwds = new Map([...folders.matchAll(/^p(\d+)\n(?:f.*\n)?n(.*)$/gm)].map(([, pid, cwd]) => [Number(pid), cwd ?? '']))
  const whole = byPid(withEnvironment)
  return new Map(
    [...byPid(commands)].map(([pid, command]) => {
      const environment = (whole.get(pid) ?? '').slice(command.length).trim().split(' ')
      const beganAt = Date.parse(rows.find((row) => row.pid === pid)?.startedAt ?? '') || 0
      return [pid, { argv: command.split(' '), cwd: cwds.get(pid) ?? '', beganAt, ...placesIn(environment) }] as const
    }),
  )
}

const byPid = (printed: string): ReadonlyMap<number, string> =>
  new Map([...printed.matchAll(/^\s*(\d+) (.*)$/gm)].map(([, pid, command]) => [Number(pid), command ?? '']))

/** Nothing else of somebody's environment is any business of ours: there may be secrets in it. */
const placesIn = (environment: readonly string[]): Pick<Detail, 'environment' | 'isOurs'> => ({
  environment: Object.fromEntries(
    environment.flatMap((entry) => {
      const [, name, value] = /^((?:[A-Z0-9_]*_)?(?:HOME|DIR))=(.*)$/s.exec(entry) ?? []
      return name === undefined || value === undefined ? [] : [[name, value]]
    }),
  ),
  isOurs: environment.some((entry) => entry.startsWith('AO_SESSION=')),
})

/** Empty when the process ended between being listed and being read, or belongs to somebody else. */
const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The same for where a link leads. */
const linkOrEmpty = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
