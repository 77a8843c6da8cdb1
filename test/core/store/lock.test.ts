import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { processRow } from '../../../core/kit/tree.ts'
import { lockFolder } from '../../../core/store/lock.ts'
import { testFolder } from './folder.ts'

const stale = async (folder: string, more: object = {}): Promise<void> =>
  writeFile(
    join(folder, 'lock'),
    JSON.stringify({
      id: '7f9c24e8-3b12-4fef-91e0-56a2d5a9d9c1',
      pid: 999_999_999,
      startedAt: '1',
      host: hostname(),
      since: '2026-01-02T03:04:05.000Z',
      purpose: 'ao start',
      ...more,
    }),
  )

/** Another process that tries for the lock of each folder it is told, says how it went, and ends when its input does. */
const contender = (): ChildProcess => {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'take-lock.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}
const linesOf = (child: ChildProcess): AsyncIterator<string> => {
  if (!child.stdout) throw new Error('no output')
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]()
}

test('a held folder is refused with who has it, since when, and the cure; a released one is free', async () => {
  const folder = await testFolder()
  const lock = await lockFolder(folder, { purpose: 'ao start' })
  const { since } = JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))
  await expect(lockFolder(folder, { purpose: 'ao doctor' })).rejects.toMatchObject({
    code: 'DATA_FOLDER_BUSY',
    message: `The data folder is in use by process ${process.pid} (ao start) since ${since}.`,
    hint: expect.stringContaining(`kill ${process.pid}`),
  })
  await lock.release()
  await lock.release()
  expect(await readdir(folder)).toEqual([])
  const next = await lockFolder(folder, { purpose: 'ao start' })
  await lock.release()
  await expect(lockFolder(folder, { purpose: 'ao start' })).rejects.toMatchObject({ code: 'DATA_FOLDER_BUSY' })
  await next.release()
})

test('a lock whose process is gone is taken over, and nothing of it is left', async () => {
  const folder = await testFolder()
  await stale(folder)
  const lock = await lockFolder(folder, { purpose: 'ao start' })
  expect(await readdir(folder)).toEqual(['lock'])
  await lock.release()
})

test('a lock whose process number belongs to a later process is taken over', async () => {
  const folder = await testFolder()
  await stale(folder, { pid: process.pid, startedAt: 'another time' })
  await (await lockFolder(folder, { purpose: 'ao start' })).release()
})

test('a lock of another machine is never taken over', async () => {
  const folder = await testFolder()
  await stale(folder, { host: 'elsewhere' })
  await expect(lockFolder(folder, { purpose: 'ao start' })).rejects.toMatchObject({ hint: expect.stringContaining('elsewhere') })
})

test('a lock that cannot be read is held, and the file to delete is named', async () => {
  const folder = await testFolder()
  await writeFile(join(folder, 'lock'), '')
  await expect(lockFolder(folder, { purpose: 'ao start' })).rejects.toMatchObject({ hint: expect.stringContaining(join(folder, 'lock')) })
})

test('whoever claimed a dead lock and lives holds the folder; when it died too, it is succeeded', async () => {
  const folder = await testFolder()
  await stale(folder)
  const claim = join(folder, 'lock.after.7f9c24e8-3b12-4fef-91e0-56a2d5a9d9c1')
  const self = await processRow(process.pid)
  const claimant = { id: '5d1b0a52-8a54-4c4e-9c9b-6a8a5f8de111', host: hostname(), since: '2026-01-02T03:04:06.000Z', purpose: 'claimant' }
  await writeFile(claim, JSON.stringify({ ...claimant, pid: process.pid, startedAt: self?.startedAt }))
  await expect(lockFolder(folder, { purpose: 'ao start' })).rejects.toThrow('claimant')
  await writeFile(claim, JSON.stringify({ ...claimant, pid: process.pid, startedAt: 'another time' }))
  await lockFolder(folder, { purpose: 'ao start' })
  expect(await readdir(folder)).toEqual(['lock'])
})

test('of several processes that find a dead lock exactly one gets it; when it dies, exactly one gets the next', async () => {
  const children = [contender(), contender(), contender()]
  const answers = children.map(linesOf)
  await Promise.all(answers.map((each) => each.next()))
  for (let round = 0; round < 20; round += 1) {
    const folder = await testFolder()
    if (round % 2 === 0) await stale(folder)
    for (const child of children) child.stdin?.write(`${folder}\n`)
    const got = await Promise.all(answers.map(async (each) => (await each.next()).value))
    expect(got.toSorted()).toEqual(['DATA_FOLDER_BUSY', 'DATA_FOLDER_BUSY', 'got it'])
  }
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
})

test('the lock of a process that was killed is taken over', async () => {
  const folder = await testFolder()
  const child = contender()
  const answers = linesOf(child)
  await answers.next()
  child.stdin?.write(`${folder}\n`)
  expect((await answers.next()).value).toBe('got it')
  await expect(lockFolder(folder, { purpose: 'ao start' })).rejects.toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await lockFolder(folder, { purpose: 'ao start' })).release()
})
