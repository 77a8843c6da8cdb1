import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openForge } from '../../../plugins/scm/local/forge.ts'
import { local } from '../../../plugins/scm/local/index.ts'
import type { ForgeRecord } from '../../../plugins/scm/local/record.ts'
import { emptyForge } from '../../../plugins/scm/local/record.ts'
import { bareGit, checksOf, ended, faultOf, item, look, merge, open, ref, signal, start, until, withGit } from './steps.ts'

test('the first use makes a bare repository and leaves the user’s repository alone', async () => {
  const world = await start()
  const before = await world.repo.git(['config', '--list', '--local'])
  await open(world)
  expect(await bareGit(world, 'rev-parse', '--is-bare-repository')).toBe('true')
  expect(await world.branches()).toEqual(['ao/one', 'main'])
  expect(await world.repo.git(['config', '--list', '--local'])).toBe(before)
  expect(await world.repo.git(['status', '--porcelain'])).toBe('')
})

test('new work starts from what was merged, which the user has not pulled', async () => {
  const world = await start()
  expect(await world.scm.base({ project: world.project, base: 'main' }, signal)).toBe(await world.repo.git(['rev-parse', 'main']))
  const moved = await world.moveBase({ 'merged.txt': 'm' })
  expect(await world.scm.base({ project: world.project, base: 'main' }, signal)).toBe(moved)
  expect(await world.repo.git(['show', `${moved}:merged.txt`])).toBe('m')
  expect(await world.repo.git(['rev-parse', 'main'])).not.toBe(moved)
})

test('what the user committed on the base goes to a remote that we made, and never to one of their own', async () => {
  const world = await start()
  await world.scm.base({ project: world.project, base: 'main' }, signal)
  const mine = await world.repo.commit('mine', { 'mine.txt': 'm' })
  expect(await world.scm.base({ project: world.project, base: 'main' }, signal)).toBe(mine)
  expect(await bareGit(world, 'rev-parse', 'main')).toBe(mine)
  const more = await world.repo.commit('more', { 'more.txt': 'm' })
  const theirs = world.reopened({ remote: world.bare })
  expect(await theirs.base({ project: world.project, base: 'main' }, signal)).toBe(mine)
  expect(await bareGit(world, 'rev-parse', 'main')).not.toBe(more)
})

test('a second start knows what the first one did', async () => {
  const world = await start({}, ['ci'])
  const { change } = await open(world)
  await world.scm.review(ref(world, 1), { by: 'Ben', verdict: 'request-changes', head: change.head, text: 'No.' })
  await world.endCheck(ref(world, 1), { head: change.head, name: 'ci', passes: false, log: 'boom' })
  const before = await until(world, 1, ended)
  const again = world.reopened({})
  expect(await look(world, 1, again)).toEqual(before)
  expect((await again.details(ref(world, 1), change.head, signal))?.failing[0]?.logTail).toContain('boom')
})

test('a branch deleted while its change is open closes it, and its picture keeps the head', async () => {
  const world = await start()
  const { change } = await open(world)
  await bareGit(world, 'update-ref', '-d', 'refs/heads/ao/one')
  expect(await look(world, 1)).toMatchObject({ state: 'closed', head: change.head, patchId: change.patchId })
  expect(await merge(world, change)).toMatchObject({ merged: false, why: 'closed' })
})

test('a branch that git cannot read is an error and not a deleted branch', async () => {
  const world = await start()
  await open(world)
  await open(world, 'ao/two')
  await writeFile(join(world.bare, 'refs/heads/ao/one'), 'garbage\n')
  const [one, two] = await world.scm.look([item(world, 1), item(world, 2)], signal)
  expect(one).toMatchObject({ code: 'BRANCH_UNREADABLE' })
  expect(two).toMatchObject({ number: 2, state: 'open' })
})

test('a head whose commit is missing spoils only its own change', async () => {
  const world = await start()
  await open(world)
  const { change: healthy } = await open(world, 'ao/two')
  await writeFile(join(world.bare, 'refs/heads/ao/one'), `${'1'.repeat(40)}\n`)
  const [one, two] = await world.scm.look([item(world, 1), item(world, 2)], signal)
  expect(one).toMatchObject({ code: 'REMOTE_UNUSABLE' })
  expect(two).toEqual(healthy)
})

test('a change without commits of its own is open, also when the base moves on or the branch follows it', async () => {
  const world = await start()
  const { change } = await open(world, 'ao/one', {})
  const workspace = await world.workspace('ao/empty')
  const empty = await world.scm.open({ project: world.project, workspace, base: 'main', title: 'empty', body: '' }, signal)
  expect(empty).toMatchObject({ state: 'open', patchId: '' })
  await world.moveBase({ 'other.txt': 'other\n' })
  expect(await look(world, 2)).toMatchObject({ state: 'open', isBehind: true })
  await world.rebase(workspace)
  await world.push(workspace)
  expect(await look(world, 2)).toMatchObject({ state: 'open', isBehind: false })
  expect(await merge(world, await look(world, 2))).toMatchObject({ merged: false, why: 'protected' })
  expect((await look(world, change.number)).state).toBe('open')
})

test('new words in a second request on the same commit are not lost', async () => {
  const world = await start()
  const { change } = await open(world)
  const review = { by: 'Ben', verdict: 'request-changes', head: change.head } as const
  await world.scm.review(ref(world, 1), { ...review, text: 'One.' })
  await world.scm.review(ref(world, 1), { ...review, text: 'Two.' })
  const details = await world.scm.details(ref(world, 1), change.head, signal)
  expect(details?.threads.map(({ comments }) => comments[0]?.text)).toEqual(['One.', 'Two.'])
})

test('an approval outlives a rebase of the same diff', async () => {
  const world = await start()
  const { workspace, change } = await open(world)
  await world.scm.review(ref(world, 1), { by: 'Ben', verdict: 'approve', head: change.head, text: '' })
  await world.moveBase({ 'other.txt': 'other\n' })
  const rebased = await world.rebase(workspace)
  await world.push(workspace)
  expect(await look(world, 1)).toMatchObject({ head: rebased, review: 'approved' })
})

test('a push that git refuses says why, and the base branch is never pushed to', async () => {
  const world = await start()
  const { workspace } = await open(world)
  const push = (branch: string, path = workspace.path) =>
    faultOf(world.scm.push({ project: world.project, workspace: { ...workspace, path, branch } }, signal))
  expect(await push('main')).toMatchObject({ code: 'PUSH_REFUSED', message: expect.stringContaining('base branch') })
  expect(await push('ao/one', join(world.host.dataFolder, 'gone'))).toMatchObject({ code: 'PUSH_REFUSED' })
  expect(await push('ao')).toMatchObject({ code: 'PUSH_REFUSED', message: expect.stringContaining('ao/one') })
})

test('a remote that is no bare repository, or was there and is gone, is refused', async () => {
  const world = await start()
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-remote-')))
  const workspace = await world.workspace('ao/one')
  const request = { project: world.project, workspace, base: 'main', title: 'x', body: '' }
  const openAt = (remote: string, project = world.project) =>
    faultOf(openForge(local.options.parse({ remote }), world.host, { host: 'here', project: null }).open({ ...request, project }, signal))
  expect(await openAt(folder)).toMatchObject({ code: 'REMOTE_UNUSABLE', message: expect.stringContaining('not a bare git repository') })
  expect(await openAt(join(world.repo.path, '.git'))).toMatchObject({
    code: 'REMOTE_UNUSABLE',
    message: expect.stringContaining('checkout'),
  })
  expect(await openAt(join(folder, 'new.git'), { ...world.project, name: 'other', base: 'nope' })).toMatchObject({
    code: 'REMOTE_BASE_UNKNOWN',
  })
  await world.scm.open(request, signal)
  await rm(world.bare, { recursive: true })
  const [found] = await world.reopened().look([item(world, 1)], signal)
  expect(found).toMatchObject({ code: 'REMOTE_UNUSABLE', message: expect.stringContaining('gone') })
  await rm(folder, { recursive: true })
})

test('an unknown change, thread or commit is named', async () => {
  const world = await start()
  const { change } = await open(world)
  expect(await faultOf(world.scm.close(ref(world, 9)))).toMatchObject({ code: 'CHANGE_UNKNOWN', hint: expect.stringContaining('#1') })
  expect((await faultOf(world.scm.resolve(ref(world, 1), 'nope'))).code).toBe('THREAD_UNKNOWN')
  const review = { by: 'Ben', verdict: 'approve', head: '1'.repeat(40), text: '' } as const
  expect((await faultOf(world.scm.review(ref(world, change.number), review))).code).toBe('COMMIT_UNKNOWN')
})

test('a steady look at 50 changes costs one child process', async () => {
  const world = await start()
  await open(world)
  const more = Array.from({ length: 49 }, (_, n) => n + 2)
  await bareGit(world, 'fetch', '--quiet', world.bare, ...more.map((n) => `ao/one:refs/heads/ao/${n}`))
  const { update } = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
  await update((forge) => {
    forge.changes = forge.changes.flatMap((first) => [first, ...more.map((number) => ({ ...first, number, branch: `ao/${number}` }))])
  })
  const items = [1, ...more].map((number) => item(world, number))
  await world.scm.look(items, signal)
  const { result, count } = await withGit(world, null, () => world.scm.look(items, signal))
  expect(result.map((one) => (one instanceof Error ? one : one?.state))).toEqual(items.map(() => 'open'))
  expect(count).toBe(1)
})

test('options are checked: a duration needs its unit, two checks need two names, no key is unknown', () => {
  expect(local.options.safeParse(checksOf('true', '10')).success).toBe(false)
  expect(
    local.options.safeParse({
      checks: [
        { name: 'a b', run: 'true' },
        { name: 'A-b', run: 'true' },
      ],
    }).success,
  ).toBe(false)
  expect(local.options.safeParse({ remotes: '/x' }).success).toBe(false)
  expect(local.options.parse({})).toEqual({
    checks: [],
    parallelChecks: 2,
    logLines: 40,
    logBytes: 8192,
    protect: false,
    deleteBranch: true,
  })
})
