import type { Intent } from '../contracts/intent.ts'
import { aboutSessions } from './session.ts'

/** Says something to the agent of a session. In its thread every other word does. */
export const tell: Intent = {
  name: 'tell',
  summary: 'Says something to the agent of a session. In its thread every other word does.',
  forms: [
    '(tell|ask|message) {sessions} [(to|that)] {words}',
    '(tell|ask|message) {session} [(to|that)] {words}',
    '(tell|ask) it [(to|that)] {words}',
    { form: '(tell|ask|message) {session}', where: 'outside', unlisted: true },
  ],
  phrases: [
    '(tell|ask|message|instruct|remind|inform|ping) ({reference}|agent (of|on|for) {reference}) [(to|that)] {words}',
    'let {reference} know [(that|to)] {words}',
    '(say|pass|send|write|forward) (to|a message to|a note to) {reference} [that] {words}',
    '{addressee} {remark}',
  ],
  takes: ['session', 'sessions', 'task', 'change', 'project', 'text'],
  about: 'session',
  examples: [
    { say: 'tell app-3 use zod', means: { wishes: [{ name: 'tell', session: 'app-3', text: 'use zod' }] } },
    { say: 'tell app-3: use zod', means: { wishes: [{ name: 'tell', session: 'app-3', text: 'use zod' }] } },
    { say: 'ask app-3 why it needs zod', means: { wishes: [{ name: 'tell', session: 'app-3', text: 'why it needs zod' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    aboutSessions(slots, context, (sessions) => {
      const { text } = slots
      if (text === undefined)
        return { ask: 'text', hint: `Say it with what ${sessions[0]} is to hear, as in "tell ${sessions[0]} use zod".` }
      return { wishes: sessions.map((session) => ({ name: 'tell', session, text })) }
    }),
}
