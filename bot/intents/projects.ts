import type { Intent } from '../contracts/intent.ts'

/** Lists the projects. */
export const projects: Intent = {
  name: 'projects',
  summary: 'Lists the projects.',
  forms: ['projects'],
  examples: [{ say: 'projects', means: { question: { name: 'projects' } } }],
  role: 'viewer',
  risk: 'read',
  means: () => ({ question: { name: 'projects' } }),
}
