import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Moves the thread of a session to the channel where this is said. */
export const here: Intent = {
  name: 'here',
  summary: 'Moves the thread of a session to this channel.',
  forms: ['(here|move here|bring) {session} [here]'],
  phrases: ['(move|bring|take|transfer) {reference} [over] (here|to (here|this channel|this chat))'],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [{ say: 'here app-3', means: { note: { name: 'here', session: 'app-3' } } }],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ note: { name: 'here', session } })),
}
