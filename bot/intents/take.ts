import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Says that what a session waits for is done by whoever says it. */
export const take: Intent = {
  name: 'take',
  summary: 'Says that you do what a session waits for: the others are told, and nobody else is called.',
  forms: ['take {session}', 'take [{it:true=it|this}]', { form: 'mine', where: 'thread' }],
  phrases: [
    "(i am on|i (have|got|have got)|(i will|i'll|ill) (take|handle|look at|do|own|get)|on|dibs on|i am looking at) {session}",
    '{session} is mine',
    {
      form: "(i am on <it>|i (have|got|have got) <it>|(i will|i'll|ill) (take|handle|look at|do|own|get) <it>|on <it>|dibs|i am looking)",
      where: 'thread',
    },
  ],
  takes: ['session', 'it'],
  about: 'session',
  examples: [
    { say: 'take app-3', means: { note: { name: 'take', session: 'app-3' } } },
    { say: 'mine', in: 'thread', means: { note: { name: 'take', session: 'app-3' } } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ note: { name: 'take', session } })),
}
