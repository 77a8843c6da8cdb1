import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from 'emulate'
import { graphql } from 'graphql'
import { onTestFinished } from 'vitest'
import { githubSchema } from '../../fakes/github/graphql/schema.ts'
import { gitIn } from '../../fakes/repo.ts'
import { objectsOf, type Rest, type Stands } from './emulated-objects.ts'

/** Whoever acts there, by token. */
const tokens = { acme: 'ghp_acme', 'ao-bot': 'ghp_bot', Ben: 'ghp_ben', Cem: 'ghp_cem', eve: 'ghp_eve' } as const
type Login = keyof typeof tokens

/**
 * GitHub as `emulate` has it, an idea of its REST that is not ours, with what it lacks in front of it: real git over http, whose
 * commits it is told of (it hashes them as git does), and GraphQL, answered by GitHub's own schema from its REST. It leaves a pull
 * request at the head it was opened with; what the head is now and whether a merge means it is asked of git here.
 */
export const startEmulated = async (files: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'ao-emulated-'))
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: Object.fromEntries(Object.entries(tokens).map(([login, token]) => [token, { login, scopes: ['repo', 'admin:repo_hook'] }])),
      github: { users: Object.keys(tokens).map((login) => ({ login })), repos: [{ owner: 'acme', name: 'shop' }] },
    },
  })
  const bare = join(folder, 'acme', 'shop.git')
  const git = (args: readonly string[], input?: string): Promise<string> => gitIn(bare, args, signing, input)
  /** What GraphQL is answered from, until something is written. */
  let objects: ReturnType<typeof objectsOf> | null = null
  const rest: Rest = async (path, { method = 'GET', body, login = 'acme' } = {}) => {
    if (method !== 'GET') objects = null
    const headers = { authorization: `Bearer ${tokens[login as Login]}`, 'content-type': 'application/json' }
    const response = await fetch(`${emulator.url}/repos/acme/shop${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    if (!response.ok) throw new Error(`emulate: ${method} ${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? null : response.json()
  }

  /** Where git's refs are. */
  const stands: Stands = new Map()

  /** Tells it of all commits and branches that git has by now. */
  const mirror = async (): Promise<void> => {
    const known = await rest('/branches?per_page=100').then((all) => new Map(all.map(({ name, commit }: Branch) => [name, commit.sha])))
    const heads = (await git(['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads'])).split('\n')
    for (const [name = '', oid = ''] of heads.map((line) => line.split(' '))) {
      if (known.get(name) === oid) continue
      const news = await git([
        'rev-list',
        '--reverse',
        '--topo-order',
        '--ignore-missing',
        oid,
        ...[...known.values()].map((one) => `^${one}`),
      ])
      for (const commit of news.split('\n').filter((one) => one !== '')) await tell(commit)
      if (known.has(name)) await rest(`/git/refs/heads/${name}`, { method: 'PATCH', body: { sha: oid, force: true } })
      else await rest('/git/refs', { method: 'POST', body: { ref: `refs/heads/${name}`, sha: oid } })
    }
    for (const { number, head } of await rest('/pulls?state=open'))
      await git(['update-ref', `refs/pull/${number}/head`, `refs/heads/${head.ref}`]).catch(() => {}) // its branch is gone
    const refs = await git(['for-each-ref', '--format=%(refname) %(objectname) %(committerdate:iso-strict)'])
    for (const [ref = '', oid = '', committedDate = ''] of refs.split('\n').map((line) => line.split(' ')))
      stands.set(ref, { oid, committedDate })
    objects = null
  }
  const tell = async (commit: string): Promise<void> => {
    const names = (await git(['ls-tree', '-r', '--name-only', commit])).split('\n')
    const tree = await Promise.all(
      names.map(async (path) => ({ path, mode: '100644', type: 'blob', content: `${await git(['show', `${commit}:${path}`])}\n` })),
    )
    const { sha } = await rest('/git/trees', { method: 'POST', body: { tree } })
    const [parents = '', who = '', mail = '', at = '', ...message] = (
      await git(['show', '-s', '--format=%P%n%an%n%ae%n%aI%n%B', commit])
    ).split('\n')
    const author = { name: who, email: mail, date: at }
    const body = {
      tree: sha,
      message: message.join('\n').trim(),
      parents: parents.split(' ').filter((one) => one !== ''),
      author,
      committer: author,
    }
    const made = await rest('/git/commits', { method: 'POST', body })
    if (made.sha !== commit) throw new Error(`emulate hashes ${commit} as ${made.sha}.`)
  }

  const merged = new Map<number, string>()
  /** It merges where it stands; here the commit must be the branch's, and the base gets what git makes of the two. */
  const merge = async (number: number, { sha, commit_title: title }: { readonly sha: string; readonly commit_title: string }) => {
    const head = stands.get(`refs/pull/${number}/head`)?.oid ?? ''
    if (sha !== head) return Response.json({ message: 'Head branch was modified. Review and try the merge again.' }, { status: 409 })
    const tree = await git(['merge-tree', '--write-tree', 'main', head])
    const oid = await git(['commit-tree', tree, '-p', 'main', '-m', title])
    await rest(`/pulls/${number}/merge`, { method: 'PUT', body: { merge_method: 'squash' }, login: 'ao-bot' })
    await git(['update-ref', 'refs/heads/main', oid])
    merged.set(number, oid)
    await mirror()
    return Response.json({ sha: oid, merged: true, message: 'Pull Request successfully merged' })
  }

  const answer = async (request: IncomingMessage, body: string): Promise<Response> => {
    const { method = 'GET', url = '/' } = request
    const authorization = request.headers.authorization ?? ''
    if (url === '/graphql') {
      const { query, variables } = JSON.parse(body)
      objects ??= objectsOf(rest, { stands, merged, viewer: 'ao-bot' })
      const rootValue = await objects
      return Response.json(await graphql({ schema: githubSchema(), source: query, rootValue, variableValues: variables }))
    }
    const merging = method === 'PUT' && /^\/repos\/acme\/shop\/pulls\/(\d+)\/merge$/.exec(url)
    if (merging) return merge(Number(merging[1]), JSON.parse(body))
    const headers = { authorization, 'content-type': 'application/json' }
    if (method !== 'GET') objects = null
    const answered = await fetch(`${emulator.url}${url}`, { method, headers, ...(body !== '' && { body }) })
    const ref = method === 'DELETE' && answered.ok && /\/git\/refs\/(heads\/.+)$/.exec(decodeURIComponent(url))?.[1]
    if (ref) await git(['update-ref', '-d', `refs/${ref}`])
    if (method === 'POST' && url.endsWith('/pulls')) await mirror()
    return answered
  }

  const requests: { readonly method: string; readonly path: string; readonly body: string }[] = []
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/acme/shop.git/')) return serveGit(folder, request, response, mirror)
    const body = await textOf(request)
    requests.push({ method: request.method ?? '', path: request.url ?? '', body })
    const answered = await answer(request, body).catch((error) => Response.json({ message: String(error) }, { status: 500 }))
    response.writeHead(answered.status, {
      'content-type': 'application/json',
      ...(answered.headers.get('link') && { link: answered.headers.get('link') ?? '' }),
    })
    response.end(Buffer.from(await answered.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await emulator.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  await gitIn(folder, ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  await git(['config', 'http.receivepack', 'true'])
  /** Makes a commit with these files on a branch, as somebody who pushes; gives it. */
  const pushes = async (branch: string, written: Readonly<Record<string, string>>): Promise<string> => {
    const before = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]).catch(() => null) // the first one
    const blobs = Object.entries(written).map(([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`)
    const from = before ? `from ${before}\n` : ''
    const at = `${Math.floor(Date.now() / 1_000)} +0000`
    await git(
      ['fast-import', '--quiet'],
      `commit refs/heads/${branch}\ncommitter Cem <cem@example.com> ${at}\ndata 5\nPush\n\n${from}${blobs.join('')}`,
    )
    await mirror()
    return git(['rev-parse', `refs/heads/${branch}`])
  }
  await pushes('main', files)
  for (const login of ['ao-bot', 'Ben', 'Cem']) await rest(`/collaborators/${login}`, { method: 'PUT', body: { permission: 'push' } })
  return { url, token: tokens['ao-bot'], rest, git, pushes, requests }
}

type Branch = { readonly name: string; readonly commit: { readonly sha: string } }

const signing = {
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Git's smart protocol by `git http-backend`, a program of the CGI kind. */
const serveGit = (root: string, request: IncomingMessage, response: ServerResponse, onPush: () => Promise<void>): void => {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const env = {
    ...process.env,
    ...{ GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: path, QUERY_STRING: query, REQUEST_METHOD: request.method ?? 'GET' },
    ...{
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'somebody',
    },
    ...(request.headers['content-encoding'] && { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
  }
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  request.pipe(child.stdin)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', async () => {
    const said = Buffer.concat(chunks)
    const end = said.indexOf('\r\n\r\n')
    const lines = said
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s))
    if (path.endsWith('/git-receive-pack')) await onPush()
    response.writeHead(
      Number.parseInt(lines.find(([key]) => key === 'Status')?.[1] ?? '200', 10),
      Object.fromEntries(lines.filter(([key]) => key !== 'Status')),
    )
    response.end(said.subarray(end + 4))
  })
}
