import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

const time = '[(for {duration}|until {until}|till {until}|{duration}|for now)]'

/** Keeps a session quiet for a while. */
export const mute: Intent = {
  name: 'mute',
  summary: 'Keeps a session quiet for a while.',
  forms: [
    'mute {reference} [for] {duration}',
    'mute {reference} [until {until}]',
    'mute [(it|this)] [for] {duration}',
    'mute [(it|this)] [until {until}]',
  ],
  phrases: [
    `(mute|silence|snooze|hush|shush|quiet|quieten|shut up) {reference} ${time}`,
    `(mute|silence|snooze) (notifications|alerts|pings|messages|updates|everything|all|thread|session) [(of|for|from|about) {reference}] ${time}`,
    `(do not|stop) [(to)] (ping|notify|bother|bug|disturb|message|alert|tell|pinging|notifying|bothering|bugging|disturbing|messaging|alerting) (me|us) [(about|for|with|on|from) {reference}] ${time}`,
    `(no|no more|stop) (notifications|pings|alerts|messages|updates|noise) [(about|for|from|on) {reference}] ${time}`,
    `(i do not want|do not want) to (hear|be notified|be pinged|be bothered) [(about|from|of|by) {reference}] ${time}`,
    `(leave me alone|leave us alone|give me (a break|peace|some peace|quiet)|be silent|be quiet|quiet|silence|hush|shush|shut up|pipe down|zip it|do not disturb|stay quiet|keep quiet|keep it down) [(about|with|on) {reference}] ${time}`,
    { form: `(mute|silence|snooze|hush|shush|quiet) <it> ${time}`, where: 'thread' },
    { form: `(mute|snooze|silence|quiet|hush|shush) ${time}`, where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'for', 'until'],
  about: 'place',
  examples: [],
  role: 'viewer',
  risk: 'change',
  means: () => notYet('muting', 'Nothing here pings anybody so far.'),
}
