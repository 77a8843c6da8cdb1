import { mkdtemp, rm } from 'node:fs/promises'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FakeGithub, FakeRepository } from '../../fakes/github/index.ts'
import { startFakeGithub } from '../../fakes/github/index.ts'
import type { Token } from '../../fakes/github/state.ts'
import { runSmall } from '../../fakes/shell.ts'

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire has any shape, and a test looks at a few places of it
type Wire = any

export type Heard = {
  readonly status: number
  readonly headers: Record<string, string | undefined>
  readonly text: string
  readonly body: Wire
}

export type Stand = {
  readonly github: FakeGithub
  readonly repo: FakeRepository
  readonly token: Token
  /** The world's clock; move it by assigning. */
  readonly clock: { now: number }
  /** One request with bob's token unless another is given (null: none at all). A body is sent as JSON, a text as it is. */
  ask(
    what: string,
    body?: unknown,
    how?: { readonly token?: string | null; readonly headers?: OutgoingHttpHeaders; readonly url?: string },
  ): Promise<Heard>
  close(): Promise<void>
}

/** `ana/shop` with ana its owner, bob who may write and cyn who may read. */
export const makeStand = async (): Promise<Stand> => {
  const clock = { now: Date.parse('2026-03-01T12:00:00Z') }
  const github = await startFakeGithub({ now: () => clock.now })
  const repo = await github.repository('ana/shop', {
    files: { 'a.txt': lines('a', 12), 'b.txt': lines('b', 12) },
    permissions: { bob: 'write', cyn: 'read' },
  })
  const token = github.token('bob')
  return {
    github,
    repo,
    token,
    clock,
    ask: (what, body, { token: shown = token.value, headers = {}, url = github.url } = {}) => {
      const [method = 'GET', path = ''] = what.split(' ')
      const authorization = shown === null ? {} : { authorization: `Bearer ${shown}` }
      const all = Object.entries({ 'user-agent': 'test', ...authorization, ...headers }).filter(([, value]) => value !== undefined)
      return over(`${url}${path}`, method, Object.fromEntries(all), body)
    },
    close: github.close,
  }
}

/** `n` lines that each say where they are. */
export const lines = (word: string, count: number): string => Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('')

/** One request over a fresh connection, which follows nothing. */
export const over = (url: string, method: string, headers: OutgoingHttpHeaders, body?: unknown): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers['content-type']?.includes('json') ?? false
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Heard['headers'], // no header of GitHub's comes twice
          text,
          body: isJson ? jsonOr(text) : null,
        })
      })
    })
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })

const jsonOr = (text: string): Wire => {
  try {
    return JSON.parse(text)
  } catch {
    return null // a test of truncated answers looks at the text
  }
}

/** A working copy that pushes with a token, driven by the real git. `git` gives what it said on both channels, and whether it went well. */
export const cloneOf = async (address: string, token: string | null) => {
  const folder = await mkdtemp(join(tmpdir(), 'fake-github-clone-'))
  const url = token === null ? address : address.replace('http://', `http://x-access-token:${token}@`)
  const git = async (...parts: readonly string[]): Promise<{ readonly isOk: boolean; readonly said: string }> => {
    const { status, output, complaint } = await runSmall('git', ['-c', 'user.name=bob', '-c', 'user.email=bob@example.com', ...parts], {
      cwd: folder,
      env: { PATH: process.env.PATH, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    })
    return { isOk: status === 0, said: `${output}${complaint}` }
  }
  const cloned = await git('clone', '-q', url, '.')
  return { folder, git, cloned, remove: () => rm(folder, { recursive: true, force: true }) }
}
