import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { WorkspaceRef } from '../../../../core/contracts/plugins.ts'
import { github as plugin } from '../../../../plugins/scm/github/index.ts'
import { faultOf, type GithubWorld, openOne, start } from './world.ts'

const { signal } = new AbortController()
const propose = (world: GithubWorld, workspace: WorkspaceRef, { base = 'main', title = 'A title', body = '', scm = world.scm } = {}) =>
  scm.open({ project: world.project, workspace, base, title, body }, signal)
const pulls = (world: GithubWorld) => [...world.repository.items.values()].filter(({ kind }) => kind === 'PullRequest')
const warnings = (world: GithubWorld) => world.host.logged.filter(({ level }) => level === 'warn').map(({ event }) => event)

test('options want one credential, and say what else they are', () => {
  expect(plugin.options.safeParse({}).success).toBe(false)
  expect(plugin.options.safeParse({ token: 'x', app: { id: 1, key: '/k' } }).success).toBe(false)
  expect(plugin.options.safeParse({ token: 'x', reviewrs: {} }).success).toBe(false)
  expect(plugin.options.safeParse({ token: 'x', reviewers: { Ben: 'two words' } }).success).toBe(false)
  expect(plugin.options.parse({ token: 'x' })).toMatchObject({ deleteBranch: true, autoMerge: true, draft: false, reviewers: {} })
})

test('webhooks of the project’s repository hint at it, whatever it is called by then', async () => {
  const secret = 'a secret of sixteen and more'
  const world = await start({ settings: { webhookSecret: secret, repository: undefined } })
  await openOne(world)
  const told = async (id: number) => {
    const body = Buffer.from(
      JSON.stringify({
        repository: { id, node_id: 'R_other', full_name: 'acme/renamed' },
        pull_request: { number: 1, head: { ref: 'ao/one' } },
      }),
    )
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    const headers = { 'x-hub-signature-256': signature, 'x-github-event': 'pull_request', 'content-type': 'application/json' }
    return world.host.webhooks.get('github')?.({ headers: { ...headers, 'x-github-delivery': `d-${id}` }, body })
  }
  expect((await told(1))?.status).toBe(202)
  expect((await told(world.repository.id))?.status).toBe(200)
  expect(world.host.hintsOf).toEqual([{ slot: 'scm', project: 'shop', number: 1, branch: 'ao/one' }])
})

test('without a secret nothing is listened to', async () => {
  expect((await start()).host.webhooks.size).toBe(0)
})

describe('opening', () => {
  test('draft, labels and requests for reviews are as the options say; whoever cannot be asked keeps nothing closed', async () => {
    const settings = { draft: true, labels: ['agent'], reviewRequests: ['Ben'] }
    const world = await start({ settings })
    const { change, pull } = await openOne(world)
    expect(change.isDraft).toBe(true)
    expect(pull.labels.map(({ name }) => name)).toEqual(['agent'])
    expect(pull.requestedReviewers.map(({ login }) => login)).toEqual(['Ben'])
    const workspace = await world.workspace('ao/two')
    await world.commit(workspace, { 'two.txt': 'two\n' })
    const scm = await world.reopened({ draft: false, reviewRequests: ['nobody'] })
    expect(await propose(world, workspace, { scm })).toMatchObject({ number: 2, isDraft: false })
    expect(warnings(world)).toEqual(['scm.open.undressed'])
  })

  test('a repository without drafts gets a change that is none', async () => {
    const world = await start({ settings: { draft: true } })
    const message = 'Draft pull requests are not supported in this repository.'
    world.github.fails({ method: 'POST', path: '/repos/acme/shop/pulls' }, { is: 'status', status: 422, message }, 1)
    expect((await openOne(world)).change.isDraft).toBe(false)
    expect(warnings(world)).toEqual(['scm.draft.refused'])
  })

  test('a branch without commits of its own, and a base that is not there, are faults, and help when they are put right', async () => {
    const world = await start()
    const workspace = await world.workspace('ao/one')
    expect(await faultOf(propose(world, workspace))).toMatchObject({
      code: 'NOTHING_TO_PROPOSE',
      message: expect.stringContaining('ao/one'),
    })
    await world.commit(workspace, { 'one.txt': 'one\n' })
    expect(await faultOf(propose(world, workspace, { base: 'next' }))).toMatchObject({ code: 'REMOTE_BASE_UNKNOWN' })
    expect((await propose(world, workspace)).number).toBe(1)
  })

  test.each(['lost', 'cut', 'truncated'] as const)('an answer that is %s on its way does not open a second one', async (is) => {
    const world = await start()
    world.github.fails({ method: 'POST', path: '/repos/acme/shop/pulls' }, { is }, 1)
    expect((await openOne(world)).change.number).toBe(1)
    expect(pulls(world)).toHaveLength(1)
  })

  test('what another one opened in the same moment is found', async () => {
    const world = await start()
    const { workspace } = await openOne(world)
    world.github.fails({ method: 'GET', path: '/repos/acme/shop/pulls' }, { is: 'status', status: 502 }, 1)
    expect((await faultOf(propose(world, workspace))).code).toBe('GITHUB_DOWN')
    expect((await propose(world, workspace)).number).toBe(1)
  })

  test('the words are as they were given, a title in one line of 256 characters', async () => {
    const world = await start()
    const workspace = await world.workspace('ao/one')
    await world.commit(workspace, { 'one.txt': 'one\n' })
    await propose(world, workspace, { title: `${'long '.repeat(100)}\nsecond`, body: 'Because of @ana.\n\nSee #7.' })
    const { title, body } = world.pull(1)
    expect([...title].length).toBeLessThanOrEqual(256)
    expect(title).not.toContain('\n')
    expect(body).toBe('Because of @ana.\n\nSee #7.')
  })

  test('a request that failed for good is told with GitHub’s own words', async () => {
    const world = await start()
    const message = 'Something about heads'
    world.github.fails({ method: 'POST', path: '/repos/acme/shop/pulls' }, { is: 'status', status: 422, message }, 1)
    expect(await faultOf(openOne(world))).toMatchObject({ code: 'OPENING_REFUSED', message: expect.stringContaining(message) })
  })
})

describe('the base', () => {
  test('is GitHub’s newest, brought into the project', async () => {
    const world = await start()
    const commit = await world.moveBase({ 'new.txt': 'new\n' })
    expect(await world.scm.base({ project: world.project, base: 'main' }, signal)).toBe(commit)
    expect(await world.git(['show', 'refs/ao/base/main:new.txt'])).toBe('new')
    expect(await faultOf(world.scm.base({ project: world.project, base: 'next' }, signal))).toMatchObject({ code: 'REMOTE_BASE_UNKNOWN' })
  })
})

test('an unknown change is a fault for everything that is done to it', async () => {
  const world = await start()
  const { workspace, change } = await openOne(world)
  const ref = { project: world.project, number: 4711 }
  const codes = await Promise.all(
    [
      world.scm.merge(ref, { head: change.head, base: 'main', method: 'squash', title: 'x' }, signal),
      world.scm.update(ref, { head: change.head, workspace }, signal),
      world.scm.review(ref, { by: 'Ben', verdict: 'approve', head: change.head, text: '' }),
      world.scm.revert(ref, { by: 'Ben' }, signal),
      world.scm.close(ref),
    ].map(async (work) => (await faultOf(work)).code),
  )
  expect(new Set(codes)).toEqual(new Set(['CHANGE_UNKNOWN']))
})
