import type { Intent } from '../contracts/intent.ts'

/** Makes a project the one that is meant in this place. */
export const use: Intent = {
  name: 'use',
  summary: 'Makes a project the one that is meant in this place.',
  forms: [{ form: 'use [project] {project}', where: 'outside' }],
  phrases: [
    {
      form: '[(can|could|may|should|shall) (we|i)] (switch|change|go|move|swap|jump|hop) [over] [(project|me|us|context|default)] (to|into|onto) [project] {project} [project]',
      where: 'outside',
    },
    {
      form: '(use|select|choose|pick|open|take|set|activate) [(project|default|default project|current project)] [(to|as)] {project} [project] [(as (default|default project)|by default|from now on)]',
      where: 'outside',
    },
    { form: '(set|change) [(default|current|default project|project|current project)] (to|as) {project}', where: 'outside' },
    {
      form: '(work|i (work|am working)|i want to work|lets work) (in|on|with) [project] {project} [project] [from now on]',
      where: 'outside',
    },
    { form: '(my|default|current) project is {project}', where: 'outside' },
  ],
  takes: ['project'],
  about: 'nothing',
  examples: [{ say: 'use app', means: { note: { name: 'use', project: 'app' } } }],
  role: 'operator',
  risk: 'change',
  means: ({ project }, context) =>
    project === undefined
      ? { ask: 'project', hint: `Say it with one of ${context.projects.join(', ')}.` }
      : { note: { name: 'use', project } },
}
