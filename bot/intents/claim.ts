import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Puts an agent to work on a change that is open already. */
export const claim: Intent = {
  name: 'claim',
  summary: 'Puts an agent to work on a change that is open already.',
  forms: ['(claim|take over) {pull} [(with|using) {agent}]', '(claim|take over) [(pr|mr|pull request)] {pull} [(with|using) {agent}]'],
  phrases: [
    '(claim|take over|adopt|take charge of|inherit|take ownership of) [(pr|mr|pull request|merge request)] {pull} [<with>]',
    '(pick up|continue|carry on with|take care of|work on|finish|look after) (pr|mr|pull request|merge request) {pull} [<with>]',
    'take (pr|mr|pull request|merge request) {pull} over [<with>]',
    '(have|let|get) {agent} [to] (claim|take over|adopt) [(pr|mr|pull request|merge request)] {pull}',
    '(have|let|get) {agent} [to] (pick up|continue|work on|finish|look after) (pr|mr|pull request|merge request) {pull}',
    '(put|set) {agent} (on|onto) (pr|mr|pull request|merge request) {pull}',
    '(continue|carry on) (with|on) (pr|mr|pull request) {pull} [<with>]',
  ],
  takes: ['change', 'agent', 'project'],
  about: 'nothing',
  examples: [],
  role: 'operator',
  risk: 'change',
  means: ({ change }) =>
    notYet(
      change === undefined ? 'taking over a change' : `taking over #${change}`,
      'Start a task with its branch as the base, as in: start "finish the parser" base=next.',
    ),
}
