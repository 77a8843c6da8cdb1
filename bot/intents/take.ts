import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

/** Says that an alert is mine. */
export const take: Intent = {
  name: 'take',
  summary: 'Says that an alert is yours.',
  forms: ['take', { form: 'mine', where: 'thread' }],
  phrases: [
    { form: '(i am on <it>|i (have|got) <it>|i will (take|handle|look at|do|own|get) <it>|on <it>|dibs|i am looking)', where: 'thread' },
  ],
  takes: ['session'],
  about: 'place',
  examples: [],
  role: 'operator',
  risk: 'change',
  means: () => notYet('taking an alert', 'Answer it, or say "status" for what waits.'),
}
