import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Asks for changes: the words become a review, and the agent hears them. */
export const reject: Intent = {
  name: 'reject',
  summary: 'Asks for changes: the words become a review, and the agent hears them.',
  forms: ['(reject|request changes|request changes on) {session}[ {words}]', '(reject|request changes|request changes on)[ it[ {words}]]'],
  examples: [
    {
      say: 'reject app-3 the name is wrong',
      means: { wishes: [{ name: 'reject', session: 'app-3', text: 'the name is wrong', about: null }] },
    },
  ],
  role: 'approver',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({ wishes: [{ name: 'reject', session, text: slots.text ?? '', about: null }] })),
}
