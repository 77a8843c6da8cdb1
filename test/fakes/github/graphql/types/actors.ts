import type { Account } from '../../state.ts'
import { type Asking, type Fields, loginOf } from '../asking.ts'

const addressOf = ({ world }: Asking, account: Account): string =>
  `${world.addresses.html}/${account.kind === 'Bot' ? 'apps/' : ''}${loginOf(account)}`

const actor: Fields<Account> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  login: (account) => loginOf(account),
  url: (account, _, asking) => addressOf(asking, account),
  resourcePath: (account) => `/${account.kind === 'Bot' ? 'apps/' : ''}${loginOf(account)}`,
  avatarUrl: (account, _, { world }) => `${world.addresses.html}/avatars/${account.id}`,
}

export const actors: Readonly<Record<string, Fields<Account>>> = {
  User: {
    ...actor,
    // `viewer` is a `User` even when the token is an App's, and then GitHub gives the bot's whole login.
    login: ({ login }) => login,
    name: ({ name }) => name,
    email: () => '',
    isViewer: (account, _, { viewer }) => account === viewer.account,
  },
  Bot: actor,
  Organization: { ...actor, name: ({ name }) => name },
  Mannequin: actor,
}
