import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const how = '[ {word:green=when green|when it is green|once green|once it is green}][ with {method}]'

/** Merges the change of a session, exactly as the card showed it. */
export const merge: Intent = {
  name: 'merge',
  summary: 'Merges the change of a session, exactly as the card showed it.',
  forms: [`(merge|ship) {session}${how}`, `(merge|ship) {task}${how}`, `(merge|ship)[ it]${how}`],
  examples: [
    { say: 'merge app-3', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: null, about: null }] } },
    { say: 'merge it', in: 'thread', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: null, about: null }] } },
    { say: 'ship it!', in: 'thread', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: null, about: null }] } },
    { say: 'merge app-3 when green', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'green', method: null, about: null }] } },
    {
      say: 'merge app-3 with squash',
      means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: 'squash', about: null }] },
    },
  ],
  role: 'maintainer',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({
      wishes: [
        { name: 'merge', session, when: slots.flags?.includes('green') ? 'green' : 'now', method: slots.method ?? null, about: null },
      ],
    })),
}
