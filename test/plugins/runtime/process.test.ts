import { execFile } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Handle, Runtime } from '../../../core/contracts/runtime.ts'
import { fingerprint } from '../../../core/kit/text.ts'
import { processRow } from '../../../core/kit/tree.ts'
import { processes } from '../../../plugins/runtime/process/index.ts'
import { eventually, runtimeContract } from '../../contracts/runtime.ts'
import { hostIn, specIn } from './world.ts'

const use = { host: 'local', project: null }

runtimeContract('process', async (folder) => {
  const host = await hostIn(folder)
  return {
    hasColours: false,
    hasKeys: false,
    open: async () => processes.create(processes.options.parse({ politeMs: 300 }), host, use),
    close: () => host.close(),
  }
})

let folder: string
let host: Awaited<ReturnType<typeof hostIn>>
let started: [Runtime, Handle][]
const signal = new AbortController().signal

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "ao process's ")))
  host = await hostIn(folder)
  started = []
})
afterEach(async () => {
  await Promise.all(started.map(([runtime, handle]) => runtime.end(handle)))
  await host.close()
  await rm(folder, { recursive: true, force: true })
})

const open = async (options: object = {}): Promise<Runtime> =>
  processes.create(processes.options.parse({ politeMs: 300, ...options }), host, use)
const start = async (runtime: Runtime, script: string, more: Parameters<typeof specIn>[2] = {}): Promise<Handle> => {
  const handle = await runtime.start(specIn(folder, ['/bin/sh', '-c', script], more), signal)
  started.push([runtime, handle])
  return handle
}
const lookAt = async (runtime: Runtime, handle: Handle) => (await runtime.look([handle])).get(handle.run)

test('has no terminal where nothing can be told, and agents hear the end of their input at once', async () => {
  const runtime = await open({ input: 'none' })
  const handle = await start(runtime, 'cat; echo ended > ended; exec sleep 600')
  await eventually(async () => (await readFile(join(folder, 'ended'), 'utf8')) === 'ended\n')
  expect([runtime.hasTerminal, (await open()).hasTerminal]).toEqual([false, true])
  await expect(runtime.paste(handle, 'hello')).rejects.toMatchObject({ code: 'INPUT_CLOSED' })
})

test('refuses words for a process that was started with an input of its own', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'cat > heard; exec sleep 600', { stdin: 'all there is' })
  await expect(runtime.paste(handle, 'hello')).rejects.toMatchObject({ code: 'INPUT_CLOSED' })
  await eventually(async () => (await readFile(join(folder, 'heard'), 'utf8')) === 'all there is')
})

test('gives up on a process that does not read, and says how far it came', async () => {
  const runtime = await open({ pasteTimeoutMs: 100 })
  const handle = await start(runtime, 'exec sleep 600')
  const error = await runtime.paste(handle, 'x'.repeat(200_000)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'INPUT_FULL', facts: { sentBytes: 65_536, bytes: 200_001 } })
})

test('finds a process whose start the bot did not live to note, and starts no second one', async () => {
  const runtime = await open()
  const spec = specIn(folder, ['/bin/sh', '-c', 'echo begun >> begun; exec sleep 600'])
  const handle = await start(runtime, 'echo begun >> begun; exec sleep 600')
  await eventually(() => readFile(join(folder, 'begun'), 'utf8'))
  const runFolder = join(folder, `process-${fingerprint(spec.run, 12)}`)
  await writeFile(join(runFolder, 'launch.sh'), (await import('../../../plugins/runtime/process/wrapper.ts')).wrapperText(spec, 'pipe'))
  const before = await readFile(join(runFolder, 'pid'), 'utf8')
  await promisify(execFile)('/bin/sh', ['launch.sh'], { cwd: runFolder, env: { AO_RUN: spec.run } })
  expect(await readFile(join(runFolder, 'pid'), 'utf8')).toBe(before)
  expect(await readFile(join(folder, 'begun'), 'utf8')).toBe('begun\n')
  expect(await lookAt(runtime, handle)).toMatchObject({ alive: true })
})

test('takes no stranger for its own that got the same number', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'exec sleep 600')
  const picture = await lookAt(runtime, handle)
  const pid = picture?.alive ? picture.pid : 0
  await writeFile(join(folder, `process-${fingerprint(handle.run, 12)}`, 'pid'), `${pid} 1\n`)
  expect(await lookAt(runtime, handle)).toEqual({ alive: false, code: null, signal: null })
  await expect(runtime.suspend(handle)).rejects.toMatchObject({ code: 'PROCESS_GONE' })
})

test('does not guess how a process ended when nobody could write it down', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'exec sleep 600')
  const picture = await lookAt(runtime, handle)
  if (picture?.alive) process.kill(picture.pid, 'SIGKILL')
  expect(await eventually(async () => ((await lookAt(runtime, handle))?.alive === false ? lookAt(runtime, handle) : null))).toEqual({
    alive: false,
    code: null,
    signal: null,
  })
})

test('lets a person follow the output by the command it gives', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'echo hello from inside; exec sleep 600')
  await eventually(async () => (await runtime.screen(handle, 5)) !== '')
  const [file = '', ...rest] = runtime.attach(handle) ?? []
  expect((await promisify(execFile)(file, rest, { timeout: 300 }).catch((error: { stdout: string }) => error)).stdout).toBe(
    'hello from inside\n',
  )
})

test('shows the end of a long output without reading all of it as lines', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'seq 1 200000')
  await eventually(async () => (await lookAt(runtime, handle))?.alive === false)
  expect(await runtime.screen(handle, 2)).toBe('199999\n200000')
  expect((await runtime.screen(handle, 50_000)).split('\n')[0]).toBe('150001')
})

test('grows in activity when something new is printed', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'read word; echo heard $word; exec sleep 600')
  const before = await lookAt(runtime, handle)
  await eventually(async () => Date.now() > (before?.alive ? before.activeAt : 0) + 5)
  await runtime.paste(handle, 'you')
  await eventually(async () => (await runtime.screen(handle, 1)) === 'heard you')
  const after = await lookAt(runtime, handle)
  expect(after?.alive ? after.activeAt : 0).toBeGreaterThan(before?.alive ? before.activeAt : 0)
})

test('leaves no process and no file of a run that was ended', async () => {
  const runtime = await open()
  const handle = await start(runtime, 'exec sleep 600')
  const picture = await lookAt(runtime, handle)
  await runtime.end(handle)
  expect((await processRow(picture?.alive ? picture.pid : 0))?.isZombie ?? true).toBe(true)
  await expect(readFile(join(folder, `process-${fingerprint(handle.run, 12)}`, 'pid'))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(runtime.attach(handle)).toBeNull()
})

test('asks nothing of a machine that has what it needs', async () => {
  expect(await processes.missing(processes.options.parse({}))).toBeNull()
})
