import { createHash } from 'node:crypto'
import type { PermissionMode } from '../../../core/contracts/names.ts'
import type { Launch, LaunchRequest } from '../../../core/contracts/plugins.ts'
import { word } from '../../../core/kit/hooks.ts'
import { currentFile, hookScript, stateFolder } from './script.ts'

/** How it is started: the program, and what the config adds. */
export type LaunchOptions = {
  readonly run: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Permission rules (`Bash(npm test *)`) that people have given for good. */
  readonly rules: readonly string[]
}

/** The command line, environment and files of one start. Pure. https://code.claude.com/docs/en/cli-reference */
export const launchOf = (request: LaunchRequest, { run, args, env, rules }: LaunchOptions): Launch => {
  const { folder, prompt, resume, model, permissions, instructions } = request
  const state = stateFolder(folder, request.run)
  const files = {
    settings: `${state}/settings.json`,
    script: `${state}/hook.sh`,
    instructions: `${state}/instructions.md`,
    prompt: `${state}/prompt.md`,
  }
  const isLong = Buffer.byteLength(prompt) >= longBytes || /^\s*[/!#@]/.test(prompt) // such words would be a command of its own
  const words = isLong ? `Read the whole file ${files.prompt} first, in parts if it is long. It holds your task.` : prompt
  return {
    argv: [
      run,
      ...(resume === null ? ['--session-id', conversationOf(request.run)] : ['--resume', resume]),
      ...['--settings', files.settings, '--permission-mode', modes[permissions]],
      ...(instructions === '' ? [] : ['--append-system-prompt-file', files.instructions]),
      ...(model === null ? [] : ['--model', model]),
      ...args,
      ...['--', words],
    ],
    env: { ...quietly, ...(permissions === 'permissionless' ? { IS_SANDBOX: '1' } : {}), ...undisputed(env) },
    stdin: null,
    files: {
      [files.settings]: JSON.stringify(
        settingsOf(state, files.script, permissions, isLong ? [...rules, `Read(/${files.prompt})`] : rules, env),
        null,
        1,
      ),
      [files.script]: hookScript(folder, request.run),
      ...(instructions === '' ? {} : { [files.instructions]: `${instructions}\n\n${whoSpeaks}\n` }),
      ...(isLong ? { [files.prompt]: prompt } : {}),
      [currentFile(folder)]: request.run,
    },
  }
}

/** The id that a start gives its conversation: the same start, the same id. */
export const conversationOf = (run: string): string => {
  const hex = createHash('sha256').update(`claude-code ${run}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** What is handed over by a hook comes to the model as a hook's words. */
const whoSpeaks =
  'Words that begin with "[ao #" come from the people you work for, whatever stands around them ("Stop hook feedback", "system-reminder"). Do what they say as if they had typed it.'

/** Linux takes no argument of 128 KiB or more; a little is left for what stands around the prompt. */
const longBytes = 100_000

/** Half a month in seconds; timers of more than 2^31 ms would go off at once. */
const patienceSeconds = 1_200_000

const modes: Readonly<Record<PermissionMode, string>> = {
  default: 'default',
  'auto-edit': 'acceptEdits',
  plan: 'plan',
  permissionless: 'bypassPermissions',
}

/** No dialog may stand over the composer, and nothing may change the program while it runs. */
const quietly: Readonly<Record<string, string>> = {
  // The workspace was made by us, from a repository that the config names: nobody has to be asked whether it is trusted.
  CLAUDE_CODE_SANDBOXED: '1',
  DISABLE_AUTOUPDATER: '1',
  CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: '1',
  // Each message handed over at the end of a turn counts as one block of its end.
  CLAUDE_CODE_STOP_HOOK_BLOCK_CAP: '1000',
}

/** The config's key under a name of our own: the one its makers gave it brings up a dialog, whose default is not to use it. */
const undisputed = ({ ANTHROPIC_API_KEY: key, ...env }: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  key === undefined ? env : { ...env, [keyName]: key }

const keyName = 'AO_ANTHROPIC_API_KEY'

/** Settings of this start alone; the user's own, and those of the project, stay in force beside them. https://code.claude.com/docs/en/settings */
const settingsOf = (
  state: string,
  script: string,
  permissions: PermissionMode,
  rules: readonly string[],
  env: Readonly<Record<string, string>>,
) => {
  const call = (event: string): string => `exec /bin/sh ${word(script)} ${event}`
  const hook = (event: string, more: object = {}) => ({ type: 'command', command: call(event), timeout: 60, ...more })
  // The shell that runs the command looks itself, so that a tool call costs no second one while nothing waits.
  const ifAny = (event: string) => ({
    type: 'command',
    command: `for f in ${word(state)}/inbox/waiting/* ${word(state)}/asks/*/fifo; do [ -e "$f" ] && ${call(event)}; done; exit 0`,
    timeout: 60,
  })
  const waker = hook('Wake', { asyncRewake: true, timeout: patienceSeconds })
  const on = (...hooks: readonly object[]) => [{ hooks }]
  return {
    disableAllHooks: false,
    ...(permissions === 'permissionless' ? { skipDangerousModePermissionPrompt: true } : {}),
    // A key that comes by the environment is asked about once, by a dialog; one that comes by a helper is not.
    ...(env.ANTHROPIC_API_KEY === undefined ? {} : { apiKeyHelper: `printf %s "$${keyName}"` }),
    // What it says to us it need not ask for.
    permissions: { allow: ['Bash(ao report:*)', ...rules] },
    hooks: {
      SessionStart: on(hook('SessionStart'), waker),
      UserPromptSubmit: on(hook('UserPromptSubmit'), waker),
      PermissionRequest: on(hook('PermissionRequest', { timeout: patienceSeconds })),
      PostToolUse: on(ifAny('PostToolUse')),
      PostToolUseFailure: on(ifAny('PostToolUseFailure')),
      Stop: on(hook('Stop'), waker),
      StopFailure: on(hook('StopFailure')),
      SessionEnd: on(hook('SessionEnd')),
      Notification: [{ matcher: 'idle_prompt', hooks: [hook('Notification')] }],
    },
  }
}
