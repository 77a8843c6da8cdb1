import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Asks for changes: the words become a review, and the agent hears them. */
export const reject: Intent = {
  name: 'reject',
  summary: 'Asks for changes: the words become a review, and the agent hears them.',
  forms: [
    '(reject:|request changes:|changes requested:) {review}',
    '(reject|request changes [(on|for|to|in)]) (it:|this:) {review}',
    '(reject|request changes [(on|for|to|in)]) {change} [{review}]',
    '(reject|request changes) [(it|this)]',
  ],
  phrases: [
    '(reject|request changes [(on|for|to|in)]|decline|send back|refuse|turn down|do not accept) {change} [(<because>|with|saying|:)] {review}',
    '(reject|request changes [(on|for|to|in)]|decline|send back|turn down) {change}',
    '(send|push) {change} back [(<because>|with|saying|:)] [{review}]',
    '{change} (needs|requires) (changes|work|rework)',
    '{change} (needs|requires) (changes:|work:|rework:) {review}',
    { form: '(reject|request changes [(on|for|to)]|send back) [<it>] (<because>|saying) {review}', where: 'thread' },
    { form: '(reject|request changes [(on|for|to)]) [<it>] {pause} {review}', where: 'thread' },
    { form: '(needs changes:|needs work:|changes needed:|please change:|not good enough:|rejected:) {review}', where: 'thread' },
    { form: '(reject|request changes|changes requested|rejected|i reject|request a change|send <it> back)  [<it>]', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'text'],
  about: 'session',
  examples: [
    {
      say: 'reject app-3 the name is wrong',
      means: { wishes: [{ name: 'reject', session: 'app-3', text: 'the name is wrong', about: null }] },
    },
    {
      say: 'request changes: tests are missing',
      in: 'thread',
      means: { wishes: [{ name: 'reject', session: 'app-3', text: 'tests are missing', about: null }] },
    },
  ],
  role: 'approver',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({ wishes: [{ name: 'reject', session, text: slots.text ?? '', about: null }] })),
}
