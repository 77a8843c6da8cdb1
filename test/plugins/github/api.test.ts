import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plain } from '../../../core/kit/text.ts'
import type { Api } from '../../../plugins/github/api.ts'
import { openGithub } from '../../../plugins/github/open.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { type Answer, type Answers, caught, optionsOf, secret, startAnswers } from './answers.ts'

let server: Answers
let host: FakeHost
let api: Api
let now = Date.UTC(2026, 0, 5, 12, 0, 0)

const open = (written: Readonly<Record<string, unknown>> = {}): Promise<Api> =>
  openGithub(optionsOf({ apiUrl: server.url, token: secret, ...written }), host).apiFor({ owner: 'acme', name: 'shop' })

beforeEach(async () => {
  now = Date.UTC(2026, 0, 5, 12, 0, 0)
  server = await startAnswers()
  host = await makeHost({ now: () => now })
  api = await open()
})
afterEach(async () => {
  await host.close()
  await server.close()
})

const shop = { owner: 'acme', repo: 'shop' } as const
const getShop = (ask = {}): Promise<unknown> => api.request('GET /repos/{owner}/{repo}', shop, ask)

describe('a request', () => {
  test('goes where its route says, with the token, and gives what was answered', async () => {
    server.by(() => ({ json: { full_name: 'acme/shop' } }))
    const { data, status } = await api.request('GET /repos/{owner}/{repo}', shop)
    expect([status, data.full_name]).toEqual([200, 'acme/shop'])
    expect(server.asked[0]).toMatchObject({ method: 'GET', path: '/repos/acme/shop' })
    expect(server.asked[0]?.headers).toMatchObject({ authorization: `token ${secret}`, 'x-github-api-version': '2022-11-28' })
  })

  test('cannot be led astray by a name', async () => {
    await api.request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: '../../user?x=' })
    expect(server.asked[0]?.path).toBe('/repos/acme/..%2F..%2Fuser%3Fx%3D')
  })

  test('follows the redirect of a renamed repository, with the same method and body', async () => {
    server.by(({ path }) =>
      path.startsWith('/repositories/7/')
        ? { status: 201, json: { number: 4 } }
        : { status: 301, headers: { location: `${server.url}/repositories/7/issues` } },
    )
    const { data } = await api.request('POST /repos/{owner}/{repo}/issues', { ...shop, title: 'It leaks' })
    expect(data.number).toBe(4)
    expect(server.asked.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"title":"It leaks"}'],
      ['POST', '{"title":"It leaks"}'],
    ])
  })

  test('shows the token to no other host, and carries no change there', async () => {
    const other = await startAnswers(() => ({ json: { from: 'elsewhere' } }))
    server.by(() => ({ status: 302, headers: { location: `${other.url}/x` } }))
    await expect(getShop()).resolves.toMatchObject({ data: { from: 'elsewhere' } })
    expect(other.asked[0]?.headers.authorization).toBeUndefined()
    expect((await caught(api.request('POST /repos/{owner}/{repo}/issues', { ...shop, title: 'x' }))).code).toBe('GITHUB_GARBLED')
    expect(other.asked).toHaveLength(1)
    await other.close()
  })

  test('that goes round in circles is given up', async () => {
    server.by(({ path }) => ({ status: 302, headers: { location: path } }))
    expect((await caught(getShop())).message).toContain('circle')
    expect(server.asked.length).toBeLessThan(10)
  })

  test('is one of ten at a time', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    server.by(async () => {
      await gate
      return { json: {} }
    })
    const all = Promise.all(Array.from({ length: 40 }, () => getShop()))
    await expect.poll(() => server.asked.length).toBe(10)
    await new Promise((resolve) => setTimeout(resolve, 50)) // an eleventh would be here by now
    expect(server.asked).toHaveLength(10)
    open()
    await all
    expect(server.asked).toHaveLength(40)
    expect(server.most()).toBe(10)
  })

  test('that changes something waits for the one before it, and then a pause; others do not wait for it', async () => {
    const began = performance.now()
    now = 0
    await host.close()
    host = await makeHost({ now: () => performance.now() - began })
    api = await open({ writePause: '80ms' })
    const write = () => api.request('POST /repos/{owner}/{repo}/issues', { ...shop, title: 'x' })
    const query = () => api.graphql('# mutation\n query { viewer { login } }', {}).catch(() => {})
    await Promise.all([write(), api.graphql('mutation { x }', {}).catch(() => {}), write(), query(), getShop()])
    const writes = server.asked.filter(({ path, body }) => path.endsWith('/issues') || body.includes('"mutation'))
    expect(writes).toHaveLength(3)
    const gaps = writes.slice(1).map(({ at }, index) => at - (writes[index]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(75)
    const second = writes[1]?.at ?? 0
    const reads = server.asked.filter((one) => !writes.includes(one))
    expect(reads).toHaveLength(2)
    expect(reads.every(({ at }) => at < second)).toBe(true)
  })

  test('that changes something and is urgent goes before all that wait', async () => {
    const write = (title: string, isUrgent = false) => api.request('POST /repos/{owner}/{repo}/issues', { ...shop, title }, { isUrgent })
    await Promise.all([write('1'), write('2'), write('3'), write('now', true)])
    expect(server.asked.map(({ body }) => (JSON.parse(body) as { title: string }).title)).toEqual(['1', 'now', '2', '3'])
  })

  test('is given up when nobody waits for it any more, also while it stands in line', async () => {
    server.by(() => () => {}) // never answers
    const all = Array.from({ length: 12 }, () => new AbortController())
    const results = all.map(({ signal }) => getShop({ signal }).catch((error: unknown) => error))
    all[11]?.abort(new Error('the twelfth is not needed'))
    expect(await results[11]).toMatchObject({ message: 'the twelfth is not needed' })
    for (const [index, one] of all.entries()) one.abort(new Error(`no ${index}`))
    expect(await results[0]).toMatchObject({ message: 'no 0' })
    expect(server.asked.length).toBeLessThanOrEqual(10)
  })

  test('ends when the bot stops', async () => {
    server.by(() => () => {})
    const result = getShop().catch((error: unknown) => error)
    host.stop(new Error('enough'))
    expect(await result).toMatchObject({ message: 'enough' })
  })
})

describe('an answer that is none', () => {
  const cases: readonly (readonly [string, Answer, string, RegExp])[] = [
    ['half a JSON', { text: '{"full_name": "ac', headers: { 'content-type': 'application/json' } }, 'GITHUB_GARBLED', /no whole JSON/],
    ['nothing at all', { text: '', headers: { 'content-type': 'application/json' } }, 'GITHUB_GARBLED', /no whole JSON/],
    ['a web page', { text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }, 'GITHUB_GARBLED', /web page/],
    ['the refusal of a proxy', { status: 403, text: '<html>no</html>', headers: { 'content-type': 'text/html' } }, 'GITHUB_GARBLED', /403/],
    ['a crash of theirs', { status: 502, text: '<html>Unicorn!</html>', headers: { 'content-type': 'text/html' } }, 'GITHUB_DOWN', /502/],
    [
      'a body that breaks off',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
        response.write('{"a": 1')
        setTimeout(() => response.destroy(), 10)
      },
      'GITHUB_GARBLED',
      /broke off/,
    ],
    ['a connection that is cut', (response) => response.destroy(), 'GITHUB_UNREACHABLE', /cut/],
  ]
  test.each(cases)('such as %s is told as such', async (_what, answer, code, words) => {
    server.by(() => answer)
    const found = await caught(getShop())
    expect([found.code, found.mayPass]).toEqual([code, true])
    expect(found.message).toMatch(words)
  })

  test('for so long is given up', async () => {
    api = await open({ timeout: '50ms', token: `${secret}-3` })
    server.by(() => () => {})
    const found = await caught(getShop())
    expect(found.code).toBe('GITHUB_UNREACHABLE')
    expect(found.message).toContain('0.05 s')
  })

  test('nor is a server', async () => {
    await server.close()
    const found = await caught(getShop())
    expect([found.code, found.message]).toEqual(['GITHUB_UNREACHABLE', expect.stringContaining('nothing listens there')])
    server = await startAnswers()
  })
})

describe('a refusal', () => {
  const said = (status: number, message: string, headers: Record<string, string> = {}) => ({ status, headers, json: { message } })
  test.each([
    [said(401, 'Bad credentials'), 'TOKEN_REFUSED', true, /make a new one/],
    [
      said(403, 'Resource not accessible by personal access token', {
        'x-accepted-github-permissions': 'issues=write; pull_requests=write',
      }),
      'FORBIDDEN',
      false,
      /the permission issues=write or pull_requests=write/,
    ],
    [
      said(403, 'Must have admin rights', { 'x-accepted-oauth-scopes': 'repo, admin:org', 'x-oauth-scopes': 'repo' }),
      'FORBIDDEN',
      false,
      /the scope admin:org/,
    ],
    [
      said(403, 'Resource protected by organization SAML enforcement.', {
        'x-github-sso': 'required; url=https://github.com/orgs/acme/sso?x=1',
      }),
      'FORBIDDEN',
      false,
      /single sign-on at https:\/\/github\.com\/orgs\/acme\/sso\?x=1/,
    ],
    [said(403, 'Repository was archived so is read-only.'), 'REPOSITORY_ARCHIVED', false, /archive/],
    [said(403, 'Maximum number of login attempts exceeded.'), 'TOKEN_REFUSED', true, /make a new one/],
    [said(404, 'Not Found'), 'REPOSITORY_UNKNOWN', false, /may read this repository/],
    [said(410, 'Issues has been disabled in this repository.'), 'GONE', false, /switch them on/],
    [said(451, 'Repository access blocked'), 'BLOCKED_BY_LAW', false, /owner/],
    [said(405, 'Pull Request is not mergeable'), 'REFUSED', false, /Put right/],
    [said(409, 'Head branch was modified. Review and try the merge again.'), 'REFUSED', false, /Put right/],
  ] as const)('%j becomes %s', async (answer, code, mayPass, hint) => {
    server.by(() => answer)
    const found = await caught(getShop())
    expect([found.code, found.mayPass]).toEqual([code, mayPass])
    expect(found.hint).toMatch(hint)
    if (code !== 'TOKEN_REFUSED') expect(found.facts).toMatchObject({ status: answer.status, says: answer.json.message.replace(/\.$/, '') })
  })

  test('tells what GitHub lists below its message', async () => {
    const errors = [
      { resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for acme:fix.' },
      { resource: 'Issue', field: 'title', code: 'missing_field' },
    ]
    server.by(() => ({ status: 422, json: { message: 'Validation Failed', errors } }))
    const { code, facts } = await caught(getShop())
    expect([code, facts.says]).toEqual([
      'REFUSED',
      'Validation Failed: A pull request already exists for acme:fix.; Issue title missing_field',
    ])
  })

  test('tells nothing that steers a terminal, and never the token', async () => {
    server.by(() => ({ status: 422, json: { message: `no\u001b[31m "${secret}" \u0007${'x'.repeat(5_000)}` } }))
    const found = await caught(getShop())
    expect(inspect(found, { depth: 9, showHidden: true })).not.toContain(secret)
    expect(found.message).toBe(plain(found.message))
    expect(found.message.length).toBeLessThan(500)
  })

  test('of the token is not asked for again at once', async () => {
    server.by(() => said(401, 'Bad credentials'))
    await caught(getShop())
    expect((await caught(getShop())).code).toBe('TOKEN_REFUSED')
    expect(server.asked).toHaveLength(1)
    now += 11_000
    server.by(() => ({ json: {} }))
    await getShop()
    expect(host.logged.filter(({ event }) => event === 'github.refused')).toHaveLength(1)
  })
})

test('one client is shared by whoever has the same credential at the same forge', async () => {
  expect(await open()).toBe(api)
  expect(await open({ token: `${secret}-x` })).not.toBe(api)
  expect((await open({ token: `${secret}-x` })).key).not.toBe(api.key)
  expect(api.key).not.toContain(secret)
})
