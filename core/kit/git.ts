import { execa } from 'execa'
import { type SimpleGit, simpleGit } from 'simple-git'
import { type Remote, remotesIn } from './git-remote.ts'

/**
 * Git in one folder, asked in a way that never waits for a person: no prompt, no editor, no pager, messages in English, and
 * none of the `GIT_*` variables that would point it at another repository. A command that exits other than 0 rejects, also
 * when it printed nothing on standard error (simple-git alone would resolve it).
 *
 * `env` is added on top, for what has no flag (`GIT_INDEX_FILE`, an identity for a commit of ours).
 *
 * Writing commands of one repository go through `host.lock`: 30 parallel `git worktree add` on git 2.39 fail up to 5 times.
 */
export const openGit = (
  folder: string,
  {
    signal,
    timeoutMs = 120_000,
    env = {},
  }: {
    readonly signal?: AbortSignal
    readonly timeoutMs?: number
    readonly env?: Readonly<Record<string, string>>
  } = {},
): SimpleGit =>
  simpleGit({
    baseDir: folder,
    timeout: { block: timeoutMs },
    unsafe: {
      allowUnsafeConfigPaths: true, // GIT_CONFIG_GLOBAL is the user's own choice
    },
    allowEnvironment: [...passed, 'GIT_TERMINAL_PROMPT', 'LC_ALL', ...Object.keys(env)],
    ...(signal && { abort: signal }),
    errors: (error, result) => error ?? (result.exitCode === 0 ? undefined : Buffer.concat([...result.stdErr, ...result.stdOut])),
  }).env({ ...gitEnvironment(), ...env })

/** The folder that all worktrees of a repository share; the name of its lock. Absolute. */
export const commonFolder = async (folder: string): Promise<string> =>
  (await openGit(folder).raw('rev-parse', '--path-format=absolute', '--git-common-dir')).trim()

/** With the user's own `insteadOf` taken into account; `origin` first, then as git has them. */
export const remotesOf = async (folder: string): Promise<readonly Remote[]> => remotesIn(await openGit(folder).raw('remote', '-v'))

/** What is lacking for the scms on this machine, which merge and compare without a checkout, or null. */
export const gitLacking = async (): Promise<string | null> => lacking((await execa('git', ['--version'], { reject: false })).stdout)

/** What is lacking when `git --version` prints this, or null. */
export const lacking = (version: string | undefined): string | null => {
  const [, major, minor] = /git version (\d+)\.(\d+)/.exec(version ?? '') ?? []
  if (major === undefined || minor === undefined) return 'Install git 2.39 or newer ("apt install git", "brew install git").'
  // `merge-tree --write-tree` came with 2.38, `patch-id --verbatim` with 2.39.
  const isNewEnough = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 39)
  return isNewEnough ? null : `Upgrade git from ${major}.${minor} to 2.39 or newer ("apt install git", "brew install git").`
}

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

const gitEnvironment = (): Record<string, string> => ({
  ...Object.fromEntries(passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
})
