import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Lets a paused project or session go on. */
export const resume: Intent = {
  name: 'resume',
  summary: 'Lets a paused project or session go on.',
  forms: ['(resume|continue|unpause) {session}', '(resume|continue|unpause) {project}', '(resume|continue|unpause)[ it]'],
  examples: [
    { say: 'resume app', means: { wishes: [{ name: 'resume', project: 'app' }] } },
    { say: 'resume app-3', means: { wishes: [{ name: 'continue', session: 'app-3' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => {
    if (slots.project !== undefined) return { wishes: [{ name: 'resume', project: slots.project }] }
    return aboutSession(slots, context, (session) => ({ wishes: [{ name: 'continue', session }] }))
  },
}
