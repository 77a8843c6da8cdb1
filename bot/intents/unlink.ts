import type { Intent } from '../contracts/intent.ts'

/** Parts an account that was joined by a code from its person. */
export const unlink: Intent = {
  name: 'unlink',
  summary: 'Parts an account that was joined by a code from its person.',
  forms: ['unlink {account}', { form: 'unlink', where: 'outside', unlisted: true }],
  phrases: ['(unlink|disconnect) [my] {account} account'],
  takes: ['account'],
  about: 'nothing',
  examples: [
    { say: 'unlink slack', means: { note: { name: 'unlink', account: 'slack' } } },
    { say: 'unlink slack:U123', means: { note: { name: 'unlink', account: 'slack:U123' } } },
  ],
  role: 'viewer',
  risk: 'change',
  means: ({ account }) =>
    account === undefined
      ? { refused: 'I do not know which account.', hint: 'Say it with the account, as in "unlink slack" or "unlink slack:U123".' }
      : { note: { name: 'unlink', account } },
}
