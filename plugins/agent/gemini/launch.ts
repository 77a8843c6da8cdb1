import type { Launch, LaunchRequest } from '../../../core/contracts/plugins.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { word } from '../../../core/kit/hooks.ts'
import { placesIn } from './places.ts'
import { events, hookScript, prepareScript, startScript } from './scripts.ts'

export const fault = catalogue({
  PROMPT_TOO_LONG: row<{ bytes: number }>(
    (f) => `The first words of ${f.bytes} bytes do not fit on the command line of gemini.`,
    () => 'Give the task fewer comments or shorter ones, or use an agent that takes its words from a file.',
  ),
})

/** How gemini is started, from options that its plugin checked. Pure. @throws {Fault} PROMPT_TOO_LONG */
export const launchWith = (
  { program, args }: { readonly program: string; readonly args: readonly string[] },
  { folder, run, instructions, prompt, resume, model, permissions }: LaunchRequest,
): Launch => {
  const places = placesIn(folder, run)
  const bytes = Buffer.byteLength(prompt)
  // Linux takes no single argument of 128 KiB or more. https://man7.org/linux/man-pages/man2/execve.2.html
  if (bytes >= 128 * 1024 - 1) throw fault('PROMPT_TOO_LONG', { bytes })
  return {
    argv: [
      ...['/bin/sh', places.start, program, ...args, '--skip-trust', '--approval-mode', modes[permissions] ?? 'default'],
      ...(model === null ? [] : ['--model', model]),
      ...(resume === null ? [] : ['--resume', resume]),
      ...['--prompt-interactive', prompt],
    ],
    env: {},
    stdin: null,
    files: {
      [places.start]: startScript(places),
      [places.prepare]: prepareScript,
      [places.hook]: hookScript(places, run),
      [places.settings]: JSON.stringify(settingsWith(places.hook)),
      [places.policy]: policy,
      [places.context]: JSON.stringify({ hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: instructions } }),
    },
  }
}

const modes: Readonly<Record<string, string>> = { default: 'default', 'auto-edit': 'auto_edit', permissionless: 'yolo' }

/** Laid over the user's own settings. https://geminicli.com/docs/reference/configuration */
const settingsWith = (hook: string) => ({
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  hooksConfig: { enabled: true, notifications: false },
  hooks: Object.fromEntries(
    events.map((event) => [
      event,
      [{ hooks: [{ type: 'command', name: 'ao', command: `/bin/sh ${word(hook)} ${event}`, timeout: hookMs }] }],
    ]),
  ),
})

/**
 * Rules of its policy engine beside the user's. Its own questions have dialogs of many kinds; without that tool it asks by
 * "ao report blocked", which reaches people and needs nobody's permission. https://geminicli.com/docs/reference/policy-engine
 */
const policy = `[[rule]]
toolName = "ask_user"
decision = "deny"
priority = 900

[[rule]]
toolName = "run_shell_command"
commandPrefix = "ao report"
decision = "allow"
priority = 900
`

const hookMs = 15_000
