import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Says that somebody knows what a session waits for: nobody else is called for a while. */
export const seen: Intent = {
  name: 'seen',
  summary: 'Says that you know what a session waits for; nobody else is called for a while.',
  forms: ['seen {reference}', 'seen [{it:true=it|this}]', '(ack|acknowledge|acknowledged) {reference}', '(ack|acknowledge|acknowledged)'],
  phrases: ['i (have seen|saw|see) {reference}', { form: 'i (have seen|saw) <it>', where: 'thread' }],
  takes: ['session', 'task', 'change', 'project', 'it'],
  about: 'session',
  examples: [
    { say: 'seen app-3', means: { note: { name: 'seen', session: 'app-3' } } },
    { say: 'ack', in: 'thread', means: { note: { name: 'seen', session: 'app-3' } } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ note: { name: 'seen', session } })),
}
