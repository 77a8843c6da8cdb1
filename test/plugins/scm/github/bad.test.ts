import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Project } from '../../../../core/contracts/plugins.ts'
import { faultOf, type GithubWorld, lookAt, makeGithubWorld, openOne, start } from './world.ts'

const { signal } = new AbortController()
type Opened = Awaited<ReturnType<typeof openOne>>

/** A change that the account of the bot has opened on GitHub; whatever needs no workspace needs no more. */
const proposed = async (world: GithubWorld) => {
  const bot = world.github.person('ao-bot')
  const head = await bot.pushes(world.repository, 'ao/one', { 'one.txt': 'one\n' })
  const pull = await bot.proposes(world.repository, 'ao/one')
  return { ref: { project: world.project, number: pull.number }, change: { head }, pull }
}
const merge = (world: GithubWorld, { ref, change }: Pick<Opened, 'ref'> & { readonly change: Pick<Opened['change'], 'head'> }) =>
  world.scm.merge(ref, { head: change.head, base: 'main', method: 'squash', title: 'Merged' }, signal)
const pushMore = async (world: GithubWorld, { workspace }: Pick<Opened, 'workspace'>, name = 'more.txt') => {
  await world.commit(workspace, { [name]: 'more\n' })
  return () => world.scm.push({ project: world.project, workspace }, signal)
}
/** The first look, whatever it gives. */
const look = async (world: GithubWorld, number = 1) =>
  (await world.scm.look([{ project: world.project as Project, number, branch: '' }], signal))[0]
const ana = (world: GithubWorld) => world.github.person('ana')
/** After a refusal nothing is asked for a while. */
const afterAWhile = (world: GithubWorld) => world.later(6 * 60_000)

describe('what the repository does not let us do is told, and works again once it does', () => {
  test('an archived repository', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    await ana(world).archives(world.repository)
    expect(await faultOf(push())).toMatchObject({
      code: 'PUSH_REFUSED',
      facts: { cause: 'archived' },
      hint: expect.stringContaining('archive'),
    })
    expect(await faultOf(merge(world, opened))).toMatchObject({ code: 'REPOSITORY_ARCHIVED' })
    expect(await faultOf(world.scm.close(opened.ref))).toMatchObject({ code: 'REPOSITORY_ARCHIVED' })
    expect(await lookAt(world, 1)).toMatchObject({ state: 'open' })
    await ana(world).unarchives(world.repository)
    await push()
    expect(world.repository.branches.get('ao/one')).toBe(await world.git(['rev-parse', 'ao/one']))
  })

  test('no right to push', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    world.repository.permissions.set('ao-bot', 'read')
    expect(await faultOf(push())).toMatchObject({ code: 'PUSH_REFUSED', facts: { cause: 'forbidden' } })
    expect(await faultOf(merge(world, opened))).toMatchObject({ code: 'FORBIDDEN' })
    world.repository.permissions.set('ao-bot', 'write')
    await push()
  })

  test('a protected branch', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    await ana(world).protects(world.repository, 'ao/one', { pushers: ['ana'] })
    expect(await faultOf(push())).toMatchObject({ code: 'PUSH_REFUSED', facts: { cause: 'protected' } })
    await ana(world).unprotects(world.repository, 'ao/one')
    await push()
  })

  test('a token without the scope for workflows', async () => {
    const world = await start()
    const token = world.github.token('ao-bot', { scopes: ['repo'] }).value
    const opened = await openOne(world)
    await world.commit(opened.workspace, { '.github/workflows/ci.yml': 'on: push\n' })
    const scm = await world.reopened({ token })
    const fault = await faultOf(scm.push({ project: world.project, workspace: opened.workspace }, signal))
    expect(fault).toMatchObject({ code: 'PUSH_REFUSED', facts: { cause: 'forbidden' }, hint: expect.stringContaining('workflow') })
  })

  test('a token that expires in the middle', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    const token = world.github.world.tokens.get(world.token)
    if (!token) throw new Error('there is no token')
    token.isRevoked = true
    afterAWhile(world)
    for (const work of [push(), merge(world, opened), world.scm.close(opened.ref)])
      expect(await faultOf(work)).toMatchObject({ code: 'TOKEN_REFUSED', hint: expect.stringContaining('token') })
    expect(await look(world)).toMatchObject({ code: 'TOKEN_REFUSED' })
    token.isRevoked = false
    afterAWhile(world)
    await push()
    expect((await lookAt(world, 1)).head).toBe(opened.pull.head.oid)
  })

  test('a repository that was renamed goes on under its new name', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    await ana(world).renames(world.repository, 'store')
    afterAWhile(world)
    await push()
    const { head } = await lookAt(world, 1)
    expect(head).toBe(opened.pull.head.oid)
    expect((await world.scm.merge(opened.ref, { head, base: 'main', method: 'squash', title: 'x' }, signal)).merged).toBe(true)
  })
})

describe('every refusal of a request is a clear fault, and the next one goes well', () => {
  const isMerge = { method: 'PUT', path: /\/merge$/ }

  test.each([
    [401, 'TOKEN_REFUSED'],
    [403, 'FORBIDDEN'],
    [404, 'REPOSITORY_UNKNOWN'],
    [410, 'GONE'],
    [451, 'BLOCKED_BY_LAW'],
    [500, 'MERGE_UNCERTAIN'],
    [502, 'MERGE_UNCERTAIN'],
    [503, 'MERGE_UNCERTAIN'],
  ])('%i to a merge is %s', async (status, code) => {
    const world = await start()
    const opened = await proposed(world)
    world.github.fails(isMerge, { is: 'status', status }, 1)
    const fault = await faultOf(merge(world, opened))
    expect(fault.code).toBe(code)
    expect(fault.hint).not.toBe('')
    expect(opened.pull.mergedAt).toBeNull()
    afterAWhile(world)
    expect((await merge(world, opened)).merged).toBe(true)
  })

  test('422 to a merge is an answer with GitHub’s words', async () => {
    const world = await start()
    const opened = await proposed(world)
    world.github.fails(isMerge, { is: 'status', status: 422, message: 'Bad sha' }, 1)
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'protected', says: expect.stringContaining('Bad sha') })
    expect((await merge(world, opened)).merged).toBe(true)
  })

  describe('and what is there for all of them', () => {
    let world: GithubWorld
    let opened: Opened
    beforeAll(async () => {
      world = await makeGithubWorld({ settings: { timeout: '1s' } })
      opened = await openOne(world)
    })
    afterAll(() => world.close())

    test.each([
      ['cut in the middle', { is: 'cut' }, 'GITHUB_GARBLED'],
      ['half of a JSON', { is: 'truncated' }, 'GITHUB_GARBLED'],
      ['a web page', { is: 'html', status: 200 }, 'GITHUB_GARBLED'],
      ['nothing', { is: 'silent' }, 'GITHUB_UNREACHABLE'],
      ['trouble', { is: 'status', status: 502 }, 'GITHUB_DOWN'],
    ] as const)('%s instead of an answer to a look is an error in its place, and the next look sees', async (_, how, code) => {
      const undo = world.github.fails({ kind: 'graphql' }, how)
      expect(await look(world)).toMatchObject({ code })
      undo()
      afterAWhile(world)
      expect(await lookAt(world, 1)).toEqual(opened.change)
    })

    test.each([
      [401, 'TOKEN_REFUSED'],
      [403, 'FORBIDDEN'],
      [404, 'REPOSITORY_UNKNOWN'],
      [410, 'GONE'],
      [422, 'OPENING_REFUSED'],
      [451, 'BLOCKED_BY_LAW'],
      [500, 'GITHUB_DOWN'],
    ])('%i to an opening is %s', async (status, code) => {
      const last = Math.max(...world.repository.items.keys())
      await ana(world).closes(world.pull(last))
      world.github.fails({ method: 'POST', path: '/repos/acme/shop/pulls' }, { is: 'status', status }, 1)
      const request = { project: world.project, workspace: opened.workspace, base: 'main', title: 'one', body: '' }
      expect((await faultOf(world.scm.open(request, signal))).code).toBe(code)
      afterAWhile(world)
      expect((await world.scm.open(request, signal)).number).toBe(last + 1)
    })
  })

  test('git that is not answered is a fault, and what was committed is pushed later', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    const undo = world.github.fails({ kind: 'git' }, { is: 'status', status: 503 })
    expect(await faultOf(push())).toMatchObject({ mayPass: true })
    undo()
    await push()
    expect(opened.pull.head.oid).toBe(await world.git(['rev-parse', 'HEAD'], opened.workspace.path))
  })

  test('no text of ours holds the token', async () => {
    const world = await start()
    const opened = await openOne(world)
    const push = await pushMore(world, opened)
    world.github.fails({ kind: 'git', path: /git-receive-pack$/ }, { is: 'status', status: 403, message: `denied to ${world.token}` })
    world.github.fails({ method: 'PUT' }, { is: 'status', status: 403, message: `denied to ${world.token}` })
    const faults = await Promise.all([push(), merge(world, opened)].map(faultOf))
    const said = faults.map(({ message, hint, facts, stack }) => JSON.stringify({ message, hint, facts, stack }))
    for (const text of [...said, JSON.stringify(world.host.logged)]) expect(text).not.toContain(world.token)
    expect(await world.git(['config', '--list'])).not.toContain(world.token)
  })
})

describe('what people do to a change', () => {
  test('reopened: it goes on', async () => {
    const world = await start()
    const opened = await openOne(world)
    await ana(world).closes(opened.pull)
    expect((await lookAt(world, 1)).state).toBe('closed')
    expect(await merge(world, opened)).toMatchObject({ merged: false, why: 'closed' })
    await ana(world).reopens(opened.pull)
    expect((await lookAt(world, 1)).state).toBe('open')
    expect((await merge(world, opened)).merged).toBe(true)
  })

  test('its base branch is deleted: it is closed, and the base is unknown', async () => {
    const world = await start()
    await ana(world).pushes(world.repository, 'next', { 'next.txt': 'next\n' })
    const workspace = await world.workspace('ao/one')
    await world.commit(workspace, { 'one.txt': 'one\n' })
    const open = () => world.scm.open({ project: world.project, workspace, base: 'next', title: 'one', body: '' }, signal)
    const { number, head } = await open()
    await ana(world).deletesBranch(world.repository, 'next')
    expect(await lookAt(world, number)).toMatchObject({ state: 'closed', head })
    expect(await faultOf(open())).toMatchObject({ code: 'REMOTE_BASE_UNKNOWN', message: expect.stringContaining('next') })
    await ana(world).pushes(world.repository, 'next', { 'next.txt': 'next again\n' })
    expect((await open()).number).toBe(number + 1)
  })
})

test('a diff of 100,000 lines is opened, looked at and told apart in reasonable time', async () => {
  const world = await start()
  const lines = (of: string) => Array.from({ length: 50_000 }, (_, n) => `${of} ${n}\n`).join('')
  await world.moveBase({ 'big.txt': lines('old') })
  const workspace = await world.workspace('ao/big')
  await world.rebase(workspace)
  await world.commit(workspace, { 'big.txt': lines('new') })
  const beganAt = Date.now()
  const change = await world.scm.open({ project: world.project, workspace, base: 'main', title: 'big', body: '' }, signal)
  expect(change.patchId).toMatch(/^[0-9a-f]{40}$/)
  await world.commit(workspace, { 'big.txt': lines('newer') })
  await world.scm.push({ project: world.project, workspace }, signal)
  const later = await lookAt(world, change.number)
  expect(later.patchId).toMatch(/^[0-9a-f]{40}$/)
  expect(later.patchId).not.toBe(change.patchId)
  expect(Date.now() - beganAt).toBeLessThan(20_000)
})
