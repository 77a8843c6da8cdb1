import type { Intent } from '../contracts/intent.ts'

/** Says why a session is as it is, or why you were refused. */
export const why: Intent = {
  name: 'why',
  summary: 'Says why a session is as it is, or why you were refused.',
  forms: ['why[ is] {session}', '{word:refused=why was I refused}', 'why'],
  examples: [
    { say: 'why app-3', means: { question: { name: 'why', session: 'app-3' } } },
    { say: 'why', in: 'thread', means: { question: { name: 'why', session: 'app-3' } } },
    { say: 'why was I refused', in: 'thread', means: { question: { name: 'why', session: null } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ session, flags }, { thread }) => ({ question: { name: 'why', session: session ?? (flags ? null : thread) } }),
}
