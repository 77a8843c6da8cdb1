import type { Project } from '../../core/contracts/plugins.ts'
import type { Api } from './api.ts'
import { gitUser } from './askpass.ts'
import { exchange } from './exchange.ts'
import { remoteUrl, sshEnvironment } from './git.ts'
import type { Settled } from './options.ts'
import type { RepositoryName } from './remotes.ts'
import type { Right } from './rights.ts'
import { runGit } from './run-git.ts'

type Asked = { readonly settled: Settled; readonly api: Api; readonly project: Project; readonly name: RepositoryName }

/** May git push? Asks what a push asks first, and sends nothing. @throws {Fault} GITHUB_UNREACHABLE */
export const canPush = ({ settled, api, project, name }: Asked): Promise<Right> =>
  settled.protocol === 'ssh' ? canReachBySsh(settled, project, name) : canPushByHttps(settled, api, name)

const canPushByHttps = async (settled: Settled, api: Api, name: RepositoryName): Promise<Right> => {
  const address = remoteUrl(settled, name)
  const password = Buffer.from(`${gitUser}:${await api.gitToken()}`).toString('base64')
  const status = await statusOf(`${address}/info/refs?service=git-receive-pack`, { authorization: `Basic ${password}` }, settled)
  if (status === 200) return { what: `git may push to ${address}`, has: true, need: 'must', cure: '' }
  const cure =
    status === 401
      ? 'See that the token is good and not limited to other things than repositories.'
      : 'Give the token or the App "Contents: write" (classic: the scope "repo"; for a public repository "public_repo" is enough), and its account the right to push.'
  return { what: `git may not push to ${address} (${status})`, has: false, need: 'must', cure }
}

const statusOf = async (url: string, headers: Readonly<Record<string, string>>, settled: Settled, hop = 0): Promise<number> => {
  const { host, timeoutMs } = settled
  const { status, location } = await exchange({ url, headers: { ...headers } }, { host, timeoutMs, signals: [] }, async (response) => ({
    status: response.status,
    location: response.headers.get('location'),
  }))
  // The address of a repository that was renamed, on the same server.
  const next = status >= 300 && status < 400 && location !== null && URL.canParse(location, url) ? new URL(location, url) : null
  return next?.origin === new URL(url).origin && hop < 3 ? statusOf(next.href, headers, settled, hop + 1) : status
}

const canReachBySsh = async (settled: Settled, project: Project, name: RepositoryName): Promise<Right> => {
  const address = remoteUrl(settled, name)
  const { isDone, said } = await runGit(project.path, {
    args: ['ls-remote', '--quiet', address, 'HEAD'],
    env: await sshEnvironment(project.path),
    signal: new AbortController().signal,
    timeoutMs: settled.timeoutMs,
  })
  if (isDone)
    return { what: `git reaches ${address}; whether its key may push shows with the first push`, has: true, need: 'must', cure: '' }
  const reason =
    said
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? 'it says nothing'
  const cure = `Run "git ls-remote ${address}" as the user who runs the bot, and put right what it says.`
  return { what: `git does not reach ${address}: ${reason}`, has: false, need: 'must', cure }
}
