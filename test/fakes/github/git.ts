import { mkdir, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { noticePush } from './acts/pushes.ts'
import { credential, viewerOf } from './auth.ts'
import { Refusal } from './refusal.ts'
import { checkBlockers, hasPermission, protectionOf, tokenAllows } from './rules.ts'
import type { Repository, Viewer, World } from './state.ts'
import { runGit } from './store/run.ts'
import { fullName } from './world.ts'

/** What git asks for over http. */
export const gitPath = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/

/** Refuses what the branch's protection refuses, for each ref by itself. The rules come from the server. */
const updateHook = `#!/bin/sh
why=$(printf '%s\\n' "$AO_REFUSED" | while IFS='	' read -r ref message; do [ "$ref" = "$1" ] && printf '%s' "$message" && break; done)
if [ -z "$why" ] && printf '%s\\n' "$AO_PROTECTED" | grep -qxF "$1" && [ "$2" != "${'0'.repeat(40)}" ] && ! git merge-base --is-ancestor "$2" "$3"; then
  why='Cannot force-push to this protected branch'
fi
if [ -n "$why" ]; then
  printf 'error: GH006: Protected branch update failed for %s.\\nerror: \\nerror: - %s\\n' "$1" "$why" >&2
  exit 1
fi
if [ -n "$AO_NO_WORKFLOWS" ] && [ "$3" != "${'0'.repeat(40)}" ]; then
  base=$2; [ "$base" = "${'0'.repeat(40)}" ] && base=HEAD
  file=$(git diff --name-only "$base" "$3" | grep '^\\.github/workflows/' | head -n 1)
  if [ -n "$file" ]; then
    printf 'error: refusing to allow a Personal Access Token to create or update workflow \`%s\` without \`workflow\` scope\\n' "$file" >&2
    exit 1
  fi
fi
`

/** The folder of the hook that guards protected branches. */
export const writeHooks = async (root: string): Promise<void> => {
  await mkdir(join(root, 'hooks'), { recursive: true })
  await writeFile(join(root, 'hooks', 'update'), updateHook, { mode: 0o755 })
}

const heads = 'refs/heads/'

type Command = { readonly before: string; readonly after: string; readonly ref: string }

const nothing = '0'.repeat(40)

/** Speaks git's smart protocol with GitHub's words for whoever may not. */
export const serveGit = async (world: World, root: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
  const [, login = '', name = '', part = ''] = gitPath.exec(path) ?? []
  const isPush = part === 'git-receive-pack' || query === 'service=git-receive-pack'
  const viewer = who(world, request)
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain', ...(status === 401 && { 'www-authenticate': 'Basic realm="GitHub"' }) })
    response.end(`${text}\n`)
  }
  if (viewer === 'wrong') return refuse(401, 'Invalid username or token. Password authentication is not supported for Git operations.')
  const repository = world.names.get(`${login}/${name}`.toLowerCase())
  if (!viewer && (isPush || !repository || repository.isPrivate)) return refuse(401, 'Repository not found.')
  if (!repository || (viewer && !mayRead(repository, viewer))) return refuse(404, 'Repository not found.')
  if (repository.isBlocked) return refuse(451, 'Repository unavailable due to DMCA takedown.')
  if (fullName(repository).toLowerCase() !== `${login}/${name}`.toLowerCase()) {
    response.writeHead(301, { location: `${world.addresses.git}/${fullName(repository)}.git/${part}${query === '' ? '' : `?${query}`}` })
    return void response.end()
  }
  if (isPush && viewer) {
    if (repository.isArchived) return refuse(403, 'This repository was archived so it is read-only.')
    const isAllowed = hasPermission(repository, viewer.account, 'write') && tokenAllows(viewer, repository, 'contents', 'write')
    if (!isAllowed) return refuse(403, `Permission to ${fullName(repository)}.git denied to ${viewer.account.login}.`)
  }
  await run({ world, root, repository, viewer, part, query }, request, response)
}

const who = (world: World, request: IncomingMessage): Viewer | 'wrong' | null => {
  const value = credential(request)
  if (value === null) return null
  try {
    return viewerOf(world, value)
  } catch (error) {
    if (error instanceof Refusal) return 'wrong'
    throw error
  }
}

const mayRead = (repository: Repository, viewer: Viewer): boolean =>
  hasPermission(repository, viewer.account, 'read') && tokenAllows(viewer, repository, 'contents', 'read')

const run = async (
  asked: {
    readonly world: World
    readonly root: string
    readonly repository: Repository
    readonly viewer: Viewer | null
    readonly part: string
    readonly query: string
  },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { world, root, repository, viewer, part, query } = asked
  const service = part === 'info/refs' ? (/^service=(git-(?:upload|receive)-pack)$/.exec(query)?.[1] ?? '') : part
  // Only the smart protocol is spoken, as by GitHub.
  if (service === '') return void response.writeHead(403, { 'content-type': 'text/plain' }).end('Please upgrade your git client.\n')
  const pusher = part === 'git-receive-pack' ? viewer : null
  const body = await bodyOf(request)
  if (body === null) return // whoever asked has gone
  const commands = pusher ? commandsIn(body) : []
  const protocol = typeof request.headers['git-protocol'] === 'string' ? request.headers['git-protocol'] : ''
  const answer = async (): Promise<Buffer> => {
    const options = ['--stateless-rpc', ...(part === 'info/refs' ? ['--advertise-refs'] : [])]
    const { output } = await runGit(root, [service.slice('git-'.length), ...options, repository.git.folder], {
      input: body,
      environment: {
        ...(protocol !== '' && { GIT_PROTOCOL: protocol }),
        ...(pusher && guards(root, repository, pusher, commands ?? [])),
      },
    })
    return output
  }
  const said = part === 'info/refs' ? await advertised({ service, protocol }, answer) : await answer()
  // Whoever pushed hears that it is done when the world knows of it.
  const branches = commands?.flatMap(({ ref }) => (ref.startsWith(heads) ? ref.slice(heads.length) : [])) ?? null
  if (pusher && branches?.length !== 0) await noticePush(world, repository, pusher.account, branches)
  const kind = part === 'info/refs' ? `${service}-advertisement` : `${service}-result`
  response.writeHead(200, { 'content-type': `application/x-${kind}`, 'cache-control': 'no-cache, max-age=0, must-revalidate' })
  response.end(said)
}

/** https://git-scm.com/docs/gitprotocol-http: what a server says first. In version 2 that is what it can do, the same for all repositories. */
const advertised = async (
  { service, protocol }: { readonly service: string; readonly protocol: string },
  ask: () => Promise<Buffer>,
): Promise<Buffer> => {
  if (service === 'git-receive-pack' || !protocol.split(':').includes('version=2')) {
    const title = `# service=${service}\n`
    return Buffer.concat([Buffer.from(`${(title.length + 4).toString(16).padStart(4, '0')}${title}0000`), await ask()])
  }
  const known = abilities.get(protocol) ?? ask()
  abilities.set(protocol, known)
  return known
}
const abilities = new Map<string, Promise<Buffer>>()

/** The whole of it, unpacked; null when it broke off. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | null> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    return null
  }
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/** https://git-scm.com/docs/gitprotocol-pack: lines with their length before them, up to an empty one. */
const commandsIn = (bytes: Buffer): readonly Command[] | null => {
  const commands: Command[] = []
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 4), 16)
    if (length === 0) return commands
    if (Number.isNaN(length) || at + length > bytes.length) return null
    const [line = ''] = bytes.toString('utf8', at + 4, at + length).split('\0')
    const [before = '', after = '', ref = ''] = line.trim().split(' ')
    commands.push({ before, after, ref })
    at += length
  }
  return null
}

const guards = (root: string, repository: Repository, viewer: Viewer, commands: readonly Command[]): Record<string, string> => {
  const isWorkflowless = !viewer.token.permissions && !viewer.token.scopes.includes('workflow')
  const guarded = commands.filter(({ ref }) => guardedBy(repository, viewer, ref))
  if (guarded.length === 0 && !isWorkflowless) return {}
  const refused = guarded.flatMap((command) => {
    const why = whyNot(repository, viewer, command)
    return why === null ? [] : [`${command.ref}\t${why}`]
  })
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: join(root, 'hooks'),
    AO_REFUSED: refused.join('\n'),
    AO_PROTECTED: guarded.map(({ ref }) => ref).join('\n'),
    ...(isWorkflowless && { AO_NO_WORKFLOWS: '1' }),
  }
}

/** The protection that holds for somebody who pushes there. */
const guardedBy = (repository: Repository, { account }: Viewer, ref: string) => {
  const protection = protectionOf(repository, ref.replace(heads, ''))
  return protection && (protection.isAdminBound || !hasPermission(repository, account, 'admin')) ? protection : null
}

const whyNot = (repository: Repository, viewer: Viewer, { ref, after }: Command): string | null => {
  const protection = guardedBy(repository, viewer, ref)
  if (!protection) return null
  if (after === nothing) return 'Cannot delete this protected branch'
  if (protection.hasMergeQueue) return 'Changes must be made through the merge queue'
  if (protection.requiredApprovals > 0) return 'Changes must be made through a pull request.'
  if (protection.pushers && !protection.pushers.includes(viewer.account.login)) return "You're not authorized to push to this branch."
  return checkBlockers(repository, after, protection.requiredChecks)[0] ?? null
}
