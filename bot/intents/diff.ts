import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Shows what a session has changed so far, uncommitted work included. */
export const diff: Intent = {
  name: 'diff',
  summary: 'Shows what a session has changed so far, uncommitted work included.',
  forms: ['(diff|changes) {session}', 'diff'],
  examples: [{ say: 'diff app-3', means: { question: { name: 'diff', session: 'app-3' } } }],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'diff', session } })),
}
