import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isFault } from '../../../core/kit/fault.ts'
import { settle } from '../../../plugins/github/options.ts'
import { nameIn } from '../../../plugins/github/remotes.ts'
import { openRepositories, type Repositories } from '../../../plugins/github/repository.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'
import { type Answer, type Answers, type Asked, optionsOf, secret, startAnswers } from './answers.ts'

type Stored = { readonly id: string; owner: string; name: string; isArchived?: boolean; isForbidden?: boolean }

let server: Answers
let host: FakeHost
let repo: Repo
let repositories: Repositories
let now: number
/** What there is on the forge of these tests, by today's name and by former ones. */
let stored: Stored[]
let former: Record<string, string>

beforeEach(async () => {
  now = Date.UTC(2026, 0, 5, 12)
  stored = [{ id: 'R_1', owner: 'acme', name: 'shop' }]
  former = {}
  server = await startAnswers(answer)
  host = await makeHost({ now: () => now })
  repo = await makeRepo()
  repositories = openRepositories(host)
})
afterEach(async () => {
  await Promise.all([host.close(), repo.remove(), server.close()])
})

const shapeOf = ({ id, owner, name, isArchived = false }: Stored) => ({
  id,
  databaseId: 7,
  name,
  owner: { login: owner },
  nameWithOwner: `${owner}/${name}`,
  url: `https://github.com/${owner}/${name}`,
  isArchived,
  isPrivate: true,
  hasIssuesEnabled: true,
  defaultBranchRef: { name: 'main' },
  viewerPermission: 'WRITE',
  mergeCommitAllowed: false,
  squashMergeAllowed: true,
  rebaseMergeAllowed: true,
  autoMergeAllowed: true,
  deleteBranchOnMerge: false,
})

const answer = ({ body }: Asked): Answer => {
  const { variables } = JSON.parse(body) as { variables: { id?: string; owner?: string; name?: string } }
  const isById = variables.id !== undefined
  const called = `${variables.owner}/${variables.name}`.toLowerCase()
  const found = stored.find(({ id, owner, name }) =>
    isById ? id === variables.id : `${owner}/${name}` === called || former[called] === id,
  )
  const key = isById ? 'node' : 'repository'
  if (found?.isForbidden)
    return {
      json: {
        data: { [key]: null },
        errors: [{ type: 'FORBIDDEN', path: [key], message: 'Resource protected by organization SAML enforcement.' }],
      },
    }
  if (found) return { json: { data: { [key]: shapeOf(found) } } }
  return { json: { data: { [key]: null }, errors: [{ type: 'NOT_FOUND', path: [key], message: 'Could not resolve' }] } }
}

const find = (written: Readonly<Record<string, unknown>> = { repository: 'acme/shop' }, more: { readonly isFresh?: boolean } = {}) =>
  repositories.repositoryOf(repo.project, optionsOf({ apiUrl: server.url, token: secret, ...written }), more)
const nameFound = async (): Promise<string> => (await find({ repository: 'acme/shop' }, { isFresh: true })).repository.nameWithOwner
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => (isFault(error) ? error.code : error),
  )
const events = (): readonly string[] => host.logged.map(({ event }) => event)

describe('a repository', () => {
  test('comes with the settings that matter to changes', async () => {
    const { repository, api } = await find()
    expect(repository).toEqual({
      id: 'R_1',
      databaseId: 7,
      owner: 'acme',
      name: 'shop',
      nameWithOwner: 'acme/shop',
      url: 'https://github.com/acme/shop',
      isRenamed: false,
      isArchived: false,
      isPrivate: true,
      hasIssues: true,
      defaultBranch: 'main',
      viewerPermission: 'WRITE',
      mergeMethods: ['squash', 'rebase'],
      isAutoMergeAllowed: true,
      deletesBranchOnMerge: false,
    })
    expect(api.host).toBe(new URL(server.url).host)
  })

  test('is read once in five minutes, whoever asks, unless somebody wants it fresh', async () => {
    await Promise.all([find(), find(), find()])
    now += 4 * 60_000
    await find()
    expect(server.asked).toHaveLength(1)
    await find(undefined, { isFresh: true })
    expect(server.asked).toHaveLength(2)
    now += 6 * 60_000
    stored = [{ id: 'R_1', owner: 'acme', name: 'shop', isArchived: true }]
    expect((await find()).repository.isArchived).toBe(true)
    expect(server.asked).toHaveLength(3)
  })

  test('is not remembered as lost: what could not be read is asked for again', async () => {
    server.by(() => ({ status: 502 }))
    expect(await codeOf(find())).toBe('GITHUB_DOWN')
    server.by(answer)
    expect((await find()).repository.id).toBe('R_1')
  })

  test('does not fail for one because another no longer waits', async () => {
    const stop = new AbortController()
    const options = optionsOf({ apiUrl: server.url, token: secret, repository: 'acme/shop' })
    const first = repositories.repositoryOf(repo.project, options, { signal: stop.signal }).catch((error: unknown) => error)
    const second = repositories.repositoryOf(repo.project, options)
    stop.abort(new Error('not needed'))
    expect(await first).toMatchObject({ message: 'not needed' })
    expect((await second).repository.id).toBe('R_1')
  })
})

describe('a repository that was renamed', () => {
  test('is found by what it is, also when somebody has taken its old name; and that is told once', async () => {
    await nameFound()
    stored = [
      { id: 'R_1', owner: 'umbrella', name: 'store' },
      { id: 'R_2', owner: 'acme', name: 'shop' },
    ]
    expect(await nameFound()).toBe('umbrella/store')
    expect(await nameFound()).toBe('umbrella/store')
    expect((await find()).repository.isRenamed).toBe(true)
    expect(events()).toEqual(['github.renamed'])
    expect(host.logged[0]?.fields).toMatchObject({ now: 'umbrella/store', before: 'acme/shop' })
  })

  test('before it was ever seen is found by its old name, and that is told', async () => {
    stored = [{ id: 'R_1', owner: 'acme', name: 'store' }]
    former = { 'acme/shop': 'R_1' }
    expect(await nameFound()).toBe('acme/store')
    expect(await nameFound()).toBe('acme/store')
    expect(events()).toEqual(['github.renamed'])
  })

  test('is still known after a restart', async () => {
    await nameFound()
    stored = [
      { id: 'R_1', owner: 'acme', name: 'store' },
      { id: 'R_2', owner: 'acme', name: 'shop' },
    ]
    // The documents outlive the bot; what was shared in memory does not.
    const later = openRepositories({ ...host, shared: (_name, make) => make() })
    const { repository } = await later.repositoryOf(repo.project, optionsOf({ apiUrl: server.url, token: secret, repository: 'acme/shop' }))
    expect(repository.nameWithOwner).toBe('acme/store')
  })

  test('that is gone, with another in its place, is that other one from now on, and that is told as such', async () => {
    await nameFound()
    stored = [{ id: 'R_9', owner: 'acme', name: 'shop' }]
    expect((await find(undefined, { isFresh: true })).repository.id).toBe('R_9')
    expect(events()).toEqual(['github.another-repository'])
  })

  test('that is gone altogether is unknown', async () => {
    await nameFound()
    stored = []
    expect(await codeOf(nameFound())).toBe('REPOSITORY_UNKNOWN')
  })

  test('that may not be seen for now is not taken for gone', async () => {
    await nameFound()
    stored = [
      { id: 'R_1', owner: 'acme', name: 'store', isForbidden: true },
      { id: 'R_2', owner: 'acme', name: 'shop' },
    ]
    expect(await codeOf(nameFound())).toBe('FORBIDDEN')
  })
})

describe('the name of a repository', () => {
  const gitUrl = (): string => new URL(server.url).host

  test('is read from the remotes of the project, origin first, every five minutes', async () => {
    stored.push({ id: 'R_5', owner: 'ana', name: 'fork' })
    await repo.git(['remote', 'add', 'aaa', `http://${gitUrl()}/ana/fork.git`])
    await repo.git(['remote', 'add', 'origin', `http://bob:${secret}@${gitUrl()}/acme/shop.git`])
    expect((await find({})).repository.nameWithOwner).toBe('acme/shop')
    await repo.git(['remote', 'set-url', 'origin', '/srv/git/shop.git'])
    now += 5 * 60_000 - 1
    expect((await find({})).repository.nameWithOwner).toBe('acme/shop')
    now += 1
    expect((await find({})).repository.nameWithOwner).toBe('ana/fork')
  })

  test('is asked of the user when no remote says it, without what is secret in them', async () => {
    const nothing = await find({}).catch((error: unknown) => error)
    expect(nothing).toMatchObject({ code: 'REMOTE_UNKNOWN', message: expect.stringContaining('no git remote') })
    await repo.git(['remote', 'add', 'origin', `https://bob:${secret}@gitlab.example/acme/shop.git`])
    const error = await find({}).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'REMOTE_UNKNOWN', message: expect.stringContaining('origin https://gitlab.example/acme/shop.git') })
    expect(JSON.stringify(error)).not.toContain(secret)
  })

  const github = settle(optionsOf({ token: secret }))
  const enterprise = settle(optionsOf({ token: secret, apiUrl: 'https://git.acme.example/api/v3' }))
  test.each([
    ['https://github.com/acme/shop.git', 'acme/shop'],
    ['https://github.com/acme/shop', 'acme/shop'],
    ['https://x-access-token:abc@github.com/acme/shop.js.git/', 'acme/shop.js'],
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['ssh://git@github.com/acme/shop.git', 'acme/shop'],
    ['ssh://git@ssh.github.com:443/acme/shop.git', 'acme/shop'],
    ['git@github.com-work:acme/shop.git', 'acme/shop'],
    ['git://github.com/acme/shop.git', 'acme/shop'],
    ['https://github.com.evil.example/acme/shop.git', null],
    ['https://evil.example/github.com/acme/shop.git', null],
    ['https://git.acme.example/acme/shop.git', null],
    ['https://github.com/acme', null],
    ['https://github.com/acme/shop/wiki.git', null],
    ['/srv/github.com/acme/shop.git', null],
    ['../shop', null],
    ['C:/acme/shop', null],
  ])('of %s is %s', (url, name) => {
    const found = nameIn(url, github)
    expect(found === null ? null : `${found.owner}/${found.name}`).toBe(name)
  })

  test('on an Enterprise server is read there, whatever the port of its ssh', () => {
    for (const url of [
      'https://git.acme.example/acme/shop.git',
      'git@git.acme.example:acme/shop.git',
      'ssh://git@git.acme.example:7999/acme/shop.git',
    ])
      expect(nameIn(url, enterprise)).toEqual({ owner: 'acme', name: 'shop' })
    expect(nameIn('git@github.com:acme/shop.git', enterprise)).toBeNull()
  })
})
