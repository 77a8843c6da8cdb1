import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Api } from '../../../plugins/github/api.ts'
import { openGithub } from '../../../plugins/github/open.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { type Answers, caught, optionsOf, secret, startAnswers } from './answers.ts'

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

describe('a limit', () => {
  const limit = (remaining: number, resource = 'core', resetInS = 600) => ({
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.floor(now / 1000) + resetInS),
    'x-ratelimit-resource': resource,
  })
  const query = 'query { viewer { login } }'

  test('that is used up stops all until the hour is over, without another request, and is told once', async () => {
    server.by(() => ({ json: {}, headers: limit(0) }))
    await getShop() // the last one was answered
    const found = await caught(getShop())
    expect(found).toMatchObject({ code: 'GITHUB_LIMITED', mayPass: true, facts: { untilMs: now + 600_000, when: '12:10 UTC' } })
    expect(found.message).toContain('5,000 REST requests')
    await caught(api.graphql(query, {}))
    expect(server.asked).toHaveLength(1)
    expect(api.limits()).toMatchObject({ core: { limit: 5000, remaining: 0, resetAt: now + 600_000 }, restUntil: now + 600_000 })
    expect(host.logged.filter(({ event }) => event === 'github.limited')).toHaveLength(1)
    now += 600_001
    await getShop()
    expect(server.asked).toHaveLength(2)
  })

  test('that refuses with 403 is a limit, not a lack of permission', async () => {
    server.by(() => ({ status: 403, json: { message: 'API rate limit exceeded for user ID 1.' }, headers: limit(0) }))
    expect((await caught(getShop())).code).toBe('GITHUB_LIMITED')
  })

  test('of GraphQL lets what a person waits for pass to REST, and that of REST does not', async () => {
    server.by(({ path }) =>
      path === '/graphql'
        ? { json: { data: null, errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }, headers: limit(0, 'graphql') }
        : { json: {} },
    )
    expect((await caught(api.graphql(query, {}))).code).toBe('GITHUB_LIMITED')
    expect((await caught(getShop())).code).toBe('GITHUB_LIMITED')
    await getShop({ isUrgent: true })
    server.by(() => ({ json: {}, headers: limit(0) }))
    await getShop({ isUrgent: true })
    expect((await caught(getShop({ isUrgent: true }))).code).toBe('GITHUB_LIMITED')
    expect(server.asked).toHaveLength(3)
  })

  test('of searches stops searches only', async () => {
    server.by(({ path }) => ({ json: {}, headers: path.startsWith('/search') ? limit(0, 'search', 60) : limit(4000) }))
    await api.request('GET /search/issues', { q: 'leak' })
    expect((await caught(api.request('GET /search/issues', { q: 'leak' }))).message).toContain('"search"')
    await getShop()
    expect(api.limits().restUntil).toBeNull()
  })

  test('that asks for patience gets it, from everything, however urgent', async () => {
    server.by(() => ({ status: 429, json: { message: 'You have exceeded a secondary rate limit.' }, headers: { 'retry-after': '30' } }))
    expect((await caught(getShop())).facts.untilMs).toBe(now + 30_000)
    expect((await caught(getShop({ isUrgent: true }))).code).toBe('GITHUB_LIMITED')
    expect((await caught(api.graphql(query, {}))).code).toBe('GITHUB_LIMITED')
    expect(server.asked).toHaveLength(1)
    expect(api.limits().why).toContain('secondary')
  })

  test('that does not say how long is met with a minute, then with longer', async () => {
    server.by(() => ({ status: 403, json: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' } }))
    expect((await caught(getShop())).facts.untilMs).toBe(now + 60_000)
    now += 60_001
    expect((await caught(getShop())).facts.untilMs).toBe(now + 120_000)
    now += 120_001
    server.by(() => ({ json: {} }))
    await getShop()
    server.by(() => ({ status: 403, json: { message: 'You have exceeded a secondary rate limit.' } }))
    expect((await caught(getShop())).facts.untilMs).toBe(now + 60_000)
  })

  test('is counted from the newest answer, though answers overtake each other', async () => {
    for (const remaining of [4000, 3990, 3995]) {
      server.by(() => ({ json: {}, headers: limit(remaining) }))
      await getShop()
    }
    expect(api.limits().core?.remaining).toBe(3990)
    server.by(() => ({ json: {}, headers: limit(4999, 'core', 4200) }))
    await getShop()
    expect(api.limits().core?.remaining).toBe(4999)
  })

  test('of a clock that is off stops nothing for more than an hour', async () => {
    server.by(() => ({ json: {}, headers: limit(0, 'core', 9 * 3600) }))
    await getShop()
    expect(api.limits().restUntil).toBe(now + 3_600_000)
  })

  test('met by others in line stops those that wait', async () => {
    server.by(() => ({ status: 429, json: { message: 'secondary rate limit' }, headers: { 'retry-after': '5' } }))
    const results = await Promise.all(Array.from({ length: 30 }, () => caught(getShop())))
    expect(results.every(({ code }) => code === 'GITHUB_LIMITED')).toBe(true)
    expect(server.asked).toHaveLength(10)
  })
})
