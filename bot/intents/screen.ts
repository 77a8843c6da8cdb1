import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Shows the terminal of an agent as it is now, and how to look in. */
export const screen: Intent = {
  name: 'screen',
  summary: 'Shows the terminal of an agent as it is now, and how to look in.',
  forms: ['(screen|screenshot|terminal|attach) [(of|to)] {reference}', '(screen|screenshot|terminal|attach)'],
  phrases: [
    '[(<show>|take|make|grab|do|snap|capture)] <screen> (of|for|from|in|on|to) {reference}',
    '[(<show>|take|make|grab|capture|what is on|what does)] {reference} <screen> [(look like|looks like|show|shows|say|says)]',
    '<show> [how|what] {reference} <screen> looks [like]',
    'what (is|does) {reference} (seeing|see|showing|show|look like|looking at) [(on <screen>|right now)]',
    'what (is|does) [(on|the|in)] <screen> (of|for|from) {reference} [(look like|show|showing|say)]',
    '(picture|photo|image|shot) of {reference} <screen>',
    '(look|peek) (into|in|at) {reference} <screen>',
    '(<show>|take|make|grab|do|snap|capture) <screen> [of <it>]',
    '<show> what is on {reference} <screen>',
    { form: '<screen> [of <it>]', where: 'thread' },
    { form: 'what (is|does) [on] (<it>|your) <screen> [(look like|show|say)]', where: 'thread' },
    { form: 'what (is on|does) <screen> [look like]', where: 'thread' },
    { form: 'how does (<it>|<screen>) <screen> look', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [
    { say: 'screen app-3', means: { question: { name: 'screen', session: 'app-3' } } },
    { say: 'screenshot', in: 'thread', means: { question: { name: 'screen', session: 'app-3' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'screen', session } })),
}
