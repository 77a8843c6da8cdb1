import { z } from 'zod'
import type { Surroundings } from '../../../core/config/settle.ts'

const none = z.strictObject({})

/** What a bot with a handful of plugins and chats reads its config with. */
export const known: Surroundings = {
  plugins: {
    runtime: { tmux: none, process: none },
    agent: {
      'claude-code': none,
      codex: z.strictObject({ sandbox: z.enum(['read-only', 'workspace-write']).default('workspace-write') }),
      command: z.strictObject({ argv: z.array(z.string()) }),
    },
    workspace: {
      worktree: z.strictObject({ shared: z.array(z.string()).default([]), setup: z.array(z.string()).default([]) }),
      clone: none,
    },
    tracker: {
      local: none,
      distant: z.strictObject({
        token: z.string().optional().meta({ isSecret: true }),
        others: z.record(z.string(), z.string()).default({}).meta({ isSecret: true }),
      }),
      github: z.strictObject({ repo: z.string(), token: z.string().min(10, 'A token has at least 10 characters.') }),
    },
    scm: { local: none, github: z.strictObject({ repo: z.string(), token: z.string() }) },
    notifier: {},
    terminal: { attach: none },
  },
  defaults: { runtime: 'tmux', workspace: 'worktree', tracker: 'local', scm: 'local', terminal: 'attach' },
  chats: { console: none, slack: z.strictObject({ token: z.string(), channels: z.record(z.string(), z.string()).default({}) }) },
  folder: '/etc/ao',
  home: '/home/ana',
  user: 'ana',
}
