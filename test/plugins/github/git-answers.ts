import { spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Bare repositories over http, behind a password; git's own program answers. */
export type GitAnswers = {
  readonly url: string
  /** Users and passwords as they came, one for each request that had them. */
  readonly shown: readonly string[]
  /** Answers instead, or says null and leaves it to git. */
  by(
    answer:
      | ((path: string, service: string) => Promise<{ readonly status: number; readonly text?: string; readonly location?: string } | null>)
      | null,
  ): void
  close(): Promise<void>
}

export const startGitAnswers = async (root: string, password: string): Promise<GitAnswers> => {
  const shown: string[] = []
  let instead: Parameters<GitAnswers['by']>[0] = null
  const server = createServer(async (request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? '', 'http://x')
    const credential = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString()
    if (credential !== '') shown.push(credential)
    const service = searchParams.get('service') ?? pathname.split('/').at(-1) ?? ''
    const found = instead && (await instead(pathname, service))
    if (found) {
      response.writeHead(found.status, { ...(found.location && { location: found.location }), 'content-type': 'text/plain' })
      return void response.end(found.text ?? '')
    }
    if (credential !== `x-access-token:${password}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' })
      return void response.end('Invalid username or token.')
    }
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: request.method,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'robo',
      },
    })
    request.pipe(child.stdin)
    child.stdin.on('error', () => {}) // git may have enough before all has come
    const chunks: Buffer[] = []
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
    sendCgi(Buffer.concat(chunks), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shown,
    by: (answer) => {
      instead = answer
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What a program of the common gateway prints, as an answer. */
const sendCgi = (output: Buffer, response: ServerResponse): void => {
  const end = output.indexOf('\r\n\r\n')
  const headers = output
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map((line) => line.split(': ', 2) as [string, string])
  const status = Number(headers.find(([name]) => name.toLowerCase() === 'status')?.[1]?.slice(0, 3) ?? 200)
  response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== 'status')))
  response.end(output.subarray(end + 4))
}
