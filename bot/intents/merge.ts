import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const green = '{when:green=<green>}'
const how = `[${green}] [<method>] [${green}]`
const merging = '(merge|ship|land|automerge|auto-merge)'

/** Merges the change of a session, exactly as the card showed it. */
export const merge: Intent = {
  name: 'merge',
  summary: 'Merges the change of a session, exactly as the card showed it.',
  forms: [
    `(merge|ship) {change} [{when:green=(when|once) [it is] green}] [with ({method:squash=squash}|{method:rebase=rebase}|{method:merge=merge})] [{when:green=(when|once) [it is] green}]`,
    `(merge|ship) [(it|this)] [{when:green=(when|once) [it is] green}] [with ({method:squash=squash}|{method:rebase=rebase}|{method:merge=merge})]`,
  ],
  phrases: [
    `${merging} ({change}|<it>) [<main>] ${how}`,
    `${merging} [away] ${how}`,
    `${merging} ({change}|<it>) ({method:squash=squash}|{method:rebase=rebase})`,
    `${merging} {change} (pr|change|branch|pull request|work) ${how}`,
    `${merging} (pr|change|branch|pull request|work) (of|for|from) {change} ${how}`,
    `({method:squash=squash-merge|squashmerge}|{method:rebase=rebase-merge}) ({change}|<it>) [<main>] ${how}`,
    '{change} (merge|ship)',
    `({method:squash=squash}|{method:rebase=rebase}) [and] merge ({change}|<it>) [<main>] ${how}`,
    `({method:squash=squash}|{method:rebase=rebase}) [and] merge`,
    `squash {method:squash={change}} [and merge] [<main>] ${how}`,
    `(get|have) ({change}|<it>) (merged|in|shipped|landed) [<main>] ${how}`,
    `(get|bring|put) ({change}|<it>) <main> ${how}`,
    `${green} [then] [please] [go ahead and] [you can] ${merging} ({change}|<it>) [<main>] ${how}`,
    `${green} [then] [please] [go ahead and] [you can] ${merging}`,
    '(hit|press|push|click|do) merge [button] [(for|on|of) {change}]',
    '(send|ship) <it>',
    `{when:green=(automerge|auto-merge|auto merge|enable auto-merge (for|on))} ({change}|<it>)`,
  ],
  takes: ['session', 'task', 'change', 'project', 'when', 'method'],
  about: 'session',
  examples: [
    { say: 'merge app-3', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: null, about: null }] } },
    { say: 'merge it', in: 'thread', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: null, about: null }] } },
    { say: 'ship it!', in: 'thread', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: null, about: null }] } },
    { say: 'merge app-3 when green', means: { wishes: [{ name: 'merge', session: 'app-3', when: 'green', method: null, about: null }] } },
    {
      say: 'merge app-3 with squash',
      means: { wishes: [{ name: 'merge', session: 'app-3', when: 'now', method: 'squash', about: null }] },
    },
  ],
  role: 'maintainer',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({
      wishes: [{ name: 'merge', session, when: slots.when ?? 'now', method: slots.method ?? null, about: null }],
    })),
}
