import type { Intent } from '../contracts/intent.ts'

/** Lists what waits for a free slot, in order, and why. */
export const queue: Intent = {
  name: 'queue',
  summary: 'Lists what waits for a free slot, in order, and why.',
  forms: ['(queue|what is waiting)'],
  examples: [{ say: 'queue', means: { question: { name: 'queue' } } }],
  role: 'viewer',
  risk: 'read',
  means: () => ({ question: { name: 'queue' } }),
}
