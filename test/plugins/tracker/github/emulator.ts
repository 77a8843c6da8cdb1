import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator } from 'emulate'
import { github } from '../../../../plugins/tracker/github/index.ts'
import type { TrackerWorld } from '../../../contracts/tracker.ts'
import { makeHost } from '../../../fakes/host.ts'

const tokens = { ao: 'ghp_ao', ada: 'ghp_ada' } as const

/**
 * A tracker over the emulator of another house, with its own idea of GitHub's REST. It has no GraphQL, by which our client asks who
 * it is and which repository it has: those two questions are answered in front of it, from its own REST.
 */
export const makeEmulatedWorld = async (): Promise<TrackerWorld & { readonly url: string }> => {
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: { [tokens.ao]: { login: 'ao', scopes: ['repo'] }, [tokens.ada]: { login: 'ada', scopes: ['repo'] } },
      github: { users: [{ login: 'ao' }, { login: 'ada' }], repos: [{ owner: 'ao', name: 'shop', auto_init: true }] },
    },
  })
  const front = await putInFront(emulator.url)
  const host = await makeHost()
  const settings = github.options.parse({ repository: 'ao/shop', token: tokens.ao, apiUrl: front.url, writePause: '0s' })
  const tracker = await github.create(settings, host, { host: 'here', project: { name: 'shop', path: '/nowhere', base: 'main' } })
  const ask = async <T>(path: string, login: keyof typeof tokens = 'ao', body?: object): Promise<T> => {
    const response = await fetch(`${emulator.url}/repos/ao/shop/${path}`, {
      headers: { authorization: `Bearer ${tokens[login]}` },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    tracker,
    url: emulator.url,
    add: async ({ title, body, author }) =>
      `#${(await ask<{ number: number }>('issues', author === 'ada' ? 'ada' : 'ao', { title, body })).number}`,
    peek: async (key) => {
      const number = key.slice(1)
      const issue = await ask<Peeked>(`issues/${number}`)
      const comments = await ask<readonly { readonly body: string }[]>(`issues/${number}/comments?per_page=100`)
      return {
        isOpen: issue.state === 'open',
        text: [issue.body, ...comments.map(({ body }) => body)].join('\n'),
        labels: issue.labels.map(({ name }) => name),
      }
    },
    close: async () => {
      await host.close()
      await front.close()
      await emulator.close()
    },
  }
}

type Peeked = { readonly state: string; readonly body: string | null; readonly labels: readonly { readonly name: string }[] }

/** Passes everything on but GraphQL. */
const putInFront = async (url: string): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' }
    const answer =
      request.url === '/graphql'
        ? Response.json({ data: await answered(url, JSON.parse(body), headers.authorization) })
        : await fetch(`${url}${request.url}`, { method: request.method ?? 'GET', headers, ...(body !== '' && { body }) })
    response.writeHead(answer.status, { 'content-type': 'application/json', ...linkOf(answer) })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const answered = async (url: string, { query }: { readonly query: string }, authorization: string): Promise<object> => {
  const read = async (path: string) => (await fetch(`${url}${path}`, { headers: { authorization } })).json() as Promise<Answer>
  if (query.includes('viewer {')) {
    const { login, node_id: id } = await read('/user')
    return { viewer: { login, id } }
  }
  const {
    node_id: id,
    id: databaseId,
    name,
    full_name: nameWithOwner,
    html_url,
    has_issues: hasIssuesEnabled,
  } = await read('/repos/ao/shop')
  const repository = {
    id,
    databaseId,
    name,
    nameWithOwner,
    url: html_url,
    hasIssuesEnabled,
    owner: { login: 'ao' },
    viewerPermission: 'ADMIN',
  }
  return query.includes('node(') ? { node: repository } : { repository }
}

type Answer = Readonly<Record<'login' | 'node_id' | 'name' | 'full_name' | 'html_url', string>> & {
  readonly id: number
  readonly has_issues: boolean
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const linkOf = ({ headers }: Response): Readonly<Record<string, string>> => {
  const link = headers.get('link')
  return link === null ? {} : { link }
}
