import type { Intent } from '../contracts/intent.ts'
import { ofKinds, silenced } from './silence.ts'

const time = '[(for {duration}|until {until}|till {until}|{duration}|for now)]'

/** Keeps a session, or all of them, quiet here for a while. */
export const mute: Intent = {
  name: 'mute',
  summary: 'Keeps a session, a project or a kind of call quiet here for a while; at the top of a channel, all of them.',
  forms: [
    'mute {reference} [for] {duration}',
    'mute {reference} [until {until}]',
    'mute [{it:true=it|this}] [for] {duration}',
    'mute [{it:true=it|this}] [until {until}]',
    'mute {project} [for] {duration}',
    'mute {project} [until {until}]',
    ...ofKinds('mute {kind} [for] {duration}'),
    ...ofKinds('mute {kind} [until {until}]'),
  ],
  phrases: [
    `(mute|silence|hush|shush|quiet|quieten|shut up) {reference} ${time}`,
    `(mute|silence|snooze) (notifications|alerts|pings|messages|updates|everything|all|thread|session) [(of|for|from|about) {reference}] ${time}`,
    `(do not|stop) [(to)] (ping|notify|bother|bug|disturb|message|alert|tell|pinging|notifying|bothering|bugging|disturbing|messaging|alerting) (me|us) [(about|for|with|on|from) {reference}] ${time}`,
    `(no|no more|stop) (notifications|pings|alerts|messages|updates|noise) [(about|for|from|on) {reference}] ${time}`,
    `(i do not want|do not want) to (hear|be notified|be pinged|be bothered) [(about|from|of|by) {reference}] ${time}`,
    `(leave me alone|leave us alone|give me (a break|peace|some peace|quiet)|be silent|be quiet|quiet|silence|hush|shush|shut up|pipe down|zip it|do not disturb|stay quiet|keep quiet|keep it down) [(about|with|on) {reference}] ${time}`,
    { form: `(mute|silence|hush|shush|quiet) <it> ${time}`, where: 'thread' },
    { form: `(mute|silence|quiet|hush|shush) ${time}`, where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'kind', 'for', 'until', 'it'],
  about: 'place',
  examples: [
    { say: 'mute app-3 2h', means: { note: { name: 'mute', session: 'app-3', project: null, kind: null, for: '2h', until: null } } },
    {
      say: 'mute until tomorrow 9am',
      means: { note: { name: 'mute', session: null, project: null, kind: null, for: null, until: 'tomorrow 9am' } },
    },
    { say: 'mute', in: 'thread', means: { note: { name: 'mute', session: 'app-3', project: null, kind: null, for: null, until: null } } },
    {
      say: 'mute red checks 1h',
      means: { note: { name: 'mute', session: null, project: null, kind: 'ci-failed', for: '1h', until: null } },
    },
  ],
  role: 'viewer',
  risk: 'change',
  means: (slots, context) =>
    silenced(slots, context, (what) => ({ note: { name: 'mute', ...what, for: slots.for ?? null, until: slots.until ?? null } })),
}
