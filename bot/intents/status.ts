import { type Intent, statusFilters } from '../contracts/intent.ts'

const where = '[(in|of|for|on|at) [project] {project}]'

/** Lists the sessions: all, or those that are stuck, mergeable, failing, running, queued, ended or need you. */
export const status: Intent = {
  name: 'status',
  summary: 'Lists the sessions: all, or those that are stuck, mergeable, failing, running, queued, ended or need you.',
  forms: [
    { form: '(status|board|list|sessions) [{filter}] [[in] {project}]', where: 'outside' },
    '(status|board|list|sessions) {filter} [in {project}]',
    'what is {filter:stuck=stuck}',
    '{filter:mergeable=what can i merge}',
    '{filter:needs-me=(who|what) needs me}',
  ],
  phrases: [
    `[<show>] [is|are] [there] <anything> [that|which] [<be>] {filter:stuck=(stuck|blocked|hanging|hung|frozen|jammed|not moving)} ${where}`,
    `[show|list] [are there] [any] {filter:stuck=(stuck|blocked|hanging)} (sessions|agents|tasks|ones) ${where}`,
    { form: '{filter:stuck=(stuck|blocked)}', where: 'outside' },
    { form: '{filter:mergeable=(mergeable|ready to merge)}', where: 'outside' },
    `[is there|are there] (what|anything|something|which (one|ones|pr|prs|session|sessions|change|changes)) [is there] [that] [can|could|may] (i|we) [can|could|may] {filter:mergeable=(merge|ship|land|approve and merge)} ${where}`,
    `[<show>] [is|are] [there] <anything> [that] [<be>] {filter:mergeable=(mergeable|ready [(to (merge|ship|land|be merged|go|go in)|for (merge|merging|me to merge))]|good to (merge|go|ship)|to merge|waiting (to be merged|for merge|to merge)|green|mergable|to ship|shippable)} ${where}`,
    `<anything> can be {filter:mergeable=(merged|shipped|landed)} ${where}`,
    `(show|list|which) {filter:mergeable=(mergeable|ready|green)} (sessions|prs|changes|ones) ${where}`,
    `[<show>] [<be>] [there] <anything> [that] [<be>] {filter:needs-me=((needs|need|needing|requires|require|wants|want) <mine>|(waiting|waits|wait|blocked|pending|stuck|held up) (for|on) <mine>|for me [to (do|decide|answer|review|approve|look at)])} ${where}`,
    `{filter:needs-me=(what|anything|something) (do you need|you need|needed) [from (me|us)]}`,
    { form: '{filter:needs-me=(needs me|needs my (input|attention|ok|answer)|waiting for me)}', where: 'outside' },
    `{filter:needs-me=(am i|are we|is anybody|is a human) needed [(anywhere|for anything|by <anything>)]}`,
    `{filter:needs-me=(what|anything) [else] (do|should|must|can) i [(need|have)] [to] (do|decide|answer|approve|review|look at|act on|take care of|attend to|respond to)}`,
    `{filter:needs-me=(what is|anything|whats) (on my plate|on me|left for me|my turn|in my court)}`,
    `[<be>] [there] <anything> [that] [<be>] {filter:failing=(failing|failed|red|broken|crashed|failing ci|red on ci)} ${where}`,
    {
      form: `(what|how) (is|are) [things|stuff|it|everything|all|life|we|work] (going on|happening|going|up|running|new|cooking|doing|looking|shaking|standing) [(here|there|rn|with (it|everything|everyone|<agents>))] ${where}`,
      where: 'outside',
    },
    {
      form: `(how|what) (is|are|do) [all] <agents> (doing|going|getting on|getting along|looking|working on|up to|busy with|progressing|coming along|look) ${where}`,
      where: 'outside',
    },
    {
      form: `how (is|are) [the] [work|{project}|things|everything|progress|stuff] (going|doing|looking|progressing|coming along) ${where}`,
      where: 'outside',
    },
    {
      form: `<show> [full|current|overall|latest|quick|short] (status|status update|board|overview|sessions|session list|list of sessions|all sessions|agents|tasks|dashboard|state|update|status report|status board|list|everything|state of things) [of (everything|things|<agents>|the fleet)] ${where}`,
      where: 'outside',
    },
    {
      form: `[what is|give me|i need|quick|short|current] (status|state|update|overview|status update|status report) [(of|on) (everything|things|all [sessions]|<agents>|the fleet)] ${where}`,
      where: 'outside',
    },
    { form: `[quick|any|short] (update|updates|news|status|progress) ${where}`, where: 'outside' },
    { form: '(list|show) [all] (sessions|agents|tasks)', where: 'outside' },
    {
      form: `(which|what|how many) (sessions|agents|tasks) (are|do we have) [there] [(running|active|working|live|going|open|at work|busy|up|online|alive|in progress)] ${where}`,
      where: 'outside',
    },
    {
      form: `(what|who) is [(everyone|everybody|anybody|anyone)] (running|working|active|busy|at work|working on [what]|in progress|being worked on) ${where}`,
      where: 'outside',
    },
    { form: `where (are|do) (we|things|they) [stand|at|standing] [(with|on) (everything|things)] ${where}`, where: 'outside' },
    { form: 'how goes it', where: 'outside' },
  ],
  takes: ['filter', 'project'],
  about: 'nothing',
  examples: [
    { say: 'status', means: { question: { name: 'status', filter: null, project: null } } },
    { say: 'status failing', means: { question: { name: 'status', filter: 'failing', project: null } } },
    { say: "what's stuck?", means: { question: { name: 'status', filter: 'stuck', project: null } } },
    { say: 'what can I merge?', means: { question: { name: 'status', filter: 'mergeable', project: null } } },
    { say: 'who needs me?', means: { question: { name: 'status', filter: 'needs-me', project: null } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ filter, project }) => ({
    question: { name: 'status', filter: statusFilters.find((one) => one === filter) ?? null, project: project ?? null },
  }),
}
