import type { Intent } from '../contracts/intent.ts'

const plural = '(digests|scheduled digests|digest schedule|digest schedules|summaries|scheduled summaries)'

/** Says when digests come by themselves, and stops them. */
export const digests: Intent = {
  name: 'digests',
  summary: 'Says which digests come here by themselves, and when; "digest off" stops them.',
  forms: ['digests', 'digest off {choice}', 'digest {all:true=off}'],
  phrases: [
    `(<show>|list|what|which|are there any) [all] ${plural} [(are there|do we have|are set up|come here|are scheduled)] [here]`,
    'when (is|does|comes) [the] next <digest> [(come|due|coming)]',
    `(stop|cancel|turn off|switch off|disable|remove|end|no more) {all:true=([all] ${plural}|<digest>)} [here]`,
    'turn {all:true=<digest>} off [here]',
    `(stop|cancel|turn off|switch off|disable|remove|end) <digest> {choice}`,
  ],
  takes: ['choice', 'all'],
  about: 'nothing',
  examples: [
    { say: 'digests', means: { question: { name: 'digests' } } },
    { say: 'digest off', means: { note: { name: 'unschedule', number: null } } },
    { say: 'digest off 3', means: { note: { name: 'unschedule', number: 3 } } },
  ],
  role: 'viewer',
  risk: 'change',
  means: ({ choice, all }) =>
    choice === undefined && all === undefined
      ? { question: { name: 'digests' } }
      : { note: { name: 'unschedule', number: choice ?? null } },
}
