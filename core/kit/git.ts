import { type SimpleGit, simpleGit } from 'simple-git'

/**
 * Git in one folder, asked in a way that never waits for a person: no prompt, no editor, no pager, messages in English, and
 * none of the `GIT_*` variables that would point it at another repository. A command that exits other than 0 rejects, also
 * when it printed nothing on standard error (simple-git alone would resolve it).
 *
 * `env` is added on top, for what has no flag (`GIT_INDEX_FILE`, an identity for a commit of ours). `config` are settings for this
 * use alone (`['credential.helper=', 'http.lowSpeedTime=30']`); every process of the machine can read them, so no secret goes there.
 * `isCredentialOurs` lets `env` and `config` name the programs that hand git a password and the folder of its hooks (`GIT_ASKPASS`,
 * `credential.helper`, `core.hooksPath`); simple-git refuses those unless it is told that they are the caller's own and not input.
 *
 * Writing commands of one repository go through `host.lock`: 30 parallel `git worktree add` on git 2.39 fail up to 5 times.
 */
export const openGit = (
  folder: string,
  {
    signal,
    timeoutMs = 120_000,
    env = {},
    config = [],
    isCredentialOurs = false,
  }: {
    readonly signal?: AbortSignal
    readonly timeoutMs?: number
    readonly env?: Readonly<Record<string, string>>
    readonly config?: readonly string[]
    readonly isCredentialOurs?: boolean
  } = {},
): SimpleGit =>
  simpleGit({
    baseDir: folder,
    timeout: { block: timeoutMs },
    config: [...config],
    unsafe: {
      allowUnsafeConfigPaths: true, // GIT_CONFIG_GLOBAL is the user's own choice
      allowUnsafeAskPass: isCredentialOurs,
      allowUnsafeCredentialHelper: isCredentialOurs,
      allowUnsafeHooksPath: isCredentialOurs,
    },
    allowEnvironment: [...passed, 'GIT_TERMINAL_PROMPT', 'LC_ALL', ...Object.keys(env)],
    ...(signal && { abort: signal }),
    errors: (error, result) => error ?? (result.exitCode === 0 ? undefined : Buffer.concat([...result.stdErr, ...result.stdOut])),
  }).env({ ...gitEnvironment(), ...env })

/** The folder that all worktrees of a repository share; the name of its lock. Absolute. */
export const commonFolder = async (folder: string): Promise<string> =>
  (await openGit(folder).raw('rev-parse', '--path-format=absolute', '--git-common-dir')).trim()

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
