import { catalogue, row } from '../../../core/kit/fault.ts'

export const fault = catalogue({
  TMUX_FAILED: row<{ command: string; socket: string; says: string }>(
    (f) => `tmux ${f.command} failed: ${f.says}`,
    (f) => `See what "tmux -L ${f.socket} list-sessions" says.`,
    { mayPass: true },
  ),
})
