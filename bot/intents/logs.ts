import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Shows the last lines of what the agent printed. */
export const logs: Intent = {
  name: 'logs',
  summary: 'Shows the last lines of what the agent printed.',
  forms: ['(logs|log) {session}[ {lines}]', '(logs|log)[ {lines}]'],
  examples: [
    { say: 'logs app-3 50', means: { question: { name: 'logs', session: 'app-3', lines: 50 } } },
    { say: 'logs', in: 'thread', means: { question: { name: 'logs', session: 'app-3', lines: 30 } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'logs', session, lines: slots.lines ?? 30 } })),
}
