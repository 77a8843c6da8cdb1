import type { Intent } from '../contracts/intent.ts'
import { ofKinds, silenced } from './silence.ts'

/** Takes back a `mute`. */
export const unmute: Intent = {
  name: 'unmute',
  summary: 'Lets what was muted here speak again.',
  forms: ['unmute {reference}', 'unmute [{it:true=it|this}]', 'unmute {project}', ...ofKinds('unmute {kind}')],
  phrases: [
    '(unmute|unsilence|unsnooze|un-mute) ({reference}|notifications (for|of|from) {reference})',
    '(stop|end|cancel|undo|lift|remove) (mute|muting|snooze|silence|snoozing) [(of|on|for) ({reference}|<it>)]',
    '(notify|ping|alert|tell|message) me again [(about|for|on) ({reference}|<it>)]',
    '(turn|switch) (notifications|alerts|pings) (back on|on|on again) [(for|of) ({reference}|<it>)]',
    { form: '(unmute|unsilence|unsnooze|un-mute) (<it>|notifications|everything)', where: 'thread' },
    { form: '(you can|you may) (talk|speak|ping me|notify me|make noise) again', where: 'thread' },
    { form: '(talk|speak) [to me] again', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'kind', 'it'],
  about: 'place',
  examples: [
    { say: 'unmute app-3', means: { note: { name: 'unmute', session: 'app-3', project: null, kind: null } } },
    { say: 'unmute', means: { note: { name: 'unmute', session: null, project: null, kind: null } } },
  ],
  role: 'viewer',
  risk: 'change',
  means: (slots, context) => silenced(slots, context, (what) => ({ note: { name: 'unmute', ...what } })),
}
