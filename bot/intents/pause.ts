import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Pauses a project (nothing new starts in it) or the agent of a session. */
export const pause: Intent = {
  name: 'pause',
  summary: 'Pauses a project (nothing new starts in it) or the agent of a session.',
  forms: ['pause {session}', 'pause {project}', 'pause[ it]'],
  examples: [
    { say: 'pause app', means: { wishes: [{ name: 'pause', project: 'app' }] } },
    { say: 'pause app-3', means: { wishes: [{ name: 'suspend', session: 'app-3' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => {
    if (slots.project !== undefined) return { wishes: [{ name: 'pause', project: slots.project }] }
    return aboutSession(slots, context, (session) => ({ wishes: [{ name: 'suspend', session }] }))
  },
}
