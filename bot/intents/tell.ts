import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Says something to the agent of a session. In its thread every other word does. */
export const tell: Intent = {
  name: 'tell',
  summary: 'Says something to the agent of a session. In its thread every other word does.',
  forms: ['(tell|ask) {session}[ to] {words}', '(tell|ask) {session}: {words}', '(tell|ask) it[ to] {words}'],
  examples: [
    { say: 'tell app-3 use zod', means: { wishes: [{ name: 'tell', session: 'app-3', text: 'use zod' }] } },
    { say: 'tell app-3: use zod', means: { wishes: [{ name: 'tell', session: 'app-3', text: 'use zod' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'tell', session, text: slots.text ?? '' }] })),
}
