import type { PermissionMode } from '../../../core/contracts/names.ts'
import type { Launch, LaunchRequest } from '../../../core/contracts/plugins.ts'
import { quote } from '../../../core/kit/shell.ts'
import { filesIn, socketName } from './files.ts'
import { forkedFrom } from './found.ts'
import { scriptFor } from './script.ts'

/** Linux takes no argument of 128 KiB or more. https://man7.org/linux/man-pages/man2/execve.2.html */
const longestArgumentBytes = 120_000

/**
 * What each mode means to Codex. `on-request` with `workspace-write` is its own default: commands run in a sandbox without network that
 * writes to the workspace only, and what needs more is asked for. A commit in a linked worktree needs more, because the repository lies
 * elsewhere: `default` asks for it, `auto-edit` lets it through. `permissionless`: no sandbox and no question.
 */
type Mode = { readonly approval: string; readonly sandbox: string; readonly commits: boolean }
const safest: Mode = { approval: 'on-request', sandbox: 'workspace-write', commits: false }
const modes: Readonly<Partial<Record<PermissionMode, Mode>>> = {
  default: safest,
  'auto-edit': { approval: 'on-request', sandbox: 'workspace-write', commits: true },
  permissionless: { approval: 'never', sandbox: 'danger-full-access', commits: false },
}

/** The modes that Codex can be started in. */
export const permissions = Object.keys(modes) as readonly PermissionMode[] // the table's own keys

/** How Codex is started: settings of this session go by arguments, so the user's own login and config stay as they are, and in use. */
export const launchWith =
  ({ program, config }: { readonly program: string; readonly config: readonly string[] }) =>
  ({ workspace, folder, run, instructions, prompt, resume, model, permissions: mode }: LaunchRequest): Launch => {
    const files = filesIn(folder)
    const { approval, sandbox, commits } = modes[mode] ?? safest
    // Both read the config for themselves. No dialog may stand between the start and the task.
    const quiet = ['check_for_update_on_startup=false', `projects={${toml(workspace.path)}={trust_level="trusted"}}`]
    const isLong = Buffer.byteLength(prompt) > longestArgumentBytes
    return {
      argv: ['/bin/sh', files.script],
      env: {},
      stdin: null,
      files: {
        [files.prompt]: prompt,
        [files.current]: JSON.stringify({ socket: socketName(run), approval, sandbox }),
        [files.script]: scriptFor({
          program,
          workspace: workspace.path,
          folder,
          socket: socketName(run),
          firstWords: isLong
            ? quote([`Your task is too long for a command line. It is in the file ${files.prompt}: read the whole of it first.`])
            : `"${isHarmless(prompt) ? '' : 'Your task: '}$(cat ${quote([files.prompt])})"`,
          server: settings([
            ...quiet,
            `approval_policy=${toml(approval)}`,
            `sandbox_mode=${toml(sandbox)}`,
            ...(instructions === '' ? [] : [`developer_instructions=${toml(instructions)}`]),
            'features.default_mode_request_user_input=true',
            // /etc/profile of Debian sets the PATH anew, and then there is no `ao` for it. What a login shell would set is the bot's own environment.
            'allow_login_shell=false',
            ...config,
          ]),
          view: [
            ...takenUp(resume),
            // A conversation that is taken up again takes these from its server, and refuses them here.
            ...(resume === null ? ['-C', workspace.path, '-a', approval, '-s', sandbox] : []),
            ...(model === null ? [] : ['-m', model]),
            ...['--no-alt-screen', ...settings(quiet)],
          ],
          rights: `${approval} ${sandbox}`,
          isResumed: resume !== null,
          commits,
        }),
      },
    }
  }

/** What a person began by hand is gone on with as a copy: the server they left may hold the conversation itself. */
const takenUp = (resume: string | null): readonly string[] => {
  if (resume === null) return []
  const original = forkedFrom(resume)
  return original === null ? ['resume', resume] : ['fork', original]
}

/** What begins with `!` is a command for the shell, also as first words, and `/` may be one for Codex itself. */
const isHarmless = (prompt: string): boolean => /^[\p{L}\p{N}[(]/u.test(prompt)

const settings = (all: readonly string[]): readonly string[] => all.flatMap((one) => ['-c', one])

/** A basic string of TOML: JSON's escapes are among its own, but for the one character that JSON leaves as it is. https://toml.io/en/v1.0.0#string */
const toml = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f')
