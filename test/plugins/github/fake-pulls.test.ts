import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lines, makeStand, type Stand } from './fake-stand.ts'

let stand: Stand
beforeEach(async () => {
  stand = await makeStand()
})
afterEach(() => stand.close())

const path = '/repos/ana/shop/pulls'
const changed = (number: number, text: string): string => lines('a', 12).replace(`a ${number}\n`, `${text}\n`)
const message = (body: { readonly errors: readonly { readonly message: string }[] }): string | undefined => body.errors[0]?.message

describe('opening', () => {
  test('a pull request from a branch; the second one, an empty one and unknown branches are refused in GitHub’s words', async () => {
    const { ask, github, repo } = stand
    const bob = github.person('bob')
    await bob.pushes(repo, 'topic', { 'a.txt': changed(2, 'two') })
    const made = await ask(`POST ${path}`, { title: 'Two', head: 'topic', base: 'main', body: 'Fixes #7', draft: true })
    expect(made).toMatchObject({
      status: 201,
      body: { number: 1, draft: true, commits: 1, additions: 1, deletions: 1, changed_files: 1, mergeable: true, mergeable_state: 'draft' },
    })
    expect(made.body.node_id).toMatch(/^PR_kwDO[\w-]{12}$/)
    expect(made.body.head).toMatchObject({ ref: 'topic', sha: repo.branches.get('topic'), label: 'ana:topic' })
    const again = await ask(`POST ${path}`, { title: 'Two', head: 'ana:topic', base: 'main' })
    expect([again.status, message(again.body)]).toEqual([422, 'A pull request already exists for ana:topic.'])
    await bob.resets(repo, 'same', repo.branches.get('main') ?? '')
    expect(message((await ask(`POST ${path}`, { title: 'x', head: 'same', base: 'main' })).body)).toBe('No commits between main and same')
    expect((await ask(`POST ${path}`, { title: 'x', head: 'topic', base: 'nope' })).body.errors).toMatchObject([
      { field: 'base', code: 'invalid' },
    ])
    expect((await ask(`POST ${path}`, { title: 'x', head: 'nope', base: 'main' })).body.errors).toMatchObject([
      { field: 'head', code: 'invalid' },
    ])
  })

  test('is found by its head branch', async () => {
    const { ask, repo } = stand
    await repo.manyPulls('bob', 3)
    const found = async (query: string) => (await ask(`GET ${path}?${query}`)).body.map(({ number }: { number: number }) => number)
    expect(await found('head=ana:change-2')).toEqual([2])
    expect(await found('head=dan:change-2')).toEqual([])
    expect(await found('head=ana:change-2&state=closed')).toEqual([])
    expect(await found('')).toEqual([3, 2, 1])
  })
})

describe('a pull request', () => {
  test('is edited, aimed at another base, closed and reopened', async () => {
    const { ask, github, repo } = stand
    await github.person('ana').pushes(repo, 'next', { 'n.txt': 'n' })
    await repo.manyPulls('bob', 1)
    expect((await ask(`PATCH ${path}/1`, { title: 'New', body: 'text', base: 'next' })).body).toMatchObject({
      title: 'New',
      body: 'text',
      base: { ref: 'next' },
    })
    expect(await ask(`PATCH ${path}/1`, { base: 'nope' })).toMatchObject({ status: 422, body: { errors: [{ field: 'base' }] } })
    expect((await ask(`PATCH ${path}/1`, { state: 'closed' })).body).toMatchObject({ state: 'closed', merged: false })
    expect((await ask(`PATCH ${path}/1`, { state: 'open' })).body).toMatchObject({ state: 'open', closed_at: null })
  })

  test('is closed when its branch is deleted, and cannot be reopened then, nor after a force push', async () => {
    const { ask, github, repo } = stand
    const bob = github.person('bob')
    const [one, two] = await repo.manyPulls('bob', 2)
    if (!one || !two) throw new Error('There are no pull requests.')
    expect((await ask('DELETE /repos/ana/shop/git/refs/heads/change-1')).status).toBe(204)
    expect(await ask('DELETE /repos/ana/shop/git/refs/heads/change-1')).toMatchObject({
      status: 422,
      body: { message: 'Reference does not exist' },
    })
    expect(one.state).toBe('closed')
    const gone = await ask(`PATCH ${path}/1`, { state: 'open' })
    expect([gone.status, message(gone.body)]).toEqual([422, 'state cannot be changed. The change-1 branch was deleted.'])
    await bob.closes(two)
    await bob.pushes(repo, 'change-2', { 'x.txt': 'x' }, { isForced: true })
    expect(message((await ask(`PATCH ${path}/2`, { state: 'open' })).body)).toBe(
      'state cannot be changed. The change-2 branch was force-pushed or recreated.',
    )
    await bob.resets(repo, 'change-2', two.head.oid)
    expect((await ask(`PATCH ${path}/2`, { state: 'open' })).status).toBe(200)
    await bob.resets(repo, 'change-1', one.head.oid)
    expect((await ask(`PATCH ${path}/1`, { state: 'open' })).status).toBe(200)
  })

  test('sees new heads: reviews stay with their commit, threads on changed lines are outdated, the others move', async () => {
    const { ask, github, repo, clock } = stand
    const ana = github.person('ana')
    const bob = github.person('bob')
    await bob.pushes(repo, 'topic', { 'a.txt': changed(2, 'two').replace('a 9\n', 'nine\n') })
    const pull = await bob.proposes(repo, 'topic')
    const first = pull.head.oid
    await ana.approves(pull)
    const second = await ana.startsThread(pull, { path: 'a.txt', line: 2, body: 'Why two?' })
    const ninth = await ana.startsThread(pull, { path: 'a.txt', line: 9, body: 'Why nine?' })
    await expect(ana.startsThread(pull, { path: 'b.txt', line: 2, body: 'x' })).rejects.toMatchObject({ status: 422 })
    await expect(ana.startsThread(pull, { path: 'a.txt', line: 99, body: 'x' })).rejects.toMatchObject({ status: 422 })
    clock.now += 60_000
    await bob.pushes(repo, 'topic', { 'a.txt': changed(2, 'zero\nII').replace('a 9\n', 'nine\n') })
    expect([second.isOutdated, second.line, second.originalLine]).toEqual([true, null, 2])
    expect([ninth.isOutdated, ninth.line]).toEqual([false, 10])
    const reviews = (await ask(`GET ${path}/1/reviews`)).body
    expect(reviews[0]).toMatchObject({ state: 'APPROVED', commit_id: first })
    expect((await ask(`GET ${path}/1`)).body).toMatchObject({
      head: { sha: pull.head.oid },
      updated_at: '2026-03-01T12:01:00Z',
      review_comments: 2,
    })
    const comments = (await ask(`GET ${path}/1/comments`)).body
    expect(comments[0]).toMatchObject({ line: null, original_line: 2, diff_hunk: expect.stringMatching(/^@@ .*\+two$/s) })
  })

  test('tells its files with patches, and its diff unless that is too large', async () => {
    const { ask, github, repo } = stand
    const bob = github.person('bob')
    await bob.pushes(repo, 'topic', { 'a.txt': null, 'c/d.txt': 'new\n', 'b.txt': lines('b', 12).replace('b 3', 'b three') })
    await bob.proposes(repo, 'topic')
    const files = (await ask(`GET ${path}/1/files`)).body
    expect(files).toMatchObject([
      { filename: 'a.txt', status: 'removed', deletions: 12 },
      { filename: 'b.txt', status: 'modified', changes: 2, patch: expect.stringMatching(/^@@ -1,6 \+1,6 @@/) },
      { filename: 'c/d.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+new' },
    ])
    const diff = await ask(`GET ${path}/1`, undefined, { headers: { accept: 'application/vnd.github.diff' } })
    expect(diff.text).toMatch(/^diff --git a\/a\.txt b\/a\.txt\n/)
    await bob.pushes(repo, 'topic', { 'large.txt': lines('x', 20_001) })
    const large = await ask(`GET ${path}/1`, undefined, { headers: { accept: 'application/vnd.github.diff' } })
    expect(large).toMatchObject({ status: 406, body: { errors: [{ code: 'too_large' }] } })
    expect((await ask(`GET ${path}/1/files`)).body.at(-1)).not.toHaveProperty('patch')
  })
})

describe('reviews', () => {
  test('are submitted on a commit, not on one’s own pull request, and with the words they need', async () => {
    const { ask, github, repo } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const ana = { token: github.token('ana').value }
    const own = await ask(`POST ${path}/1/reviews`, { event: 'APPROVE' })
    expect(own).toMatchObject({ status: 422, body: { errors: ['Can not approve your own pull request'] } })
    expect((await ask(`POST ${path}/1/reviews`, { event: 'REQUEST_CHANGES' }, ana)).status).toBe(422)
    expect((await ask(`POST ${path}/1/reviews`, { event: 'COMMENT', body: '' }, ana)).status).toBe(422)
    expect((await ask(`POST ${path}/1/reviews`, { event: 'APPROVE', commit_id: 'f'.repeat(40) }, ana)).status).toBe(422)
    await github.person('bob').asksForReview(pull, 'ana')
    expect((await ask(`GET ${path}/1/requested_reviewers`)).body.users).toMatchObject([{ login: 'ana' }])
    const good = await ask(`POST ${path}/1/reviews`, { event: 'REQUEST_CHANGES', body: 'No', commit_id: pull.head.oid }, ana)
    expect(good).toMatchObject({ status: 200, body: { state: 'CHANGES_REQUESTED', commit_id: pull.head.oid, user: { login: 'ana' } } })
    expect(pull.requestedReviewers).toEqual([])
    expect((await ask(`PUT ${path}/1/reviews/${good.body.id}/dismissals`, { message: 'Done' }, ana)).body.state).toBe('DISMISSED')
  })

  test('a reply in a thread makes a review of its own; resolving is no news to the pull request', async () => {
    const { ask, github, repo, clock } = stand
    const ana = github.person('ana')
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const thread = await ana.startsThread(pull, { path: 'changes/1.txt', line: 1, body: 'Why?' })
    const reply = await ask(`POST ${path}/1/comments/${thread.comments[0]?.id}/replies`, { body: 'Because' })
    expect(reply).toMatchObject({ status: 201, body: { in_reply_to_id: thread.comments[0]?.id, body: 'Because' } })
    expect((await ask(`GET ${path}/1/reviews`)).body).toMatchObject([
      { state: 'COMMENTED' },
      { state: 'COMMENTED', body: '', user: { login: 'bob' } },
    ])
    const before = pull.updatedAt
    clock.now += 60_000
    await ana.resolves(thread)
    expect([thread.isResolved, pull.updatedAt]).toEqual([true, before])
  })
})

describe('checks', () => {
  test('of a commit are told by name, the newest run of each; statuses are another thing', async () => {
    const { ask, github, repo } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const { ci } = github
    await ci.starts(pull, 'test')
    await ci.fails(pull, 'test')
    await ci.checkRun(pull, 'test', { status: 'queued' })
    await ci.checkRun(pull, 'scan', { app: 'scanner', conclusion: 'neutral', title: 'Nothing found' })
    await ci.status(pull, 'deploy', 'failure', 'No room')
    const runs = (await ask(`GET /repos/ana/shop/commits/${pull.head.oid}/check-runs`)).body
    expect(runs).toMatchObject({
      total_count: 2,
      check_runs: [
        { name: 'scan', conclusion: 'neutral', app: { slug: 'scanner' }, output: { title: 'Nothing found' } },
        { name: 'test', status: 'queued', conclusion: null, completed_at: null, pull_requests: [{ number: 1 }] },
      ],
    })
    expect((await ask(`GET /repos/ana/shop/commits/change-1/check-runs?filter=all`)).body.total_count).toBe(3)
    expect((await ask(`GET /repos/ana/shop/commits/${pull.head.oid}/status`)).body).toMatchObject({
      state: 'failure',
      statuses: [{ context: 'deploy', description: 'No room' }],
    })
    expect((await ask('GET /repos/ana/shop/commits/none/check-runs')).status).toBe(422)
  })

  test('which are required everybody may read in the rules, the protection only administrators', async () => {
    const { ask, github, repo } = stand
    await github.person('ana').protects(repo, 'main', { requiredChecks: ['test'], isStrict: true, requiredApprovals: 2 })
    expect((await ask('GET /repos/ana/shop/rules/branches/main')).body).toMatchObject([
      {
        type: 'required_status_checks',
        parameters: { required_status_checks: [{ context: 'test' }], strict_required_status_checks_policy: true },
      },
      { type: 'pull_request', parameters: { required_approving_review_count: 2 } },
    ])
    const branch = (await ask('GET /repos/ana/shop/branches/main')).body
    expect(branch).toMatchObject({ protected: true, protection: { required_status_checks: { contexts: ['test'] } } })
    const protection = '/repos/ana/shop/branches/main/protection/required_status_checks'
    expect((await ask(`GET ${protection}`)).status).toBe(404)
    expect((await ask(`GET ${protection}`, undefined, { token: github.token('ana').value })).body).toMatchObject({
      strict: true,
      contexts: ['test'],
    })
    expect((await ask('GET /repos/ana/shop/branches/none')).body.message).toBe('Branch not found')
  })
})
