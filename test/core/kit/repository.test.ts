import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRepository, type Repository } from '../../../core/kit/repository.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'

let repo: Repo
beforeEach(async () => {
  repo = await makeRepo({ remote: true })
})
afterEach(() => repo.remove())

const open = (path: string): Repository => openRepository(path, { fail: (reason, cause) => new Error(`refused: ${reason}`, { cause }) })
/** A repository as both kinds see it: the bare one, and the common folder of a checkout with a file that nobody committed. */
const places = {
  'a bare repository': () => String(repo.remote),
  'the git folder of a checkout': () => join(repo.path, '.git'),
}

describe.each(Object.entries(places))('%s', (_, place) => {
  const commit = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const made = await repo.commit(`change ${Object.keys(files).join(' ')}`, files)
    await repo.git(['push', '--quiet', 'origin', '+HEAD:refs/heads/main'])
    return made
  }
  const fork = async () => {
    const root = await repo.git(['rev-parse', 'HEAD'])
    const head = await commit({ 'src/1.txt': 'mine\n' })
    await repo.git(['reset', '--quiet', '--hard', root])
    return { root, head }
  }

  test('tells how two commits stand to each other, and touches no checkout', async () => {
    const { root, head } = await fork()
    const base = await commit({ 'other.txt': 'other\n' })
    await repo.write({ 'left.txt': 'nobody committed this\n' })
    const repository = open(place())
    const facts = await repository.facts(base, head)
    expect(facts).toMatchObject({
      head,
      base,
      mergeBase: root,
      isBehind: true,
      isContained: false,
      isConflicting: false,
      conflictFiles: [],
    })
    expect(facts.patchId).toBe((await repository.facts(root, head)).patchId)
    expect(await repository.facts(head, root)).toMatchObject({ isContained: true, patchId: '' })
    expect(await repo.git(['status', '--porcelain'])).toBe('?? left.txt')
    expect(await repo.git(['rev-parse', 'HEAD'])).toBe(base)
  })

  test('names the files of a conflict', async () => {
    const { head } = await fork()
    const base = await commit({ 'src/1.txt': 'theirs\n' })
    expect(await open(place()).facts(base, head)).toMatchObject({ isConflicting: true, conflictFiles: ['src/1.txt'], tree: null })
  })

  test('lists refs by the place they are in, and moves all of them or none', async () => {
    const { root, head } = await fork()
    const repository = open(place())
    expect(await repository.move([`create refs/ao/forge/heads/a/b ${head}`, `create refs/heads/two ${root}`])).toBe(true)
    expect(await repository.refs(undefined, 'refs/ao/forge/heads')).toEqual(new Map([['a/b', head]]))
    expect(await repository.move([`update refs/heads/two ${head} ${root}`, `update refs/ao/forge/heads/a/b ${root} ${root}`])).toBe(false)
    expect((await repository.refs()).get('two')).toBe(root)
  })

  test('knows its commits and what is in their history', async () => {
    const { root, head } = await fork()
    const repository = open(place())
    expect([await repository.contains(head, root), await repository.contains(root, head)]).toEqual([true, false])
    expect([await repository.hasCommit(head), await repository.hasCommit('1'.repeat(40)), await repository.hasCommit('main')]).toEqual([
      true,
      false,
      false,
    ])
    expect(await repository.commit(head)).toMatchObject({ parents: [root], name: 'Ada', message: 'change src/1.txt' })
  })

  test('histories with nothing in common have no merge base', async () => {
    const { root } = await fork()
    const repository = open(place())
    const env = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@x', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@x' }
    const alone = (await repository.raw(['commit-tree', `${root}^{tree}`, '-m', 'alone'], { env })).trim()
    expect(await repository.mergeBase(root, alone)).toBeNull()
    expect(await repository.facts(root, alone)).toMatchObject({ mergeBase: null, isConflicting: true })
  })
})

test('what git cannot do is told by whoever opened it, with what git said', async () => {
  const repository = open(String(repo.remote))
  const missing = '1'.repeat(40)
  const failed = await Promise.allSettled([
    repository.raw(['rev-parse', '--verify', 'nothing']),
    repository.mergeBase('main', missing),
    repository.mergeTree('main', missing),
    repository.patchId('main', missing),
    repository.facts(missing, missing),
    repository.move(['no such command']),
  ])
  const reason = { message: expect.stringMatching(/^refused: git \S+ failed \(.+\)$/), cause: expect.anything() }
  expect(failed).toEqual(failed.map(() => ({ status: 'rejected', reason: expect.objectContaining(reason) })))
})

test('a damaged repository is not taken for the one around it', async () => {
  await expect(open(join(repo.path, 'src')).refs()).rejects.toThrow('refused')
})

test('an aborted question throws the reason', async () => {
  await expect(open(String(repo.remote)).refs(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})
