import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock (`getconf CLK_TCK`). */
const tickMs = 10

/** A living process. Times in milliseconds; `reapedMs` is that of its children that have ended. */
export type Seen = {
  readonly pid: number
  readonly parent: number
  readonly ownMs: number
  readonly reapedMs: number
  readonly rssKib: number
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; null when there is none of that number. */
export const lookAt = (pid: number | 'self'): Seen | null => {
  const text = read(`/proc/${pid}/stat`)
  // The name stands in parentheses and may hold anything, so fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  if (text === '' || fields[0] === 'Z') return null
  return {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    ownMs: (field(14) + field(15)) * tickMs,
    reapedMs: (field(16) + field(17)) * tickMs,
    rssKib: Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0),
  }
}

/** All living processes of this machine. */
export const everybody = (): readonly Seen[] => pids().flatMap((pid) => lookAt(pid) ?? [])

/** Everything that came from one process and is alive, without it. */
export const below = (all: readonly Seen[], root: number): readonly Seen[] =>
  all.filter(({ parent }) => parent === root).flatMap((child) => [child, ...below(all, child.pid)])

/** The processes that were started with that text in their environment: `NAME=value`, or the start of it. */
export const marked = (text: string): readonly number[] => pids().filter((pid) => `\0${read(`/proc/${pid}/environ`)}`.includes(`\0${text}`))

/** What a process would give back if it alone ended, and its part of what it shares. */
export const pssKib = (pid: number): number => Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)

export const isAlive = (pid: number): boolean => lookAt(pid) !== null

/** Asks until the answer is not null; looks every 5 ms, and gives up with `what` after `limitMs`. */
export const until = async <T>(what: string, limitMs: number, ask: () => T | null): Promise<T> => {
  for (const giveUpAt = Date.now() + limitMs; ; await sleep(5)) {
    const answer = ask()
    if (answer !== null) return answer
    if (Date.now() > giveUpAt) throw new Error(`${what} took more than ${limitMs / 1000} s`)
  }
}

const pids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** Empty when the process ended meanwhile or belongs to somebody else. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
