import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const news =
  '[(is|gets|has|becomes|was|goes)] [(done|finished|merged|ready|stuck|green|changes|moves|fails|finishes|failed|ends|ended|completes|complete|through|anything|needs me|something happens|red|updated|happens)]'

/** Shows what needs people in a session, and its result, here as well. */
export const follow: Intent = {
  name: 'follow',
  summary: 'Shows here, too, when a session needs somebody and how it ends.',
  forms: ['follow {reference}', 'follow [(it|this)]'],
  phrases: [
    '(follow|watch|subscribe to|track|monitor|observe|subscribe me to|sign me up for) ({reference}|news (of|on|about|from) {reference}|updates (of|on|from|for) {reference})',
    '(keep|hold) me (posted|updated|in the loop|informed|in the know|up to date|abreast) (on|about|of|with|regarding) {reference}',
    '(keep an eye on|keep track of|keep watching|keep tabs on) {reference} [for me]',
    `(notify|ping|tell|message|alert|inform|update|dm) me (when|once|if|about|on|as soon as|whenever|of) [(anything|something|there is anything|there is news)] [(changes|happens|new)] [(with|in|on|about|to|from)] {reference} ${news}`,
    `let me know (when|once|if|about|how|as soon as|whenever) [(anything|something)] [(changes|happens)] [(with|in|on|to)] {reference} [(goes|is going|does)] ${news}`,
    `(send|give) me (updates|news|notifications) (on|about|of|for|from) {reference}`,
    { form: '[let me] (follow|watch|subscribe to|track) <it>', where: 'thread' },
    { form: '(keep) me (posted|updated|in the loop|informed|up to date) [(on|about) <it>]', where: 'thread' },
    { form: `(notify|ping|alert|dm) me (when|once|if|as soon as) <it> ${news}`, where: 'thread' },
    { form: '(subscribe|follow along|watch|subscribe me)', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [
    { say: 'follow app-3', means: { note: { name: 'follow', session: 'app-3' } } },
    { say: 'follow this', in: 'thread', means: { note: { name: 'follow', session: 'app-3' } } },
  ],
  role: 'viewer',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ note: { name: 'follow', session } })),
}
