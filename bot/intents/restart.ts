import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Starts a new process for the session; its conversation goes on. */
export const restart: Intent = {
  name: 'restart',
  summary: 'Starts a new process for the session; its conversation goes on.',
  forms: ['restart {reference}', 'restart [(it|this)]'],
  phrases: [
    '(reboot|relaunch|respawn|bounce|kick|reset|re-start|reload) {session}',
    'start {session} (again|over|anew|new|afresh|fresh)',
    '(give|do) {session} (restart|reboot|kick)',
    'turn {session} off and on again',
    'restart (agent|session|process|task|work) (of|on|for|in) {reference}',
    'restart {reference} (agent|session|process)',
    '{session} restart',
    '(stop|kill) and (start|restart) {session} [again]',
    { form: '(restart|reboot|relaunch|respawn|bounce) (<it>|process|yourself)', where: 'thread' },
    { form: '(give|do) <it> (restart|reboot|kick)', where: 'thread' },
    { form: 'turn <it> off and on again', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [{ say: 'restart app-3', means: { wishes: [{ name: 'restart', session: 'app-3' }] } }],
  role: 'operator',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'restart', session }] })),
}
