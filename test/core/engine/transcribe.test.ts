import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTranscribe } from '../../../core/engine/transcribe.ts'

let folder: string
const before = process.env.TMPDIR
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ao voice '))
  process.env.TMPDIR = folder
})
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  rmSync(folder, { recursive: true, force: true })
})

const env = { PATH: process.env.PATH ?? '', SECRET: 'no' }
const hears = (run: string, { timeoutMs = 20_000, signal = new AbortController().signal } = {}) =>
  createTranscribe({ run, timeoutMs, env: { PATH: env.PATH }, signal })
const voice = Buffer.from('fix the login\n')

test('what the command prints of the file is what was said', async () => {
  expect(await hears('echo loading >&2; cat {file}')(voice, 'note.ogg')).toBe('fix the login')
  expect(await hears('printf "%s" {file}')(voice, 'note.ogg')).toMatch(/\/voice\.ogg$/)
})

test('the name of the file cannot become part of the command', async () => {
  expect(await hears('echo {file}')(voice, '$(touch x); `y`.o;g')).toMatch(/\/voice$/)
})

test('no control characters are heard', async () => {
  expect(await hears(`printf '\\033[31mfix\\033[0m it\\342\\200\\256\\r\\n'`)(voice, 'a.ogg')).toBe('fix it')
})

test.each([
  ['fails', 'echo progress >&2; echo no model >&2; exit 3', 'TRANSCRIBER_FAILED', 'The transcriber ended with 3: no model'],
  ['is not there', 'no-such-transcriber {file}', 'TRANSCRIBER_FAILED', /^The transcriber ended with 127: .*not found/],
  ['is killed', 'kill -9 $$', 'TRANSCRIBER_FAILED', 'The transcriber was ended by SIGKILL.'],
  ['hears nothing', 'echo; echo hm >&2', 'TRANSCRIBER_SILENT', 'The transcriber heard no words in it.'],
] as const)('when it %s, the fault says so', async (_, run, code, says) => {
  const error = await hears(run)(voice, 'a.ogg').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code })
  expect((error as Error).message).toMatch(says)
})

test('a command that takes too long is ended', async () => {
  await expect(hears('sleep 600', { timeoutMs: 100 })(voice, 'a.ogg')).rejects.toMatchObject({
    code: 'TRANSCRIBER_FAILED',
    message: 'The transcriber took longer than 100ms.',
  })
})

test('nothing of the recording stays, however it went', async () => {
  await hears('cat {file}')(voice, 'a.ogg')
  await hears('exit 1')(voice, 'a.ogg').catch(() => null)
  await hears('cat {file}', { signal: AbortSignal.abort() })(voice, 'a.ogg').catch(() => null)
  expect(readdirSync(folder)).toEqual([])
})
