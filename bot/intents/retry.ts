import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const chance = '(try|go|shot|chance|attempt|run|round)'
const as = '[[.] [(with|using|via|on|by)] [agent] {agent} [instead]]'

/** Tries again where a session failed; with another agent if one is named. */
export const retry: Intent = {
  name: 'retry',
  summary: 'Tries again where a session failed; with another agent if one is named.',
  forms: ['retry {reference} [(with|using) {agent}]', 'retry [(it|this)] [(with|using) {agent}]'],
  phrases: [
    `(try|do|run|attempt) {reference} (again|once more|one more time|another time|a second time) ${as}`,
    `try again (with|on) {reference} ${as}`,
    `(rerun|re-run|redo|reattempt|retry|re-try) {reference} (again|once more|one more time) ${as}`,
    `(rerun|re-run|redo|reattempt|re-try|retry) {reference} ${as}`,
    `(give|let) {reference} (another|one more|a second|a new|second|have another) ${chance} ${as}`,
    `let {agent} (try|retry|redo|have a go at|have a try at|take a stab at) {reference} [again]`,
    `retry {reference} but ${as}`,
    `(have|take|make) (another|one more|a second|second) ${chance} (at|on|with) {reference} ${as}`,
    '{reference} (retry|try again)',
    '(have|let|make) {reference} (try again|retry|have another (go|try))',
    { form: `(try|retry|do|run|attempt) [<it>] (again|once more|one more time|another time|over) ${as}`, where: 'thread' },
    { form: `(retry|re-try) <it> ${as}`, where: 'thread' },
    { form: '(try|retry) [<it>] (with|using|via) [agent] {agent} [instead]', where: 'thread' },
    { form: `(give|let) <it> (another|one more|a second|second|have another) ${chance} ${as}`, where: 'thread' },
    { form: `(have|take|make) (another|one more|a second|second) ${chance} [at <it>] ${as}`, where: 'thread' },
    { form: `(one more|another) (try|go|attempt|shot) ${as}`, where: 'thread' },
    { form: `(rerun|redo|re-run|once more|one more time) [<it>] ${as}`, where: 'thread' },
    { form: `let {agent} (try|retry|redo|have a go at|have a try at|take a stab at) [<it>] [again]`, where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'agent'],
  about: 'session',
  examples: [
    { say: 'retry app-3', means: { wishes: [{ name: 'retry', session: 'app-3', agent: null }] } },
    { say: 'retry app-3 with codex', means: { wishes: [{ name: 'retry', session: 'app-3', agent: 'codex' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({ wishes: [{ name: 'retry', session, agent: slots.agent ?? null }] })),
}
