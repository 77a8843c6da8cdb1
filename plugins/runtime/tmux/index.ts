import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import { openClient } from './client.ts'
import { configText, readVersion } from './read.ts'
import { tmuxRuntime } from './runtime.ts'

/** Agents in tmux: they outlive the bot, words can be pasted, and people can look in. */
export const tmux = definePlugin({
  slot: 'runtime',
  name: 'tmux',
  summary: 'Agents live in sessions of a tmux server of their own; people can attach to them.',
  options: z
    .object({
      socket: z
        .string()
        .regex(/^[\w-]+$/, 'only letters, digits, "-" and "_"')
        .nullable()
        .default(null)
        .describe(
          'Name of the tmux socket (tmux -L). By default made from the data folder and the host, so that two bots never share one.',
        ),
      historyLines: z
        .number()
        .int()
        .min(50)
        .max(100_000)
        .default(2_000)
        .describe('Lines of scrollback kept for each session. 2000 full lines are about 2 MB of memory.'),
      ownSockets: z
        .array(z.string().regex(/^[\w-]+$/, 'only letters, digits, "-" and "_"'))
        .default(['default'])
        .describe("Names of the user's own tmux sockets (tmux -L) whose sessions can be adopted; [] for none."),
      politeMs: z
        .number()
        .int()
        .min(0)
        .max(60_000)
        .default(3_000)
        .describe('How long an agent that is told to end may take before it is forced. Milliseconds.'),
    })
    .strict(),
  missing: async () => {
    const { stdout, exitCode } = await execa('tmux', ['-V'], { reject: false })
    if (exitCode !== 0) return `Install tmux ${oldest.join('.')} or newer, for example with "${install}".`
    return isOldEnough(readVersion(stdout)) ? null : `Update tmux to ${oldest.join('.')} or newer ("${install}"); this is ${stdout.trim()}.`
  },
  create: async ({ socket, historyLines, ownSockets, politeMs }, host, use) => {
    const folder = await host.folder('runtime', 'tmux', use.host)
    const [configPath, hintPath] = [join(folder, 'tmux.conf'), join(folder, 'ended')]
    await writeFile(configPath, configText({ historyLines, hintPath }))
    await writeFile(hintPath, '', { flag: 'a' })
    const name =
      socket ?? [`ao-${fingerprint(host.dataFolder)}`, ...(use.host === 'local' ? [] : [use.host.replace(/[^\w-]/g, '-')])].join('-')
    return tmuxRuntime(openClient({ socket: name, configPath }), { host, hostName: use.host, socket: name, hintPath, politeMs, ownSockets })
  },
})

const oldest = [3, 2] as const
const install = process.platform === 'darwin' ? 'brew install tmux' : 'apt install tmux'

/** A build without a number is from the newest source. */
const isOldEnough = (version: readonly [number, number] | null): boolean =>
  version === null || version[0] > oldest[0] || (version[0] === oldest[0] && version[1] >= oldest[1])
