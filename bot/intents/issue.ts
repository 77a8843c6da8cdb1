import type { Context, Intent, Meaning, Slots } from '../contracts/intent.ts'

/** Writes a new task into the project's tracker; nobody starts on it. */
export const issue: Intent = {
  name: 'issue',
  summary: 'Writes a new issue into the tracker, without starting on it.',
  forms: [
    '(issue|new issue) {quoted} [in {project}]',
    '(create|write|open|file|add|make) [(a|an|the)] [new] (issue|ticket) {quoted} [in {project}]',
  ],
  phrases: [],
  takes: ['text', 'project'],
  about: 'nothing',
  examples: [
    { say: 'issue "The login fails on Sundays"', means: { wishes: [draft('The login fails on Sundays')] } },
    { say: 'create an issue "Dark mode" in app', means: { wishes: [draft('Dark mode')] } },
  ],
  role: 'operator',
  risk: 'change',
  means: ({ text, project: named }: Slots, { project: here, projects }: Context): Meaning => {
    const project = named ?? here
    if (project === null || !projects.includes(project))
      return { ask: 'project', hint: `Say it with one of ${projects.join(', ')}, as in: issue "what is wrong" in ${projects[0] ?? 'app'}` }
    const words = (text ?? '').trim()
    if (words === '') return { ask: 'words', hint: 'Say what is wrong in quotes, as in: issue "The login fails on Sundays"' }
    const [title = '', ...rest] = words.split('\n')
    return { wishes: [{ name: 'issue', project, title: title.trim(), body: rest.join('\n').trim() }] }
  },
}

function draft(title: string) {
  return { name: 'issue', project: 'app', title, body: '' } as const
}
