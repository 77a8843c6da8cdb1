import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Votes for the change of a session as the card showed it. */
export const approve: Intent = {
  name: 'approve',
  summary: 'Votes for the change of a session as the card showed it.',
  forms: ['(approve|lgtm)[ it]', 'approve {session}', 'approve {task}'],
  examples: [{ say: 'approve app-3', means: { wishes: [{ name: 'approve', session: 'app-3', about: null }] } }],
  role: 'approver',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'approve', session, about: null }] })),
}
