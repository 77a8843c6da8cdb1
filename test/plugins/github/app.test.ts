import { createVerify, generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isFault } from '../../../core/kit/fault.ts'
import { openGithub } from '../../../plugins/github/open.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { type Answer, type Answers, type Asked, optionsOf, startAnswers } from './answers.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
let folder: string
let key: string
let server: Answers
let host: FakeHost
let now: number
let slept: number[]

/** What the forge of these tests knows of the App. */
let tokens: { readonly token: string; readonly installation: number; isRefused: boolean }[]
let isSuspended: boolean
let installed: Record<string, number>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ao-key-'))
  key = join(folder, 'app.pem')
  // GitHub gives keys in the older of the two forms.
  await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(async () => {
  now = Date.now()
  slept = []
  tokens = []
  isSuspended = false
  installed = { 'acme/shop': 1, 'acme/tools': 1, 'other/thing': 2 }
  server = await startAnswers(answer)
  host = await makeHost({
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms)
    },
  })
})
afterEach(async () => {
  await host.close()
  await server.close()
})

const jwtOf = ({ headers }: Asked): { iss: number; iat: number; exp: number } | null => {
  const [, head = '', body = '', signature = ''] = /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(headers.authorization ?? '') ?? []
  const isOurs = createVerify('RSA-SHA256').update(`${head}.${body}`).verify(publicKey, signature, 'base64url')
  return isOurs ? JSON.parse(Buffer.from(body, 'base64url').toString()) : null
}

const answer = (asked: Asked): Answer => {
  const { path, headers } = asked
  if (path === '/app' || path.startsWith('/app/') || path.endsWith('/installation')) {
    const jwt = jwtOf(asked)
    if (jwt === null) return { status: 401, json: { message: 'A JSON web token could not be decoded' } }
    if (jwt.exp * 1000 < now || jwt.exp * 1000 > now + 600_000)
      return {
        status: 401,
        headers: { date: new Date(now).toUTCString() },
        json: { message: "'Expiration time' claim ('exp') is too far in the future" },
      }
  }
  if (path === '/app') return { json: { id: 12, slug: 'robo', html_url: 'https://github.com/apps/robo' } }
  const repository = /^\/repos\/(.+)\/installation$/.exec(path)?.[1]
  if (repository !== undefined) {
    const id = installed[repository]
    return id === undefined ? { status: 404, json: { message: 'Not Found' } } : { json: { id } }
  }
  const installation = Number(/^\/app\/installations\/(\d+)\/access_tokens$/.exec(path)?.[1])
  if (installation) {
    if (isSuspended) return { status: 403, json: { message: 'This installation has been suspended' } }
    if (!Object.values(installed).includes(installation)) return { status: 404, json: { message: 'Not Found' } }
    const made = { token: `ghs_${installation}_${tokens.length}`.padEnd(40, 'x'), installation, isRefused: false }
    tokens.push(made)
    return { status: 201, json: { token: made.token, expires_at: new Date(now + 3_600_000).toISOString(), permissions: {} } }
  }
  const used = tokens.find(({ token }) => headers.authorization === `token ${token}`)
  return used && !used.isRefused ? { json: { by: used.token } } : { status: 401, json: { message: 'Bad credentials' } }
}

const github = (app: Readonly<Record<string, unknown>> = {}) =>
  openGithub(optionsOf({ apiUrl: server.url, app: { id: 12, key, ...app } }), host)
const shop = { owner: 'acme', repo: 'shop' } as const
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (isFault(error) ? error.code : error),
  )
const made = (): number => tokens.length

describe('a GitHub App', () => {
  test('acts as its installation, found by the repository, one client for each', async () => {
    const [one, two, three] = await Promise.all(
      [
        { owner: 'acme', name: 'shop' },
        { owner: 'Acme', name: 'Tools' },
        { owner: 'other', name: 'thing' },
      ].map(async (repository, n) => {
        if (n === 1) installed['Acme/Tools'] = 1
        return github().apiFor(repository)
      }),
    )
    expect(one?.key).toBe(two?.key)
    expect(one?.key).not.toBe(three?.key)
    await one?.request('GET /repos/{owner}/{repo}', shop)
    await three?.request('GET /repos/{owner}/{repo}', shop)
    expect(tokens.map(({ installation }) => installation)).toEqual([1, 2])
    expect(jwtOf(server.asked.find(({ path }) => path.endsWith('/installation')) as Asked)?.iss).toBe(12)
  })

  test('asks for no installation that the config names', async () => {
    const api = await github({ installation: 2 }).apiFor({ owner: 'acme', name: 'shop' })
    await api.request('GET /repos/{owner}/{repo}', shop)
    expect(server.asked.map(({ path }) => path)).toEqual(['/app/installations/2/access_tokens', '/repos/acme/shop'])
  })

  test('makes one token for all that ask at once, and another before it expires', async () => {
    const api = await github().apiFor({ owner: 'acme', name: 'shop' })
    await Promise.all(Array.from({ length: 5 }, () => api.request('GET /repos/{owner}/{repo}', shop)))
    expect(made()).toBe(1)
    now += 3_600_000 - 5 * 60_000
    await api.request('GET /repos/{owner}/{repo}', shop)
    expect(made()).toBe(1)
    // What git does may take longer than a request.
    expect(await api.gitToken()).toBe(tokens[1]?.token)
    now += 3_600_000
    await api.request('GET /repos/{owner}/{repo}', shop)
    expect(made()).toBe(3)
  })

  test('gets a new token when its old one is no longer taken, once', async () => {
    const api = await github().apiFor({ owner: 'acme', name: 'shop' })
    await api.request('GET /repos/{owner}/{repo}', shop)
    now += 600_000
    for (const token of tokens) token.isRefused = true
    const { data } = await api.request('GET /repos/{owner}/{repo}', shop)
    expect([made(), data]).toEqual([2, { by: tokens[1]?.token }])
    server.by((asked) =>
      asked.path.startsWith('/repos/acme/shop') && !asked.path.endsWith('installation')
        ? { status: 401, json: { message: 'Bad credentials' } }
        : answer(asked),
    )
    now += 600_000
    expect(await codeOf(api.request('GET /repos/{owner}/{repo}', shop))).toBe('TOKEN_REFUSED')
    expect(made()).toBeLessThanOrEqual(3)
  })

  test('waits a little when a new token is not known everywhere yet', async () => {
    const api = await github().apiFor({ owner: 'acme', name: 'shop' })
    let refusals = 2
    server.by((asked) => {
      if (asked.path !== '/repos/acme/shop' || refusals === 0) return answer(asked)
      refusals -= 1
      return { status: 401, json: { message: 'Bad credentials' } }
    })
    await api.request('GET /repos/{owner}/{repo}', shop)
    expect([made(), slept]).toEqual([1, [1_000, 2_000]])
  })

  test('signs by the clock of the forge when its own is off', async () => {
    now += 15 * 60_000
    const api = await github().apiFor({ owner: 'acme', name: 'shop' })
    await api.request('GET /repos/{owner}/{repo}', shop)
    expect(tokens).toHaveLength(1)
  })
})

describe('an App that cannot act says why', () => {
  const failing = (app = {}) =>
    github(app)
      .apiFor({ owner: 'acme', name: 'shop' })
      .then((api) => api.request('GET /repos/{owner}/{repo}', shop))

  test('when it is not installed, with the page to install it at; and goes on once it is', async () => {
    delete installed['acme/shop']
    await expect(failing()).rejects.toMatchObject({
      code: 'APP_NOT_INSTALLED',
      hint: expect.stringContaining('https://github.com/apps/robo/installations/new'),
    })
    installed['acme/shop'] = 1
    await failing()
  })

  test('when it is suspended', async () => {
    isSuspended = true
    await expect(failing()).rejects.toMatchObject({ code: 'APP_NOT_INSTALLED', message: expect.stringContaining('suspended') })
  })

  test('when it was taken away and installed anew it is found again', async () => {
    await failing()
    installed['acme/shop'] = 7
    installed['acme/tools'] = 7
    now += 3_600_000
    await expect(failing()).rejects.toMatchObject({ code: 'APP_NOT_INSTALLED' })
    await failing()
    expect(tokens.at(-1)?.installation).toBe(7)
  })

  test('when its key is not there, is none, or is that of somebody else', async () => {
    const other = join(folder, 'other.pem')
    await writeFile(other, 'no key')
    expect(await codeOf(failing({ key: join(folder, 'nothing.pem') }))).toBe('KEY_UNREADABLE')
    expect(await codeOf(failing({ key: other }))).toBe('KEY_UNREADABLE')
    await writeFile(other, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await chmod(other, 0o600)
    // The same path, put right: it is read again.
    expect(await codeOf(failing({ key: other }))).toBe('TOKEN_REFUSED')
  })
})
