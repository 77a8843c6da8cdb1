import { stat } from 'node:fs/promises'
import { constants } from 'node:os'
import type { ProcessSpec } from '../contracts/runtime.ts'
import { catalogue, row } from './fault.ts'
import { quote } from './shell.ts'

/** What every runtime may answer; the codes of the contract, told in the same words wherever processes live. */
export const fault = catalogue({
  RUNTIME_FAILED: row<{ name: string; why: string }>(
    (f) => `"${f.name}" could not be started: ${f.why}.`,
    (f) => `Put that right and start "${f.name}" again.`,
    { mayPass: true },
  ),
  RUNTIME_NAME_TAKEN: row<{ name: string; run: string }>(
    (f) => `"${f.name}" is running already, as "${f.run}".`,
    (f) => `End "${f.name}" first.`,
  ),
  PROCESS_GONE: row<{ name: string }>(
    (f) => `The process of "${f.name}" is not running any more.`,
    (f) => `Start "${f.name}" again.`,
  ),
  RUNTIME_KEYLESS: row<{ name: string }>(
    (f) => `Keys cannot be pressed for "${f.name}": its runtime has no keyboard.`,
    () => 'Use a runtime with a terminal under plugins.runtime in bot.config.yaml.',
  ),
})

/** What every process of a run carries in its environment, so that `endTree` finds those that lost their ancestors. */
export const markOf = (run: string): string => `AO_RUN=${run}`

/** Refuses what could not be started exactly as it says. @throws {Fault} RUNTIME_FAILED */
export const checkSpec = async (spec: ProcessSpec): Promise<void> => {
  const why = problem(spec) ?? ((await isFolder(spec.cwd)) ? null : `there is no folder "${spec.cwd}" to start it in`)
  if (why !== null) throw fault('RUNTIME_FAILED', { name: spec.name, why })
}

/**
 * Lines of `sh` that turn a subshell into the process: its folder, its whole environment (and `AO_RUN`), its arguments.
 * The shell must have been started with an empty environment. A script has no limit on its length, as tmux's commands have
 * (16 kB), and unlike arguments of `env` nobody else on the machine can read it.
 */
export const becomeLines = (spec: ProcessSpec): readonly string[] => [
  `cd -- ${quote([spec.cwd])} || exit 126`,
  // Shells set and export these by themselves.
  'unset PWD OLDPWD SHLVL',
  ...Object.entries({ ...spec.env, AO_RUN: spec.run }).map(([name, value]) => `export ${name}=${quote([value])}`),
  `exec ${quote(spec.argv)}`,
]

/** How a shell's exit status reads: 128 and a signal's number where that signal ends processes, else the exit code. */
export const readStatus = (status: number): { readonly code: number | null; readonly signal: string | null } =>
  endingStatuses.includes(status) ? { code: null, signal: signalName(status - 128) } : { code: status, signal: null }

/** HUP, INT, QUIT, ILL, ABRT, FPE, KILL, SEGV, PIPE, TERM: numbered alike on Linux and macOS. An exit code of that number reads the same. */
export const endingStatuses: readonly number[] = [129, 130, 131, 132, 134, 136, 137, 139, 141, 143]

/** `SIGKILL` for 9; null for a number this system has no name for. */
export const signalName = (number: number): string | null =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null

const problem = ({ name, argv, env }: ProcessSpec): string | null => {
  if (!/^[\w-]+$/.test(name)) return 'a name has only letters, digits, "-" and "_"'
  if (argv.length === 0) return 'there is no command to run'
  const wrong = Object.keys(env).find((key) => !/^[A-Za-z_]\w*$/.test(key) || readOnly.has(key))
  if (wrong !== undefined) return `"${wrong}" cannot be the name of an environment variable`
  const words = [...argv, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)]
  if (words.some((word) => word.includes('\0'))) return 'an argument or a variable contains a NUL character'
  const longest = Math.max(...words.map((word) => Buffer.byteLength(word)))
  return longest > maxWordBytes
    ? `an argument or a variable has ${longest} bytes, and the system takes ${maxWordBytes}; pass it in a file or on standard input`
    : null
}

/** Where `sh` is bash these are constants, and setting one ends the script. https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html */
const readOnly = new Set(['UID', 'EUID', 'PPID', 'SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO'])

/** MAX_ARG_STRLEN, the closing NUL not counted: https://man7.org/linux/man-pages/man2/execve.2.html */
const maxWordBytes = 131_071

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false
    throw error
  }
}
