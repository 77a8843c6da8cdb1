import { createSign } from 'node:crypto'
import { Octokit } from '@octokit/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeStand, type Stand } from './fake-stand.ts'

let stand: Stand
beforeEach(async () => {
  stand = await makeStand()
})
afterEach(() => stand.close())

describe('the door', () => {
  test('nobody without a token, with an unknown, a revoked or an expired one', async () => {
    const { ask, github, token, clock } = stand
    expect(await ask('GET /user', undefined, { token: null })).toMatchObject({ status: 401, body: { message: 'Requires authentication' } })
    const wrong = await ask('GET /user', undefined, { token: 'ghp_nobody' })
    expect(wrong).toMatchObject({ status: 401, body: { message: 'Bad credentials', status: '401' } })
    expect((await ask('GET /user')).body).toMatchObject({ login: 'bob', type: 'User' })
    token.isRevoked = true
    expect((await ask('GET /user')).status).toBe(401)
    const brief = github.token('bob', { expiresAt: clock.now + 1_000 })
    const before = await ask('GET /user', undefined, { token: brief.value })
    expect(before.headers['github-authentication-token-expiration']).toBe('2026-03-01 12:00:01 UTC')
    clock.now += 1_000
    expect((await ask('GET /user', undefined, { token: brief.value })).body.message).toBe('Bad credentials')
  })

  test('nobody without a user-agent', async () => {
    const { ask } = stand
    const refused = await ask('GET /user', undefined, { headers: { 'user-agent': undefined } })
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('User-Agent')
  })

  test('an unknown route is not found, and complained about', async () => {
    const { ask, github } = stand
    expect(await ask('GET /repos/ana/shop/nonsense')).toMatchObject({ status: 404, body: { message: 'Not Found' } })
    expect(await ask('POST /repos/ana/shop/branches')).toMatchObject({ status: 404 })
    expect(github.complaints).toHaveLength(2)
  })

  test('malformed JSON is 400, wrong and unknown fields are 422 with their names', async () => {
    const { ask } = stand
    expect(await ask('POST /repos/ana/shop/issues', '{"title"')).toMatchObject({ status: 400, body: { message: 'Problems parsing JSON' } })
    expect(await ask('POST /repos/ana/shop/issues', '["x"]')).toMatchObject({ status: 400 })
    expect(await ask('POST /repos/ana/shop/issues', {})).toMatchObject({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ resource: 'Issue', field: 'title', code: 'missing_field' }] },
    })
    const wrong = await ask('POST /repos/ana/shop/issues', { title: 'x', labels: 'bug', titel: 'y' })
    expect(wrong.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(['labels', 'titel'])
  })

  test('a private repository is not there for those who may not see it, and a blocked one for nobody', async () => {
    const { ask, github, repo } = stand
    repo.isPrivate = true
    const dan = github.token('dan')
    expect((await ask('GET /repos/ana/shop', undefined, { token: dan.value })).status).toBe(404)
    const poor = github.token('bob', { scopes: ['public_repo'] })
    expect((await ask('GET /repos/ana/shop', undefined, { token: poor.value })).status).toBe(404)
    expect((await ask('GET /repos/ana/shop')).status).toBe(200)
    repo.isBlocked = true
    expect(await ask('GET /repos/ana/shop')).toMatchObject({ status: 451, body: { message: 'Repository access blocked' } })
  })

  test('who may only read cannot write, nobody can in an archived repository, and issues may be off', async () => {
    const { ask, github, repo } = stand
    const issue = await github.person('ana').opens(repo, { title: 'One' })
    const cyn = { token: github.token('cyn').value }
    expect((await ask(`POST /repos/ana/shop/issues/${issue.number}/labels`, { labels: ['x'] }, cyn)).status).toBe(403)
    expect((await ask(`POST /repos/ana/shop/issues/${issue.number}/comments`, { body: 'x' }, cyn)).status).toBe(201)
    const fine = github.token('bob', { permissions: { issues: 'read' } })
    expect(await ask('POST /repos/ana/shop/issues', { title: 'x' }, { token: fine.value })).toMatchObject({
      status: 403,
      body: { message: 'Resource not accessible by personal access token' },
    })
    repo.hasIssues = false
    expect((await ask('POST /repos/ana/shop/issues', { title: 'x' })).status).toBe(410)
    repo.hasIssues = true
    repo.isArchived = true
    expect(await ask('POST /repos/ana/shop/issues', { title: 'x' })).toMatchObject({
      status: 403,
      body: { message: 'Repository was archived so is read-only.' },
    })
  })

  test('a renamed and given away repository is found under its old names, and by its number, with the same node id', async () => {
    const { ask, github, repo } = stand
    const { body: before } = await ask('GET /repos/ana/shop')
    await github.person('ana').renames(repo, 'store')
    await github.person('ana').transfers(repo, 'dan')
    const moved = await ask('GET /repos/ana/shop/issues?state=all')
    expect(moved).toMatchObject({ status: 301, headers: { location: `${github.url}/repositories/${repo.id}/issues?state=all` } })
    expect((await ask('POST /repos/ana/shop/issues', { title: 'x' })).status).toBe(307)
    expect((await ask(`GET /repositories/${repo.id}`)).body).toMatchObject({
      full_name: 'dan/store',
      node_id: before.node_id,
      id: before.id,
    })
  })
})

describe('pages, tags and budgets', () => {
  test('a list comes in pages of at most a hundred, with links to the others', async () => {
    const { ask, repo, github } = stand
    await repo.manyIssues('ana', 120)
    const first = await ask('GET /repos/ana/shop/issues?per_page=500&state=all')
    expect(first.body).toHaveLength(100)
    const address = `${github.url}/repos/ana/shop/issues?per_page=500&state=all&page=2`
    expect(first.headers.link).toBe(`<${address}>; rel="next", <${address}>; rel="last"`)
    const second = await ask('GET /repos/ana/shop/issues?per_page=500&state=all&page=2')
    expect(second.body).toHaveLength(20)
    expect(second.headers.link).toContain('rel="prev"')
    expect((await ask('GET /repos/ana/shop/issues')).body).toHaveLength(30)
  })

  test('what has not changed is 304 and costs nothing; the tag of a list does not move with checks, but with comments', async () => {
    const { ask, repo, github, clock } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const { headers } = await ask('GET /repos/ana/shop/pulls')
    const again = () => ask('GET /repos/ana/shop/pulls', undefined, { headers: { 'if-none-match': headers.etag } })
    clock.now += 5_000
    await github.ci.fails(pull, 'test')
    const same = await again()
    expect(same).toMatchObject({ status: 304, text: '' })
    expect(same.headers['x-ratelimit-used']).toBe('1')
    await github.person('ana').comments(pull, 'Look at this')
    const other = await again()
    expect(other.status).toBe(200)
    expect(other.headers['x-ratelimit-used']).toBe('2')
    expect(github.requests.map(({ status, cost, isConditional }) => [status, cost, isConditional])).toEqual([
      [200, 1, false],
      [304, 0, true],
      [200, 1, true],
    ])
  })

  test('a budget belongs to a person, is refilled by the clock, and is not there for search and REST alike', async () => {
    const { ask, github, token, clock } = stand
    github.limits.set(token, 'core', { remaining: 1 })
    const last = await ask('GET /user')
    expect(last.headers).toMatchObject({
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-resource': 'core',
      'x-oauth-scopes': 'repo, workflow, read:org',
    })
    const other = github.token('bob')
    const refused = await ask('GET /user', undefined, { token: other.value })
    expect(refused).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } })
    expect(refused.body.message).toMatch(/^API rate limit exceeded for user ID \d+\.$/)
    expect((await ask('GET /rate_limit')).body.resources).toMatchObject({
      core: { remaining: 0 },
      search: { limit: 30 },
      graphql: { remaining: 5_000 },
    })
    expect((await ask('GET /search/issues?q=repo:ana/shop')).headers['x-ratelimit-resource']).toBe('search')
    clock.now += 3_600_000
    expect((await ask('GET /user')).headers['x-ratelimit-remaining']).toBe('4999')
  })

  test('the secondary limit says when to come back, until then', async () => {
    const { ask, github, clock } = stand
    github.limits.secondary({ retryAfterSeconds: 30, status: 429 })
    const refused = await ask('GET /user')
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '30' } })
    expect(refused.body.message).toContain('secondary rate limit')
    clock.now += 30_000
    expect((await ask('GET /user')).status).toBe(200)
  })

  test('more than a hundred requests at a time are refused', async () => {
    const { ask, github } = stand
    github.delayMs = 300
    const all = await Promise.all(Array.from({ length: 103 }, () => ask('GET /user')))
    expect(all.filter(({ status }) => status === 403)).toHaveLength(3)
    expect(github.underWay.most).toBe(103)
    expect(all.every(({ status }) => status === 200 || status === 403)).toBe(true)
  })
})

describe('faults on demand', () => {
  const cut = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'answered',
      (error: { code?: string; message: string }) => error.code ?? error.message,
    )

  test('a status, a page, half of the JSON, a cut, an answer that is lost after the work was done', async () => {
    const { ask, github, repo } = stand
    github.fails({ path: '/user' }, { is: 'status', status: 502 }, 1)
    expect(await ask('GET /user')).toMatchObject({ status: 502 })
    expect(await ask('GET /user')).toMatchObject({ status: 200 })
    github.fails({ path: /^\/user/ }, { is: 'html', status: 503 }, 1)
    expect((await ask('GET /user')).text).toContain('<html>')
    github.fails({ path: '/user' }, { is: 'truncated' }, 1)
    const half = await ask('GET /user')
    expect(half).toMatchObject({ status: 200, body: null })
    expect(half.text).toMatch(/^\{"login":"bob"/)
    github.fails({ path: '/user' }, { is: 'cut' }, 1)
    expect(await cut(ask('GET /user'))).toMatch(/ECONNRESET|aborted/)
    github.fails({ method: 'POST' }, { is: 'lost' }, 1)
    expect(await cut(ask('POST /repos/ana/shop/issues', { title: 'Twice?' }))).toBe('ECONNRESET')
    expect([...repo.items.values()].map(({ title }) => title)).toEqual(['Twice?'])
  })

  test('silence lasts until the connection is dropped, and a fault until it is undone', async () => {
    const { ask, github } = stand
    const undo = github.fails({ kind: 'rest', login: 'bob' }, { is: 'silent' })
    let isOver = false
    const silent = cut(ask('GET /user')).finally(() => {
      isOver = true
    })
    expect((await ask('GET /user', undefined, { token: github.token('ana').value })).status).toBe(200)
    expect(isOver).toBe(false)
    github.drops()
    expect(await silent).toBe('ECONNRESET')
    undo()
    expect((await ask('GET /user')).status).toBe(200)
  })
})

describe('apps', () => {
  const jwt = (
    app: { readonly id: number; readonly privateKey: string },
    seconds: { readonly iat: number; readonly exp: number },
  ): string => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: String(app.id), ...seconds })}`
    return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`
  }

  test('a signed JWT gives an hour-long token for what is installed; a late, a long and a forged one give none', async () => {
    const { ask, github, repo, clock } = stand
    const app = github.app('robo')
    const installation = github.install(app, [repo])
    const now = clock.now / 1_000
    const good = { token: jwt(app, { iat: now - 30, exp: now + 570 }) }
    expect((await ask('GET /app', undefined, good)).body).toMatchObject({ slug: 'robo', id: app.id })
    expect((await ask('GET /repos/ana/shop/installation', undefined, good)).body.id).toBe(installation.id)
    const made = await ask(`POST /app/installations/${installation.id}/access_tokens`, {}, good)
    expect(made).toMatchObject({ status: 201, body: { expires_at: '2026-03-01T13:00:00Z' } })
    const mine = { token: made.body.token }
    const issue = await ask('POST /repos/ana/shop/issues', { title: 'By a bot' }, mine)
    expect(issue.body.user).toMatchObject({ login: 'robo[bot]', type: 'Bot' })
    clock.now += 3_600_000
    expect((await ask('GET /repos/ana/shop', undefined, mine)).body.message).toBe('Bad credentials')

    const later = clock.now / 1_000
    expect((await ask('GET /app', undefined, good)).status).toBe(401)
    expect((await ask('GET /app', undefined, { token: jwt(app, { iat: later, exp: later + 900 }) })).status).toBe(401)
    const forged = jwt(app, { iat: later, exp: later + 60 }).replace(/.{8}$/, 'AAAAAAAA')
    expect((await ask('GET /app', undefined, { token: forged })).status).toBe(401)
    expect((await ask('GET /app')).status).toBe(401)
  })
})

test('the real client library speaks with it, REST and GraphQL, also as with an Enterprise server', async () => {
  const { github, token } = stand
  for (const baseUrl of [github.url, github.enterpriseUrl]) {
    const octokit = new Octokit({ baseUrl, auth: token.value })
    const { data } = await octokit.request('GET /repos/{owner}/{repo}', { owner: 'ana', repo: 'shop' })
    expect(data.permissions).toMatchObject({ push: true, admin: false })
    expect(await octokit.graphql('{ viewer { login } }')).toEqual({ viewer: { login: 'bob' } })
  }
  expect(github.requests.map(({ kind, path }) => `${kind} ${path}`).slice(-2)).toEqual(['rest /repos/ana/shop', 'graphql /graphql'])
})
