import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Shows the terminal of an agent as it is now, and how to look in. */
export const screen: Intent = {
  name: 'screen',
  summary: 'Shows the terminal of an agent as it is now, and how to look in.',
  forms: ['(screen|screenshot|terminal|attach) {session}', '(screen|screenshot|terminal|attach)'],
  examples: [{ say: 'screen app-3', means: { question: { name: 'screen', session: 'app-3' } } }],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'screen', session } })),
}
