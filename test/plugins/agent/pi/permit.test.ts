import { describe, expect, test } from 'vitest'
import { isCovered, needOf } from '../../../../plugins/agent/pi/extension/permit.ts'

const links: Readonly<Record<string, string>> = { '/home/ana/app/out': '/etc' }
const real = (path: string): string => {
  const link = Object.keys(links).find((one) => path === one || path.startsWith(`${one}/`))
  return link === undefined ? path : path.replace(link, links[link] ?? '')
}
const need = (
  toolName: string,
  input: Readonly<Record<string, unknown>>,
  permissions: 'default' | 'auto-edit' | 'permissionless' = 'default',
) => needOf({ toolName, input }, { permissions, workspace: '/home/ana/app' }, real)

describe('before a command', () => {
  test.each(['git commit -m x', 'ls', 'npm test && rm -rf ~', ''])('"%s" a person is asked', (command) => {
    expect(need('bash', { command })).toMatchObject({ detail: command })
  })

  test.each([
    'ao report done "all is well"',
    "ao report progress 'half of it; the rest tomorrow'",
    `ao report blocked "which one, it's unclear" --option one --wait`,
    'ao report done "3 files & 2 tests"',
  ])('nobody is asked about %s', (command) => {
    expect(need('bash', { command })).toBeNull()
  })

  test.each([
    'ao report done x; rm -rf ~',
    'ao report done "$(cat /etc/passwd)"',
    'ao report done `id`',
    'ao report done "`id`"',
    'ao report done x > /etc/motd',
    'ao report done x\nrm -rf ~',
    'ao report done "x" | sh',
    'ao reporter x',
    'ao stop app-1',
    `ao report done "it's" ; rm -rf ~ #'`,
    `ao report done 'a' "b'" ; id # '`,
    'ao report done \\"; id',
    'ao report done "a\\"; id #"',
    'ao report done {a,b}',
    'ao report done ~root',
  ])('what hides behind a report is asked about: %j', (command) => {
    expect(need('bash', { command })).not.toBeNull()
  })

  test.each([
    ['git commit -m "x"', 'git commit -m y', true],
    ['git commit -m x', 'git push', false],
    ['git commit -m x', 'git commit -m y; git push', false],
    ['git commit -m x', 'git commit -m "$(id)"', false],
    ['git add . && git commit', 'git add . && git commit', true],
    ['git add . && git commit', 'git add . && git push', false],
    ['ls -la', 'ls', false],
  ])('a word for "%s" and its like covers "%s": %s', (first, second, isSo) => {
    const given = new Set([need('bash', { command: first })?.likes?.key ?? ''])
    const later = need('bash', { command: second })
    expect(later !== null && isCovered(later, given)).toBe(isSo)
  })
})

describe('with files', () => {
  test('looking around in the workspace is free, and outside of it asked about', () => {
    expect(need('read', { path: 'src/a.ts' })).toBeNull()
    expect(need('grep', { pattern: 'x' })).toBeNull()
    expect(need('ls', { path: '/home/ana/app' })).toBeNull()
    for (const path of ['/etc/passwd', '../other', '~/.ssh/id_rsa', '@/etc/passwd', '/home/ana/app/../secret', '/home/ana/apple'])
      expect(need('read', { path })?.text, path).toContain('not in its workspace')
  })

  test('a link that leads out of the workspace is outside', () => {
    expect(need('read', { path: 'out/passwd' })?.text).toContain('not in its workspace')
    expect(need('write', { path: 'out/passwd', content: 'x' }, 'auto-edit')).not.toBeNull()
  })

  test('changes are asked about with what they change, and in auto-edit only outside of the workspace', () => {
    expect(need('write', { path: 'a.ts', content: 'one\ntwo' })).toMatchObject({ text: 'pi wants to change a.ts.', detail: 'one\ntwo' })
    const edits = [{ oldText: 'a', newText: 'b\nc' }]
    expect(need('edit', { path: 'a.ts', edits })?.detail).toBe('- a\n+ b\n+ c')
    expect(need('write', { path: 'a.ts', content: '' }, 'auto-edit')).toBeNull()
    expect(need('write', { path: '/tmp/a.ts', content: '' }, 'auto-edit')).not.toBeNull()
  })
})

test('a tool that nobody knows is asked about with its arguments', () => {
  expect(need('subagent', { task: 'all of it' }, 'auto-edit')).toMatchObject({ detail: expect.stringContaining('all of it') })
})

test('without permissions nothing is asked', () => {
  for (const tool of ['bash', 'write', 'read', 'subagent'])
    expect(need(tool, { path: '/etc/passwd', command: 'rm -rf /' }, 'permissionless')).toBeNull()
})
