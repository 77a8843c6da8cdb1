import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Takes a terminal session that was started by hand under the bot's care. */
export const adopt: Intent = {
  name: 'adopt',
  summary: "Takes a terminal session that was started by hand under the bot's care.",
  forms: [{ form: 'adopt [(tmux|terminal|tmux session|terminal session|session) {words}]', where: 'outside' }],
  phrases: [],
  takes: ['text'],
  about: 'nothing',
  examples: [],
  role: 'operator',
  risk: 'change',
  means: () => notYet('adopting a terminal', 'Start a task instead, as in "fix #1".'),
}
