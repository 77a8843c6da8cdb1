import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Tries again where a session failed; with another agent if one is named. */
export const retry: Intent = {
  name: 'retry',
  summary: 'Tries again where a session failed; with another agent if one is named.',
  forms: ['retry {session}', 'retry[ it]'],
  examples: [
    { say: 'retry app-3', means: { wishes: [{ name: 'retry', session: 'app-3', agent: null }] } },
    { say: 'retry app-3 agent=codex', means: { wishes: [{ name: 'retry', session: 'app-3', agent: 'codex' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({ wishes: [{ name: 'retry', session, agent: slots.agent ?? null }] })),
}
