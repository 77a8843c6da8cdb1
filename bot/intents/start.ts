import type { Context, Intent, Meaning, Slots, StartDraft } from '../contracts/intent.ts'
import { sessionFor } from './session.ts'

const whichTask = 'Say it with an issue, as in "fix #1", or with a sentence, as in: start "rename Foo to Bar".'
const how = '[<in>] [<with>] [<in>] [(from|based on|off|against|on base|on branch) [(base|branch)] {base}]'
const list = '[(issue|issues|task|tasks|ticket|tickets)] {tasks}'

/** Puts agents to work on tasks, or on a sentence. */
export const start: Intent = {
  name: 'start',
  summary: 'Puts an agent to work on an issue, on several, or on a sentence.',
  forms: [
    {
      form: `(fix|start|pick up|work on|start work on|start working on|take care of) ${list} [in {project}] [(with|using) {agent}] [in {project}] [(from|based on|off|against) [(base|branch)] {base}]`,
      where: 'outside',
    },
    {
      form: `(do|take) ({issues}|(issue|issues|task|tasks) {tasks}) [in {project}] [(with|using) {agent}] [in {project}] [(from|based on|off|against) [(base|branch)] {base}]`,
      where: 'outside',
    },
    { form: '(fix|start|do|work on) {session}', where: 'outside', unlisted: true },
    { form: '(start|fix) {quoted} [in {project}] [(with|using) {agent}]', where: 'outside' },
    { form: '(fix|start) [(issue|issues|task|tasks)] {list}', where: 'outside', unlisted: true },
    { form: '(fix|start) [(it|this|that)]', where: 'outside', unlisted: true },
  ],
  phrases: [
    { form: `<work> [(this|that|these|those|the following)] ${list} ${how}`, where: 'outside' },
    { form: `[(this|that|issue|task|new task|next up|todo)] {issues} ${how}`, where: 'outside' },
    { form: `[(can|could|may|should) we] (have|let|get|make|ask|use) {agent} [(to|for|on)] [<work>] ${list} ${how}`, where: 'outside' },
    { form: `{agent} [(should|can|could|to)] <work> ${list} ${how}`, where: 'outside' },
    { form: `(put|set|get|unleash|sic) {agent} (on|onto|to work on|to|loose on|working on) [<work>] ${list} ${how}`, where: 'outside' },
    { form: `(assign|give|hand|pass|send) ${list} [over] to {agent} ${how}`, where: 'outside' },
    { form: `(assign|give|hand) {agent} ${list} ${how}`, where: 'outside' },
    {
      form: `(start|open|create|launch|spin up|kick off|run|get|put|assign) [(a|an|another|new|someone|somebody)] [(session|agent|task|work|thread|run)] (for|on|to|with) ${list} ${how}`,
      where: 'outside',
    },
    { form: `(get|have) ${list} (fixed|done|solved|started|going|sorted|resolved|handled|looked at) ${how}`, where: 'outside' },
    { form: `${list} (needs|need) (fixing|doing|to be (fixed|done|solved)|work) ${how}`, where: 'outside' },
    { form: '[(can|could|may) we] (have|let|get|ask|use|make|want) {agent} [to] {job}', where: 'outside' },
    { form: '{agent} {job}', where: 'outside' },
    { form: '[(in|for|on)] {project} {job}', where: 'outside' },
    { form: '(start|open|create|launch|spin up|kick off|begin) [(session|agent|task)] [(to|for|and)] {job}', where: 'outside' },
    { form: '({fix}|{job}) (in|for|on) [project] {project} [(with|using|via) {agent}]', where: 'outside' },
    { form: '({fix}|{job}) (with|using|via) {agent}', where: 'outside' },
    { form: '({fix}|{job})', where: 'outside' },
  ],
  takes: ['tasks', 'text', 'session', 'project', 'agent', 'base', 'model', 'branch'],
  about: 'nothing',
  examples: [
    { say: 'fix #1', means: { wishes: [wish('#1')] } },
    { say: 'please fix #1, #2 and #3', means: { wishes: [wish('#1'), wish('#2'), wish('#3')] } },
    { say: 'fix #1 with codex', means: { wishes: [{ ...wish('#1'), agent: 'codex' }] } },
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
  means: ({ tasks, text, session, agent, base, branch, model, project: named }: Slots, context: Context): Meaning => {
    const { project: here, projects } = context
    if (session !== undefined) {
      const found = sessionFor({ session }, context)
      if (!('session' in found)) return found
      return {
        refused: `${session} is a session, and no task.`,
        hint: `Say "retry ${session}" or "restore ${session}", or name an issue, as in "fix #1".`,
      }
    }
    const project = named ?? here
    if (project === null || !projects.includes(project))
      return { ask: 'project', hint: `Say it with one of ${projects.join(', ')}, as in "fix #1 in ${projects[0] ?? 'app'}".` }
    const wanted = tasks ? tasks.map((key) => ({ key })) : text && isSentence(text) ? [{ text }] : []
    if (wanted.length === 0) return { ask: 'task', hint: whichTask }
    if (branch !== undefined && wanted.length > 1)
      return {
        refused: `${wanted.length} tasks cannot share the branch ${branch}.`,
        hint: 'Start them one by one, each with a branch of its own.',
      }
    return {
      wishes: wanted.map((task) => ({
        name: 'start',
        project,
        task,
        agent: agent ?? null,
        base: base ?? null,
        branch: branch ?? null,
        model: model ?? null,
      })),
    }
  },
}

/** Issues that could not be read as a list (`fix #42 on next`, `fix 1-60 and 3`) are no sentence. */
const isSentence = (text: string): boolean => {
  const what = text.replace(/^fix\s+/i, '')
  return /\p{L}/u.test(what.replace(/\b(?:and|on|in)\b/gi, '')) && !/^#?\d+(?:-#?\d+)?(?:$|[\s,]+(?:and|on|in|#|\d))/.test(what)
}

function wish(key: string): StartDraft {
  return { name: 'start', project: 'app', task: { key }, agent: null, base: null, branch: null, model: null }
}
