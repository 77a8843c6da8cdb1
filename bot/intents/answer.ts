import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Answers the question of an agent, by number or in words. */
export const answer: Intent = {
  name: 'answer',
  summary: 'Answers the question of an agent: by the number of the choice, or in words.',
  forms: [
    'answer {session} {choice}',
    'answer {session} {words}',
    { form: '{choice}', where: 'asking' },
    { form: '(yes|y|ok|okay|allow|allow it)', where: 'asking' },
    { form: '{word:no=no|nope|deny}', where: 'asking' },
    { form: '{word:always=always|always allow}', where: 'asking' },
  ],
  examples: [
    { say: 'answer app-3 2', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 2, text: '' }] } },
    {
      say: 'answer app-3 use pnpm',
      means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: null, text: 'use pnpm' }] },
    },
    { say: '2', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 2, text: '' }] } },
    { say: 'yes', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 1, text: '' }] } },
    { say: 'no', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: null, text: 'no' }] } },
    {
      say: 'always',
      in: 'asking',
      means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: null, text: 'always' }] },
    },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => {
      const text = slots.text ?? slots.flags?.[0]
      const choice = slots.choice ?? (text === undefined ? 1 : null)
      return { wishes: [{ name: 'answer', session, request: null, choice, text: text ?? '' }] }
    }),
}
