import { createVerify } from 'node:crypto'
import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { accountJson, appJson, installationJson, repositoryJson, time } from '../shapes/accounts.ts'
import type { App, Installation, Repository, World } from '../state.ts'
import { addToken } from '../world.ts'
import { type Answer, type Call, paged, type Route, read, route } from './route.ts'

/** What a token may ask about itself. */
export const userRoutes: readonly Route[] = [
  route('GET user', ({ world, viewer }) =>
    viewer.token.installation
      ? refuse(403, 'Resource not accessible by integration')
      : { body: { ...accountJson(world, viewer.account), name: viewer.account.name, email: null, two_factor_authentication: true } },
  ),
  route('GET users/{login}', ({ world, parameters: { login = '' } }) => ({
    body: accountJson(world, world.accounts.get(login.toLowerCase()) ?? refuse(404, 'Not Found')),
  })),
  route('GET rate_limit', ({ world, viewer }) => {
    const shape = (resource: 'core' | 'graphql' | 'search') => {
      const { limit, used, remaining, resetAt } = world.budget(viewer.token, resource)
      return { limit, used, remaining, reset: Math.ceil(resetAt / 1_000) }
    }
    const core = shape('core')
    return { body: { resources: { core, search: shape('search'), graphql: shape('graphql') }, rate: core } }
  }),
  route('GET installation/repositories', (call) => {
    const { installation } = call.viewer.token
    if (!installation)
      return refuse(403, 'You must authenticate with an installation access token in order to list repositories for an installation.')
    const all = [...installation.repositories]
    const one = (repository: Repository) => repositoryJson(call.world, repository)
    return paged(call, all, one, (page) => ({ total_count: all.length, repositories: page }))
  }),
]

/** Routes that want the app's own JWT instead of a token. */
export type AppCall = Call & { readonly app: App }

const areas = z.record(z.string(), z.enum(['read', 'write', 'admin']))

export const appRoutes: readonly Route<AppCall>[] = [
  route('GET app', ({ world, app }) => ({ body: appJson(world, app) })),
  route('GET app/installations', (call) => paged(call, installationsOf(call), (one) => installationJson(call.world, one))),
  route('GET app/installations/{id}', (call) => ({ body: installationJson(call.world, installationOf(call)) })),
  route('GET repos/{owner}/{repo}/installation', (call) => {
    const { owner, repo } = call.parameters
    const repository = call.world.names.get(`${owner}/${repo}`.toLowerCase())
    const found = installationsOf(call).find(({ repositories }) => repository && repositories.has(repository))
    return { body: installationJson(call.world, found ?? refuse(404, 'Not Found')) }
  }),
  route('POST app/installations/{id}/access_tokens', (call) => {
    const parts = read(call.body, 'Installation', {
      repositories: z.array(z.string()).optional(),
      repository_ids: z.array(z.int()).optional(),
      permissions: areas.optional(),
    })
    return { status: 201, body: newToken(call.world, installationOf(call), parts) }
  }),
]

const installationsOf = ({ world, app }: AppCall): readonly Installation[] =>
  [...world.installations.values()].filter((one) => one.app === app)

const installationOf = (call: AppCall): Installation =>
  installationsOf(call).find(({ id }) => id === Number(call.parameters.id)) ?? refuse(404, 'Not Found')

const hourMs = 3_600_000

/** A token for an hour, for all repositories of the installation or some of them, with its permissions or less. */
const newToken = (
  world: World,
  installation: Installation,
  asked: {
    readonly repositories?: readonly string[] | undefined
    readonly repository_ids?: readonly number[] | undefined
    readonly permissions?: Installation['permissions'] | undefined
  },
): Answer['body'] => {
  if (installation.isSuspended) refuse(403, 'This installation has been suspended')
  const all = [...installation.repositories]
  const isNarrow = asked.repositories !== undefined || asked.repository_ids !== undefined
  const some = all.filter(({ id, name }) => asked.repositories?.includes(name) || asked.repository_ids?.includes(id))
  if (isNarrow && some.length < (asked.repositories?.length ?? 0) + (asked.repository_ids?.length ?? 0))
    refuse(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.')
  for (const [area, access] of Object.entries(asked.permissions ?? {}))
    if (!(area in installation.permissions) || (access === 'write' && installation.permissions[area] === 'read'))
      refuse(422, 'The permissions requested are not granted to this installation.')
  const permissions = { ...(asked.permissions ?? installation.permissions), metadata: 'read' as const }
  const narrowed = isNarrow ? { ...installation, repositories: new Set(some) } : installation
  const token = addToken(world, installation.app.bot, { installation: narrowed, permissions, expiresAt: world.now() + hourMs })
  return {
    token: token.value,
    expires_at: time(world.now() + hourMs),
    permissions,
    repository_selection: 'selected',
    ...(isNarrow && { repositories: some.map((one) => repositoryJson(world, one)) }),
  }
}

const mostJwtSeconds = 600
const skewSeconds = 60

/** The app that signed a JWT, with RS256 and for at most ten minutes. @throws Refusal 401 with GitHub's words. */
export const appOf = (world: World, jwt: string): App => {
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const { alg } = decoded(head)
  const { iss, iat, exp } = decoded(claims)
  const app = world.apps.get(Number(iss))
  if (alg !== 'RS256' || !app) return refuse(401, 'A JSON web token could not be decoded')
  const isSigned = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(app.publicKey, Buffer.from(signature, 'base64url'))
  if (!isSigned) refuse(401, 'A JSON web token could not be decoded')
  const now = world.now() / 1_000
  if (typeof exp !== 'number' || typeof iat !== 'number') return refuse(401, "Missing 'expiration' claim ('exp') in assertion")
  if (exp > now + mostJwtSeconds + skewSeconds) refuse(401, "'Expiration time' claim ('exp') is too far in the future")
  if (exp < now)
    refuse(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
  if (iat > now + skewSeconds)
    refuse(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
  return app
}

const decoded = (part: string): Record<string, unknown> => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown> // claims are looked at one by one
  } catch {
    return refuse(401, 'A JSON web token could not be decoded')
  }
}
