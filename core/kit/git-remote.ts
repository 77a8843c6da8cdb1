/** A remote of a repository, and the address that git reads from there. */
export type Remote = { readonly name: string; readonly url: string }

/** A machine and what is there: where an address of git's leads. */
export type Place = {
  /** In small letters; with its port where the address is one of http. The port of an ssh server says nothing of what is on it. */
  readonly host: string
  /** Without slashes at its ends. */
  readonly path: string
}

/** Where an address leads, https and ssh alike, `git@host:path` too; null for a path of this machine. https://git-scm.com/docs/git-clone#_git_urls */
export const placeOf = (url: string): Place | null => {
  if (URL.canParse(url) && /^(?:https?|ssh|git|git\+ssh):/.test(url)) {
    const { protocol, host, hostname, pathname } = new URL(url)
    return { host: (/^https?:/.test(protocol) ? host : hostname).toLowerCase(), path: trimmed(pathname) }
  }
  // git@host:owner/name.git; a path of this machine has a slash before its first colon.
  const [, host, path] = /^(?:[^\s@/]+@)?([^\s:/]+):(?!\/\/)(\S+)$/.exec(url) ?? []
  return host !== undefined && path !== undefined ? { host: host.toLowerCase(), path: trimmed(path) } : null
}

/** The last part of an address or of a path, in small letters and without `.git`: what people call the repository. */
export const lastPartOf = (url: string): string | null => /([\w.-]+?)(?:\.git)?\/?$/.exec(url)?.[1]?.toLowerCase() ?? null

/** Reads `git remote -v`; `origin` first, then as git has them. */
export const remotesIn = (text: string): readonly Remote[] =>
  originFirst(
    text.split('\n').flatMap((line) => {
      const [, name, url] = /^(\S+)\t(.+) \(fetch\)/.exec(line) ?? []
      return name !== undefined && url !== undefined ? [{ name, url }] : []
    }),
  )

/** Reads git's own file of settings, without the user's `insteadOf`; `origin` first. https://git-scm.com/docs/git-config#_syntax */
export const remotesInSettings = (text: string): readonly Remote[] =>
  originFirst([...text.matchAll(/^\[remote "([^"]+)"\][^[]*?^\s*url\s*=\s*(\S+)\s*$/gms)].map(([, name = '', url = '']) => ({ name, url })))

/** People have tokens in the addresses of their remotes. */
export const withoutSecrets = (url: string): string => url.replace(/\/\/[^/@]*@/, '//')

const originFirst = (remotes: readonly Remote[]): readonly Remote[] =>
  [...remotes].sort((one, other) => Number(other.name === 'origin') - Number(one.name === 'origin'))

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '')
