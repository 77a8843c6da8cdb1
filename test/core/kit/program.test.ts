import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isRunnable, versionOf } from '../../../core/kit/program.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ao-program-'))
  const programs = { says: 'echo "says 1.2.3 (build 7)"', whispers: 'echo v4.5.6-beta.1 >&2', mute: 'true', fails: 'echo 9.9.9; exit 1' }
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(folder, name), 0o755)
  }
  await writeFile(join(folder, 'notes'), '')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['says', '1.2.3'],
  ['whispers', '4.5.6-beta.1'],
  ['mute', null],
  ['fails', null],
  ['absent', null],
])('a program names its version wherever it prints it: %s', async (name, version) => {
  expect(await versionOf(join(folder, name))).toBe(version)
})

test('a program is there by its name on the PATH or its whole path, if it may be run', async () => {
  vi.stubEnv('PATH', folder)
  const found = await Promise.all(['says', join(folder, 'says'), 'absent', join(folder, 'absent'), 'notes', folder].map(isRunnable))
  expect(found).toEqual([true, true, false, false, false, false])
  vi.unstubAllEnvs()
})
