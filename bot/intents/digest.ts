import type { Intent } from '../contracts/intent.ts'

const always =
  '[{all:true=(always|each time|even (if|when) [(there is|it is)] (nothing|empty) [(happened|happens|is new|new|to (say|tell|report))])}]'

/** Says what happened: merged, waiting, stuck, failing. */
export const digest: Intent = {
  name: 'digest',
  summary: 'Says what happened: merged, waiting, stuck, failing; now, or at set times.',
  forms: ['digest [{since}]', 'digest {schedule} [{all:true=always}]'],
  phrases: [
    '[<show>] <digest> [(of|for|from|about|since)] [{since}]',
    '[<show>] {since} <digest>',
    `(<show>|i (want|would like|need|would love)|set up|schedule|subscribe me to|sign me up for|deliver|mail|dm) [me|us] [to (get|have|receive)] <digest> [here] {schedule} ${always}`,
    `<digest> [here] {schedule} ${always}`,
    '{schedule} [<show>] <digest>',
    '[(<show>|i want|i would like|set up|schedule)] {digested}',
    '(what|anything|something|how much) [interesting|important|new|else|all] (happened|happen|changed|went on|has happened|has been happening|was going on|came in|moved|did happen) [here] [{since}]',
    '(what|which|how much|anything) [things|tasks|prs|issues] (got|was|were|has been|have been|has|have|did) [(we|you|they|the agents|the team|agents|anything|everyone|get)] (done|finished|merged|shipped|do|get done|landed|completed|closed|achieve|achieved|accomplished|accomplish|finish|ship|merge|been done|been merged) {since}',
    '(what|anything) (did|have) i (miss|missed) [{since}]',
    '(catch me up|bring me up to (speed|date)|fill me in|summarize|summarise|recap|sum up|summarize what happened|summarise what happened|tell me what happened|update me) [(on|of|for)] [everything] [{since}]',
    '(what is|anything) new {since}',
    '(sum up|summarize|summarise|recap|tell me|show me|list) [everything] (what|that) (happened|went on|changed|got done|was done|got merged) [{since}]',
    'how (did|was) (it|things|everything|<agents>|night|last night|the night|the day) (go|going) [{since}]',
  ],
  takes: ['since', 'schedule', 'all'],
  about: 'nothing',
  // With a schedule it is no question, and asks before it takes words for one; all else is answered at once.
  examples: [
    { say: 'digest', means: { question: { name: 'digest', since: null, project: 'app' } } },
    { say: 'digest overnight', means: { question: { name: 'digest', since: 'overnight', project: 'app' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ schedule, since, all }, { project }) =>
    schedule === undefined
      ? { question: { name: 'digest', since: since ?? null, project } }
      : { note: { name: 'schedule', schedule, isAlways: all === true } },
}
