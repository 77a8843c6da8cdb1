import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const good = '(looks|look|seems|is) [very|really|pretty|all] (good|great|fine|perfect|ok|okay|awesome|nice|solid|clean|right|correct)'

/** Votes for the change of a session as the card showed it. */
export const approve: Intent = {
  name: 'approve',
  summary: 'Votes for the change of a session as the card showed it.',
  forms: ['(approve|lgtm) {change}', '(approve|lgtm) [(it|this)]'],
  phrases: [
    '(approve|approved|approving|accept|i [hereby] approve) {change}',
    '{change} [is] (approved|lgtm)',
    `{change} (looks|look) [very|really] (good|great|fine|perfect|ok|okay) [to me]`,
    '(sign off|signing off|i sign off) [on] ({change}|<it>)',
    '(give|put) ({change}|<it>) [a] [my] (thumbs up|approval|ok|okay|blessing|vote|plus one|+1|green light)',
    '(+1|thumbs up|vote) (for|on|to) ({change}|<it>)',
    'my (vote|approval) (for|on|goes to) ({change}|<it>)',
    'count me in (for|on) {change}',
    { form: '(approve|approved|i [hereby] approve) [<it>]', where: 'thread' },
    { form: `[<it>] (looks|look) [very|really|all] (good|great|fine|perfect|ok|okay|good enough) [to me]`, where: 'thread' },
    { form: '(lgtm|+1|i (am|was) (ok|okay|fine|happy|good) with <it>)', where: 'thread' },
    { form: `(code|change|diff|all|everything) ${good} [to me]`, where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [
    { say: 'approve app-3', means: { wishes: [{ name: 'approve', session: 'app-3', about: null }] } },
    { say: 'lgtm', in: 'thread', means: { wishes: [{ name: 'approve', session: 'app-3', about: null }] } },
  ],
  role: 'approver',
  risk: 'change',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ wishes: [{ name: 'approve', session, about: null }] })),
}
