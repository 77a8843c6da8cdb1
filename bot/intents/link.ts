import type { Intent } from '../contracts/intent.ts'

const platforms = '(telegram|slack|discord|github|console|chat)'

/** Joins the accounts of one person by a one-time code. */
export const link: Intent = {
  name: 'link',
  summary: 'Joins your accounts: gives a one-time code, which you say with your other account.',
  forms: [{ form: 'link', where: 'outside' }, 'link {code}', 'link [my] (account|accounts)'],
  phrases: [
    `(link|connect|join|pair|merge|associate|tie) [up] (account|accounts|${platforms}|${platforms} account|${platforms} accounts|${platforms} and ${platforms} [account|accounts]) [together] [(with|to|and) [${platforms}] [account|accounts]]`,
    `(link|connect|pair) me [(to|with|on) ${platforms}]`,
    '(<show>) [a] (link code|linking code|one-time code|code to link)',
    'i want to link [my] (account|accounts)',
  ],
  takes: ['code'],
  about: 'nothing',
  examples: [
    { say: 'link', means: { note: { name: 'link', code: null } } },
    { say: 'link ABCD2345', means: { note: { name: 'link', code: 'ABCD2345' } } },
  ],
  role: 'viewer',
  risk: 'change',
  means: ({ code }) => ({ note: { name: 'link', code: code ?? null } }),
}
