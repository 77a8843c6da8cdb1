import { fault } from '../../core/access/faults.ts'
import type { Person } from '../../core/contracts/access.ts'
import type { Inbound } from '../contracts/inbound.ts'
import type { Account, PeopleMemory } from '../memory/people.ts'

/** Which accounts on which platform belong to whom, as the config says. */
export type Accounts = readonly (Account & { readonly person: Person })[]

/**
 * Who is behind an account: what the config says, else what was joined by a code. Who is no longer in the config is nobody,
 * whatever was joined.
 */
export const directory = ({
  accounts,
  people = [],
  links = { links: () => [], personOf: () => null },
}: {
  readonly accounts: Accounts
  /** Everybody in the config. */
  readonly people?: readonly Person[]
  readonly links?: Pick<PeopleMemory, 'links' | 'personOf'>
}) => {
  const configured = ({ platform, account }: Account): Person | null =>
    accounts.find((one) => one.platform === platform && one.account === account)?.person ?? null
  return {
    /** The person behind an account. Nobody unknown is obeyed. @throws {Fault} PERSON_UNKNOWN */
    whoIs: ({ place: { platform }, account }: Pick<Inbound, 'place' | 'account'>): Person => {
      const linked = links.personOf({ platform, account })
      const found = configured({ platform, account }) ?? people.find(({ name }) => name === linked)
      if (!found) throw fault('PERSON_UNKNOWN', { account: `${platform}:${account}` })
      return found
    },
    /** All accounts of a person; first those of the config. */
    accountsOf: (person: string): readonly Account[] => [
      ...accounts.filter((one) => one.person.name === person).map(({ platform, account }) => ({ platform, account })),
      ...links
        .links()
        .filter((one) => one.person === person && configured(one) === null && people.some(({ name }) => name === person))
        .map(({ platform, account }) => ({ platform, account })),
    ],
  }
}

export type Directory = ReturnType<typeof directory>
