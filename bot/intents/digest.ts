import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Says what happened: merged, waiting, stuck, failing. */
export const digest: Intent = {
  name: 'digest',
  summary: 'Says what happened: merged, waiting, stuck, failing; now, or at set times.',
  forms: ['digest [{since}]', 'digest {schedule}'],
  phrases: [
    '[<show>] <digest> [(of|for|from|about|since)] [{since}]',
    '[<show>] {since} <digest>',
    '(<show>|i (want|would like|need|would love)|set up|schedule|subscribe me to|sign me up for|deliver|mail|dm) [me|us] [to (get|have|receive)] <digest> [here] {schedule}',
    '<digest> [here] {schedule}',
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
  takes: ['since', 'schedule'],
  about: 'nothing',
  examples: [],
  role: 'viewer',
  risk: 'read',
  means: ({ schedule }) =>
    schedule === undefined
      ? notYet('the digest', 'Say "status" for what is at work and "status ended" for what has ended.')
      : notYet('a digest at set times', 'Say "status" for what is at work and "status ended" for what has ended.'),
}
