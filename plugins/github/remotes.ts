import type { Project } from '../../core/contracts/plugins.ts'
import { remotesOf } from '../../core/kit/git.ts'
import { placeOf, type Remote, withoutSecrets } from '../../core/kit/git-remote.ts'
import { fault } from './faults.ts'
import type { GithubOptions, Settled } from './options.ts'

/** What a repository is called. */
export type RepositoryName = { readonly owner: string; readonly name: string }

/** A repository as somebody has written it down: in the options, or as the address of a remote of that name. */
export type Written = RepositoryName & { readonly remote: Remote | null }

/** The name that the options say, or that of the first remote at this forge; `origin` comes first. @throws {Fault} REMOTE_UNKNOWN */
export const nameOf = async (project: Project, { repository }: GithubOptions, settled: Settled): Promise<Written> => {
  if (repository !== undefined) {
    const [owner = '', name = ''] = repository.split('/')
    return { owner, name, remote: null }
  }
  const remotes = await remotesOf(project.path)
  for (const remote of remotes) {
    const found = nameIn(remote.url, settled)
    if (found) return { ...found, remote }
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
