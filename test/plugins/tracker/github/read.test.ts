import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Tracker } from '../../../../core/contracts/plugins.ts'
import { newestComments } from '../../../../plugins/tracker/github/context.ts'
import { openDesk } from '../../../../plugins/tracker/github/desk.ts'
import { type GithubWorld, makeGithubWorld } from './world.ts'

let world: GithubWorld
let tracker: Tracker
beforeEach(async () => {
  world = await makeGithubWorld()
  ;({ tracker } = world)
})
afterEach(async () => {
  expect(world.forge.complaints).toEqual([])
  await world.close()
})

const add = (title: string, body: string | null = 'Please.') => world.ben.opens(world.shop, { title, body })

describe('what is read of an issue', () => {
  it('is who wrote what, its labels, who has it, and whether it is open', async () => {
    const issue = await add('One')
    await world.ana.labels(issue, 'bug', 'ui')
    await world.ana.assigns(issue, 'ben')
    await world.ana.comments(issue, 'Why?')
    await world.ben.comments(issue, 'Because.\u001b[31m')
    expect(await tracker.find('#1')).toMatchObject({
      author: 'ben',
      context: {
        isOpen: true,
        labels: ['bug', 'ui'],
        assignees: ['ben'],
        comments: [
          { author: 'ana', text: 'Why?' },
          { author: 'ben', text: 'Because.\u001b[31m' },
        ],
        moreComments: 0,
        related: [],
      },
    })
  })

  it('has nothing hidden in the title, and no mark of ours', async () => {
    await add('Fix\u0007 the\u202e\nlogin')
    const made = await tracker.create({ id: 'a', title: 'Two', body: 'The words.', by: 'ana' })
    await tracker.note(made.key, { id: 'n1', text: 'Begun.' })
    expect((await tracker.find('#1')).title).toBe('Fix the login')
    const found = await tracker.find(made.key)
    expect(found.body).toBe('The words.\n\nAsked for by ana.')
    expect(found.context?.comments).toEqual([{ author: 'ao', text: 'Begun.' }])
  })

  it('is nobody where the account is no more, and no words where there are none', async () => {
    const issue = await add('One', null)
    issue.author = null
    expect(await tracker.find('#1')).toMatchObject({ author: null, body: '' })
  })

  it.each([
    [12, 0, 1],
    [30, 0, 1],
    [31, 1, 1],
    [100, 70, 1],
    [101, 71, 2],
    [250, 220, 1],
    [310, 280, 2],
  ])('are the newest 30 comments of %i, oldest first; %i more, in %i requests', async (count, more, requests) => {
    const issue = await add('One')
    for (let number = 1; number <= count; number += 1) await world.ana.comments(issue, `comment ${number}`)
    const asked = world.asked()
    const { context } = await tracker.find('#1')
    expect(context?.moreComments).toBe(more)
    expect(context?.comments.map(({ text }) => text)).toEqual(
      Array.from({ length: Math.min(30, count) }, (_, index) => `comment ${Math.max(0, count - 30) + index + 1}`),
    )
    expect(asked().filter(({ path }) => path.endsWith('/comments'))).toHaveLength(requests)
  })

  it('are the newest comments also when some were written since they were counted, or taken back', async () => {
    const issue = await add('One')
    for (let number = 1; number <= 130; number += 1) await world.ana.comments(issue, `comment ${number}`)
    const located = await openDesk(world.options, world.host, { name: 'shop', path: '/nowhere', base: 'main' }).locate()
    for (const counted of [0, 100, 130, 250]) {
      const { comments, more } = await newestComments(located, { number: 1, comments: counted }, { most: 2 })
      expect([comments.map(({ body }) => body), more], `${counted}`).toEqual([['comment 129', 'comment 130'], 128])
    }
  })

  it('are as many comments as the options say, none with 0', async () => {
    const issue = await add('One')
    for (const text of ['a', 'b', 'c']) await world.ana.comments(issue, text)
    expect((await (await world.open({ comments: 2 })).find('#1')).context).toMatchObject({
      comments: [{ text: 'b' }, { text: 'c' }],
      moreComments: 1,
    })
    expect((await (await world.open({ comments: 0 })).find('#1')).context).toMatchObject({ comments: [], moreComments: 3 })
  })

  it('are what it is part of and what is part of it, here and in other repositories', async () => {
    const [one, two, three] = [await add('One'), await add('Two'), await add('Three')]
    const elsewhere = await world.ben.opens(await world.forge.repository('ben/attic'), { title: 'Elsewhere' })
    await world.ana.adds(two, one)
    await world.ana.adds(three, two)
    await world.ana.adds(elsewhere, two)
    await world.ana.closes(three)
    expect((await tracker.find('#2')).context?.related).toEqual([
      { key: '#1', title: 'One', isOpen: true, is: 'parent' },
      { key: '#3', title: 'Three', isOpen: false, is: 'part' },
      { key: 'ben/attic#1', title: 'Elsewhere', isOpen: true, is: 'part' },
    ])
  })

  it('is asked for in one request where the issue says itself that there is no more', async () => {
    await add('One')
    await tracker.find('#1')
    const asked = world.asked()
    await tracker.find('#1')
    expect(asked().map(({ path }) => path)).toEqual(['/repos/ana/shop/issues/1'])
  })

  it('is cut where it is very long, and says so', async () => {
    await world.ana.comments(await add('One', '🙂'.repeat(32_768)), '🙂'.repeat(30_000))
    await world.ana.edits(world.issue(1), { body: 'ß\u4e00'.repeat(50_000) }) // longer than GitHub takes in at once, as imports are
    const { body, context } = await tracker.find('#1')
    expect(Buffer.byteLength(body)).toBeLessThan(200_200)
    expect(body).toMatch(/Cut after 200000 of 250000 bytes; all of it is at http\S+\/issues\/1\)$/)
    expect(context?.comments[0]?.text).toMatch(/Cut after 20000 of 120000 bytes; all of it is at http\S+#issuecomment-\d+\)$/)
    expect(body).not.toMatch(/\p{Cs}/u)
  })

  it('is not taken for nothing when a part of it could not be read', async () => {
    await world.ana.comments(await add('One'), 'Why?')
    world.forge.fails({ path: '/repos/ana/shop/issues/1/comments' }, { is: 'status', status: 502 }, 1)
    await expect(tracker.find('#1')).rejects.toMatchObject({ code: 'GITHUB_DOWN' })
    expect((await tracker.find('#1')).context?.comments).toHaveLength(1)
  })
})

describe('the list', () => {
  it('has open issues only, with what is known of them but their comments', async () => {
    const issue = await add('One')
    await world.ana.labels(issue, 'bug')
    await world.ana.comments(issue, 'Why?')
    await world.ben.pushes(world.shop, 'change', { 'a.txt': 'a' })
    await world.ben.proposes(world.shop, 'change')
    await add('Three')
    await world.ben.closes(await add('Four'))
    const tasks = await tracker.list()
    expect(tasks.map(({ key }) => key)).toEqual(['#1', '#3'])
    expect(tasks[0]?.context).toMatchObject({ isOpen: true, labels: ['bug'], comments: [], moreComments: 1 })
  })

  it.each([90, 110])('has the newest of very many, oldest first: %i of 120', async (most) => {
    await world.shop.manyIssues('ben', 120)
    const tasks = await (await world.open({ mostTasks: most })).list()
    expect(tasks.map(({ key }) => key)).toEqual(Array.from({ length: most }, (_, index) => `#${121 - most + index}`))
    expect(await tracker.list()).toHaveLength(120)
  })

  it('goes past pages that are full of pull requests', async () => {
    await add('One')
    await world.shop.manyPulls('ben', 130)
    expect((await tracker.list()).map(({ key }) => key)).toEqual(['#1'])
  }, 30_000)

  it('pitfall 45: costs nothing while nothing changes', async () => {
    await world.shop.manyIssues('ben', 120)
    await tracker.list()
    const asked = world.asked()
    expect(await tracker.list()).toHaveLength(120)
    expect(asked().map(({ status, cost }) => [status, cost])).toEqual([
      [304, 0],
      [304, 0],
    ])
    await add('New')
    expect((await tracker.list()).at(-1)?.title).toBe('New')
  })

  it.each(['truncated', 'cut', 'lost'] as const)('pitfall 43: an answer that came %s is asked for again', async (is) => {
    await add('One')
    await tracker.list()
    await add('Two')
    world.forge.fails({ method: 'GET', path: '/repos/ana/shop/issues' }, { is }, 1)
    await expect(tracker.list()).rejects.toMatchObject({ mayPass: true })
    expect(await tracker.list()).toHaveLength(2)
  })
})
