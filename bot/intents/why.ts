import type { Intent } from '../contracts/intent.ts'
import { sessionFor } from './session.ts'

/** Says why a session is as it is, or why you were refused. */
export const why: Intent = {
  name: 'why',
  summary: 'Says why a session is as it is, or why you were refused.',
  forms: ['why [is] {reference}', '{general:true=why was i refused}', 'why'],
  phrases: [
    'why {general:true=(was|were|am|is|did|have) (i|we|you|my (merge|command|order|request|wish|approval|stop|fix|tap|click|button|last (merge|command|order|request))) [been] (<refused>|refuse|deny|reject|decline|refusing|turn down|say no) [to] [me|my|us|it|that|down] [merge|command|order|request|approval]}',
    'why {general:true=(was|is|were) (that|this|it) (refused|denied|rejected|declined|turned down)}',
    '[what is] {general:true=[the] reason (for|of) [the|my|that] (refusal|rejection|denial)}',
    'why {general:true=((can|may|could|am|was|were) (i|we) not|(can|could|may|am|was) not (i|we)|(is|are|was) (i|we) unable to) [allowed to] [do|merge|approve|stop|start|<it>] [that|it|this|anything]}',
    'why (is|was|are|did|does|do|has|have|had|can|will|would|hasnt|isnt) [not] {reference} {rest}',
    'why (is|was|are|did|does|has|can) [not] {reference}',
    'why {reference}',
    '(explain|tell me|know|do you know|what is the reason) why {reference} {rest}',
    'how come {reference} {rest}',
    '(what is|what) (wrong|the matter|the problem|the trouble|the issue|the holdup|the hold up|keeping|blocking|holding up|holding back|stopping|delaying|stalling|going wrong|happened|happening) [(with|to|on|in|for)] {reference}',
    '(what|which thing) (is|has) {reference} (waiting for|stuck on|blocked by|waiting on|hung up on|blocked on)',
    'what is taking {reference} so long',
    'what (happened|went wrong|broke|failed) (to|with|in|on) {reference}',
    '(what|who) (broke|blocks|stopped|killed|blocked|failed|is holding up) {reference}',
    {
      form: 'why (is|was|are|did|does|has|can) [not] <it> [not] [being|taking|be|get|become] (stuck|idle|failing|failed|red|waiting|blocked|moving|merged|slow|queued|paused|so long|so slow|fail|stop|stopped|ended|taking so long|waiting for me|not moving|not merged|merge|mergeable|lost|exited|done|finished|ready|still running|still queued|here)',
      where: 'thread',
    },
    {
      form: '(what is|whats) (wrong|the matter|the problem|the holdup|blocking|the trouble) [(with|here)] [<it>|here]',
      where: 'thread',
    },
    { form: '(why|how come)', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'general'],
  about: 'place',
  examples: [
    { say: 'why app-3', means: { question: { name: 'why', session: 'app-3' } } },
    { say: 'why', in: 'thread', means: { question: { name: 'why', session: 'app-3' } } },
    { say: 'why was I refused', in: 'thread', means: { question: { name: 'why', session: null } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => {
    const { general, session, task, change } = slots
    if (general || (session === undefined && task === undefined && change === undefined))
      return { question: { name: 'why', session: null } }
    const found = sessionFor(slots, context)
    return 'session' in found ? { question: { name: 'why', session: found.session } } : found
  },
}
