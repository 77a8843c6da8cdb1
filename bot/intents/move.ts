import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Goes on with a session in another chat. */
export const move: Intent = {
  name: 'move',
  summary: 'Goes on with a session in another chat.',
  forms: [
    'move {session} to {platform}',
    { form: '(move [(it|this)] to|continue [(it|this)] (on|in)) {platform}', where: 'thread' },
    '(here|move here|bring) {session} [here]',
  ],
  phrases: [
    '(continue|carry on|go on) [(work|working)] (with|on) {reference} (on|in|over on) {platform}',
    '(move|switch|bring|take|transfer|shift|continue) {reference} [over] (to|on|in|into|onto) {platform}',
    {
      form: '[(can|could|shall|may|should) we] (move|switch|bring|take|transfer|shift|continue|go on|carry on|proceed|talk|speak|go|hop|jump) [<it>] [(us|conversation|discussion|chat|talk|over|things|everything|with (<it>|me|us))] [over] (to|on|in|into|onto|via|with) {platform}',
      where: 'thread',
    },
    { form: 'i (am|will be) (switching|moving|going|on my way) [over] (to|on) {platform}', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'to'],
  about: 'place',
  examples: [],
  role: 'viewer',
  risk: 'change',
  means: () => notYet('moving a session to another chat', 'Say "attach" in its thread for a look at its terminal.'),
}
