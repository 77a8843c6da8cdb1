import type { Host, Project } from '../../core/contracts/plugins.ts'
import { commonFolder, openGit } from '../../core/kit/git.ts'
import { askpass, askpassEnvironment, gitUser } from './askpass.ts'
import { type GithubOptions, type Settled, settle } from './options.ts'
import type { RepositoryName } from './remotes.ts'
import type { Located } from './repository.ts'
import { runGit } from './run-git.ts'
import { fetchFault, pushFault } from './said.ts'

/**
 * Git between this machine and one repository on GitHub.
 *
 * Over https the token reaches git by the environment of that one process and a small program that git asks: it is in no address, no
 * command line, no setting and no file, and no credential helper of the user's is asked or told. Whatever else such a git would run
 * could read it, so it runs nothing: no hook (a pre-push hook of the user's, and that of Git LFS), no signing, no housekeeping in
 * the background. Over ssh there is no token, and all of that is as the user has it.
 */
export type Transport = {
  /** What people would give git: `https://github.com/owner/name.git`, or its ssh form. Never holds a secret. */
  readonly url: string
  /**
   * Fetches into the project's repository, under its lock; no tags, no FETCH_HEAD. A ref that is not there is a Fault.
   *
   * @example fetchRefs(project, ['+refs/heads/main:refs/ao/base/main'], signal)
   * @throws {Fault} REF_UNKNOWN, GIT_UNREACHABLE, TOKEN_REFUSED, FORBIDDEN, REPOSITORY_UNKNOWN, FETCH_FAILED
   */
  fetchRefs(project: Project, refspecs: readonly string[], signal: AbortSignal): Promise<void>
  /**
   * Pushes one refspec (`HEAD:refs/heads/<branch>`) out of the workspace, never forced, never deleting. What is there already is fine.
   *
   * @throws {Fault} PUSH_REFUSED with its `cause`, GIT_UNREACHABLE, TOKEN_REFUSED, REPOSITORY_UNKNOWN
   */
  push(workspacePath: string, refspec: string, signal: AbortSignal): Promise<void>
  /** The commits of these branches on GitHub now, in one question; one that is not there is not in the map. */
  heads(project: Project, branches: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>
}

// A hook of the user's that runs their tests before a push over ssh may be silent for long.
const timeoutMs = 20 * 60_000

export const openTransport = (host: Host, options: GithubOptions, { api, repository }: Located): Transport => {
  const settled = settle(options)
  const url = remoteUrl(settled, repository)
  const credential = options.app ? ('app' as const) : ('token' as const)
  const place = { url, host: settled.host, credential, repository: `${repository.owner}/${repository.name}` }

  /** Runs git with what it needs to get in; what it says when it fails becomes a fault. */
  const run = async (
    folder: string,
    args: (url: string) => readonly string[],
    { signal, faultOf }: { readonly signal: AbortSignal; readonly faultOf: (said: string, secrets: readonly string[]) => Error },
  ): Promise<string> => {
    signal.throwIfAborted()
    const token = settled.protocol === 'ssh' ? null : await api.gitToken(signal)
    const asked =
      token === null
        ? { args: args(url), env: await sshEnvironment(folder) }
        : {
            args: args(url.replace('://', `://${gitUser}@`)),
            env: askpassEnvironment(await askpass(host), url, token),
            config: httpsSettings,
          }
    const { isDone, printed, said } = await runGit(folder, { ...asked, signal, timeoutMs })
    if (isDone) return printed
    throw faultOf(said, token === null ? [] : [token])
  }

  return {
    url,
    fetchRefs: async (project, refspecs, signal) => {
      const args = (from: string) => ['fetch', '--no-tags', '--no-write-fetch-head', '--quiet', from, ...refspecs]
      const faultOf = (said: string, secrets: readonly string[]) => fetchFault(said, { ...place, secrets })
      await host.lock(await commonFolder(project.path), () => run(project.path, args, { signal, faultOf }))
    },
    push: async (workspacePath, refspec, signal) => {
      const branch = /^[^+:][^:]*:refs\/heads\/(.+)$/.exec(refspec)?.[1]
      if (branch === undefined) throw new Error(`A push is one commit to one branch, not "${refspec}".`)
      const args = (to: string) => ['push', '--porcelain', '--no-follow-tags', to, refspec]
      const faultOf = (said: string, secrets: readonly string[]) => pushFault(said, branch, { ...place, secrets })
      await run(workspacePath, args, { signal, faultOf })
    },
    heads: async (project, branches, signal) => {
      const names = branches.map((branch) => `refs/heads/${branch}`)
      const faultOf = (said: string, secrets: readonly string[]) => fetchFault(said, { ...place, secrets })
      const text = await run(project.path, (from) => ['ls-remote', '--quiet', from, ...names], { signal, faultOf })
      const found = text.split('\n').map((line) => line.split('\t'))
      return new Map(found.flatMap(([oid = '', ref = '']) => (names.includes(ref) ? [[ref.slice('refs/heads/'.length), oid]] : [])))
    },
  }
}

/** What git is given for a repository: https, or ssh in its short form where the server has no port of its own. */
export const remoteUrl = ({ gitUrl, protocol }: Pick<Settled, 'gitUrl' | 'protocol'>, { owner, name }: RepositoryName): string => {
  const path = `${owner}/${name}.git`
  if (protocol === 'https') return `${gitUrl}/${path}`
  if (!gitUrl.startsWith('ssh:')) return `git@${new URL(gitUrl).hostname}:${path}`
  const { username, host, pathname } = new URL(gitUrl)
  return `ssh://${username || 'git'}@${host}${pathname}/${path}`
}

/**
 * With the token in the environment. Settings on the command line come last: they undo whatever the user or the repository has set,
 * and an agent can write the settings of its repository.
 */
const httpsSettings = [
  'credential.helper=',
  'core.hooksPath=/dev/null',
  'push.gpgSign=false',
  'core.alternateRefsCommand=',
  'submodule.recurse=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=no',
  'maintenance.auto=false',
  'gc.auto=0',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
]

/** The user's own ssh, told never to ask anybody for a password or whether a host is known. */
export const sshEnvironment = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const own = await openGit(folder)
    .raw('config', '--get', 'core.sshCommand')
    .catch(() => '') // it exits with 1 when there is none
  return { GIT_SSH_COMMAND: `${process.env.GIT_SSH_COMMAND || own.trim() || 'ssh'} -o BatchMode=yes` }
}
