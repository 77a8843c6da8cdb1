import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { intents } from '../../../bot/intents/index.ts'
import { contextOf } from '../../../bot/understand/context.ts'
import { parse } from '../../../bot/understand/parse.ts'
import { repositoryNames } from '../../../core/engine/repository-names.ts'

const remote = (url: string, name = 'origin'): string =>
  `[remote "${name}"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/${name}/*\n`
const around = (remotes: string): string =>
  `[core]\n\trepositoryformatversion = 0\n\tbare = false\n${remotes}[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n`

/** A clone whose folder is called otherwise than its repository. */
const clone = (config: string | null): string => {
  const path = mkdtempSync(join(tmpdir(), 'ao-clone-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  if (config === null) return path
  mkdirSync(join(path, '.git'))
  writeFileSync(join(path, '.git', 'config'), config)
  return path
}
const nameOf = async (config: string | null): Promise<string | null> =>
  (await repositoryNames([{ name: 'app', path: clone(config) }]))('app')

describe('the repository of a project is called as its remote is', () => {
  test.each([
    ['https', 'https://github.com/acme/shop.git'],
    ['https without .git', 'https://github.com/acme/shop'],
    ['https with a slash at its end', 'https://github.com/acme/shop/'],
    ['both', 'https://github.com/acme/shop.git/'],
    ['https with a name and a token in it', 'https://x-access-token:s3cret@github.com/acme/shop.git'],
    ['https with a port', 'https://git.example.com:8443/acme/shop.git'],
    ['GitHub Enterprise behind a path', 'https://example.com/github/acme/shop.git'],
    ['ssh', 'ssh://git@github.com/acme/shop.git'],
    ['ssh with a port', 'ssh://git@ssh.github.com:443/acme/shop.git'],
    ['ssh as scp writes it', 'git@github.com:acme/shop.git'],
    ['the same without .git', 'git@github.com:acme/shop'],
    ['the same by an alias of ~/.ssh/config', 'github-work:acme/shop.git'],
    ['the same at GitHub Enterprise', 'git@github.example.com:acme/shop.git'],
    ['groups in groups', 'https://gitlab.com/acme/europe/web/shop.git'],
    ['a path of this machine', '/srv/git/shop.git'],
    ['file:', 'file:///srv/git/shop.git'],
    ['an address of seven groups', 'ssh://git@[fe80::1]:2222/acme/shop.git'],
    ['another spelling', 'https://github.com/Acme/Shop.git'],
  ])('%s', async (_how, url) => {
    expect(await nameOf(around(remote(url)))).toBe('shop')
  })
  test.each([
    ['with a dot', 'https://github.com/acme/shop.js.git', 'shop.js'],
    ['called like the ending', 'https://github.com/acme/git.git', 'git'],
    ['of the same name as the ending begins', 'https://github.com/acme/my.github.git', 'my.github'],
    ['with dashes and lines', 'git@github.com:acme/web_shop-2.git', 'web_shop-2'],
  ])('a name %s stays whole', async (_how, url, name) => {
    expect(await nameOf(around(remote(url)))).toBe(name)
  })

  test('origin counts before others, wherever it stands', async () => {
    const other = remote('https://github.com/eve/fork.git', 'eve')
    const own = remote('https://github.com/acme/shop.git')
    expect(await nameOf(around(other + own))).toBe('shop')
    expect(await nameOf(around(own + other))).toBe('shop')
    expect(await nameOf(around(other))).toBe('fork')
  })
  test('lines beside the address do not get in the way', async () => {
    const config = around(
      '[remote "origin"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n\tpushurl = git@github.com:eve/fork.git\n\turl = https://github.com/acme/shop.git\n',
    )
    expect(await nameOf(config)).toBe('shop')
    expect(await nameOf(config.replaceAll('\n', '\r\n'))).toBe('shop')
  })
  test('without a remote, a config or a repository it has no such name', async () => {
    expect(await nameOf(around(''))).toBeNull()
    expect(await nameOf('')).toBeNull()
    expect(await nameOf(null)).toBeNull()
    expect((await repositoryNames([]))('app')).toBeNull()
  })
  test('the address of one remote is not taken for that of another without one', async () => {
    const config = around(
      `[remote "origin"]\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n${remote('https://github.com/eve/fork.git', 'eve')}`,
    )
    expect(await nameOf(config)).toBe('fork')
  })
})

test('addresses of issues and changes mean the project, whatever its folder is called', async () => {
  const paths = {
    shop: clone(around(remote('git@github.com:acme/Web-Shop.git'))),
    api: clone(around(remote('https://github.com/acme/api.git'))),
  }
  const repositoryOf = await repositoryNames(Object.entries(paths).map(([name, path]) => ({ name, path })))
  const context = contextOf(
    { platform: 'chat', channel: 'main', thread: null },
    {
      memory: { placeOf: () => null, sessionAt: () => null },
      talk: { projectAt: () => null, spokenOf: () => null },
      who: 'ana',
      now: 0,
      reads: {
        people: () => [],
        sessions: () => [],
        ended: () => [],
        projects: () =>
          Object.entries(paths).map(([name, path]) => ({
            name,
            path,
            base: 'main',
            agent: 'coder',
            isPaused: false,
            repository: repositoryOf(name),
          })),
        agents: () => ['coder'],
        fleet: () => null,
      },
    },
  )
  const understood = (text: string) => parse(text, intents, context)
  expect(understood('fix https://github.com/acme/web-shop/issues/42')?.slots).toMatchObject({ tasks: ['#42'], project: 'shop' })
  expect(understood('fix https://github.com/Acme/Web-Shop/issues/42#issuecomment-1')?.slots).toMatchObject({
    tasks: ['#42'],
    project: 'shop',
  })
  expect(understood('show https://github.example.com/acme/web-shop/pull/7/files')?.slots).toMatchObject({ change: 7, project: 'shop' })
  expect(understood('fix https://github.com/acme/api/issues/3')?.slots).toMatchObject({ tasks: ['#3'], project: 'api' })
  expect(understood('fix https://github.com/acme/other/issues/3')?.slots.tasks).toBeUndefined()
})
