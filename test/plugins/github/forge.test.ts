import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { examine } from '../../../plugins/github/examine.ts'
import { openTransport } from '../../../plugins/github/git.ts'
import { openRepositories } from '../../../plugins/github/repository.ts'
import { type FakeGithub, type FakeRepository, startFakeGithub } from '../../fakes/github/index.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'
import { optionsOf } from './answers.ts'

let github: FakeGithub
let shop: FakeRepository
let host: FakeHost
let repo: Repo
let token: ReturnType<FakeGithub['token']>
const signal = new AbortController().signal

beforeEach(async () => {
  github = await startFakeGithub()
  shop = await github.repository('acme/shop', { permissions: { robo: 'write', ana: 'admin' }, isPrivate: true })
  token = github.token('robo')
  host = await makeHost()
  repo = await makeRepo()
  await repo.git(['remote', 'add', 'origin', `${github.gitUrl}/acme/shop.git`])
})
afterEach(async () => {
  // The doctor asks for what must be refused.
  expect(github.complaints.filter((complaint) => !/^POST \/repos\/acme\/shop\/(?:issues|pulls): Validation/.test(complaint))).toEqual([])
  await Promise.all([host.close(), repo.remove(), github.close()])
})

const options = (written: Readonly<Record<string, unknown>> = {}) =>
  optionsOf({ apiUrl: github.url, gitUrl: github.gitUrl, ...(written.app ? {} : { token: token.value }), ...written })
const locate = (written: Readonly<Record<string, unknown>> = {}, isFresh = false) =>
  openRepositories(host).repositoryOf(repo.project, options(written), { isFresh })

describe('the whole of it on a forge', () => {
  test('a repository is found from the remote, and stays itself through rename and transfer', async () => {
    const { repository, api } = await locate()
    expect(repository).toMatchObject({
      id: shop.nodeId,
      nameWithOwner: 'acme/shop',
      viewerPermission: 'WRITE',
      isPrivate: true,
      isArchived: false,
    })
    expect(await api.me()).toMatchObject({ login: 'robo', isBot: false })
    await github.person('ana').renames(shop, 'store')
    expect((await locate({}, true)).repository).toMatchObject({ id: shop.nodeId, nameWithOwner: 'acme/store', isRenamed: true })
    // The old name is good for requests and for git until somebody takes it.
    const { data } = await api.request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'shop' })
    expect(data.full_name).toBe('acme/store')
  })

  test('git fetches and pushes with the token', async () => {
    const transport = openTransport(host, options(), await locate())
    await transport.fetchRefs(repo.project, ['+refs/heads/main:refs/ao/base/main'], signal)
    await repo.git(['checkout', '--quiet', '-b', 'fix', 'refs/ao/base/main'])
    const head = await repo.commit('Fix it', { 'src/a.txt': 'fixed' })
    await transport.push(repo.path, 'HEAD:refs/heads/fix', signal)
    expect(shop.branches.get('fix')).toBe(head)
    expect(await transport.heads(repo.project, ['fix'], signal)).toEqual(new Map([['fix', head]]))
    await github.person('ana').archives(shop)
    await repo.commit('More', { 'src/a.txt': 'more' })
    await expect(transport.push(repo.path, 'HEAD:refs/heads/fix', signal)).rejects.toMatchObject({
      code: 'PUSH_REFUSED',
      facts: { cause: 'archived' },
    })
  })

  test('a look that finds nothing new costs no request of the limit', async () => {
    const { api } = await locate()
    await github.person('ana').opens(shop, { title: 'It leaks' })
    const list = () =>
      api.conditional('GET /repos/{owner}/{repo}/issues', { owner: 'acme', repo: 'shop' }, ({ data }) => data.map(({ title }) => title))
    expect(await list()).toEqual({ value: ['It leaks'], isNew: true })
    const before = api.limits().core?.remaining
    expect(await list()).toEqual({ value: ['It leaks'], isNew: false })
    expect(api.limits().core?.remaining).toBe(before)
  })

  test('the end of a log of a gigabyte is had for a few kilobytes', async () => {
    const { api } = await locate()
    const head = shop.branches.get('main') ?? ''
    const run = await github.ci.checkRun({ repository: shop, oid: head }, 'test', {
      conclusion: 'failure',
      log: { bytes: 1024 ** 3, ends: 'Error: it leaks\n' },
    })
    const { text, isCut } = await api.tail(
      'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
      { owner: 'acme', repo: 'shop', job_id: run.id },
      { bytes: 8_192 },
    )
    expect([isCut, text.endsWith('Error: it leaks\n')]).toEqual([true, true])
    expect(github.sentLogBytes).toBeLessThan(512 * 1024)
  })

  test('a hundred logs are had ten at a time', async () => {
    const { api } = await locate()
    github.delayMs = 20
    const target = { repository: shop, oid: shop.branches.get('main') ?? '' }
    const runs = await Promise.all(Array.from({ length: 100 }, (_, n) => github.ci.fails(target, `test ${n}`, `Error: number ${n}\n`)))
    const logs = await Promise.all(
      runs.map(({ id }) =>
        api.tail('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', { owner: 'acme', repo: 'shop', job_id: id }, { bytes: 8_192 }),
      ),
    )
    expect(logs.every(({ text }, n) => text.endsWith(`Error: number ${n}\n`))).toBe(true)
    expect(github.underWay.most).toBeLessThanOrEqual(10)
    expect(github.underWay.most).toBeGreaterThan(4)
  })

  test('a token that is revoked in the middle is told, by requests and by git', async () => {
    const { api, repository } = await locate()
    token.isRevoked = true
    await expect(api.request('GET /user', {})).rejects.toMatchObject({ code: 'TOKEN_REFUSED' })
    const transport = openTransport(host, options(), { api, repository })
    await expect(transport.push(repo.path, 'HEAD:refs/heads/fix', signal)).rejects.toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test('an Enterprise server is the same at another address', async () => {
    const { repository, api } = await locate({ apiUrl: github.enterpriseUrl })
    expect(repository.nameWithOwner).toBe('acme/shop')
    expect((await api.request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'shop' })).data.id).toBe(shop.id)
  })
})

describe('a GitHub App', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ao-key-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('does all that with tokens of its own, and its doctor is content', async () => {
    const app = github.app('robo-app')
    const key = join(folder, 'app.pem')
    await writeFile(key, app.privateKey, { mode: 0o600 })
    github.install(app, [shop], { ...(await import('../../fakes/github/world.ts')).usualPermissions, workflows: 'write' })
    const written = { app: { id: app.id, key } }
    const located = await locate(written)
    expect(await located.api.me()).toMatchObject({ isBot: true })
    await openTransport(host, options(written), located).fetchRefs(repo.project, ['+refs/heads/main:refs/ao/base/main'], signal)
    const found = await examine(options(written), { project: repo.project, now: Date.now })
    expect(found.filter(({ level }) => level !== 'PASS')).toEqual([])
  })
})

describe('the doctor', () => {
  const look = (written = {}) => examine(options(written), { project: repo.project, now: Date.now })

  test('is content with a token that has all it needs', async () => {
    expect((await look()).filter(({ level }) => level !== 'PASS')).toEqual([])
  })

  test('names what a fine-grained token lacks', async () => {
    const little = github.token('robo', { permissions: { metadata: 'read', contents: 'read', issues: 'write', checks: 'read' } })
    const found = await look({ token: little.value })
    expect(found.filter(({ level }) => level !== 'PASS').map(({ what }) => what)).toEqual([
      'github: it lacks "Pull requests: write"',
      'github: it lacks "Commit statuses: read"',
      'github: it lacks "Actions: read" (for the logs of failing jobs)',
      expect.stringMatching(/git may not push/),
    ])
  })

  test('changes nothing', async () => {
    const fine = github.token('robo', {
      permissions: {
        metadata: 'read',
        contents: 'write',
        issues: 'write',
        pull_requests: 'write',
        checks: 'read',
        statuses: 'read',
        actions: 'read',
      },
    })
    expect((await look({ token: fine.value })).filter(({ level }) => level !== 'PASS')).toEqual([])
    expect([shop.items.size, shop.branches.size]).toEqual([0, 1])
  })
})
