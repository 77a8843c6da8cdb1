import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { nodeId } from './ids.ts'
import type { Account, App, CheckApp, Installation, Node, Permission, Repository, Token, World } from './state.ts'
import { makeStore } from './store.ts'

/** Numbers begin high, so that a number of an issue is never mistaken for one. */
const firstId = 1_700_000_000

export type WorldParts = Pick<World, 'now' | 'addresses' | 'budget' | 'settle' | 'emit'>

/** An empty world. */
export const makeWorld = (parts: WorldParts): World => {
  let lastId = firstId
  return {
    accounts: new Map(),
    tokens: new Map(),
    apps: new Map(),
    installations: new Map(),
    repositories: new Map(),
    names: new Map(),
    nodes: new Map(),
    jobs: new Map(),
    settings: { isMergeableSlow: false, isDecisionOnlyByRule: false },
    nextId: () => {
      lastId += 1 + (lastId % 7)
      return lastId
    },
    onHead: new Set(),
    ...parts,
  }
}

/** Gives a thing its ids and makes it known by its node id. */
export const known = <Kind extends Node['kind'], Parts extends object>(
  world: World,
  kind: Kind,
  parts: Parts,
  within: Repository | null = null,
): Parts & { readonly kind: Kind; readonly id: number; readonly nodeId: string } => {
  const id = world.nextId()
  const thing = { kind, id, nodeId: nodeId(kind, id, within?.id ?? null), ...parts }
  world.nodes.set(thing.nodeId, thing as unknown as Node) // what `kind` asks for is in `parts`
  return thing
}

/** The account of that login; it is made when there is none. */
export const account = (world: World, login: string, kind: Account['kind'] = 'User'): Account => {
  const found = world.accounts.get(login.toLowerCase())
  if (found) return found
  const made: Account = known(world, kind, { login, name: kind === 'Bot' ? null : login })
  world.accounts.set(login.toLowerCase(), made)
  return made
}

const letters = (count: number): string => randomBytes(count).toString('hex').slice(0, count)

/** A classic token by default; with `permissions` a fine-grained one. */
export const addToken = (
  world: World,
  owner: Account,
  {
    scopes = ['repo', 'workflow', 'read:org'],
    permissions = null,
    installation = null,
    expiresAt = null,
  }: Partial<Pick<Token, 'scopes' | 'permissions' | 'installation' | 'expiresAt'>> = {},
): Token => {
  const prefix = installation ? 'ghs_' : permissions ? 'github_pat_' : 'ghp_'
  const token: Token = {
    value: `${prefix}${letters(36)}`,
    account: owner,
    scopes: permissions ? [] : scopes,
    permissions,
    installation,
    expiresAt,
    isRevoked: false,
  }
  world.tokens.set(token.value, token)
  return token
}

let keys: { readonly publicKey: string; readonly privateKey: string } | null = null

/** One pair for all apps: making one takes longer than starting the server. */
const keyPair = (): { readonly publicKey: string; readonly privateKey: string } => {
  keys ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  return keys
}

export const addApp = (world: World, slug: string, owner: Account): App => {
  const id = world.nextId()
  const app = { id, nodeId: nodeId('App', id), slug, name: slug, owner, bot: account(world, `${slug}[bot]`, 'Bot'), ...keyPair() }
  world.apps.set(id, app)
  return app
}

/** What an installation may do unless a test says otherwise: what our own documentation asks for. */
export const usualPermissions = {
  metadata: 'read',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'read',
  statuses: 'read',
  actions: 'read',
  administration: 'read',
  merge_queues: 'write',
} as const

export const install = (
  world: World,
  app: App,
  repositories: readonly Repository[],
  permissions: Installation['permissions'] = usualPermissions,
): Installation => {
  const [first] = repositories
  if (!first) throw new Error('An installation needs a repository.')
  const installation = {
    id: world.nextId(),
    app,
    account: first.owner,
    repositories: new Set(repositories),
    permissions,
    isSuspended: false,
  }
  world.installations.set(installation.id, installation)
  const may = Object.values(permissions).includes('write') ? 'write' : 'read'
  for (const { permissions: given } of repositories)
    given.set(app.bot.login.toLowerCase(), permissions.administration === 'write' ? 'admin' : may)
  return installation
}

/** The app of GitHub's own jobs. */
export const actions: CheckApp = { id: 15_368, nodeId: nodeId('App', 15_368), slug: 'github-actions', name: 'GitHub Actions' }

export type RepositoryParts = {
  readonly files?: Readonly<Record<string, string>>
  readonly permissions?: Readonly<Record<string, Permission>>
  readonly isPrivate?: boolean
  readonly defaultBranch?: string
  /** What its owner is, where there is no such account yet. */
  readonly ownerKind?: 'User' | 'Organization'
}

/** A repository `owner/name` with a first commit. The owner's account is made when there is none. */
export const addRepository = async (
  world: World,
  fullName: string,
  folder: string,
  {
    files = { 'README.md': `# ${fullName}\n` },
    permissions = {},
    isPrivate = false,
    defaultBranch = 'main',
    ownerKind = 'User',
  }: RepositoryParts = {},
): Promise<Repository> => {
  const [login = '', name = ''] = fullName.split('/')
  const owner = account(world, login, ownerKind)
  const id = world.nextId()
  const git = await makeStore(folder, defaultBranch)
  const at = world.now()
  const [first = ''] = await git.write([
    { ref: `refs/heads/${defaultBranch}`, parents: [], files, message: 'Begin', author: signature(owner, at) },
  ])
  const repository: Repository = {
    kind: 'Repository',
    id,
    nodeId: nodeId('Repository', id),
    owner,
    name,
    isPrivate,
    isArchived: false,
    isBlocked: false,
    hasIssues: true,
    defaultBranch,
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
    permissions: new Map(Object.entries(permissions).map(([who, permission]) => [who.toLowerCase(), permission])),
    merging: { methods: ['merge', 'squash', 'rebase'], isAutoMergeAllowed: false, deletesBranchOnMerge: false, suggestsUpdate: false },
    protections: new Map(),
    labels: new Map(),
    items: new Map(),
    branches: new Map([[defaultBranch, first]]),
    suites: new Map(),
    runs: new Map(),
    statuses: new Map(),
    queues: new Map(),
    git,
  }
  world.repositories.set(id, repository)
  world.nodes.set(repository.nodeId, repository)
  world.names.set(fullName.toLowerCase(), repository)
  return repository
}

export const fullName = (repository: Repository): string => `${repository.owner.login}/${repository.name}`

/** Who commits, as GitHub writes it for somebody whose address is kept private. */
export const signature = (who: Account, at: number): { readonly name: string; readonly email: string; readonly at: number } => ({
  name: who.name ?? who.login,
  email: `${who.id}+${who.login}@users.noreply.github.com`,
  at,
})
