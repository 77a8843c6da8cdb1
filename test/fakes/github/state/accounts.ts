import type { Repository } from './repository.ts'

export type Account = {
  readonly kind: 'User' | 'Bot' | 'Organization'
  readonly id: number
  readonly nodeId: string
  /** A bot's login has `[bot]` at its end in REST (`robo[bot]`) and none in GraphQL (`robo`); here it is the REST one. */
  readonly login: string
  readonly name: string | null
}

/** What a caller is: found from the token, handed to every route and to GraphQL. */
export type Viewer = { readonly account: Account; readonly token: Token }

export type Token = {
  readonly value: string
  readonly account: Account
  /** Classic tokens have scopes (`repo`, `workflow`, `read:org`); tokens of installations have none, but permissions. */
  readonly scopes: readonly string[]
  readonly installation: Installation | null
  readonly permissions: Readonly<Record<string, 'read' | 'write' | 'admin'>> | null
  /** Milliseconds by the world's clock; null: never. */
  expiresAt: number | null
  isRevoked: boolean
}

export type App = {
  readonly id: number
  readonly nodeId: string
  readonly slug: string
  readonly name: string
  readonly owner: Account
  /** The account that acts for it: `slug[bot]`. */
  readonly bot: Account
  readonly publicKey: string
  readonly privateKey: string
}

export type Installation = {
  readonly id: number
  readonly app: App
  readonly account: Account
  readonly repositories: Set<Repository>
  readonly permissions: Readonly<Record<string, 'read' | 'write' | 'admin'>>
  isSuspended: boolean
}
