import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Removes the workspace of an ended session. What is not on the remote is saved first, and the chat says where. */
export const clear: Intent = {
  name: 'clear',
  summary: 'Removes the workspace of an ended session. What is not on the remote is saved first, and the chat says where.',
  forms: ['(clear|clean up|cleanup) {session}'],
  phrases: [
    '(clear|clean up|remove|delete|tidy up) (workspace|worktree) (of|for) {reference}',
    '(clear|clean up|remove|delete|tidy up) {session} (workspace|worktree)',
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [{ say: 'clear app-3', means: { wishes: [{ name: 'clear', session: 'app-3' }] } }],
  role: 'operator',
  risk: 'destroy',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'clear', session }] })),
}
