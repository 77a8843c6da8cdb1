import { execa } from 'execa'
import { z } from 'zod'
import { definePlugin } from '../../../core/contracts/plugins.ts'
import { type Entry, processRuntime } from './runtime.ts'

/**
 * Agents as plain processes, for machines without tmux: they outlive the bot, what they print goes to a file, and words
 * reach them on standard input, a line at a time. A run that was started with `stdin` reads that and can be told nothing.
 */
export const processes = definePlugin({
  slot: 'runtime',
  name: 'process',
  summary: 'Agents live as plain background processes, for machines without tmux.',
  options: z
    .object({
      input: z
        .enum(['pipe', 'none'])
        .default('pipe')
        .describe(
          'What an agent started without input reads from. "pipe": from us, and its input never ends. "none": nothing, for agents that wait for the end of their input; they can be told nothing by pasting.',
        ),
      politeMs: z
        .number()
        .int()
        .min(0)
        .max(60_000)
        .default(3_000)
        .describe('How long an agent that is told to end may take before it is forced. Milliseconds.'),
      pasteTimeoutMs: z
        .number()
        .int()
        .min(100)
        .max(600_000)
        .default(10_000)
        .describe('How long a paste waits for an agent that does not read its input. Milliseconds.'),
    })
    .strict(),
  missing: async ({ input }) => {
    if (process.platform === 'win32') return 'Run this on Linux or macOS; processes need a POSIX shell.'
    if (input === 'none') return null
    const { exitCode } = await execa('/bin/sh', ['-c', 'command -pv mkfifo'], { reject: false })
    return exitCode === 0 ? null : 'Install mkfifo (part of coreutils), or set "input: none" for this runtime.'
  },
  create: async (options, host, use) =>
    processRuntime(await host.document<Record<string, Entry>>(`runtime-process-${use.host}`, {}), {
      ...options,
      host,
      hostName: use.host,
    }),
})
