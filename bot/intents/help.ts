import type { Intent } from '../contracts/intent.ts'

/** Says what I understand; about one thing, in all its forms. */
export const help: Intent = {
  name: 'help',
  summary: 'Says what I understand; about one thing, in all its forms.',
  forms: ['help[ {topic}]', '(commands|what can you do)'],
  examples: [
    { say: 'help', means: { question: { name: 'help', topic: null } } },
    { say: 'help merge', means: { question: { name: 'help', topic: 'merge' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ topic }) => ({ question: { name: 'help', topic: topic ?? null } }),
}
