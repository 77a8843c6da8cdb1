import { stat } from 'node:fs/promises'
import type { Finding, Log, Project } from '../../core/contracts/plugins.ts'
import { isFault } from '../../core/kit/fault.ts'
import { withoutSecrets } from '../../core/kit/git-remote.ts'
import { quote } from '../../core/kit/shell.ts'
import { sayDuration, sleep } from '../../core/kit/time.ts'
import type { Api } from './api.ts'
import { keyPath } from './credential.ts'
import { makeGithub } from './open.ts'
import { type GithubOptions, settle } from './options.ts'
import { canPush } from './receive-pack.ts'
import { nameOf, type Written } from './remotes.ts'
import { byName, type Found } from './repository.ts'
import { type Right, rightsOfApp, rightsOfScopes, rightsOfToken } from './rights.ts'

/** Clocks may differ so much before signatures and waits go wrong. */
const mostSkewMs = 60_000
/** People are told so long before a token expires. */
const soonMs = 14 * 86_400_000

/**
 * What `ao doctor` says of GitHub: whether it can be reached, whose the credential is, what it may do, how long it is good, whether
 * the project's repository is there, and what remains of the limits. Changes nothing: where only a write could show a right, it asks
 * for one with nothing in it, which GitHub must refuse, and reads the refusal. Never rejects.
 */
export const examine = async (
  options: GithubOptions,
  { project, now }: { readonly project: Project | null; readonly now: () => number },
): Promise<readonly Finding[]> => {
  const found: Finding[] = []
  try {
    await look(options, { project, now }, found)
  } catch (error) {
    found.push(failed(error))
  }
  return found.map((finding) => ({ ...finding, what: `github: ${finding.what}` }))
}

type Asked = { readonly project: Project | null; readonly now: () => number }

const look = async (options: GithubOptions, { project, now }: Asked, found: Finding[]): Promise<void> => {
  const settled = settle(options)
  const github = makeGithub(options, { now, sleep, log: silent, signal: new AbortController().signal })
  if (options.app) found.push(...(await keyFile(options.app.key)))
  const name = project ? await nameOf(project, options, settled) : null
  // An App is nobody without a repository.
  if (name === null && options.app && options.app.installation === undefined) {
    await github.app?.request('GET /app', {}, {})
    return void found.push(pass(`App ${options.app.id} and its key are good`))
  }
  const api = await github.apiFor(name ?? { owner: '', name: '' })
  const { headers } = await headersOf(api)
  const me = await api.me()
  found.push(pass(`${settled.host} is reached as ${me.login}`), ...clock(headers, now()), ...limits(api, now()))
  if (!options.app) found.push(...expiry(headers, now())) // an App's tokens are renewed
  if (name === null) return
  const repository = await byName(api, name)
  found.push(...placed(repository), ...renamed(name, { now: repository.nameWithOwner, path: project?.path ?? '.' }))
  const scopes = headers['x-oauth-scopes'] // only classic tokens have such
  const rightsOf = async (): Promise<readonly Right[]> => {
    if (github.app) return rightsOfApp(github.app, options.app?.installation ?? (await github.app.installationOf(name, {})))
    if (scopes !== undefined) return rightsOfScopes(String(scopes), repository.isPrivate)
    return repository.isArchived ? [] : rightsOfToken(api, repository)
  }
  found.push(...(await rightsOf()).map(sayRight))
  // An archive refuses everybody, which says nothing of rights.
  if (project && !repository.isArchived) found.push(sayRight(await canPush({ settled, api, project, name })))
}

const placed = ({ nameWithOwner, isArchived }: Found): readonly Finding[] =>
  isArchived
    ? [fail(`${nameWithOwner} is archived and takes no changes`, 'Take it out of the archive, at the bottom of its settings on GitHub.')]
    : [pass(`${nameWithOwner} is there`)]

/** GitHub leads from an old name to the new one, until somebody makes another repository of the old name. */
const renamed = ({ owner, name, remote }: Written, { now, path }: { readonly now: string; readonly path: string }): readonly Finding[] => {
  const before = `${owner}/${name}`
  if (before.toLowerCase() === now.toLowerCase()) return []
  const cure =
    remote === null
      ? `Write "repository: ${now}" for the project in bot.config.yaml.`
      : `Run: ${quote(['git', '-C', path, 'remote', 'set-url', remote.name, withoutSecrets(remote.url).replace(before, now)])}`
  return [warn(`${before} is called ${now} now`, cure)]
}

/** The headers that tell of the token, from the one question that costs nothing. An Enterprise server without limits answers 404. */
const headersOf = async (api: Api): Promise<{ readonly headers: Readonly<Record<string, string | number | undefined>> }> => {
  try {
    return await api.request('GET /rate_limit', {})
  } catch (error) {
    if (isFault(error, 'REPOSITORY_UNKNOWN')) return api.request('GET /meta', {})
    throw error
  }
}

const keyFile = async (written: string): Promise<readonly Finding[]> => {
  const path = keyPath(written)
  const mode = await stat(path).then(
    (found) => found.mode,
    () => 0, // that it cannot be read is told when it is
  )
  return (mode & 0o077) === 0
    ? []
    : [warn(`the key of the App, ${path}, can be read by other users of this machine`, `Let only your user read it: chmod 600 ${path}`)]
}

const clock = (headers: Readonly<Record<string, unknown>>, now: number): readonly Finding[] => {
  const offMs = Math.abs(Date.parse(String(headers.date ?? '')) - now)
  return offMs > mostSkewMs
    ? [warn(`this machine's clock is off by ${sayDuration(offMs)}`, 'Switch on time synchronisation, as with "timedatectl set-ntp true".')]
    : []
}

/** `2026-04-01 12:00:00 UTC`, or with an offset. */
const expiry = (headers: Readonly<Record<string, unknown>>, now: number): readonly Finding[] => {
  const written = headers['github-authentication-token-expiration']
  const at =
    typeof written === 'string'
      ? Date.parse(
          written
            .replace(/ UTC$/, 'Z')
            .replace(' ', 'T')
            .replace(/ ([+-]\d{2})(\d{2})$/, '$1:$2'),
        )
      : Number.NaN
  if (Number.isNaN(at)) return []
  const day = new Date(at).toISOString().slice(0, 10)
  return at - now > soonMs
    ? [pass(`the token is good until ${day}`)]
    : [warn(`the token expires in ${sayDuration(at - now)}, on ${day}`, 'Make a new one and put it into the variable that "token" names.')]
}

const limits = (api: Api, now: number): readonly Finding[] => {
  const { core, graphql, restUntil, why } = api.limits()
  const rest =
    restUntil === null ? [] : [warn(`nothing is asked for another ${sayDuration(restUntil - now)}: ${why}`, 'Wait; it goes on by itself.')]
  const left = Object.entries({ 'REST requests': core, 'GraphQL points': graphql }).flatMap(([what, limit]) => {
    if (limit === null) return []
    const says = `${limit.remaining.toLocaleString('en')} of ${limit.limit.toLocaleString('en')} ${what} are left for ${sayDuration(limit.resetAt - now)}`
    return limit.remaining >= limit.limit / 10
      ? [pass(says)]
      : [warn(says, 'Let nothing else use the same token, or make a GitHub App, which has limits of its own.')]
  })
  return [...rest, ...left]
}

const sayRight = ({ what, has, need, cure }: Right): Finding => {
  if (has) return pass(what)
  return need === 'must' ? fail(what, cure) : warn(what, cure)
}

const failed = (error: unknown): Finding =>
  isFault(error)
    ? fail(error.message.replace(/\.$/, ''), error.hint)
    : fail(
        `it could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
        'Tell the makers of ao, with what the log says.',
      )

const pass = (what: string): Finding => ({ level: 'PASS', what })
const warn = (what: string, cure: string): Finding => ({ level: 'WARN', what, cure })
const fail = (what: string, cure: string): Finding => ({ level: 'FAIL', what, cure })

const quiet = (): void => {}
const silent: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
