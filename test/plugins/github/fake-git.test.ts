import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cloneOf, makeStand, type Stand } from './fake-stand.ts'

let stand: Stand
const endings: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  stand = await makeStand()
  endings.push(stand.close)
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const clone = async (token: string | null = stand.token.value, address = stand.repo.cloneUrl) => {
  const copy = await cloneOf(address, token)
  endings.push(copy.remove)
  const commits = async (branch: string, file: string, text: string) => {
    await copy.git('checkout', '-q', '-B', branch)
    await writeFile(join(copy.folder, file), text)
    await copy.git('add', '.')
    await copy.git('commit', '-qm', `Change ${file}`)
    return (await copy.git('rev-parse', 'HEAD')).said.trim()
  }
  return { ...copy, commits }
}

describe('git over http', () => {
  test('a push is known to the world when it is over, and pull requests see their new head', async () => {
    const { github, repo } = stand
    const copy = await clone()
    const first = await copy.commits('topic', 'new.txt', '1')
    expect(await copy.git('push', 'origin', 'topic')).toMatchObject({ isOk: true, said: expect.stringContaining('[new branch]') })
    expect(repo.branches.get('topic')).toBe(first)
    const pull = await github.person('bob').proposes(repo, 'topic')
    const seen: string[] = []
    github.onHead(({ oid, pull: of }) => {
      if (of) seen.push(oid)
    })
    const second = await copy.commits('topic', 'new.txt', '2')
    await copy.git('push', 'origin', 'topic')
    expect([pull.head.oid, seen]).toEqual([second, [second]])
    expect((await copy.git('fetch', '-q', 'origin', `pull/${pull.number}/head`)).isOk).toBe(true)
    expect((await copy.git('rev-parse', 'FETCH_HEAD')).said.trim()).toBe(second)
  })

  test('history is not lost by chance: only a forced push rewrites it', async () => {
    const { github, repo } = stand
    const copy = await clone()
    await copy.commits('topic', 'new.txt', '1')
    await copy.git('push', 'origin', 'topic')
    const pull = await github.person('bob').proposes(repo, 'topic')
    await github.person('ana').pushes(repo, 'topic', { 'hers.txt': 'x' })
    const mine = await copy.commits('topic', 'new.txt', '2')
    expect(await copy.git('push', 'origin', 'topic')).toMatchObject({ isOk: false, said: expect.stringContaining('rejected') })
    expect((await copy.git('push', '--force', 'origin', 'topic')).isOk).toBe(true)
    expect([pull.head.oid, pull.events.at(-1)?.name]).toEqual([mine, 'head_ref_force_pushed'])
    expect((await copy.git('push', 'origin', ':topic')).isOk).toBe(true)
    expect([pull.state, pull.head.isDeleted]).toEqual(['closed', true])
  })

  test('large pushes come through', async () => {
    const { repo } = stand
    const copy = await clone()
    const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919 + (index >> 7) * 104_729) % 251)).toString(
      'latin1',
    )
    const head = await copy.commits('large', 'large.bin', noise)
    expect(await copy.git('-c', 'http.postBuffer=65536', 'push', 'origin', 'large')).toMatchObject({ isOk: true })
    expect(repo.branches.get('large')).toBe(head)
  })

  test('strangers are asked who they are; wrong tokens, readers, archives and others’ secrets are refused', async () => {
    const { github, repo, token } = stand
    const anonymous = await clone(null)
    expect(anonymous.cloned.isOk).toBe(true)
    await anonymous.commits('topic', 'x.txt', 'x')
    expect((await anonymous.git('push', 'origin', 'topic')).said).toMatch(/could not read Username|terminal prompts disabled/)
    const wrong = await clone('ghp_wrong')
    await wrong.commits('topic', 'x.txt', 'x')
    expect((await wrong.git('push', 'origin', 'topic')).said).toContain('Invalid username or token')
    const reader = await clone(github.token('cyn').value)
    await reader.commits('topic', 'x.txt', 'x')
    expect((await reader.git('push', 'origin', 'topic')).said).toMatch(/Permission to ana\/shop.git denied to cyn.*403/s)
    const writer = await clone()
    await writer.commits('topic', 'x.txt', 'x')
    await github.person('ana').archives(repo)
    expect((await writer.git('push', 'origin', 'topic')).said).toContain('This repository was archived so it is read-only.')
    await github.person('ana').unarchives(repo)
    token.isRevoked = true
    expect((await writer.git('push', 'origin', 'topic')).said).toContain('Authentication failed')
    repo.isPrivate = true
    expect((await clone(github.token('dan').value)).cloned.said).toContain('not found')
    expect((await clone(null)).cloned.isOk).toBe(false)
    expect(repo.branches.has('topic')).toBe(false)
  })

  test('protected branches take neither pushes that want a pull request, nor unchecked, nor forced ones', async () => {
    const { github, repo } = stand
    const ana = github.person('ana')
    const copy = await clone()
    const push = async (...how: readonly string[]) => (await copy.git('push', ...how, 'origin', 'main')).said
    const head = await copy.commits('main', 'x.txt', 'x')
    await ana.protects(repo, 'main', { requiredApprovals: 1 })
    expect(await push()).toMatch(
      /remote: error: GH006: Protected branch update failed for refs\/heads\/main\..*Changes must be made through a pull request\..*rejected/s,
    )
    await ana.protects(repo, 'main', { requiredApprovals: 0, requiredChecks: ['test'] })
    expect(await push()).toContain('Required status check "test" is expected.')
    await ana.protects(repo, 'main', { requiredChecks: [] })
    expect(repo.branches.get('main')).not.toBe(head)
    expect(await push()).toContain('main -> main')
    expect(repo.branches.get('main')).toBe(head)
    await copy.git('commit', '--amend', '-qm', 'Other words')
    expect(await push('--force')).toContain('Cannot force-push to this protected branch')
    await github.person('bob').pushes(repo, 'kept', { 'k.txt': 'k' })
    await ana.protects(repo, 'kept', {})
    expect((await copy.git('push', 'origin', ':kept')).said).toContain('Cannot delete this protected branch')
    expect((await copy.git('push', 'origin', ':main')).said).toContain('refusing to delete the current branch')
    await copy.git('checkout', '-qb', 'free')
    expect((await copy.git('push', 'origin', 'free')).isOk).toBe(true)
  })

  test('workflows want a scope of their own', async () => {
    const { github } = stand
    const copy = await clone(github.token('bob', { scopes: ['repo'] }).value)
    await copy.git('checkout', '-qb', 'ci')
    await mkdir(join(copy.folder, '.github/workflows'), { recursive: true })
    await copy.commits('ci', '.github/workflows/test.yml', 'on: push')
    expect((await copy.git('push', 'origin', 'ci')).said).toContain('without `workflow` scope')
  })

  test('the old address of a renamed repository goes on working', async () => {
    const { github, repo } = stand
    const copy = await clone()
    await github.person('ana').renames(repo, 'store')
    const head = await copy.commits('topic', 'x.txt', 'x')
    expect((await copy.git('push', 'origin', 'topic')).isOk).toBe(true)
    expect(repo.branches.get('topic')).toBe(head)
    expect((await copy.git('fetch', '-q', 'origin')).isOk).toBe(true)
  })

  test('pushes at the same time are all noticed, each once', async () => {
    const { github, repo } = stand
    const copies = await Promise.all([1, 2, 3, 4].map(() => clone()))
    const heads = await Promise.all(copies.map((copy, index) => copy.commits(`topic-${index}`, `${index}.txt`, 'x')))
    const seen: string[] = []
    github.onHead(({ oid }) => seen.push(oid))
    await Promise.all(copies.map((copy, index) => copy.git('push', 'origin', `topic-${index}`)))
    expect(seen.sort()).toEqual([...heads].sort())
    expect(heads.map((_, index) => repo.branches.get(`topic-${index}`))).toEqual(heads)
  })
})
