import { Refusal, refuse } from '../refusal.ts'
import { hasPermission } from '../rules.ts'
import type { Repository, Viewer, World } from '../state.ts'
import { branchRoutes } from './branches.ts'
import { checkRoutes } from './checks.ts'
import { issueRoutes } from './issues.ts'
import { pullRoutes } from './pulls.ts'
import { repositoryRoutes } from './repositories.ts'
import { reviewRoutes } from './reviews.ts'
import { type Answer, type Call, find, type RepositoryCall, type Route } from './route.ts'
import { searchRoutes } from './search.ts'
import { appOf, appRoutes, userRoutes } from './users.ts'

const routes: readonly Route[] = [...userRoutes, ...searchRoutes]

const within: readonly Route<RepositoryCall>[] = [
  ...issueRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...checkRoutes,
  ...branchRoutes,
  ...repositoryRoutes,
]

type Asked = Omit<Call, 'parameters' | 'viewer'> & { readonly method: string; readonly path: readonly string[] }

/** Is this for the app itself, which shows a JWT instead of a token? */
export const isForApp = (method: string, path: readonly string[]): boolean => find(appRoutes, method, path) !== null

/** Answers an app. @throws Refusal */
export const answerApp = (asked: Asked, jwt: string): Answer | Promise<Answer> => {
  const app = appOf(asked.world, jwt)
  const { route, parameters } = find(appRoutes, asked.method, asked.path) ?? refuse(404, 'Not Found')
  const viewer: Viewer = { account: app.bot, token: tokenOfNobody(app.bot) }
  return route.run({ ...asked, viewer, app, parameters })
}

const tokenOfNobody = (account: Viewer['account']): Viewer['token'] => ({
  value: '',
  account,
  scopes: [],
  installation: null,
  permissions: null,
  expiresAt: null,
  isRevoked: false,
})

/** There is no such route here; a test that sees it has found either a slip of the product or a gap of the stand-in. */
export class NoRoute extends Refusal {}

/** Answers whoever has a token. @throws Refusal, also for what has moved. */
export const answerRest = (asked: Asked, viewer: Viewer): Answer | Promise<Answer> => {
  const { world, method, path } = asked
  const top = find(routes, method, path)
  if (top) return top.route.run({ ...asked, viewer, parameters: top.parameters })
  const [root, first = '', second = ''] = path
  if ((root !== 'repos' || path.length < 3) && (root !== 'repositories' || path.length < 2)) throw new NoRoute(404, 'Not Found')
  const rest = path.slice(root === 'repos' ? 3 : 2)
  const repository = root === 'repos' ? world.names.get(`${first}/${second}`.toLowerCase()) : world.repositories.get(Number(first))
  if (!repository || !isVisible(repository, viewer)) return refuse(404, 'Not Found')
  if (repository.isBlocked) return blocked(world, repository)
  if (root === 'repos' && !isNameOf(repository, first, second)) return moved(asked, repository, rest)
  const inside = find(within, method, rest)
  if (!inside) throw new NoRoute(404, 'Not Found')
  return inside.route.run({ ...asked, viewer, repository, parameters: inside.parameters })
}

const isVisible = (repository: Repository, { account, token }: Viewer): boolean => {
  if (!repository.isPrivate) return true
  if (token.installation) return token.installation.repositories.has(repository)
  return hasPermission(repository, account, 'read') && (token.permissions !== null || token.scopes.includes('repo'))
}

const isNameOf = ({ owner, name }: Repository, login: string, said: string): boolean =>
  owner.login.toLowerCase() === login.toLowerCase() && name.toLowerCase() === said.toLowerCase()

/** It was renamed or given away: 301 for reading, 307 for everything else, to where it is found whatever its name. */
const moved = ({ world, method, query }: Asked, repository: Repository, rest: readonly string[]): Answer => {
  const path = ['repositories', repository.id, ...rest.map(encodeURIComponent)].join('/')
  const location = `${world.addresses.api}/${path}${query.size > 0 ? `?${query}` : ''}`
  const isRead = method === 'GET' || method === 'HEAD'
  return {
    status: isRead ? 301 : 307,
    headers: { location },
    body: {
      message: isRead ? 'Moved Permanently' : 'Temporary Redirect',
      url: location,
      documentation_url: 'https://docs.github.com/rest',
    },
  }
}

const blocked = (world: World, { owner, name }: Repository): Answer => ({
  status: 451,
  body: {
    message: 'Repository access blocked',
    block: { reason: 'dmca', created_at: '2020-01-01T00:00:00Z', html_url: `${world.addresses.html}/dmca/${owner.login}/${name}` },
  },
})
