import { describe, expect, test } from 'vitest'
import { lastPartOf, placeOf, remotesIn, remotesInSettings, withoutSecrets } from '../../../core/kit/git-remote.ts'

describe('the address of a git remote', () => {
  test.each([
    ['https://git.example/acme/shop.git', 'git.example', 'acme/shop.git'],
    ['https://bob:fake@Git.Example:8443/acme/shop/', 'git.example:8443', 'acme/shop'],
    ['ssh://git@git.example:7999/acme/shop.git', 'git.example', 'acme/shop.git'],
    ['git+ssh://git@git.example/acme/shop.git', 'git.example', 'acme/shop.git'],
    ['git@Git.Example:acme/shop.git', 'git.example', 'acme/shop.git'],
    ['git@git.example:/acme/shop.git', 'git.example', 'acme/shop.git'],
    ['work:acme/shop.git', 'work', 'acme/shop.git'],
  ])('%s leads to %s', (url, host, path) => {
    expect(placeOf(url)).toEqual({ host, path })
  })

  test.each(['/srv/git/shop.git', '../shop', './a:b', 'file:///srv/shop.git', ''])('"%s" is of this machine', (url) => {
    expect(placeOf(url)).toBeNull()
  })

  test.each([
    ['https://git.example/acme/Shop.git', 'shop'],
    ['git@git.example:acme/my.shop.git/', 'my.shop'],
    ['git@git.example:shop', 'shop'],
    ['/srv/git/shop.git', 'shop'],
    ['', null],
  ])('the last part of %s is %s', (url, name) => {
    expect(lastPartOf(url)).toBe(name)
  })

  test('is told without the secret in it', () => {
    expect(withoutSecrets('https://bob:fake@git.example/acme/shop.git')).toBe('https://git.example/acme/shop.git')
  })
})

describe('remotes, origin first', () => {
  test('of "git remote -v" are those that are fetched from', () => {
    const text =
      'backup\t/srv/my shop (fetch)\nbackup\t/srv/my shop (push)\norigin\tgit@git.example:a/b (fetch) [blob:none]\norigin\telsewhere (push)\n'
    expect(remotesIn(text)).toEqual([
      { name: 'origin', url: 'git@git.example:a/b' },
      { name: 'backup', url: '/srv/my shop' },
    ])
    expect(remotesIn('')).toEqual([])
  })

  test('of git’s own file are those with an address', () => {
    const text =
      '[core]\n\tbare = false\n[remote "none"]\n\tprune = true\n[remote "fork"]\n\turl = b\n[remote "origin"]\n\tfetch = +x\n\turl = a\n[branch "url = c"]\n'
    expect(remotesInSettings(text)).toEqual([
      { name: 'origin', url: 'a' },
      { name: 'fork', url: 'b' },
    ])
  })
})
