import type { Intent } from '../contracts/intent.ts'

/** Says why a session is as it is, or why you were refused. */
export const why: Intent = {
  name: 'why',
  summary: 'Says why a session is as it is, or why you were refused.',
  forms: ['why[ is] {session}', 'why was I refused', 'why'],
  examples: [
    { say: 'why app-3', means: { question: { name: 'why', session: 'app-3' } } },
    { say: 'why was I refused', means: { question: { name: 'why', session: null } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, { thread }) => ({ question: { name: 'why', session: slots.session ?? thread } }),
}
