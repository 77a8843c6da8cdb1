import type { Message } from '../contracts/agent.ts'
import type { AgentReach, LaunchRequest } from '../contracts/plugins.ts'
import { catalogue, row } from './fault.ts'
import { plain } from './text.ts'

export const fault = catalogue({
  /** The one every agent's `tell` and `answer` use. */
  AGENT_UNREACHABLE: row<{ agent: string; why: string }>(
    (f) => `The ${f.agent} agent cannot be told anything now: ${f.why}.`,
    () => 'Look at its terminal; "restart" starts it again, and the words go with it.',
    { mayPass: true },
  ),
  TERMINAL_NEEDED: row<{ agent: string }>(
    (f) => `The ${f.agent} agent hears only what is typed, and its runtime has no terminal to type into.`,
    () => 'Use a runtime with a terminal under plugins.runtime in bot.config.yaml, or restart the session with the words as its task.',
  ),
})

/**
 * A message as it may be typed into an agent's terminal: it begins and ends harmlessly (no `!`, `/`, `@` or `$` where a
 * program looks for one), carries its id, and holds neither control characters nor anything that looks like another id.
 */
export const wrap = ({ id, text }: Message): string => {
  if (!/^[^\s\]]+$/.test(id)) throw new Error(`a message id may hold neither spaces nor "]": ${JSON.stringify(id)}`)
  // An escape sequence inside could end the bracketed paste, and what follows would count as keys.
  return `[ao #${id}] ${plain(text).replaceAll('[ao #', '(ao #').trimEnd()} .`
}

/** All an agent must be told at its start, for one that has no place for words of its system. One that is taken up again knows its rules. */
export const wholePrompt = ({ instructions, prompt, resume }: Pick<LaunchRequest, 'instructions' | 'prompt' | 'resume'>): string =>
  resume === null && instructions !== '' ? `${instructions}\n\n${prompt}` : prompt

/** The ids of the messages in a text that an agent received, in order; several when it took them as one. */
export const idsIn = (text: string): readonly string[] => [...text.matchAll(/\[ao #([^\s\]]+)\]/g)].flatMap(([, id]) => id ?? [])

/** Types a message into the agent's terminal: the last resort. @throws {Fault} TERMINAL_NEEDED where there is none */
export const typeInto = async (agent: string, message: Message, { terminal, signal }: AgentReach): Promise<'typed'> => {
  signal.throwIfAborted()
  if (terminal === null) throw fault('TERMINAL_NEEDED', { agent })
  await terminal.paste(wrap(message))
  return 'typed'
}
