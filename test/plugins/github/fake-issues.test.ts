import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeStand, type Stand } from './fake-stand.ts'

let stand: Stand
beforeEach(async () => {
  stand = await makeStand()
})
afterEach(() => stand.close())

const numbers = (items: readonly { number: number }[]): readonly number[] => items.map(({ number }) => number)

describe('issues', () => {
  test('are made, read and changed; node ids are opaque and no number', async () => {
    const { ask, repo } = stand
    const made = await ask('POST /repos/ana/shop/issues', { title: 'Broken', body: 'It is.', labels: ['bug'], assignees: ['bob'] })
    expect(made).toMatchObject({
      status: 201,
      body: { number: 1, state: 'open', user: { login: 'bob' }, labels: [{ name: 'bug' }], assignees: [{ login: 'bob' }], comments: 0 },
    })
    expect(made.body.node_id).toMatch(/^I_kwDO[\w-]{12}$/)
    expect(made.body.id).not.toBe(1)
    const closed = await ask('PATCH /repos/ana/shop/issues/1', { state: 'closed', state_reason: 'not_planned' })
    expect(closed.body).toMatchObject({ state: 'closed', state_reason: 'not_planned', closed_by: { login: 'bob' } })
    expect((await ask('PATCH /repos/ana/shop/issues/1', { state: 'open' })).body).toMatchObject({
      state: 'open',
      state_reason: 'reopened',
      closed_at: null,
    })
    expect((await ask('GET /repos/ana/shop/issues/9')).status).toBe(404)
    expect(await ask('POST /repos/ana/shop/issues', { title: 'x', assignees: ['nobody'] })).toMatchObject({
      status: 422,
      body: { errors: [{ resource: 'Issue', field: 'assignees', code: 'invalid', value: 'nobody' }] },
    })
    expect(repo.items.size).toBe(1)
  })

  test('whoever may not write makes issues, but neither labels nor assigns', async () => {
    const { ask, github } = stand
    const made = await ask('POST /repos/ana/shop/issues', { title: 'x', labels: ['bug'] }, { token: github.token('cyn').value })
    expect(made).toMatchObject({ status: 201, body: { labels: [] } })
  })

  test('labels come and go; one that is not there is 404', async () => {
    const { ask, github, repo } = stand
    await github.person('ana').opens(repo, { title: 'One' })
    expect((await ask('POST /repos/ana/shop/issues/1/labels', { labels: ['a b', 'c'] })).body).toMatchObject([
      { name: 'a b' },
      { name: 'c' },
    ])
    expect((await ask('DELETE /repos/ana/shop/issues/1/labels/A%20B')).body).toMatchObject([{ name: 'c' }])
    expect(await ask('DELETE /repos/ana/shop/issues/1/labels/gone')).toMatchObject({
      status: 404,
      body: { message: 'Label does not exist' },
    })
  })

  test('comments are listed, and move the time of the last change, which checks do not', async () => {
    const { ask, github, repo, clock } = stand
    const [pull] = await repo.manyPulls('bob', 1)
    if (!pull) throw new Error('There is no pull request.')
    const updated = async () => (await ask('GET /repos/ana/shop/pulls/1')).body.updated_at
    clock.now += 60_000
    await github.ci.fails(pull, 'test')
    await github.ci.status(pull, 'lint', 'error')
    expect(await updated()).toBe('2026-03-01T12:00:00Z')
    const said = await ask('POST /repos/ana/shop/issues/1/comments', { body: 'Hello' })
    expect(said).toMatchObject({
      status: 201,
      body: { body: 'Hello', user: { login: 'bob' }, html_url: expect.stringContaining('/pull/1#issuecomment-') },
    })
    expect(await updated()).toBe('2026-03-01T12:01:00Z')
    expect((await ask('GET /repos/ana/shop/issues/1/comments')).body).toHaveLength(1)
    expect(await ask('POST /repos/ana/shop/issues/1/comments', { body: ' ' })).toMatchObject({ status: 422 })
    expect(await ask('POST /repos/ana/shop/issues/1/comments', { body: 'x'.repeat(65_537) })).toMatchObject({ status: 422 })
  })

  test('the list holds pull requests too, and is filtered and sorted', async () => {
    const { ask, github, repo, clock } = stand
    const ana = github.person('ana')
    const one = await ana.opens(repo, { title: 'One', labels: ['bug', 'ui'] })
    await repo.manyPulls('bob', 1)
    clock.now += 60_000
    await ana.opens(repo, { title: 'Three', assignees: ['bob'], labels: ['bug'] })
    clock.now += 60_000
    await ana.comments(one, 'News')
    const list = async (query: string) => numbers((await ask(`GET /repos/ana/shop/issues?${query}`)).body)
    expect(await list('')).toEqual([3, 2, 1])
    expect((await ask('GET /repos/ana/shop/issues')).body[1]).toMatchObject({ number: 2, pull_request: { merged_at: null }, draft: false })
    expect(await list('sort=updated')).toEqual([1, 3, 2])
    expect(await list('labels=bug,ui')).toEqual([1])
    expect(await list('assignee=bob')).toEqual([3])
    expect(await list('assignee=none&direction=asc')).toEqual([1, 2])
    expect(await list('since=2026-03-01T12:01:30Z')).toEqual([1])
    await ana.closes(one)
    expect(await list('state=closed')).toEqual([1])
    expect((await ask('GET /repos/ana/shop/issues?state=done')).status).toBe(422)
  })

  test('have parts and a parent', async () => {
    const { ask, github, repo } = stand
    const ana = github.person('ana')
    const parent = await ana.opens(repo, { title: 'Whole' })
    const child = await ana.opens(repo, { title: 'Part' })
    expect((await ask('GET /repos/ana/shop/issues/2/parent')).status).toBe(404)
    expect(await ask('POST /repos/ana/shop/issues/1/sub_issues', { sub_issue_id: child.id })).toMatchObject({ status: 201 })
    expect(numbers((await ask('GET /repos/ana/shop/issues/1/sub_issues')).body)).toEqual([2])
    expect((await ask('GET /repos/ana/shop/issues/2/parent')).body).toMatchObject({
      number: parent.number,
      sub_issues_summary: { total: 1, completed: 0 },
    })
  })

  test('are found by words, in a repository, of a kind and a state', async () => {
    const { ask, github, repo } = stand
    const ana = github.person('ana')
    await ana.opens(repo, { title: 'The cart forgets apples', body: 'and pears' })
    await ana.closes(await ana.opens(repo, { title: 'Apples are red' }))
    const find = async (q: string) => (await ask(`GET /search/issues?q=${encodeURIComponent(q)}`)).body
    expect(await find('repo:ana/shop is:issue apples')).toMatchObject({ total_count: 2, incomplete_results: false })
    expect(numbers((await find('repo:ana/shop is:issue is:open apples')).items)).toEqual([1])
    expect(numbers((await find('repo:ana/shop apples pears')).items)).toEqual([1])
    expect(numbers((await find('repo:ana/shop in:title pears')).items)).toEqual([])
    expect(numbers((await find('repo:ana/shop "forgets apples"')).items)).toEqual([1])
    expect(await ask('GET /search/issues?q=')).toMatchObject({ status: 422 })
    expect(await ask('GET /search/issues?q=repo:ana/none')).toMatchObject({ status: 422, body: { message: 'Validation Failed' } })
  })
})

describe('people', () => {
  test('are of a type, so that bots are known by it', async () => {
    const { ask, github, repo } = stand
    const issue = await github.person('ana').opens(repo, { title: 'One' })
    await github.bot('helper').comments(issue, 'I am one')
    expect((await ask('GET /repos/ana/shop/issues/1/comments')).body[0].user).toMatchObject({ login: 'helper[bot]', type: 'Bot' })
    expect((await ask('GET /repos/ana/shop/collaborators/cyn/permission')).body).toMatchObject({ permission: 'read' })
  })

  test('who may not do something cannot, even in the web page', async () => {
    const { github, repo } = stand
    await expect(github.person('cyn').pushes(repo, 'x', { 'x.txt': 'x' })).rejects.toMatchObject({ status: 403 })
    await expect(github.person('bob').renames(repo, 'x')).rejects.toMatchObject({ status: 403 })
  })
})
