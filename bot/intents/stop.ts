import type { Intent } from '../contracts/intent.ts'
import { aboutSessions } from './session.ts'

/** Ends the agent of a session. Its branch and its work stay. */
export const stop: Intent = {
  name: 'stop',
  summary: 'Ends the agent of a session, of several, or of all. Its branch and its work stay.',
  forms: [
    '(stop|cancel|end|kill|abort) {sessions}',
    '(stop|cancel|end|kill|abort) {reference}',
    '(stop|cancel|end|kill|abort) [(it|this|this session|the session|the agent|this agent)]',
    {
      form: '(stop|cancel|end|kill|abort) {all:true=(everything|everyone|all [of] [the] [(agents|sessions|of them)])} [in {project}]',
      where: 'outside',
    },
    { form: '(stop|cancel|end|kill|abort) {all:true=(everything|all (agents|sessions))}', where: 'thread' },
  ],
  phrases: [
    '(shut down|shutdown|shut|terminate|quit|halt|get rid of|pull the plug on|take down|dispose of|finish off|nuke) ({reference}|<it>) [down]',
    '(stop|cancel|end|kill|abort) (work|working|agent|run|task) (on|for|of) {reference}',
    '(stop|cancel|end|kill|abort|shut down|terminate|halt) {all:true=((everything|all|every) [of them] [(running|agent|session|agents|sessions|work)])} [now] [in {project}]',
    'make {reference} stop',
    '{reference} (stop|cancel|abort)',
    '(stop|cancel|end|kill|abort) {reference} (agent|session|task|run|work)',
    {
      form: '(stop|end|kill|cancel|abort|quit|terminate|shut down) (<it>|work|working|here|everything here|right there|task|run)',
      where: 'thread',
    },
  ],
  takes: ['session', 'sessions', 'task', 'change', 'project', 'all'],
  about: 'session',
  examples: [
    { say: 'stop app-3', means: { wishes: [{ name: 'stop', session: 'app-3' }] } },
    {
      say: 'stop app-3 and web-api-4',
      means: {
        wishes: [
          { name: 'stop', session: 'app-3' },
          { name: 'stop', session: 'web-api-4' },
        ],
      },
    },
  ],
  role: 'operator',
  risk: 'destroy',
  means: (slots, context) =>
    aboutSessions(slots, context, (sessions) => ({ wishes: sessions.map((session) => ({ name: 'stop', session })) })),
}
