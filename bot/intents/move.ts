import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Moves the thread of a session to another chat. */
export const move: Intent = {
  name: 'move',
  summary: 'Moves the thread of a session to another chat.',
  forms: [
    'move {session} to {platform}',
    { form: 'move {session}', where: 'outside', unlisted: true },
    { form: '(move [(it|this)] to|continue [(it|this)] (on|in)) {platform}', where: 'thread' },
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
  examples: [
    { say: 'move app-3 to telegram', means: { note: { name: 'move', session: 'app-3', to: 'telegram' } } },
    { say: 'continue on slack', in: 'thread', means: { note: { name: 'move', session: 'app-3', to: 'slack' } } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) =>
      slots.to === undefined
        ? { refused: 'I do not know where to.', hint: `Say it with the chat, as in "move ${session} to telegram".` }
        : { note: { name: 'move', session, to: slots.to } },
    ),
}
