import type { Intent } from '../contracts/intent.ts'

/** Lists the projects. */
export const projects: Intent = {
  name: 'projects',
  summary: 'Lists the projects.',
  forms: ['projects'],
  phrases: [
    '(list|<show>|name|enumerate) [all|every] [of] [available|configured|known] (projects|repos|repositories|project list|list of projects) [(that|which) {rest}]',
    '(which|what) (projects|repos|repositories|project) (are there|are (available|known|configured|set up|here)|do (you|we|i) (have|know|see|know about|manage|handle|work on)|exist|can (i|we) (use|work on)|have (you|we) [got]|is there|is this|are we in|am i in|is (active|current))',
    '[what are|any] [available|all|known|configured] (projects|repos|repositories) [are there]',
    'how many (projects|repos) (are there|do (we|you) have)',
  ],
  takes: [],
  about: 'nothing',
  examples: [{ say: 'projects', means: { question: { name: 'projects' } } }],
  role: 'viewer',
  risk: 'read',
  means: () => ({ question: { name: 'projects' } }),
}
