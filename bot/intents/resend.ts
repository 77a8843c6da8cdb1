import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Hands an unconfirmed message to the agent once more. */
export const resend: Intent = {
  name: 'resend',
  summary: 'Hands an unconfirmed message to the agent once more.',
  forms: ['(resend|send again) {message}'],
  examples: [{ say: 'resend app-3-m17', means: { wishes: [{ name: 'resend', session: 'app-3', message: 'app-3-m17' }] } }],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession({ ...slots, session: (slots.message ?? '').replace(/-m\d+$/, '') }, context, (session) => ({
      wishes: [{ name: 'resend', session, message: slots.message ?? '' }],
    })),
}
