import type { Intent } from '../contracts/intent.ts'

const where = '[(tmux|terminal)] [session] {terminal}'

/** Takes an agent that was started by hand in a tmux session under the bot's care. It ends a process, so it is done only by the button of its card. */
export const adopt: Intent = {
  name: 'adopt',
  summary: 'Takes an agent that you started by hand in a tmux session under my care; shows first what that would do.',
  forms: [
    'adopt {code}',
    { form: 'adopt', where: 'outside' },
    // A terminal may be called like an agent.
    { form: 'adopt (tmux|terminal) [session] {terminal}', where: 'outside' },
    { form: `adopt [the] {agent} [(in|from) ${where}]`, where: 'outside' },
    { form: 'adopt [session] {terminal}', where: 'outside' },
  ],
  phrases: [
    { form: `(adopt|take over) [the] [{agent}] [(session|agent)] (in|from) (tmux|terminal) [session] {terminal}`, where: 'outside' },
    { form: 'what can [(i|we|you)] (adopt|be adopted)', where: 'outside' },
  ],
  takes: ['text', 'agent', 'code'],
  about: 'nothing',
  examples: [
    { say: 'adopt', means: { question: { name: 'adopt', terminal: null, agent: null } } },
    { say: 'adopt fix', means: { question: { name: 'adopt', terminal: 'fix', agent: null } } },
    { say: 'adopt the codex in tmux fix', means: { question: { name: 'adopt', terminal: 'fix', agent: 'codex' } } },
    { say: 'adopt K2ABCDEF', means: { wishes: [{ name: 'adopt', code: 'K2ABCDEF' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: ({ code, text, agent }) =>
    code === undefined
      ? { question: { name: 'adopt', terminal: text ?? null, agent: agent ?? null } }
      : { wishes: [{ name: 'adopt', code }] },
}
