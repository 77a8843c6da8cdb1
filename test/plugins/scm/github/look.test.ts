import { describe, expect, test } from 'vitest'
import { isFault } from '../../../../core/kit/fault.ts'
import type { Pull } from '../../../fakes/github/state.ts'
import { type Looks, look, lookAll, openLooks, type Place, propose, seen } from './looks.ts'

const settledMs = 10_000

/** One project with one change. */
const openOne = async (settings: Record<string, unknown> = {}) => {
  const looks = await openLooks(['shop'], settings)
  const [place] = looks.places as readonly [Place]
  return { looks, place, pull: await propose(looks, place) }
}

/** Looks until nothing more is asked than the status. */
const settle = async ({ pass, asked }: Looks, work: () => Promise<unknown>): Promise<void> => {
  await work()
  pass(settledMs)
  await work()
  asked()
}

/** Git is another matter, and takes long for many changes. */
const withoutGit = ({ github }: Looks) => github.fails({ kind: 'git' }, { is: 'status', status: 503 })

describe('requests', () => {
  test('45: changes of several projects are asked for together, fifty for a point, and no more is asked while nothing changes', {
    timeout: 60_000,
  }, async () => {
    const looks = await openLooks(['shop', 'till'])
    const pulls = new Map<Place, readonly Pull[]>()
    for (const place of looks.places) pulls.set(place, await place.repository.manyPulls('ao-bot', 26))
    const all = () => lookAll(looks.places, (place) => pulls.get(place) ?? [])
    const first = await all()
    expect(first.flat()).toHaveLength(52)
    expect(first.flat().every((one) => one !== null && !(one instanceof Error) && one.patchId !== '')).toBe(true)
    await settle(looks, all)
    const again = await all()
    expect(looks.asked()).toEqual({ kinds: ['graphql', 'graphql'], points: 2 })
    expect(again[0]?.[0]).toBe(first[0]?.[0])
  })

  test('45: they go together where nothing but their remotes says what the projects are called', async () => {
    const looks = await openLooks(['a', 'b', 'c', 'd'], { repository: undefined })
    const pulls = new Map<Place, Pull>()
    for (const place of looks.places) pulls.set(place, await propose(looks, place))
    const all = () => lookAll(looks.places, (place) => [pulls.get(place) as Pull])
    await settle(looks, all)
    for (let n = 0; n < 3; n += 1) await all()
    expect(looks.asked()).toEqual({ kinds: ['graphql', 'graphql', 'graphql'], points: 3 })
  })

  test('details are asked for what changed alone, all of it together', async () => {
    const looks = await openLooks()
    const [place] = looks.places as readonly [Place]
    withoutGit(looks)
    const pulls = await place.repository.manyPulls('ao-bot', 20)
    const all = () => lookAll([place], () => pulls)
    await settle(looks, all)
    for (const pull of pulls.slice(0, 10)) await looks.github.ci.fails(pull, 'test')
    const [found = []] = await all()
    expect(found.map((one) => (one as { failing: readonly string[] }).failing.length)).toEqual([...Array(10).fill(1), ...Array(10).fill(0)])
    expect(looks.asked()).toEqual({ kinds: ['graphql', 'graphql'], points: 2 })
  })

  test('what left no trace is seen within five minutes', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.ci.fails(pull, 'lint')
    await looks.github.ci.passes(pull, 'test')
    await settle(looks, () => look(place, pull.number))
    await looks.github.ci.passes(pull, 'lint')
    await looks.github.ci.fails(pull, 'test')
    expect((await look(place, pull.number)).failing).toEqual(['lint'])
    looks.pass(5 * 60_000)
    expect((await look(place, pull.number)).failing).toEqual(['test'])
  })

  test('45: two hundred changes of four projects cost no more than a thousand points an hour', { timeout: 120_000 }, async () => {
    const looks = await openLooks(['a', 'b', 'c', 'd'])
    withoutGit(looks)
    const pulls = new Map<Place, readonly Pull[]>()
    for (const place of looks.places) pulls.set(place, await place.repository.manyPulls('ao-bot', 50))
    for (const pull of [...pulls.values()].flat().slice(0, 100))
      await looks.github.person('bob').startsThread(pull, { path: `changes/${pull.number}.txt`, line: 1, body: 'Why?' })
    const all = () => lookAll(looks.places, (place) => pulls.get(place) ?? [])
    await settle(looks, all)
    const counts: number[] = []
    let points = 0
    for (let n = 0; n < 10; n += 1) {
      looks.pass(30_000)
      await all()
      const asked = looks.asked()
      counts.push(asked.kinds.filter((kind) => kind !== 'git').length)
      points += asked.points
    }
    expect(points * 12).toBeLessThanOrEqual(1_000)
    expect(counts.sort((a, b) => a - b)[5]).toBeLessThanOrEqual(8)
  })

  test('an aborted look throws its reason, and the other project of the same request has its answer', async () => {
    const looks = await openLooks(['shop', 'till'])
    const [shop, till] = looks.places as readonly [Place, Place]
    const [mine, theirs] = [await propose(looks, shop), await propose(looks, till)]
    await settle(looks, () => Promise.all([look(shop, mine.number), look(till, theirs.number)]))
    const stopped = new AbortController()
    const given = shop.scm.look([{ project: shop.project, number: mine.number, branch: '' }], stopped.signal)
    const kept = look(till, theirs.number)
    stopped.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    expect((await kept).number).toBe(theirs.number)
  })
})

describe('44: a bad change spoils only itself', () => {
  test('one that GitHub stumbles over', async () => {
    const looks = await openLooks()
    const [place] = looks.places as readonly [Place]
    withoutGit(looks)
    const pulls = await place.repository.manyPulls('ao-bot', 25)
    await lookAll([place], () => pulls)
    looks.github.fails({ kind: 'graphql', body: pulls[11]?.nodeId ?? '' }, { is: 'status', status: 502 })
    const [found = []] = await lookAll([place], () => pulls)
    expect(found.flatMap((one, index) => (one instanceof Error ? [index] : []))).toEqual([11])
    expect(isFault(found[11], 'GITHUB_DOWN')).toBe(true)
  })

  test('one that is gone is looked for again by its number, and only then unknown', async () => {
    const looks = await openLooks()
    const [place] = looks.places as readonly [Place]
    const [kept, moved, lost] = (await place.repository.manyPulls('ao-bot', 3)) as readonly [Pull, Pull, Pull]
    const all = () => lookAll([place], () => [kept, moved, lost])
    await all()
    const { nodes } = looks.github.world
    for (const { nodeId } of [moved, lost]) nodes.delete(nodeId)
    Object.assign(moved, { nodeId: 'PR_spelled_anew' })
    nodes.set(moved.nodeId, moved)
    place.repository.items.delete(lost.number)
    const [found = []] = await all()
    expect(found.slice(0, 2)).toMatchObject([{ number: kept.number }, { number: moved.number }])
    expect(isFault(found[2], 'CHANGE_UNKNOWN')).toBe(true)
  })

  test('one whose checks may not be seen is an error, never a change without checks', async () => {
    const looks = await openLooks()
    const { github } = looks
    const token = github.token('ao-bot', { permissions: { metadata: 'read', contents: 'read', pull_requests: 'read' } })
    const { places } = looks
    const [place] = places as readonly [Place]
    place.repository.isPrivate = true
    const pull = await propose(looks, place)
    github.world.tokens.forEach((one) => {
      if (one !== token) Object.assign(one, { permissions: token.permissions, scopes: [] })
    })
    const found = await seen(place, pull.number)
    expect(isFault(found, 'FORBIDDEN')).toBe(true)
  })
})

describe('43: what is known and what it was known by go together', () => {
  test('particulars that could not be had are asked for again, although the status is the same', async () => {
    const { looks, place, pull } = await openOne()
    await settle(looks, () => look(place, pull.number))
    await looks.github.ci.fails(pull, 'test')
    const works = looks.github.fails({ kind: 'graphql', body: 'latestOpinionatedReviews' }, { is: 'status', status: 502 })
    expect(isFault(await seen(place, pull.number), 'GITHUB_DOWN')).toBe(true)
    works()
    expect((await look(place, pull.number)).failing).toEqual(['test'])
  })

  test('what happens in the second of the last look is seen by the next', async () => {
    const { looks, place, pull } = await openOne()
    const { github } = looks
    github.world.settings.isDecisionOnlyByRule = true
    await github.person('bob').comments(pull, 'Nice.')
    await look(place, pull.number)
    await github.person('cyn').approves(pull) // the same second, and nothing but its own list tells it
    expect((await look(place, pull.number)).review).toBe('approved')
  })
})

describe('finding', () => {
  test('a change is found by its branch, in this repository alone, the open one first', async () => {
    const { looks, place, pull } = await openOne()
    expect(await seen(place, null, 'ao/none')).toBeNull()
    await looks.github.person('ana').closes(pull)
    expect(await seen(place, null, 'ao/one')).toBeNull()
    const again = await looks.github.person('ao-bot').proposes(place.repository, 'ao/one')
    expect((await look(place, null, 'ao/one')).number).toBe(again.number)
    Object.assign(again.head, { repository: null })
    expect(await seen(place, null, 'ao/one')).toBeNull()
  })

  test('one that was merged before it was ever seen is found while its branch stands where it was', async () => {
    const { looks, place, pull } = await openOne()
    await place.git('fetch', '--quiet', 'origin', 'ao/one:ao/one')
    await looks.github.person('ana').merges(pull)
    expect(await look(place, null, 'ao/one')).toMatchObject({ number: pull.number, state: 'merged' })
  })

  test('of a change that has ended the newer one of its branch is shown from the next look on', async () => {
    const { looks, place, pull } = await openOne()
    const again = () => look(place, pull.number, 'ao/one')
    await again()
    await looks.github.person('ana').closes(pull)
    expect(await again()).toMatchObject({ number: pull.number, state: 'closed' })
    expect(await again()).toMatchObject({ number: pull.number, state: 'closed' })
    const newer = await looks.github.person('ao-bot').proposes(place.repository, 'ao/one')
    expect(await again()).toMatchObject({ number: newer.number, state: 'open' })
    await looks.github.person('ana').closes(newer)
    expect(await again()).toMatchObject({ number: newer.number, state: 'closed' })
  })

  test('a change that has ended costs its status and nothing more', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.person('ana').merges(pull)
    await look(place, pull.number)
    looks.asked()
    await look(place, pull.number)
    expect(looks.asked()).toEqual({ kinds: ['graphql'], points: 1 })
  })

  test('a change that was reopened is open', async () => {
    const { looks, place, pull } = await openOne()
    await look(place, pull.number)
    await looks.github.person('ana').closes(pull)
    expect((await look(place, pull.number)).state).toBe('closed')
    await looks.github.person('ana').reopens(pull)
    expect((await look(place, pull.number)).state).toBe('open')
  })

  test('a repository that is renamed in the middle keeps its changes, its logs and its commits', async () => {
    const { looks, place, pull } = await openOne()
    const { github } = looks
    await look(place, pull.number)
    await github.person('ana').renames(place.repository, 'store')
    await github.person('ao-bot').pushes(place.repository, 'ao/one', { 'more.txt': 'more\n' })
    await github.ci.fails(pull, 'test', 'expected 1\n##[error]exit 1\n')
    const found = await look(place, pull.number)
    expect(found).toMatchObject({ number: pull.number, head: pull.head.oid, failing: ['test'] })
    expect(found.patchId).not.toBe('')
    const told = await place.scm.details({ project: place.project, number: pull.number }, pull.head.oid, new AbortController().signal)
    expect(told?.failing[0]?.logTail).toContain('expected 1')
  })
})

describe('what is seen', () => {
  test('checks that turn red move nothing but themselves, and are seen at once', async () => {
    const { looks, place, pull } = await openOne()
    await settle(looks, () => look(place, pull.number))
    const before = pull.updatedAt
    await looks.github.ci.starts(pull, 'test')
    expect((await look(place, pull.number)).checks).toBe('pending')
    await looks.github.ci.fails(pull, 'test')
    expect(await look(place, pull.number)).toMatchObject({ checks: 'failing', failing: ['test'], optional: [] })
    await looks.github.ci.status(pull, 'ci/old', 'failure')
    expect((await look(place, pull.number)).failing).toEqual(['test', 'ci/old'])
    await looks.github.ci.passes(pull, 'test')
    await looks.github.ci.status(pull, 'ci/old', 'success')
    expect((await look(place, pull.number)).checks).toBe('passing')
    expect(pull.updatedAt).toBe(before)
  })

  test('required checks are told apart, and one that has not reported is waited for', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.person('ana').protects(place.repository, 'main', { requiredChecks: ['test'] })
    await looks.github.ci.fails(pull, 'flaky')
    expect(await look(place, pull.number)).toMatchObject({ checks: 'pending', failing: ['flaky'], optional: ['flaky'] })
    await looks.github.ci.passes(pull, 'test')
    expect(await look(place, pull.number)).toMatchObject({ checks: 'passing', failing: ['flaky'], optional: ['flaky'] })
  })

  test('47: more checks than a page holds have all their names', async () => {
    const { looks, place, pull } = await openOne()
    const names = Array.from({ length: 130 }, (_, n) => `job ${n}`)
    for (const name of names) await looks.github.ci.fails(pull, name)
    expect((await look(place, pull.number)).failing).toEqual(names)
  })

  test('46: replies, resolved threads and comments below the change are seen', async () => {
    const { looks, place, pull } = await openOne()
    const [bob, cyn] = [looks.github.person('bob'), looks.github.person('cyn')]
    const thread = await bob.startsThread(pull, { path: 'new.txt', line: 1, body: 'Why?' })
    const begun = await look(place, pull.number)
    expect(begun.openThreads).toEqual({ people: 1, bots: 0 })
    looks.pass(settledMs)
    await look(place, pull.number)
    await cyn.replies(thread, 'I wonder, too.')
    const replied = await look(place, pull.number)
    expect(replied.lastSaid.people).toBeGreaterThan(begun.lastSaid.people)
    looks.pass(settledMs)
    await look(place, pull.number)
    await bob.resolves(thread)
    expect((await look(place, pull.number)).openThreads).toEqual({ people: 0, bots: 0 })
    await cyn.comments(pull, 'And the docs?')
    expect((await look(place, pull.number)).openThreads).toEqual({ people: 1, bots: 0 })
    await looks.github.person('ao-bot').comments(pull, '<!-- ao:note 1 -->They come later.')
    expect((await look(place, pull.number)).openThreads).toEqual({ people: 1, bots: 0 })
    looks.pass(settledMs)
    await looks.github.person('ao-bot').pushes(place.repository, 'ao/one', { 'docs.md': 'docs\n' })
    expect((await look(place, pull.number)).openThreads).toEqual({ people: 0, bots: 0 })
  })

  test('what was said between two looks counts although a commit came after it', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.person('cyn').comments(pull, 'Mind the docs.')
    looks.pass(settledMs)
    await look(place, pull.number)
    await looks.github.person('cyn').comments(pull, 'And do not merge it like this.')
    looks.pass(settledMs)
    await looks.github.person('ao-bot').pushes(place.repository, 'ao/one', { 'docs.md': 'docs\n' })
    expect((await look(place, pull.number)).openThreads).toEqual({ people: 1, bots: 0 })
    const { threads } = (await place.scm.details(
      { project: place.project, number: pull.number },
      pull.head.oid,
      new AbortController().signal,
    )) ?? {
      threads: [],
    }
    expect(threads.map(({ comments }) => comments[0]?.text)).toEqual(['And do not merge it like this.'])
  })

  test('threads beyond the newest hundred are counted, too', async () => {
    const { looks, place, pull } = await openOne()
    const comments = Array.from({ length: 130 }, (_, n) => ({ path: 'new.txt', line: 1, body: `Why ${n}?` }))
    await looks.github.person('bob').remarks(pull, '', comments)
    expect((await look(place, pull.number)).openThreads).toEqual({ people: 130, bots: 0 })
  })

  test('a base that wants changes up to date says so to everybody who may read', async () => {
    const { looks, place, pull } = await openOne()
    await looks.github.person('ana').protects(place.repository, 'main', { requiredChecks: ['test'], isStrict: true })
    await looks.github.person('ana').pushes(place.repository, 'main', { 'other.txt': 'other\n' })
    expect(await look(place, pull.number)).toMatchObject({ isBehind: true, mustBeUpToDate: true })
  })

  test('that GitHub calls a change behind is remembered for its base', async () => {
    const { looks, place, pull } = await openOne()
    const { github } = looks
    github.fails({ path: /\/rules\/branches\// }, { is: 'status', status: 404 })
    await github.person('ana').protects(place.repository, 'main', { requiredChecks: ['test'], isStrict: true })
    await github.person('ana').pushes(place.repository, 'main', { 'other.txt': 'other\n' })
    expect((await look(place, pull.number)).mustBeUpToDate).toBe(false) // the missing check hides it
    await github.ci.passes(pull, 'test')
    expect((await look(place, pull.number)).mustBeUpToDate).toBe(true)
    const other = await propose(looks, place, 'ao/two', { 'two.txt': 'two\n' })
    expect((await look(place, other.number)).mustBeUpToDate).toBe(true)
    expect(looks.host.logged.map(({ event }) => event)).toContain('scm.github.rules.unseen')
  })

  test('while GitHub has not worked out a conflict, git has', async () => {
    const { looks, place } = await openOne()
    looks.github.world.settings.isMergeableSlow = true
    const pull = await propose(looks, place, 'ao/two', { 'src/1.txt': 'mine\n' })
    await looks.github.person('ana').pushes(place.repository, 'main', { 'src/1.txt': 'theirs\n' })
    expect(await look(place, pull.number)).toMatchObject({ conflict: 'conflicting', conflictFiles: ['src/1.txt'], isBehind: true })
  })

  test('a place in the merge queue and an order to merge are told in words', async () => {
    const { looks, place, pull } = await openOne()
    const ana = looks.github.person('ana')
    await ana.sets(place.repository, { isAutoMergeAllowed: true })
    await ana.protects(place.repository, 'main', { requiredChecks: ['test'], hasMergeQueue: true })
    await ana.armsAutoMerge(pull)
    expect((await look(place, pull.number)).queued).toBe('auto-merge is on')
    await looks.github.ci.passes(pull, 'test')
    expect((await look(place, pull.number)).queued).toBe('in the merge queue, place 1')
  })

  test('a merged change has its commit, and what was fetched for it is dropped', async () => {
    const { looks, place, pull } = await openOne()
    const before = await look(place, pull.number)
    expect(await place.git('for-each-ref', '--format=%(refname)', 'refs/ao/changes')).toBe(`refs/ao/changes/${pull.number}`)
    const commit = await looks.github.person('ana').merges(pull)
    expect(await look(place, pull.number)).toMatchObject({
      state: 'merged',
      mergeCommit: commit,
      patchId: before.patchId,
      head: before.head,
    })
    await expect.poll(() => place.git('for-each-ref', 'refs/ao/changes')).toBe('')
  })
})

describe('when something cannot be reached', () => {
  test('without git the picture comes from GitHub alone, and is whole again when git is back', async () => {
    const { looks, place, pull } = await openOne()
    const works = looks.github.fails({ kind: 'git' }, { is: 'status', status: 503 })
    expect(await look(place, pull.number)).toMatchObject({ patchId: '', conflict: 'none', baseHead: null })
    works()
    expect((await look(place, pull.number)).patchId).toBe('')
    looks.pass(60_000)
    expect((await look(place, pull.number)).patchId).not.toBe('')
  })

  test('while the limit is used up the last picture is the answer, and no picture is a fault', async () => {
    const { looks, place, pull } = await openOne()
    const other = await propose(looks, place, 'ao/two', { 'two.txt': 'two\n' })
    const before = await look(place, pull.number)
    const [token] = [...looks.github.world.tokens.values()]
    if (!token) throw new Error('there is a token')
    looks.github.limits.set(token, 'graphql', { remaining: 0 })
    await looks.github.ci.fails(pull, 'test')
    expect(await seen(place, pull.number)).toBe(before)
    expect(isFault(await seen(place, other.number), 'GITHUB_LIMITED')).toBe(true)
    expect(place.scm.restUntil?.()).toBeGreaterThan(looks.host.now())
    looks.pass(3_600_000)
    expect((await look(place, pull.number)).failing).toEqual(['test'])
  })

  test('when GitHub itself fails there is an error for each, and after that all are there again', async () => {
    const { looks, place, pull } = await openOne()
    await look(place, pull.number)
    const works = looks.github.fails({ kind: 'graphql' }, { is: 'status', status: 502 })
    expect(isFault(await seen(place, pull.number), 'GITHUB_DOWN')).toBe(true)
    works()
    expect((await look(place, pull.number)).number).toBe(pull.number)
  })
})
