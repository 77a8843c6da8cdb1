import type { Intent } from '../contracts/intent.ts'

/** Says who you are here, and what you may do. */
export const whoami: Intent = {
  name: 'whoami',
  summary: 'Says who you are here, and what you may do.',
  forms: ['(whoami|who am i)'],
  phrases: [
    '[(what is|what are|<show>)] my (role|roles|name|user|username|permission|permissions|rights|access|account|accounts|identity|profile|user name|access rights|access level) [here]',
    '(which|what) (role|roles|rights|permissions|access) (do|have|am) i [(have|got|given|hold)] [(here|in {project})]',
    'what (am i|are we) (allowed|permitted|able) [to do] [(here|in {project})]',
    'what may i do [(here|in {project})]',
    '(do you know|tell me|remind me) who i am',
    'who do you think i am',
    'who am i (to you|for you|in your eyes|here)',
    'am i (admin|an admin|maintainer|operator|viewer|approver|a maintainer|an operator|a viewer|an approver) [(here|in {project})]',
  ],
  takes: [],
  about: 'nothing',
  examples: [{ say: 'whoami', means: { question: { name: 'whoami' } } }],
  role: 'viewer',
  risk: 'read',
  means: () => ({ question: { name: 'whoami' } }),
}
