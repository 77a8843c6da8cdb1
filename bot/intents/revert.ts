import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Opens a change that takes back what a session merged. */
export const revert: Intent = {
  name: 'revert',
  summary: 'Opens a change that takes back what a session merged; merging that one is a decision of its own.',
  forms: ['(revert|take back|undo the merge of) {reference}'],
  phrases: [
    '[(can|could) we] (revert|back out|roll back|undo) [the] (merge|change) (of|from|by) {reference}',
    '(back out|roll back) {reference}',
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [{ say: 'revert app-3', means: { wishes: [{ name: 'revert', session: 'app-3' }] } }],
  role: 'maintainer',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'revert', session }] })),
}
