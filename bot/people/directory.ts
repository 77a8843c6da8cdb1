import { fault } from '../../core/access/faults.ts'
import type { Person } from '../../core/contracts/access.ts'
import type { Inbound } from '../contracts/inbound.ts'

/** Which accounts on which platform belong to whom. */
export type Accounts = readonly { readonly platform: string; readonly account: string; readonly person: Person }[]

/** Finds the person behind an account. Nobody unknown is obeyed. @throws {Fault} PERSON_UNKNOWN */
export const directory =
  (accounts: Accounts) =>
  ({ place, account }: Pick<Inbound, 'place' | 'account'>): Person => {
    const found = accounts.find((one) => one.platform === place.platform && one.account === account)
    if (!found) throw fault('PERSON_UNKNOWN', { account: `${place.platform}:${account}` })
    return found.person
  }
