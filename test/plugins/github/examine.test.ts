import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Finding, Project } from '../../../core/contracts/plugins.ts'
import { openGit } from '../../../core/kit/git.ts'
import { examine } from '../../../plugins/github/examine.ts'
import { type Answer, type Answers, type Asked, optionsOf, secret, startAnswers } from './answers.ts'

const project: Project = { name: 'shop', path: tmpdir(), base: 'main' }
let server: Answers
let now: number
/** How the forge of a test differs from one where all is well; by the beginning of method and path. */
let instead: Record<string, Answer>
let headers: Record<string, string>
let isArchived: boolean
let isPrivate: boolean
let called: string

beforeEach(async () => {
  now = Date.now()
  instead = {}
  headers = { 'x-oauth-scopes': 'repo, workflow' }
  isArchived = false
  isPrivate = true
  called = 'acme/shop'
  server = await startAnswers(answer)
})
afterEach(() => server.close())

const limit = (remaining: number, resource: string) => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.floor(now / 1000) + 1_800),
  'x-ratelimit-resource': resource,
})

const answer = ({ method, path, body }: Asked): Answer => {
  const other = Object.entries(instead).find(([asked]) => `${method} ${path}`.startsWith(asked))
  if (other) return other[1]
  if (path === '/rate_limit') return { json: { resources: {} }, headers: { ...limit(4_990, 'core'), ...headers } }
  if (path === '/graphql' && body.includes('viewer {'))
    return { json: { data: { viewer: { login: 'robo', id: 'U_1' } } }, headers: limit(4_999, 'graphql') }
  if (path === '/graphql') return { json: { data: { repository } } }
  if (path.includes('/info/refs')) return { text: '0000' }
  if (path === '/app') return { json: { slug: 'robo', html_url: 'https://github.com/apps/robo' } }
  if (path.endsWith('/installation')) return { json: { id: 5 } }
  if (path.endsWith('/access_tokens')) return { status: 201, json: { token: 'ghs_x', expires_at: new Date(now + 3_600_000).toISOString() } }
  if (path === '/app/installations/5') return { json: { permissions } }
  if (method === 'POST') return { status: 422, json: { message: 'Invalid request. "title" wasn’t supplied.' } }
  return { json: { total_count: 0 } }
}

const permissions: Record<string, string> = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'read',
  statuses: 'read',
  actions: 'read',
  workflows: 'write',
}
const repository = {
  id: 'R_1',
  name: 'shop',
  owner: { login: 'acme' },
  get nameWithOwner() {
    return called
  },
  get isPrivate() {
    return isPrivate
  },
  get isArchived() {
    return isArchived
  },
  defaultBranchRef: { name: 'main' },
}

const looked = (written: Readonly<Record<string, unknown>> = {}, of: Project | null = project): Promise<readonly Finding[]> =>
  examine(optionsOf({ apiUrl: server.url, repository: 'acme/shop', ...(written.app ? {} : { token: secret }), ...written }), {
    project: of,
    now: () => now,
  })
const lines = (found: readonly Finding[], level?: Finding['level']): readonly string[] =>
  found.filter((finding) => level === undefined || finding.level === level).map(({ what }) => what)

const forbidden = (message: string): Answer => ({ status: 403, json: { message } })

describe('where all is well', () => {
  test('a classic token is named with what it may do and what is left', async () => {
    expect(await looked()).toEqual([
      { level: 'PASS', what: `github: ${new URL(server.url).host} is reached as robo` },
      { level: 'PASS', what: 'github: 4,990 of 5,000 REST requests are left for 30 min' },
      { level: 'PASS', what: 'github: 4,999 of 5,000 GraphQL points are left for 30 min' },
      { level: 'PASS', what: 'github: acme/shop is there' },
      { level: 'PASS', what: 'github: the token has the scope "repo"' },
      { level: 'PASS', what: 'github: the token has the scope "workflow"' },
      { level: 'PASS', what: `github: git may push to ${server.url}/acme/shop.git` },
    ])
  })

  test('a fine-grained token is tried, with requests that can change nothing', async () => {
    headers = { 'github-authentication-token-expiration': new Date(now + 90 * 86_400_000).toISOString().replace(/T(.*)\..*/, ' $1 UTC') }
    const found = await looked()
    expect(lines(found)).toContain(
      'github: it has "Pull requests: write", "Issues: write", "Checks: read", "Commit statuses: read" and "Actions: read" (for the logs of failing jobs)',
    )
    expect(lines(found)).toContain(`github: the token is good until ${new Date(now + 90 * 86_400_000).toISOString().slice(0, 10)}`)
    const writes = server.asked.filter(({ method, path }) => method !== 'GET' && path !== '/graphql')
    expect(writes.map(({ body }) => body.replace('{}', ''))).toEqual(['', ''])
  })

  test('a token without a project is looked at by itself', async () => {
    expect(lines(await looked({}, null))).toHaveLength(3)
  })
})

describe('what is missing is named, each with its cure', () => {
  test('scopes of a classic token', async () => {
    headers = { 'x-oauth-scopes': 'public_repo' }
    const found = await looked()
    expect(lines(found, 'FAIL')).toEqual(['github: the token lacks the scope "repo", which a private repository needs'])
    expect(lines(found, 'WARN')).toEqual([
      'github: the token lacks the scope "workflow": changes to files in .github/workflows cannot be pushed',
    ])
    expect(found.find(({ level }) => level === 'FAIL')?.cure).toContain('"repo"')
  })

  test('of a public repository the scope that is enough', async () => {
    isPrivate = false
    headers = { 'x-oauth-scopes': 'public_repo, workflow' }
    const found = await looked()
    expect(lines(found, 'FAIL')).toEqual([])
    expect(lines(found)).toContain('github: the token has the scope "public_repo", which is enough for a public repository')
    headers = { 'x-oauth-scopes': 'gist, workflow' }
    const failed = (await looked()).filter(({ level }) => level === 'FAIL')
    expect(failed).toEqual([
      {
        level: 'FAIL',
        what: 'github: the token lacks the scope "public_repo", which a public repository needs',
        cure: 'Tick "public_repo" for the token in your settings on GitHub.',
      },
    ])
  })

  test('permissions of a fine-grained token', async () => {
    headers = {}
    instead = {
      'POST /repos/acme/shop/pulls': forbidden('Resource not accessible by personal access token'),
      'POST /repos/acme/shop/issues': { status: 404, json: { message: 'Not Found' } },
      'GET /repos/acme/shop/actions': forbidden('Resource not accessible by personal access token'),
      'GET /acme/shop.git/info/refs': { status: 403, text: 'Write access to repository not granted.' },
    }
    const found = await looked()
    expect(lines(found, 'FAIL')).toEqual([
      'github: it lacks "Pull requests: write"',
      'github: it lacks "Issues: write"',
      `github: git may not push to ${server.url}/acme/shop.git (403)`,
    ])
    expect(lines(found, 'WARN')).toEqual(['github: it lacks "Actions: read" (for the logs of failing jobs)'])
  })

  test('time: a token that expires soon, a clock that is off, a limit that is nearly used up', async () => {
    headers = {
      'x-oauth-scopes': 'repo, workflow',
      'github-authentication-token-expiration': new Date(now + 3 * 86_400_000).toISOString().replace(/T(.*)\..*/, ' $1 +0000'),
      date: new Date(now - 600_000).toUTCString(),
      ...limit(120, 'core'),
    }
    const found = lines(await looked(), 'WARN')
    expect(found[0]).toMatch(/clock is off by 10 min/)
    expect(found[1]).toMatch(/120 of 5,000 REST requests/)
    expect(found[2]).toMatch(/^github: the token expires in (?:3 d|2 d 2\d h)/)
  })

  test('the repository: archived, unknown, or without a name', async () => {
    isArchived = true
    const archived = 'github: acme/shop is archived and takes no changes'
    for (const others of [headers, {}]) {
      headers = others
      instead = {
        'GET /acme/shop.git/info/refs': { status: 403, text: 'This repository was archived so it is read-only.' },
        'POST /repos/acme/shop/': forbidden('Resource not accessible by personal access token'),
      }
      expect(lines(await looked(), 'FAIL')).toEqual([archived])
    }
    instead = {
      'POST /graphql': {
        json: {
          data: { viewer: { login: 'robo', id: 'U' }, repository: null },
          errors: [{ type: 'NOT_FOUND', path: ['repository'], message: 'Could not resolve' }],
        },
      },
    }
    expect(lines(await looked(), 'FAIL')[0]).toMatch(/no acme\/shop, or does not show it/)
    expect(lines(await looked({ repository: undefined }), 'FAIL')).toHaveLength(1)
  })

  test('a repository that was renamed, with what to write where its old name stands', async () => {
    called = 'acme/store'
    const warned = async (written: Readonly<Record<string, unknown>>, of = project) =>
      (await looked(written, of)).filter(({ level }) => level === 'WARN')
    expect(await warned({})).toEqual([
      {
        level: 'WARN',
        what: 'github: acme/shop is called acme/store now',
        cure: 'Write "repository: acme/store" for the project in bot.config.yaml.',
      },
    ])
    const path = await mkdtemp(join(tmpdir(), 'ao my shop-'))
    const { host } = new URL(server.url)
    await openGit(path).raw('init', '--quiet')
    await openGit(path).raw('remote', 'add', 'up', `http://bob:${secret}@${host}/acme/shop.git`)
    const [found] = await warned({ repository: undefined, gitUrl: server.url }, { ...project, path })
    expect(found?.cure).toBe(`Run: git -C '${path}' remote set-url up http://${host}/acme/store.git`)
    called = 'Acme/Shop' // only spelled otherwise
    expect(await warned({})).toEqual([])
    await rm(path, { recursive: true })
  })

  test.each([
    ['a token that was refused', { 'GET /rate_limit': { status: 401, json: { message: 'Bad credentials' } } }, /refuses the token/],
    [
      'an address that is not that of the API',
      { 'GET /rate_limit': { text: '<html>', headers: { 'content-type': 'text/html' } } },
      /none of GitHub's/,
    ],
    ['trouble of theirs', { 'GET /rate_limit': { status: 503, text: 'x' } }, /trouble of its own/],
    [
      'a limit that is used up',
      { 'GET /rate_limit': { status: 429, headers: { 'retry-after': '60' }, json: { message: 'secondary rate limit' } } },
      /asked nothing until/,
    ],
  ] as const)('%s', async (_what, others, says) => {
    instead = others
    const found = await looked()
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ level: 'FAIL', what: expect.stringMatching(says), cure: expect.stringMatching(/\w/) })
  })

  test('a server that is not there', async () => {
    await server.close()
    const found = await looked()
    server = await startAnswers()
    expect(found).toMatchObject([{ level: 'FAIL', what: expect.stringContaining('nothing listens there') }])
  })

  test('an Enterprise server that limits nothing is none of it', async () => {
    instead = { 'GET /rate_limit': { status: 404, json: { message: 'Rate limiting is not enabled.' } }, 'GET /meta': { json: {}, headers } }
    expect(lines(await looked(), 'FAIL')).toEqual([])
  })

  test('never with the token in it', async () => {
    for (const path of ['GET /rate_limit', 'POST /graphql', 'GET /acme']) {
      instead = { [path]: { status: 422, json: { message: `${secret} is wrong` } } }
      expect(JSON.stringify(await looked())).not.toContain(secret)
    }
  })
})

describe('a GitHub App', () => {
  let folder: string
  let key: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ao-key-'))
    key = join(folder, 'app.pem')
    await writeFile(key, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    })
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('is held against what its installation was granted', async () => {
    expect(lines(await looked({ app: { id: 3, key } }), 'PASS')).toContainEqual(
      expect.stringMatching(/it has "Contents: write", .* and "Workflows: write"/),
    )
    instead = {
      'GET /app/installations/5': { json: { permissions: { ...permissions, checks: undefined, issues: 'read', workflows: undefined } } },
    }
    const found = await looked({ app: { id: 3, key } })
    expect(lines(found, 'FAIL')).toEqual(['github: it lacks "Issues: write"', 'github: it lacks "Checks: read"'])
    expect(lines(found, 'WARN')).toEqual(['github: it lacks "Workflows: write" (for changes to files in .github/workflows)'])
  })

  test('with a key that others can read is warned of, and one that cannot be read fails', async () => {
    await chmod(key, 0o644)
    expect(lines(await looked({ app: { id: 3, key } }), 'WARN')[0]).toContain('can be read by other users')
    expect(lines(await looked({ app: { id: 3, key: `${key}.gone` } }), 'FAIL')[0]).toContain('there is no such file')
  })

  test('that is not installed says where to install it', async () => {
    instead = { 'GET /repos/acme/shop/installation': { status: 404, json: { message: 'Not Found' } } }
    expect((await looked({ app: { id: 3, key } })).find(({ level }) => level === 'FAIL')?.cure).toContain(
      'https://github.com/apps/robo/installations/new',
    )
  })
})
