import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Says who did what, when and by which rule. */
export const audit: Intent = {
  name: 'audit',
  summary: 'Says who did what, when and by which rule.',
  forms: [{ form: 'audit [{reference}]', where: 'outside' }],
  phrases: [{ form: '<show> audit [log|trail] [(of|for) {reference}]', where: 'outside' }],
  takes: ['session', 'task', 'change', 'project'],
  about: 'nothing',
  examples: [],
  role: 'admin',
  risk: 'read',
  means: () => notYet('the audit log', 'Say "why app-1" for the facts of one session.'),
}
