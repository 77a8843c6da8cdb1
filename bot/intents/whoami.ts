import type { Intent } from '../contracts/intent.ts'

/** Says who you are here, and what you may do. */
export const whoami: Intent = {
  name: 'whoami',
  summary: 'Says who you are here, and what you may do.',
  forms: ['(whoami|who am i)'],
  examples: [{ say: 'whoami', means: { question: { name: 'whoami' } } }],
  role: 'viewer',
  risk: 'read',
  means: () => ({ question: { name: 'whoami' } }),
}
