import type { Context, Intent, Meaning, Slots } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const fresh = '(anything|any|new|more|other|another|further|additional|any new|any more|anything new|anything else)'
const things = '[(new|more|else|tasks|task|stuff|work|sessions|things|ones|agents|jobs|issues)] [(new|else)]'

/** Pauses a project (nothing new starts in it) or the agent of a session. */
export const pause: Intent = {
  name: 'pause',
  summary: 'Pauses a project (nothing new starts in it) or the agent of a session.',
  forms: ['pause {reference}', 'pause [project] {project}', 'pause {it:true=it|this}', 'pause'],
  phrases: [
    `(do not|never|please do not|stop|no) [(start|starting|begin|beginning|take|taking|pick up|picking up|accept|accepting|launch|launching|run|running|spawn|spawning)] ${fresh} ${things} [<in>]`,
    `(no|hold off on|hold) (new|more|further) (tasks|task|work|sessions|starts|stuff|things|ones|agents|jobs) [<in>]`,
    `(pause|hold|stop|freeze|suspend) [all] (new work|intake|starts|new starts|new tasks|the queue|queue|starting new (things|tasks|work)|admissions) [<in>]`,
    '(suspend|freeze|hold|halt) ({session}|project {project}|{project})',
    '(put|set) ({session}|[project] {project}|{reference}) on (hold|pause|ice)',
    'pause (work|agent|session) (on|of|for) {reference}',
    'pause (work|everything|all|all work|things|starts) <in>',
    'pause {project} project',
    { form: '(pause|suspend|freeze) <it>', where: 'thread' },
    '{session} pause',
    { form: '(put|set) <it> on (hold|pause|ice)', where: 'thread' },
    { form: '(take a break|hold on a moment|pause work|pause here)', where: 'thread' },
    { form: 'pause (work|everything|things|all)', where: 'outside' },
  ],
  takes: ['session', 'task', 'change', 'project', 'it'],
  about: 'place',
  examples: [
    { say: 'pause app', means: { wishes: [{ name: 'pause', project: 'app' }] } },
    { say: 'pause app-3', means: { wishes: [{ name: 'suspend', session: 'app-3' }] } },
  ],
  role: 'operator',
  risk: 'change',
  means: (slots, context) =>
    sessionOrProject(slots, context, {
      project: (project) => ({ wishes: [{ name: 'pause', project }] }),
      session: (session) => ({ wishes: [{ name: 'suspend', session }] }),
    }),
}

/** Where neither is named: in a thread its session, in a channel its project. */
export const sessionOrProject = (
  slots: Slots,
  context: Context,
  mean: { readonly project: (project: string) => Meaning; readonly session: (session: string) => Meaning },
): Meaning => {
  const { session, task, change } = slots
  if (slots.it || session !== undefined || task !== undefined || change !== undefined) return aboutSession(slots, context, mean.session)
  const project = slots.project ?? context.project
  if (project === null)
    return { ask: 'project', hint: `Say it with one of ${context.projects.join(', ')}, as in "pause ${context.projects[0] ?? 'app'}".` }
  return mean.project(project)
}
