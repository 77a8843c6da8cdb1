import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Starts a new process for the session; its conversation goes on. */
export const restart: Intent = {
  name: 'restart',
  summary: 'Starts a new process for the session; its conversation goes on.',
  forms: ['restart {session}', 'restart[ it]'],
  examples: [{ say: 'restart app-3', means: { wishes: [{ name: 'restart', session: 'app-3' }] } }],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'restart', session }] })),
}
