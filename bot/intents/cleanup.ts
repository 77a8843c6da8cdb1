import type { Intent } from '../contracts/intent.ts'

/** Says what there is to clean up; each is cleared by its own button. */
export const cleanup: Intent = {
  name: 'cleanup',
  summary: 'Says what there is to clean up; each is cleared by its own button.',
  forms: ['(cleanup|clean up)'],
  examples: [{ say: 'cleanup', means: { question: { name: 'cleanup' } } }],
  role: 'operator',
  risk: 'read',
  means: () => ({ question: { name: 'cleanup' } }),
}
