import type { Intent } from '../contracts/intent.ts'
import { sessionOrChannel } from './session.ts'

const spent = '(cost|costs|costing|spent|spend|spending|burned|burnt|burn|burning|used|use|using|consumed|consume|eaten|eat|racked up|been)'
const what = '(how much|how many (tokens|dollars|euros|credits)|what|how much money)'

/** Says what agents have cost: one session, or today, this week and so on, by project, person, model and session. */
export const cost: Intent = {
  name: 'cost',
  summary: 'Says what agents have cost.',
  forms: ['(cost|costs) {reference}', '(cost|costs) [{project}] [{since}]'],
  phrases: [
    { form: `${what} [money|tokens] (has|did|does|is|have|was) (<it>|you) ${spent} [us|me] [up]`, where: 'thread' },
    { form: `[(<show>|what is|whats|what are)] <cost> [(of|for) <it>] [here]`, where: 'thread' },
    { form: 'how (expensive|pricey|costly) (is|was|has) <it> [been]', where: 'thread' },
    { form: `${what} [money|tokens] (did|have|do|has) (we|i|you) ${spent} (on|for|in) <it>`, where: 'thread' },
    `${what} [money|tokens] (has|did|does|is|have|was|will) {reference} ${spent} [us|me] [up|through] [so far] [{since}]`,
    `${what} [money|tokens] (did|have|do|are|has|was|were|had) (we|i|you|they|{general:true=(<agents>|everything|it all)}) [been] ${spent} [(on|for|in|with) ({reference}|[project] {project})] [altogether|in total|overall] [{since}]`,
    `${what} [money|tokens] (did|have|do|are|has|was) (we|i|you) ${spent} {since} [(on|for|in) ({reference}|[project] {project})]`,
    `${what} (was|is|were|got|has been) ${spent} [(on|for|by) ({reference}|[project] {project})] [{since}]`,
    `(<show>|what is|whats|what are) <cost> [report|overview|breakdown|so far|total] [(of|for|on|from|by)] [({reference}|[project] {project})] [(for|of)] [{since}]`,
    `<show> {since} <cost>`,
    `${what} (does|did|has|is) {general:true=(all this|it all|all of this|all that|everything|this all|the fleet)} ${spent} [so far] [{since}]`,
    `${what} (did|does|has) {since} ${spent}`,
    `{since} <cost>`,
    `<show> {reference} <cost>`,
    `{reference} <cost>`,
    `<cost> (of|for|on) ({reference}|[project] {project}) [{since}]`,
    `<cost> [so far] {since}`,
    'how (expensive|pricey|costly) (is|was|has) {reference} [been]',
    `${what} [money] (did|does|has|will|is) {project} ${spent} [so far] [{since}]`,
  ],
  takes: ['session', 'task', 'change', 'project', 'since', 'general'],
  about: 'place',
  examples: [
    { say: 'cost', means: { question: { name: 'cost', session: null, project: null, since: null } } },
    { say: 'cost app-3', means: { question: { name: 'cost', session: 'app-3', project: null, since: null } } },
    { say: 'costs this week', means: { question: { name: 'cost', session: null, project: null, since: 'this week' } } },
    { say: 'cost', in: 'thread', means: { question: { name: 'cost', session: 'app-3', project: null, since: null } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) =>
    sessionOrChannel(slots, context, (session) => ({
      question: { name: 'cost', session, project: session === null ? (slots.project ?? null) : null, since: slots.since ?? null },
    })),
}
