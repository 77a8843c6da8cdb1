import type { Intent } from '../contracts/intent.ts'
import { sessionOrProject } from './pause.ts'

/** Lets a paused project or session go on. */
export const resume: Intent = {
  name: 'resume',
  summary: 'Lets a paused project or session go on.',
  forms: [
    '(resume|continue|unpause) {reference}',
    '(resume|continue|unpause) [project] {project}',
    '(resume|unpause) {it:true=it|this}',
    '(resume|unpause)',
    { form: 'continue {it:true=it|this}', where: 'outside' },
    { form: 'continue', where: 'outside' },
    { form: 'continue [(it|this)]', where: 'paused' },
  ],
  phrases: [
    '(carry on|go on|go ahead|proceed) (with|in|on) ({session}|[project] {project})',
    '(unfreeze|unsuspend|un-pause|reactivate) ({session}|[project] {project})',
    'let ({session}|{project}) (continue|go on|carry on|run again|resume|proceed)',
    '(resume|continue|unpause) (work|working|starts|tasks|session|agent) (in|on|of|for) ({reference}|[project] {project})',
    '(resume|continue|unpause) {project} project',
    '(start|take|accept|pick up) (new|more) (tasks|work|stuff|things|sessions) again [<in>]',
    '(new tasks|new work|it) (may|can) start again [<in>]',
    { form: '(resume|unpause) (<it>|work|working|everything|starts|queue|things|all)', where: 'outside' },
    { form: '(resume|unpause) (<it>|work|working)', where: 'thread' },
    { form: '(go on|carry on|proceed|keep going|continue) [(<it>|work|working)]', where: 'paused' },
  ],
  takes: ['session', 'task', 'change', 'project', 'it'],
  about: 'place',
  examples: [
    { say: 'resume app', means: { wishes: [{ name: 'resume', project: 'app' }] } },
    { say: 'resume app-3', means: { wishes: [{ name: 'continue', session: 'app-3' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    sessionOrProject(slots, context, {
      project: (project) => ({ wishes: [{ name: 'resume', project }] }),
      session: (session) => ({ wishes: [{ name: 'continue', session }] }),
    }),
}
