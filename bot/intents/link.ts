import type { Intent } from '../contracts/intent.ts'
import { notYet } from './unbuilt.ts'

const platforms = '(telegram|slack|discord|github|console|chat)'

/** Joins the accounts of one person by a one-time code. */
export const link: Intent = {
  name: 'link',
  summary: 'Joins your accounts by a one-time code.',
  forms: [{ form: 'link', where: 'outside' }, 'link [my] (account|accounts)'],
  phrases: [
    `(link|connect|join|pair|merge|associate|tie) [up] (account|accounts|${platforms}|${platforms} account|${platforms} accounts|${platforms} and ${platforms} [account|accounts]) [together] [(with|to|and) [${platforms}] [account|accounts]]`,
    `(link|connect|pair) me [(to|with|on) ${platforms}]`,
    '(<show>) [a] (link code|linking code|one-time code|code to link)',
    'i want to link [my] (account|accounts)',
  ],
  takes: [],
  about: 'nothing',
  examples: [],
  role: 'viewer',
  risk: 'change',
  means: () => notYet('linking accounts', 'An admin can add you under people in bot.config.yaml.'),
}
