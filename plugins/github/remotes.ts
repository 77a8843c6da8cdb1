import type { Project } from '../../core/contracts/plugins.ts'
import { openGit } from '../../core/kit/git.ts'
import { fault } from './faults.ts'
import type { GithubOptions, Settled } from './options.ts'

/** What a repository is called. */
export type RepositoryName = { readonly owner: string; readonly name: string }

/** The name that the options say, or that of the first remote at this forge; `origin` comes first. @throws {Fault} REMOTE_UNKNOWN */
export const nameOf = async (project: Project, { repository }: GithubOptions, settled: Settled): Promise<RepositoryName> => {
  if (repository !== undefined) {
    const [owner = '', name = ''] = repository.split('/')
    return { owner, name }
  }
  const remotes = await remotesOf(project)
  for (const { url } of remotes) {
    const found = nameIn(url, settled)
    if (found) return found
  }
  const listed = remotes.map(({ name, url }) => `${name} ${withoutSecrets(url)}`)
  throw fault('REMOTE_UNKNOWN', { project: project.name, host: settled.host, remotes: listed })
}

/** The repository at this forge that an address of git's is about, https and ssh alike; null when it is elsewhere. */
export const nameIn = (url: string, { gitUrl, host }: Pick<Settled, 'gitUrl' | 'host'>): RepositoryName | null => {
  const place = placeOf(url)
  if (place === null) return null
  const { hostname, pathname } = new URL(gitUrl)
  // `ssh.github.com` is GitHub's ssh behind a firewall; `github.com-work` is how people name a second key in ~/.ssh/config.
  const isAlias = place.host.startsWith(`${hostname}-`) && !place.host.slice(hostname.length).includes('.')
  const isHere = isAlias || [host, hostname, `ssh.${hostname}`].includes(place.host)
  if (!isHere) return null
  const prefix = pathname.replace(/^\/|\/$/g, '')
  const path = prefix !== '' && place.path.startsWith(`${prefix}/`) ? place.path.slice(prefix.length + 1) : place.path
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+?)(?:\.git)?$/.exec(path) ?? []
  return owner !== undefined && name !== undefined ? { owner, name } : null
}

/** Host (with its port, for http) and path without slashes at its ends. */
const placeOf = (url: string): { readonly host: string; readonly path: string } | null => {
  const trim = (path: string): string => path.replace(/^\/+|\/+$/g, '')
  if (URL.canParse(url) && /^(?:https?|ssh|git|git\+ssh):/.test(url)) {
    const { protocol, host, hostname, pathname } = new URL(url)
    return { host: /^https?:/.test(protocol) ? host : hostname, path: trim(pathname) }
  }
  // git@host:owner/name.git; a path of this machine has a slash before its first colon.
  const [, host, path] = /^(?:[^\s@/]+@)?([^\s:/]+):(?!\/\/)(\S+)$/.exec(url) ?? []
  return host !== undefined && path !== undefined ? { host: host.toLowerCase(), path: trim(path) } : null
}

/** With the user's own `insteadOf` taken into account; `origin` first, then as git has them. */
const remotesOf = async ({ path }: Project): Promise<readonly { readonly name: string; readonly url: string }[]> => {
  const lines = (await openGit(path).raw('remote', '-v')).split('\n')
  const remotes = lines.flatMap((line) => {
    const [, name, url] = /^(\S+)\t(.+) \(fetch\)/.exec(line) ?? []
    return name !== undefined && url !== undefined ? [{ name, url }] : []
  })
  return remotes.sort((a, b) => Number(b.name === 'origin') - Number(a.name === 'origin'))
}

/** People have tokens in the addresses of their remotes. */
const withoutSecrets = (url: string): string => url.replace(/\/\/[^/@]*@/, '//')
