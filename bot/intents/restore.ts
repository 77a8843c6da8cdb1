import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Brings back a session that has ended, with its branch and its work. */
export const restore: Intent = {
  name: 'restore',
  summary: 'Brings back a session that has ended, with its branch and its work.',
  forms: ['(restore|reopen) {reference}', '(restore|reopen) [(it|this)]'],
  phrases: [
    '[(can|could) we] (bring|get|have) {reference} back [(up|to life|again)]',
    '(bring|get) back {reference}',
    '(revive|resurrect|reopen|undelete|recover|reinstate|re-open|unstop|revert stop of) {reference}',
    '(restore|reopen|revive) (session|task|work) {reference}',
    { form: '(bring|get) <it> back [(up|to life|again)]', where: 'thread' },
    { form: '(revive|resurrect|restore|reopen) <it>', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [{ say: 'restore app-3', means: { wishes: [{ name: 'restore', session: 'app-3' }] } }],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'restore', session }] })),
}
