import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Ends the agent of a session. Its branch and its work stay. */
export const stop: Intent = {
  name: 'stop',
  summary: 'Ends the agent of a session. Its branch and its work stay.',
  forms: ['(stop|cancel|end) {session}', '(stop|cancel|end) it', '(stop|cancel|end)'],
  examples: [{ say: 'stop app-3', means: { wishes: [{ name: 'stop', session: 'app-3' }] } }],
  role: 'operator',
  risk: 'destroy',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'stop', session }] })),
}
