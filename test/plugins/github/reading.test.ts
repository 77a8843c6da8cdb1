import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../plugins/github/api.ts'
import { openGithub } from '../../../plugins/github/open.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { type Answer, type Answers, type Asked, caught, optionsOf, secret, startAnswers } from './answers.ts'

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

describe('a conditional request', () => {
  const read = ({ data }: { data: unknown }): unknown => data
  const etagged = ({ headers }: Asked): Answer =>
    headers['if-none-match'] === '"1"'
      ? { status: 304, headers: { etag: '"1"' } }
      : { json: { n: server.asked.length }, headers: { etag: '"1"' } }

  test('costs nothing while the answer is the same, and gives what was read of it', async () => {
    server.by(etagged)
    const get = () => api.conditional('GET /repos/{owner}/{repo}', shop, read)
    expect(await get()).toEqual({ value: { n: 1 }, isNew: true })
    expect(await get()).toEqual({ value: { n: 1 }, isNew: false })
    expect(server.asked[1]?.headers['if-none-match']).toBe('"1"')
    expect(await api.conditional('GET /repos/{owner}/{repo}', { ...shop, repo: 'other' }, read)).toEqual({ value: { n: 3 }, isNew: true })
    expect(await api.conditional('GET /repos/{owner}/{repo}', shop, read, { isFresh: true })).toEqual({ value: { n: 4 }, isNew: true })
  })

  test('[pitfall 43] keeps no ETag of an answer that could not be read', async () => {
    server.by(({ headers }) => (headers['if-none-match'] === '"2"' ? { status: 304 } : { json: { n: 2 }, headers: { etag: '"2"' } }))
    const broken = api.conditional('GET /repos/{owner}/{repo}', shop, () => {
      throw new Error('cannot read it')
    })
    await expect(broken).rejects.toThrow('cannot read it')
    expect(await api.conditional('GET /repos/{owner}/{repo}', shop, read)).toEqual({ value: { n: 2 }, isNew: true })
    expect(server.asked[1]?.headers['if-none-match']).toBeUndefined()
  })

  test('[pitfall 43] keeps the old pair when the new answer could not be read or did not come whole', async () => {
    server.by(() => ({ json: { n: 1 }, headers: { etag: '"1"' } }))
    await api.conditional('GET /repos/{owner}/{repo}', shop, read)
    server.by(() => ({ text: '{"n": 2', headers: { etag: '"2"', 'content-type': 'application/json' } }))
    expect((await caught(api.conditional('GET /repos/{owner}/{repo}', shop, read))).code).toBe('GITHUB_GARBLED')
    server.by(() => ({ status: 304 }))
    expect(await api.conditional('GET /repos/{owner}/{repo}', shop, read)).toEqual({ value: { n: 1 }, isNew: false })
    expect(server.asked[2]?.headers['if-none-match']).toBe('"1"')
  })

  test('keeps two readings of one answer apart', async () => {
    server.by(etagged)
    await api.conditional('GET /repos/{owner}/{repo}', shop, () => 'first', { as: 'one' })
    expect(await api.conditional('GET /repos/{owner}/{repo}', shop, () => 'second', { as: 'two' })).toEqual({
      value: 'second',
      isNew: true,
    })
  })
})

describe('a list', () => {
  const pageOf = (path: string): number => Number(new URL(path, 'http://x').searchParams.get('page') ?? '1')
  const list = (last: number) =>
    server.by(({ path }) => {
      const page = pageOf(path)
      const next = `<${server.url}/repositories/7/issues?state=all&per_page=100&page=${page + 1}>; rel="next", <${server.url}/x?page=9>; rel="last"`
      return { json: [{ number: page * 10 }, { number: page * 10 + 1 }], headers: page < last ? { link: next } : {} }
    })
  const numbers = (mostPages: number) =>
    api.pages('GET /repos/{owner}/{repo}/issues', { ...shop, state: 'all' }, ({ data }) => data.map(({ number }) => number), { mostPages })

  test('is read page after page, and says when there is more than was wanted', async () => {
    list(3)
    expect(await numbers(5)).toEqual({ items: [10, 11, 20, 21, 30, 31], isCut: false })
    expect(await numbers(3)).toMatchObject({ isCut: false })
    expect(await numbers(2)).toEqual({ items: [10, 11, 20, 21], isCut: true })
    expect(server.asked[0]?.path).toBe('/repos/acme/shop/issues?per_page=100&state=all')
  })
})

describe('GraphQL', () => {
  test('gives what could be answered, and what could not', async () => {
    const errors = [{ type: 'NOT_FOUND', path: ['b'], message: 'Could not resolve to a node' }]
    server.by(() => ({ json: { data: { a: { id: 1 }, b: null }, errors } }))
    const answer = await api.graphql<{ a: { id: number } | null; b: unknown }>('query ($x: Int) { a b }', { x: 1 })
    expect(answer).toEqual({
      data: { a: { id: 1 }, b: null },
      errors: [{ type: 'NOT_FOUND', path: ['b'], message: 'Could not resolve to a node' }],
    })
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      path: '/graphql',
      body: '{"query":"query ($x: Int) { a b }","variables":{"x":1}}',
    })
  })

  test('is asked beside the API on an Enterprise server', async () => {
    api = await open({ apiUrl: `${server.url}/api/v3` })
    server.by(() => ({ json: { data: {} } }))
    await api.graphql('query { x }', {})
    await getShop()
    expect(server.asked.map(({ path }) => path)).toEqual(['/api/graphql', '/api/v3/repos/acme/shop'])
  })

  test.each([
    [{ data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }] }, 'FORBIDDEN'],
    [{ data: null, errors: [{ message: 'Something went wrong while executing your query.' }] }, 'GITHUB_DOWN'],
    [{ errors: [{ message: 'Field x does not exist', extensions: { code: 'undefinedField' } }] }, 'REFUSED'],
    [{ data: { a: null }, errors: [{ type: 'RATE_LIMIT', path: ['a'], message: 'exceeded' }] }, 'GITHUB_LIMITED'],
    [{}, 'GITHUB_GARBLED'],
    [[], 'GITHUB_GARBLED'],
  ])('%j is %s', async (json, code) => {
    server.by(() => ({ json }))
    expect((await caught(api.graphql('query { a }', {}))).code).toBe(code)
  })

  test('knows who asks, and asks once', async () => {
    server.by(() => ({ json: { data: { viewer: { login: 'robo[bot]', id: 'B_1' } } } }))
    expect(await Promise.all([api.me(), api.me()])).toEqual([
      { login: 'robo[bot]', id: 'B_1', isBot: true },
      { login: 'robo[bot]', id: 'B_1', isBot: true },
    ])
    expect(server.asked).toHaveLength(1)
  })
})
