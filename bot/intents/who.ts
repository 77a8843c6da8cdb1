import type { Intent } from '../contracts/intent.ts'

/** Says who the people are, and what they may do. */
export const who: Intent = {
  name: 'who',
  summary: 'Says who the people are here, and what they may do.',
  forms: [{ form: 'who', where: 'outside' }, 'who is {someone}'],
  phrases: [
    '(which|what) (role|roles|rights|permissions) (does|has) {someone} [(have|got)] [here]',
    'what (can|may) {someone} do [here]',
    {
      form: '(who|which people) (is|are) (there|here|known|known here|in the team|on the team|everybody|everyone|allowed)',
      where: 'outside',
    },
    { form: '(list|<show>) [all] (people|users|members|persons|team members|roles)', where: 'outside' },
    { form: 'who (can|may|is allowed to) ({what}|do what) {rest}', where: 'outside' },
    { form: 'who (can|may|is allowed to) {what}', where: 'outside' },
    {
      form: '(who is|who are) (admin|admins|an admin|maintainer|maintainers|approver|approvers|operator|operators|viewers) [here]',
      where: 'outside',
    },
  ],
  takes: ['about', 'what'],
  about: 'nothing',
  examples: [
    { say: 'who', means: { question: { name: 'who', person: null } } },
    { say: 'who is ana', means: { question: { name: 'who', person: 'ana' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ about }) => ({ question: { name: 'who', person: about ?? null } }),
}
