import type { Context, Intent, Meaning, Slots, StartDraft } from '../contracts/intent.ts'

const whichTask = 'Say it with an issue, as in "fix #1", or with a sentence, as in: start "rename Foo to Bar".'

/** Puts agents to work on tasks, or on a sentence. */
export const start: Intent = {
  name: 'start',
  summary: 'Puts an agent to work on an issue, on several, or on a sentence.',
  forms: [
    { form: '(fix|start|do|take|pick up|work on) [(issue|issues|task|tasks) ]{tasks} in {project}', where: 'outside' },
    { form: '(fix|start|do|take|pick up|work on) [(issue|issues|task|tasks) ]{tasks}', where: 'outside' },
    { form: '(fix|start) {quoted}[ in {project}]', where: 'outside' },
    { form: '(fix|start) {text}', where: 'outside' },
    { form: '(fix|start)', where: 'outside' },
  ],
  examples: [
    { say: 'fix #1', means: { wishes: [wish('#1')] } },
    { say: 'please fix #1, #2 and #3', means: { wishes: [wish('#1'), wish('#2'), wish('#3')] } },
    {
      say: 'start "add input validation" base=next',
      means: { wishes: [{ ...wish('x'), task: { text: 'add input validation' }, base: 'next' }] },
    },
    {
      say: 'start',
      means: { ask: 'task', hint: whichTask },
    },
  ],
  role: 'operator',
  risk: 'change',
  means: ({ tasks, text, agent, base, model, project: named }: Slots, { project: here, projects }: Context): Meaning => {
    const project = named ?? here
    if (project === null || !projects.includes(project))
      return { ask: 'project', hint: `Say it with one of ${projects.join(', ')}, as in "fix #1 in ${projects[0] ?? 'app'}".` }
    const wanted = tasks ? tasks.map((key) => ({ key })) : text && isSentence(text) ? [{ text }] : []
    if (wanted.length === 0) return { ask: 'task', hint: whichTask }
    return {
      wishes: wanted.map((task) => ({ name: 'start', project, task, agent: agent ?? null, base: base ?? null, model: model ?? null })),
    }
  },
}

/** Issues that could not be read as a list (`#42 on next`, `1-60 and 3`) are no sentence. */
const isSentence = (text: string): boolean => /\p{L}/u.test(text.replace(/\band\b/gi, '')) && !/^#\d/.test(text)

function wish(key: string): StartDraft {
  return { name: 'start', project: 'app', task: { key }, agent: null, base: null, model: null }
}
