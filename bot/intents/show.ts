import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Shows how far one session is, with its change, its checks and what it waits for. */
export const show: Intent = {
  name: 'show',
  summary: 'Shows how far one session is, with its change, its checks and what it waits for.',
  forms: ['(show|open) {session}', '(show|how is|where is) {task}[ going]', '(show|show it|how is it going)'],
  examples: [{ say: 'show app-3', means: { question: { name: 'show', session: 'app-3' } } }],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'show', session } })),
}
