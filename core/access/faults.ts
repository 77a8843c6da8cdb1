import { catalogue, row } from '../kit/fault.ts'

/** Refusals of permission. Each names the rule it follows. */
export const fault = catalogue({
  ACCESS_DENIED: row<{ who: string; wish: string; needs: string; project: string }>(
    (f) => `${f.who} may not ${f.wish} in ${f.project}: the rule is "${f.needs} may ${f.wish}".`,
    (f) => `Ask an admin to give ${f.who} the ${f.needs} role under people.${f.who} in bot.config.yaml.`,
  ),
  PERSON_UNKNOWN: row<{ account: string }>(
    (f) => `Nobody is known by the account ${f.account}, and nobody unknown is obeyed.`,
    () => 'Ask an admin to add you under people in bot.config.yaml.',
  ),
})
