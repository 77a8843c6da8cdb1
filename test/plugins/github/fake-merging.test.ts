import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Pull } from '../../fakes/github/state.ts'
import { lines, makeStand, type Stand } from './fake-stand.ts'

let stand: Stand
beforeEach(async () => {
  stand = await makeStand()
})
afterEach(() => stand.close())

const path = '/repos/ana/shop/pulls'
const merge = (number: number, body: unknown = {}) => stand.ask(`PUT ${path}/${number}/merge`, body)
const state = async (number: number): Promise<string> => (await stand.ask(`GET ${path}/${number}`)).body.mergeable_state
const changed = (word: string, number: number, text: string): string => lines(word, 12).replace(`${word} ${number}\n`, `${text}\n`)

/** A pull request of bob's that changes one line. */
const proposed = async (branch: string, files: Record<string, string> = { [`${branch}.txt`]: branch }): Promise<Pull> => {
  const bob = stand.github.person('bob')
  await bob.pushes(stand.repo, branch, files)
  return bob.proposes(stand.repo, branch, { title: `Do ${branch}` })
}

describe('merging', () => {
  test('makes a merge commit in the repository, closes what the text names and tells the new head', async () => {
    const { github, repo } = stand
    const issue = await github.person('ana').opens(repo, { title: 'Broken' })
    const before = repo.branches.get('main')
    await github.person('bob').pushes(repo, 'fix', { 'a.txt': changed('a', 3, 'three') })
    const pull = await github.person('bob').proposes(repo, 'fix', { body: `Fixes #${issue.number}` })
    const done = await merge(pull.number, { sha: pull.head.oid })
    expect(done).toMatchObject({ status: 200, body: { merged: true, message: 'Pull Request successfully merged' } })
    const commit = await repo.git.commit(done.body.sha)
    expect(commit).toMatchObject({ parents: [before, pull.head.oid], message: `Merge pull request #2 from ana/fix\n\nfix` })
    expect(repo.branches.get('main')).toBe(done.body.sha)
    expect(await repo.git.run(['rev-parse', 'main'])).toBe(done.body.sha)
    expect(await repo.reads('main', 'a.txt')).toBe(changed('a', 3, 'three'))
    expect([issue.state, issue.stateReason]).toEqual(['closed', 'completed'])
    const after = (await stand.ask(`GET ${path}/${pull.number}`)).body
    expect(after).toMatchObject({ state: 'closed', merged: true, merged_by: { login: 'bob' }, merge_commit_sha: done.body.sha })
    expect((await merge(pull.number)).status).toBe(405)
  })

  test('squashes to one commit and rebases to as many as there were, each on top of a base that went on', async () => {
    const { github, repo } = stand
    const bob = github.person('bob')
    for (const method of ['squash', 'rebase'] as const) {
      await bob.pushes(repo, method, [{ [`${method}-1.txt`]: '1' }, { [`${method}-2.txt`]: '2' }], { message: `Step of ${method}` })
      const pull = await bob.proposes(repo, method)
      await bob.pushes(repo, 'main', { [`before-${method}.txt`]: 'x' })
      const base = repo.branches.get('main') ?? ''
      const { body } = await merge(pull.number, { merge_method: method, ...(method === 'squash' && { commit_title: 'All in one' }) })
      const { commits, aheadBy } = await repo.git.compare(base, body.sha)
      expect([method, aheadBy, commits.every(({ parents }) => parents.length === 1)]).toEqual([method, method === 'squash' ? 1 : 2, true])
      expect(commits[0]?.message).toBe(method === 'squash' ? 'All in one\n\n* Step of squash\n\n* Step of squash' : 'Step of rebase')
      expect(await repo.reads('main', `${method}-2.txt`)).toBe('2')
      expect(await repo.reads('main', `before-${method}.txt`)).toBe('x')
    }
  })

  test('is refused for drafts, conflicts, other heads, ways that are off and those who may not', async () => {
    const { github, repo, ask } = stand
    const bob = github.person('bob')
    const draft = await proposed('draft')
    await bob.drafts(draft)
    expect(await merge(draft.number)).toMatchObject({ status: 405, body: { message: 'Pull Request is still a draft' } })
    const clash = await proposed('clash', { 'a.txt': changed('a', 3, 'mine') })
    await bob.pushes(repo, 'main', { 'a.txt': changed('a', 3, 'theirs') })
    expect(await state(clash.number)).toBe('dirty')
    expect(await merge(clash.number)).toMatchObject({ status: 405, body: { message: 'Pull Request is not mergeable' } })
    expect(await merge(clash.number, { merge_method: 'rebase' })).toMatchObject({ status: 405 })
    const moved = await proposed('moved')
    const old = moved.head.oid
    await bob.pushes(repo, 'moved', { 'more.txt': 'more' })
    expect(await merge(moved.number, { sha: old })).toMatchObject({
      status: 409,
      body: { message: 'Head branch was modified. Review and try the merge again.' },
    })
    await github.person('ana').sets(repo, { methods: ['squash'] })
    expect(await merge(moved.number)).toMatchObject({ status: 405, body: { message: 'Merge commits are not allowed on this repository.' } })
    const cyn = github.token('cyn').value
    expect((await ask(`PUT ${path}/${moved.number}/merge`, { merge_method: 'squash' }, { token: cyn })).status).toBe(403)
    expect((await merge(moved.number, { merge_method: 'squash' })).status).toBe(200)
  })

  test('waits for required checks and reviews, and for being up to date', async () => {
    const { github, repo } = stand
    const ana = github.person('ana')
    const { ci } = github
    const pull = await proposed('topic')
    await ana.protects(repo, 'main', {
      requiredChecks: ['test', 'lint'],
      requiredApprovals: 1,
      isStrict: true,
      dismissesStaleReviews: true,
    })
    const refusal = async () => (await merge(pull.number)).body.message
    expect(await refusal()).toBe('At least 1 approving review is required by reviewers with write access.')
    await github.person('cyn').approves(pull)
    expect(await refusal()).toContain('At least 1 approving review')
    await ana.approves(pull)
    expect(await refusal()).toBe('2 of 2 required status checks are expected.')
    await ci.status(pull, 'lint', 'success')
    expect(await refusal()).toBe('Required status check "test" is expected.')
    expect(await state(pull.number)).toBe('blocked')
    await ci.fails(pull, 'test')
    expect(await refusal()).toBe('Required status check "test" is failing.')
    await ci.passes(pull, 'test')
    expect(await state(pull.number)).toBe('clean')
    await ci.fails(pull, 'extra')
    expect(await state(pull.number)).toBe('unstable')
    const other = await proposed('other')
    await ana.unprotects(repo, 'main')
    await merge(other.number)
    await ana.protects(repo, 'main', {
      requiredChecks: ['test', 'lint'],
      requiredApprovals: 1,
      isStrict: true,
      dismissesStaleReviews: true,
    })
    expect(await state(pull.number)).toBe('behind')
    expect((await merge(pull.number)).status).toBe(405)
    const old = pull.head.oid
    expect((await stand.ask(`PUT ${path}/${pull.number}/update-branch`, { expected_head_sha: 'f'.repeat(40) })).status).toBe(422)
    expect(await stand.ask(`PUT ${path}/${pull.number}/update-branch`, { expected_head_sha: old })).toMatchObject({ status: 202 })
    expect(await repo.git.commit(pull.head.oid)).toMatchObject({
      message: "Merge branch 'main' into topic",
      parents: [old, repo.branches.get('main')],
    })
    expect(pull.reviews.map(({ state: now }) => now)).toEqual(['DISMISSED', 'DISMISSED'])
    expect(await refusal()).toContain('approving review')
    expect((await stand.ask(`PUT ${path}/${pull.number}/update-branch`, {})).body.message).toBe(
      'There are no new commits on the base branch.',
    )
  })

  test('a pull request whose commits were pushed to the base is merged, and one with nothing left is closed', async () => {
    const { github, repo } = stand
    const bob = github.person('bob')
    const merged = await proposed('merged')
    await bob.resets(repo, 'main', merged.head.oid)
    expect([merged.state, merged.mergedAt !== null]).toEqual(['closed', true])
    const emptied = await proposed('emptied')
    await bob.resets(repo, 'emptied', repo.branches.get('main') ?? '')
    expect([emptied.state, emptied.mergedAt]).toEqual(['closed', null])
  })

  test('deletes the branch where the repository wants that', async () => {
    const { github, repo } = stand
    await github.person('ana').sets(repo, { deletesBranchOnMerge: true })
    const pull = await proposed('topic')
    await merge(pull.number)
    expect([repo.branches.has('topic'), pull.head.isDeleted, pull.mergedAt !== null]).toEqual([false, true, true])
  })

  test('whether it can be merged may be unknown at first', async () => {
    const { github } = stand
    const pull = await proposed('topic')
    github.world.settings.isMergeableSlow = true
    expect((await stand.ask(`GET ${path}/${pull.number}`)).body).toMatchObject({ mergeable: null, mergeable_state: 'unknown' })
    expect((await stand.ask(`GET ${path}/${pull.number}`)).body).toMatchObject({ mergeable: true, mergeable_state: 'clean' })
  })
})

describe('auto-merge', () => {
  test('merges when the last condition comes to hold; it is refused when nothing is to be waited for, or not allowed', async () => {
    const { github, repo } = stand
    const ana = github.person('ana')
    const pull = await proposed('topic')
    await expect(ana.armsAutoMerge(pull)).rejects.toMatchObject({ status: 422, message: expect.stringContaining('not allowed') })
    await ana.sets(repo, { isAutoMergeAllowed: true })
    await expect(ana.armsAutoMerge(pull)).rejects.toMatchObject({ message: expect.stringContaining('clean status') })
    await ana.protects(repo, 'main', { requiredChecks: ['test'], requiredApprovals: 1 })
    await ana.armsAutoMerge(pull, 'squash')
    await github.ci.passes(pull, 'test')
    expect(pull.mergedAt).toBeNull()
    await ana.approves(pull)
    expect(pull.mergedBy?.login).toBe('ana')
    expect((await repo.git.commit(pull.mergeCommit ?? ''))?.message).toMatch(/^Do topic \(#1\)/)
  })
})

describe('the merge queue', () => {
  test('merges in order when the checks of each group are green, and throws out the one whose are red', async () => {
    const { github, repo } = stand
    const ana = github.person('ana')
    const groups: { readonly branch: string; readonly oid: string }[] = []
    github.onHead(({ branch, oid }) => {
      if (branch.startsWith('gh-readonly-queue/')) groups.push({ branch, oid })
    })
    const [one, two, three] = [await proposed('one'), await proposed('two'), await proposed('three')]
    for (const pull of [one, two, three]) await github.ci.passes(pull, 'test')
    await ana.protects(repo, 'main', { requiredChecks: ['test'], hasMergeQueue: true })
    expect(await merge(one.number)).toMatchObject({ status: 405, body: { message: 'Changes must be made through the merge queue' } })
    for (const pull of [one, two, three]) await ana.enqueues(pull)
    expect(groups.map(({ branch }) => branch)).toEqual([1, 2, 3].map((number) => `gh-readonly-queue/main/pr-${number}`))
    const oid = (index: number) => ({ repository: repo, oid: groups[index]?.oid ?? '' })
    await github.ci.passes(oid(1), 'test')
    expect([two.queueEntry?.state, two.mergedAt]).toEqual(['MERGEABLE', null])
    await github.ci.fails(oid(0), 'test')
    expect([one.state, one.queueEntry, one.events.at(-1)]).toMatchObject([
      'open',
      null,
      { name: 'removed_from_merge_queue', facts: { reason: 'CI_FAILURE' } },
    ])
    expect(groups).toHaveLength(5)
    await github.ci.passes(oid(3), 'test')
    await github.ci.passes(oid(4), 'test')
    expect([two.mergedAt !== null, three.mergedAt !== null, repo.branches.get('main')]).toEqual([true, true, groups[4]?.oid])
    expect([await repo.reads('main', 'one.txt'), await repo.reads('main', 'three.txt')]).toEqual([null, 'three'])
    expect([...repo.branches.keys()].filter((name) => name.startsWith('gh-readonly'))).toEqual([])
  })

  test('lets go of what gets a new head', async () => {
    const { github, repo } = stand
    const pull = await proposed('one')
    await github.ci.passes(pull, 'test')
    await github.person('ana').protects(repo, 'main', { requiredChecks: ['test'], hasMergeQueue: true })
    await github.person('ana').enqueues(pull)
    await github.person('bob').pushes(repo, 'one', { 'more.txt': 'more' })
    expect([pull.queueEntry, pull.events.at(-1)?.facts]).toMatchObject([null, { reason: 'BRANCH_CHANGED' }])
  })
})
