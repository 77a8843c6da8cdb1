import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Breaks off what the agent is doing; words that are said with it come next. Without any it waits for some. */
export const interrupt: Intent = {
  name: 'interrupt',
  summary: 'Breaks off what the agent is doing; words that are said with it come next.',
  // In its thread "interrupt …" may be words for the agent about something else; "interrupt it: …" is not.
  forms: ['interrupt (it:|this:) {review}', 'interrupt {change} [{review}]', 'interrupt [(it|this)]'],
  phrases: [],
  takes: ['session', 'task', 'change', 'text'],
  about: 'session',
  examples: [
    { say: 'interrupt app-3', means: { wishes: [{ name: 'interrupt', session: 'app-3', text: null }] } },
    { say: 'interrupt app-3: use zod', means: { wishes: [{ name: 'interrupt', session: 'app-3', text: 'use zod' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({ wishes: [{ name: 'interrupt', session, text: slots.text ?? null }] })),
}
