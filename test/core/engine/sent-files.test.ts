import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepSentFile, safeName, sentFolder } from '../../../core/engine/sent-files.ts'

let root: string
let workspace: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ao sent '))
  workspace = join(root, 'work')
  mkdirSync(workspace)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = Date.UTC(2026, 0, 2, 3, 4, 5)
const sent = (name: string, text = 'what is in it') => ({ name, bytes: Buffer.from(text), at })
const there = () => readdirSync(join(workspace, sentFolder)).sort()

describe('a file that somebody sent', () => {
  test('is in the workspace, whole, for its owner alone, dated when it was sent', async () => {
    const path = await keepSentFile(workspace, { name: 'a b.png', bytes: new Uint8Array([0, 255, 10]), at })
    expect(path).toBe(join(workspace, '.ao-files', '1-a-b.png'))
    expect([...readFileSync(path)]).toEqual([0, 255, 10])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(path).mtimeMs).toBe(at)
  })

  test('never takes the place of another, not even of one that the agent made', async () => {
    const first = await keepSentFile(workspace, sent('a.txt', 'one'))
    writeFileSync(join(workspace, sentFolder, '2-a.txt'), 'the agent’s')
    const paths = await Promise.all([1, 2, 3, 4, 5].map((number) => keepSentFile(workspace, sent('a.txt', `${number}`))))
    expect(new Set([first, ...paths]).size).toBe(6)
    expect(readFileSync(join(workspace, sentFolder, '2-a.txt'), 'utf8')).toBe('the agent’s')
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(['1', '2', '3', '4', '5'])
  })

  test('is nothing that git sees', async () => {
    execFileSync('git', ['init', '-q'], { cwd: workspace })
    await keepSentFile(workspace, sent('a.txt'))
    rmSync(join(workspace, sentFolder, '.gitignore'))
    await keepSentFile(workspace, sent('b.txt'))
    expect(there()).toEqual(['.gitignore', '1-a.txt', '2-b.txt'])
    expect(execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: workspace, encoding: 'utf8' })).toBe('')
  })
})

describe('nothing is written outside the workspace', () => {
  const outside = () => readdirSync(join(root, 'outside'))
  beforeEach(() => mkdirSync(join(root, 'outside')))

  test('when the folder is a link', async () => {
    symlinkSync(join(root, 'outside'), join(workspace, sentFolder))
    await expect(keepSentFile(workspace, sent('a.txt'))).rejects.toMatchObject({ code: 'FILE_UNSAFE' })
    expect(outside()).toEqual([])
  })

  test('when a link lies where the file or the ignore file would be', async () => {
    mkdirSync(join(workspace, sentFolder))
    symlinkSync(join(root, 'outside', 'x'), join(workspace, sentFolder, '1-a.txt'))
    symlinkSync(join(root, 'outside', 'y'), join(workspace, sentFolder, '.gitignore'))
    expect(basename(await keepSentFile(workspace, sent('a.txt')))).toBe('2-a.txt')
    expect(outside()).toEqual([])
  })

  test.each(['../../a.txt', '/etc/passwd', '..\\..\\a.txt', '..', 'a/../../b', '\u0000/../x'])('when it is called %j', async (name) => {
    const path = await keepSentFile(workspace, sent(name))
    expect(join(workspace, sentFolder, basename(path))).toBe(path)
    expect(readdirSync(root).sort()).toEqual(['outside', 'work'])
  })
})

describe('what cannot be kept is told', () => {
  test.each([
    ['the workspace is gone', 'FILE_HOMELESS', () => rmSync(workspace, { recursive: true })],
    [
      'the workspace is a file',
      'FILE_HOMELESS',
      () => {
        rmSync(workspace, { recursive: true })
        writeFileSync(workspace, '')
      },
    ],
    ['the folder is a file', 'FILE_UNSAFE', () => writeFileSync(join(workspace, sentFolder), '')],
  ] as const)('%s', async (_, code, spoil) => {
    spoil()
    await expect(keepSentFile(workspace, sent('a.txt'))).rejects.toMatchObject({ code })
  })

  test.skipIf(process.getuid?.() === 0)('the workspace may not be written to', async () => {
    chmodSync(workspace, 0o500)
    await expect(keepSentFile(workspace, sent('a.txt'))).rejects.toMatchObject({ code: 'FILE_NOT_KEPT', mayPass: true })
  })
})

describe('a safe name', () => {
  test.each([
    ['Screenshot 2026-01-02 at 03.04.05.png', 'Screenshot-2026-01-02-at-03.04.05.png'],
    ['.bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['gpj.\u202eexe', 'gpj.exe'],
    ['a\u001b[31m\nb.txt', 'a-b.txt'],
    ['$(reboot);`x`&|<>"\'*?.sh', 'reboot_x.sh'],
    ['日本語.txt', '日本語.txt'],
    ['', 'file'],
    ['...', 'file'],
    [`${'x'.repeat(300)}.tar`, `${'x'.repeat(76)}.tar`],
    ['语'.repeat(100), '语'.repeat(66)],
  ])('of %j is %s', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })

  test('is one part of a path, short, and cannot be an option or hidden', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const safe = safeName(name)
        expect(safe).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._+-]*$/u)
        expect(safe.length).toBeLessThanOrEqual(80)
        expect(safeName(safe)).toBe(safe)
      }),
    )
  })
})
