import { headline } from './text.ts'
import { visible } from './visible.ts'

/** Somebody whom a message calls: by their account where they have one there, else only by name. */
export type Called = { readonly name: string; readonly account: string | null }

/** How a platform calls people. */
export type Calling = {
  /** Does that have the shape of an account there? What has not is never put into anything. */
  readonly isAccount: (account: string) => boolean
  /** What naming that person takes up. */
  readonly costOf: (one: Called) => number
  /** What all of them together may cost, with two more each for what stands between them. */
  readonly chars: number
}

/** With whom a message begins, in order, how many more there would have been, and what all of that costs: nothing where it calls nobody. */
export type Calls = { readonly people: readonly Called[]; readonly more: number; readonly cost: number }

/**
 * Whom a message calls, each once. A silent message pings nobody: then all of them are names. Whoever does not fit is counted.
 */
export const callsOf = (
  { mentions, isSilent }: { readonly mentions: readonly Called[]; readonly isSilent: boolean },
  { isAccount, costOf, chars }: Calling,
): Calls => {
  const all = new Map<string, Called>()
  for (const { name, account } of mentions) {
    const shown = headline(visible(name).replace(/\s+/g, ' ').trim(), nameChars)
    const known = account !== null && !isSilent && isAccount(account) ? account : null
    if (shown === '' && known === null) continue
    const key = known === null ? `name ${shown}` : `account ${known}`
    if (!all.has(key)) all.set(key, { name: shown, account: known })
  }
  const people: Called[] = []
  let left = chars - moreChars
  for (const one of all.values()) {
    left -= costOf(one) + between.length
    if (left < 0 || people.length === mostPeople) break
    people.push(one)
  }
  const cost = people.reduce((sum, one) => sum + costOf(one) + between.length, all.size === 0 ? 0 : moreChars)
  return { people, more: all.size - people.length, cost }
}

/** What stands between two of them. */
export const between = ', '
/** What stands after the last. */
export const afterCalls = ({ people, more }: Pick<Calls, 'people' | 'more'>): string =>
  `${more > 0 ? `${people.length > 0 ? ' ' : ''}+${more}` : ''} `

const nameChars = 40
const mostPeople = 50
/** ` +1000 ` */
const moreChars = 7
