import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ForgeRecord } from '../../../plugins/scm/local/record.ts'
import { emptyForge } from '../../../plugins/scm/local/record.ts'
import { bareGit, checksOf, ended, failure, look, merge, open, ref, signal, start, until } from './steps.ts'

test('a protected base takes no change whose checks fail or have not ended', async () => {
  const world = await start({ protect: true }, ['ci'])
  const { change } = await open(world)
  expect(await merge(world, change)).toMatchObject({ merged: false, why: 'checks' })
  await world.endCheck(ref(world, 1), { head: change.head, name: 'ci', passes: false, log: '' })
  await until(world, 1, ended)
  expect(await merge(world, change)).toMatchObject({ merged: false, why: 'checks', says: expect.stringContaining('ci') })
  await world.endCheck(ref(world, 1), { head: change.head, name: 'ci', passes: true, log: '' })
  await until(world, 1, ({ checks }) => checks === 'passing')
  expect((await merge(world, change)).merged).toBe(true)
})

test('a check runs in a checkout of exactly its commit, with a small environment, and leaves nothing', async () => {
  process.env.AO_TEST_SECRET = 'hidden'
  const world = await start(checksOf('git rev-parse HEAD; git status --porcelain; env; exit 1'))
  const { change } = await open(world)
  await until(world, 1, ended)
  const said = await failure(world, change)
  delete process.env.AO_TEST_SECRET
  expect(said.split('\n')[0]).toBe(change.head)
  expect(said).toContain(`AO_COMMIT=${change.head}`)
  expect(said).toContain('CI=true')
  expect(said).not.toContain('AO_TEST_SECRET')
  expect(said).toContain('[ci exited with 1]')
  expect(await readdir(join(world.host.dataFolder, 'checks/shop'))).toEqual([])
  expect(world.host.hints).toContain('scm')
})

test('a check that hangs fails at its limit and says so', async () => {
  const world = await start(checksOf('echo begun; sleep 600 & sleep 600', '300ms'))
  const { change } = await open(world)
  await until(world, 1, ended)
  expect(await failure(world, change)).toMatch(/begun\n+\[ci timed out after/)
})

test('a check that ends well only because it was asked to end has failed', async () => {
  const world = await start(checksOf("trap 'exit 0' TERM; while :; do sleep 0.05; done", '300ms'))
  await open(world)
  expect((await until(world, 1, ended)).checks).toBe('failing')
})

test('a check that kills its own shell fails and says so', async () => {
  const world = await start(checksOf('echo begun; kill -9 $$'))
  const { change } = await open(world)
  await until(world, 1, ended)
  expect(await failure(world, change)).toMatch(/begun\n+\[ci ended by SIGKILL\]/)
})

test('a check that prints 100 MB ends, and its log is kept short with the end in it', async () => {
  const world = await start(checksOf('head -c 100000000 /dev/zero | tr "\\0" "x"; echo; echo the end; exit 1'))
  const { change } = await open(world)
  await until(world, 1, ended)
  expect(await failure(world, change)).toContain('the end')
  const log = await readFile(join(world.host.dataFolder, `check-logs/shop/${change.head}-ci.log`))
  expect(log.length).toBeLessThan(1_100_000)
})

test('a run of a head that is gone is ended and forgotten; a head seen before runs no second time', async () => {
  const world = await start(checksOf('echo run >> "$HOME/runs"; if [ -f slow ]; then sleep 600; fi'))
  const home = process.env.HOME
  process.env.HOME = world.host.dataFolder
  try {
    const { workspace, change } = await open(world)
    await until(world, 1, ended)
    await world.commit(workspace, { slow: '' })
    await world.push(workspace)
    const { head } = await until(world, 1, ({ checks }) => checks === 'pending')
    await expect.poll(async () => (await readFile(join(world.host.dataFolder, 'runs'), 'utf8')).length, { timeout: 5_000 }).toBe(8)
    await bareGit(world, 'update-ref', 'refs/heads/ao/one', change.head)
    expect((await until(world, 1, (now) => now.head !== head)).checks).toBe('passing')
    await expect.poll(() => readdir(join(world.host.dataFolder, 'checks/shop')), { timeout: 5_000 }).toEqual([])
    const { value } = await world.host.document<ForgeRecord>('scm-shop', emptyForge)
    expect(value.results.map(({ commit }) => commit)).toEqual([change.head])
    expect(await readFile(join(world.host.dataFolder, 'runs'), 'utf8')).toBe('run\nrun\n')
  } finally {
    process.env.HOME = home
  }
})

test('a run that a stop cut off runs again at the next start', async () => {
  const world = await start({}, ['ci'])
  const { change } = await open(world)
  expect((await look(world, 1)).checks).toBe('pending')
  await expect.poll(async () => (await readdir(join(world.host.dataFolder, 'checks/shop')).catch(() => [])).length).toBe(1)
  world.host.stop()
  await expect.poll(() => readdir(join(world.host.dataFolder, 'checks/shop')), { timeout: 5_000 }).toEqual([])
  expect((await look(world, 1)).checks).toBe('pending')
  const again = world.reopened({}, { ...world.host, signal })
  await world.endCheck(ref(world, 1), { head: change.head, name: 'ci', passes: true, log: '' })
  expect((await until(world, 1, ended, again)).checks).toBe('passing')
})

test('another command for the same check is run anew', async () => {
  const world = await start(checksOf('exit 1'))
  await open(world)
  expect((await until(world, 1, ended)).checks).toBe('failing')
  const again = world.reopened(checksOf('true'))
  expect((await until(world, 1, ({ checks }) => checks !== 'pending', again)).checks).toBe('passing')
})

test('at most so many checks run at once', async () => {
  const run = 'mkdir "$HOME/slot" || exit 1; sleep 0.2; rmdir "$HOME/slot"'
  const world = await start({ parallelChecks: 1, checks: ['a', 'b', 'c'].map((name) => ({ name, run })) })
  const home = process.env.HOME
  process.env.HOME = world.host.dataFolder
  try {
    await open(world)
    expect(await until(world, 1, ended)).toMatchObject({ checks: 'passing', failing: [] })
  } finally {
    process.env.HOME = home
  }
})
