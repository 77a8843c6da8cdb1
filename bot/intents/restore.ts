import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Brings back a session that has ended, with its branch and its work. */
export const restore: Intent = {
  name: 'restore',
  summary: 'Brings back a session that has ended, with its branch and its work.',
  forms: ['(restore|reopen) {session}'],
  examples: [{ say: 'restore app-3', means: { wishes: [{ name: 'restore', session: 'app-3' }] } }],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'restore', session }] })),
}
