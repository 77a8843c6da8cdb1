import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Hands an unconfirmed message to the agent once more. */
export const resend: Intent = {
  name: 'resend',
  summary: 'Hands an unconfirmed message to the agent once more.',
  forms: ['(resend|send again) {session} {message}', '(resend|send again) {message}'],
  phrases: [],
  takes: ['session', 'message'],
  about: 'session',
  examples: [
    { say: 'resend app-3-m17', means: { wishes: [{ name: 'resend', session: 'app-3', message: 'app-3-m17' }] } },
    { say: 'resend app-3 answer-r1', means: { wishes: [{ name: 'resend', session: 'app-3', message: 'answer-r1' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession({ ...named(slots.message), ...slots }, context, (session) => ({
      wishes: [{ name: 'resend', session, message: slots.message ?? '' }],
    })),
}

/** Most messages are called after their session. */
const named = (message = ''): { readonly session?: string } => {
  const [, session] = /^(.+)-m\d+$/.exec(message) ?? []
  return session === undefined ? {} : { session }
}
