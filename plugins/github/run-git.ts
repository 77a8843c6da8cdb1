import { execa } from 'execa'
import { endTree } from '../../core/kit/tree.ts'

/** What git printed, and whether it went well. */
export type Ran = { readonly isDone: boolean; readonly printed: string; readonly said: string }

/**
 * One git that speaks to a server. Unlike `openGit` it is given settings and an environment that a program can be named in, and
 * nothing of it outlives its end: the part that speaks http is a process of its own, and would go on with a push nobody waits for.
 * Its session is its own, so no ssh finds a terminal to ask at. Throws only what the signal aborts with.
 */
export const runGit = async (folder: string, { config = [], args, env, signal, timeoutMs }: Asked): Promise<Ran> => {
  signal.throwIfAborted()
  counter += 1
  const mark = `${process.pid}-${counter}`
  const child = execa('git', [...config.flatMap((setting) => ['-c', setting]), ...args], {
    cwd: folder,
    env: { ...surroundings(), ...env, AO_GIT: mark },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    detached: true,
  })
  let isLate = false
  const end = (): void => {
    if (child.pid !== undefined) ending = endTree([child.pid], { mark: `AO_GIT=${mark}` })
  }
  let ending: Promise<void> | null = null
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, timeoutMs)
  signal.addEventListener('abort', end, { once: true })
  try {
    const { stdout, stderr, exitCode, originalMessage = '' } = await child
    await ending
    signal.throwIfAborted()
    const late = isLate ? `Operation timed out after ${timeoutMs / 60_000} minutes\n` : ''
    return { isDone: exitCode === 0 && !isLate, printed: stdout, said: `${late}${originalMessage}${stderr}\n${stdout}` }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

type Asked = {
  /** `name=value`, as for `-c`. */
  readonly config?: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

let counter = 0

// The same few that `openGit` of core/kit/git.ts hands on.
const passed = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
]

const surroundings = (): Record<string, string> => ({
  ...Object.fromEntries(passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
})
