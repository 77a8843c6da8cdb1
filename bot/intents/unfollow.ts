import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Takes back a `follow`. */
export const unfollow: Intent = {
  name: 'unfollow',
  summary: 'Shows no news of a session here any more.',
  forms: ['unfollow {reference}', 'unfollow [(it|this)]'],
  phrases: [
    '(unfollow|unsubscribe from|unwatch|stop (following|watching|tracking)) ({reference}|news (of|on|about) {reference})',
    { form: '(unfollow|unwatch|unsubscribe [from]|stop following) <it>', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [{ say: 'unfollow app-3', means: { note: { name: 'unfollow', session: 'app-3' } } }],
  role: 'viewer',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ note: { name: 'unfollow', session } })),
}
