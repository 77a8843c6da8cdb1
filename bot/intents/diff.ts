import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const touched = '(change|changed|touch|touched|modify|modified|edit|edited|alter|altered)'
const made = '(do|done|write|written|make|made|produce|produced|build|built|come up with|commit|committed|add|added|code|coded)'

/** Shows what a session has changed so far, uncommitted work included. */
export const diff: Intent = {
  name: 'diff',
  summary: 'Shows what a session has changed so far, uncommitted work included.',
  forms: ['(diff|changes) [(of|for)] {reference}', '(diff|changes)'],
  phrases: [
    '[<show>] <diff> (of|for|from|in|by|on) {reference}',
    '[<show>] {reference} <diff>',
    '<show> what {reference} [has] (changed|did|touched|modified|edited|has done|wrote)',
    `(what|what all|what files|what code|which files) (has|did|have|is) {reference} [been] (${touched}|${made}|changing|touching|editing)`,
    '(what|which files|what files) (changed|was changed|were changed|has changed|are changed|is different) (in|on|with|by) {reference}',
    '<show> <diff> [(of|for|from|in) <it>]',
    { form: '<show> <it> <diff>', where: 'thread' },
    { form: `(what|what all|which files|what files) (has|did|have) (<it>|you) ${touched}`, where: 'thread' },
    { form: '(<show>) what (you|<it>) [have|has] (changed|touched|modified)', where: 'thread' },
    {
      form: '[<show>] (what|which files) (changed|was changed|were changed|has changed|has been changed|have been changed)',
      where: 'thread',
    },
    { form: '<diff> of <it>', where: 'thread' },
    { form: '(diff|patch)', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [
    { say: 'diff app-3', means: { question: { name: 'diff', session: 'app-3' } } },
    { say: 'diff', in: 'thread', means: { question: { name: 'diff', session: 'app-3' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'diff', session } })),
}
