import type { PermissionMode } from '../../../core/contracts/names.ts'
import type { Launch, LaunchRequest } from '../../../core/contracts/plugins.ts'
import { type LaunchFile, placesIn } from './places.ts'

/** How opencode is started, from options that its plugin checked. Pure. */
export const launchWith = (
  { program, args }: { readonly program: string; readonly args: readonly string[] },
  { folder, run, instructions, prompt, resume, model, permissions }: LaunchRequest,
): Launch => {
  const places = placesIn(folder)
  const isArgument = resume === null && Buffer.byteLength(prompt) < argumentBytes
  const agent = permissions === 'plan' ? 'plan' : 'build'
  const told: LaunchFile = { run, resume, prompt: isArgument ? null : prompt, agent, model }
  return {
    argv: [
      ...['/bin/sh', places.script, places.server, run, program, ...args, '--hostname', '127.0.0.1', '--agent', agent],
      ...(model === null ? [] : ['--model', model]),
      // Its terminal takes a prompt for a new conversation only (1.18.33): what begins the next turn of an old one is sent by `listen`.
      ...(resume === null ? (isArgument ? ['--prompt', prompt] : []) : ['--session', resume]),
    ],
    env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(configOf(permissions, places.instructions)), OPENCODE_DISABLE_AUTOUPDATE: '1' },
    stdin: null,
    files: { [places.script]: script, [places.instructions]: instructions, [places.launch]: JSON.stringify(told) },
  }
}

/** Linux takes no single argument of 128 KiB or more. https://man7.org/linux/man-pages/man2/execve.2.html */
const argumentBytes = 120 * 1024

/** Laid over the user's own configuration, which stays as it is; lists are added to. https://opencode.ai/docs/config */
const configOf = (permissions: PermissionMode, instructions: string) => ({
  autoupdate: false,
  share: 'disabled',
  instructions: [instructions],
  permission: rules[permissions],
})

/** What may be done without asking. The last pattern that fits counts. https://opencode.ai/docs/permissions */
const asking = {
  bash: { '*': 'ask', 'ao report *': 'allow' },
  ...{ webfetch: 'ask', websearch: 'ask', external_directory: 'ask', doom_loop: 'ask', question: 'allow' },
}
const rules: Readonly<Record<PermissionMode, unknown>> = {
  default: { ...asking, edit: 'ask' },
  'auto-edit': { ...asking, edit: 'allow' },
  // The plan agent itself refuses to edit; once its plan is approved, work goes on as by default.
  plan: { ...asking, edit: 'ask' },
  permissionless: {
    '*': 'allow',
    bash: 'allow',
    edit: 'allow',
    webfetch: 'allow',
    external_directory: 'allow',
    doom_loop: 'allow',
    question: 'allow',
  },
}

/**
 * Starts the program on a free port of this machine with a password of its own (every user of the machine can reach a port on
 * loopback), and puts both down for us alone. POSIX sh; Linux and macOS. Arguments: the file for them, the run, the command.
 */
const script = `#!/bin/sh
server=$1 run=$2
shift 2
umask 077
is_taken() {
  if [ -r /proc/net/tcp ]; then cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi ":$(printf %04X "$1") "
  else netstat -an -p tcp 2>/dev/null | grep -q "[.]$1 "
  fi
}
password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \\n')
port=
tries=0
while [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  # Below the ports that systems give out by themselves: 32768 on Linux, 49152 on macOS.
  port=$((20000 + $(od -An -N2 -tu2 /dev/urandom | tr -d ' ') % 12000))
  is_taken "$port" || break
done
printf '%s\\n' "$run" "$port" "$password" "$(date +%s)" >"$server.new" && mv "$server.new" "$server" || exit 1
OPENCODE_SERVER_USERNAME=opencode OPENCODE_SERVER_PASSWORD=$password
export OPENCODE_SERVER_USERNAME OPENCODE_SERVER_PASSWORD
exec "$@" --port "$port"
`
