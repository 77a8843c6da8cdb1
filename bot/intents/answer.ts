import { headline as firstLine } from '../../core/kit/text.ts'
import type { Form, Intent, Meaning } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const asking = (form: string): Form => ({ form, where: 'asking' })
const yes =
  '(yes|y|yep|yeah|yup|ya|yea|aye|yess|sure|sure thing|ok|okay|k|ok yes|allow|allow it|allow this|allow that|permit it|approve|approve it|approved|granted|go ahead|go|go on|go for it|do it|do that|do so|run it|proceed|fine|fine by me|that is fine|of course|absolutely|definitely|certainly|affirmative|accept|accept it|confirm|confirmed|correct|please do|it is ok|it is okay|you may|you may do that|you can|you may do it|you can do that|by all means|sounds good|lgtm|make it so|yes you (may|can)|be my guest|permission granted|granted|knock yourself out|once|just once|just this once|only this once|only once|this time|this once|(no problem|no worries|no objection|no objections|np|all good|looks fine|fine with me) (go ahead|allow it|do it|yes|ok|proceed|go on|go for it))'
const always =
  '(always|always (allow|yes|ok|allow it|allow this|allow that|do that|approve|accept)|allow (always|it always|this always|everything|it for this session|all)|(yes|ok|allow|sure) (always|to all|for all|every time|from now on|for this session|for the session)|(do not|never) ask [me] [about this] (again|anymore|any more|next time|every time)|(yes|ok|sure|allow) [<it>] [and] ((do not|never) ask [me] [about this] [(again|anymore|any more|next time)]|stop asking [me] [about (this|it|that)]|remember [(it|this|that|my choice)]))'
const no =
  '(no|n|nope|nah|nay|no way|never|deny|deny it|denied|reject|reject it|refuse|decline|disallow|forbid it|do not|do not allow [<it>]|do not do (that|it|this)|do not run (it|that|this)|please do not|not now|not ok|rather not|i would rather not|absolutely not|definitely not|certainly not|of course not|negative|hell no|no thank you|no thanks|no do not|skip it|not allowed|that is not ok|cancel|cancel it|cancel that|no way jose|over my dead body|not a chance|no chance|hell no|nuh uh|thumbs down|i would not|not really|i say no)'

/** Answers the question of an agent, by number or in words. */
export const answer: Intent = {
  name: 'answer',
  summary: 'Answers the question of an agent: by the number of the choice, or in words.',
  forms: [
    'answer {session} {choice}',
    'answer {session} {choice} {pause} {words}',
    'answer {session} {words}',
    asking('[(option|choice|number|answer|take|i (take|choose|pick|want)|pick|choose|go with|lets go with)] {pick} [(option|choice|one)]'),
    asking('{option}'),
    asking(`${always} {always}`),
    asking(`[${yes}] ${yes} {yes}`),
    asking(`${no} [${no}] {no}`),
    asking('{no} (no|nope|nah|nay|deny|denied|no thanks|no thank you|no thx|no ty|no way|rather not) {pause} {words}'),
  ],
  phrases: [],
  takes: ['session', 'choice', 'text'],
  about: 'session',
  examples: [
    { say: 'answer app-3 2', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 2, text: '' }] } },
    {
      say: 'answer app-3 3, use pnpm',
      means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 3, text: 'use pnpm' }] },
    },
    {
      say: 'answer app-3 use pnpm',
      means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: null, text: 'use pnpm' }] },
    },
    { say: '2', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 2, text: '' }] } },
    { say: 'yes', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 1, text: '' }] } },
    { say: 'always', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 2, text: '' }] } },
    { say: 'no', in: 'asking', means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 3, text: '' }] } },
    {
      say: 'no, use pnpm',
      in: 'asking',
      means: { wishes: [{ name: 'answer', session: 'app-3', request: null, choice: 3, text: 'use pnpm' }] },
    },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => {
      const { choice = null, text = '' } = slots
      const asked = session === context.only ? (context.asked ?? []) : []
      // "Throw or return null?" has no yes.
      if (choice === null && asked.length > 0 && /^(?:yes|no|always)$/.test(text)) return whichOf(asked)
      return { wishes: [{ name: 'answer', session, request: null, choice, text }] }
    }),
}

const whichOf = (asked: readonly string[]): Meaning => ({
  ask: 'choice',
  hint: `Say its number: ${asked.map((option, index) => `${index + 1} for “${firstLine(option, 60)}”`).join(', ')}.`,
})
