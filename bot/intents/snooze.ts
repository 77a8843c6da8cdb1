import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

/** Puts off what a session waits for. */
export const snooze: Intent = {
  name: 'snooze',
  summary: 'Puts off what a session waits for: nobody is called until then, and you are reminded; an hour where no time is named.',
  forms: [
    'snooze {reference} [for] {duration}',
    'snooze {reference} [until] {until}',
    'snooze {reference}',
    'snooze [{it:true=it|this}] [for] {duration}',
    'snooze [{it:true=it|this}] [until] {until}',
    'snooze [{it:true=it|this}]',
  ],
  phrases: [
    '(remind|ask|tell|ping) me (about|of) {reference} (again|later|again later)',
    '(remind|ask|tell|ping) me (about|of) {reference} [again] (in {duration}|{until}|at {until}|on {until})',
    { form: '(remind|ask|tell|ping) me [(about|of) <it>] (again|later|again later)', where: 'thread' },
    { form: '(remind|ask|tell|ping) me [(about|of) <it>] [again] (in {duration}|{until}|at {until}|on {until})', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project', 'for', 'until', 'it'],
  about: 'session',
  examples: [
    { say: 'snooze app-3 15m', means: { note: { name: 'snooze', session: 'app-3', for: '15m', until: null } } },
    { say: 'snooze app-3 until tomorrow', means: { note: { name: 'snooze', session: 'app-3', for: null, until: 'tomorrow' } } },
    { say: 'snooze', in: 'thread', means: { note: { name: 'snooze', session: 'app-3', for: null, until: null } } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSession(slots, context, (session) => ({
      note: { name: 'snooze', session, for: slots.for ?? null, until: slots.until ?? null },
    })),
}
