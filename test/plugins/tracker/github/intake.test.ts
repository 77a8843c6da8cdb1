import { afterEach, describe, expect, it } from 'vitest'
import type { Task } from '../../../../core/contracts/task.ts'
import { type GithubWorld, makeGithubWorld } from './world.ts'

let world: GithubWorld
afterEach(async () => {
  expect(world.forge.complaints).toEqual([])
  await world.close()
})

const wanted = (signal = new AbortController().signal): Promise<readonly Task[]> => {
  if (!world.tracker.wanted) throw new Error('There is no intake.')
  return world.tracker.wanted(signal)
}
const keys = async () => (await wanted()).map(({ key }) => key)
const add = (title: string) => world.forge.person('eve').opens(world.shop, { title })

describe('issues that start by themselves', () => {
  it('are none unless the options say which', async () => {
    world = await makeGithubWorld()
    expect(world.tracker.wanted).toBeUndefined()
  })

  it('are the open ones with the label, oldest first, whoever wrote them, and no pull requests', async () => {
    world = await makeGithubWorld({ settings: { intake: { label: 'ao' } } })
    const [one, two, three] = [await add('One'), await add('Two'), await add('Three')]
    await add('Not this one')
    for (const issue of [three, two, one]) await world.ana.labels(issue, 'AO', 'bug')
    await world.ana.closes(two)
    await world.ben.pushes(world.shop, 'change', { 'a.txt': 'a' })
    await world.ana.labels(await world.ben.proposes(world.shop, 'change'), 'ao')
    expect(await wanted()).toMatchObject([
      { key: '#1', author: 'eve', context: { labels: ['AO', 'bug'], isOpen: true } },
      { key: '#3', author: 'eve' },
    ])
  })

  it('are those that are assigned to the account of the bot', async () => {
    world = await makeGithubWorld({ settings: { intake: { assignee: 'me' } } })
    await world.ana.assigns(await add('One'), 'ben')
    await world.ana.assigns(await add('Two'), 'ao', 'ben')
    expect(await keys()).toEqual(['#2'])
  })

  it('are both kinds where both are set, each once', async () => {
    world = await makeGithubWorld({ settings: { intake: { label: 'ao', assignee: 'ben' } } })
    const [one, two, three] = [await add('One'), await add('Two'), await add('Three')]
    await world.ana.assigns(one, 'ben')
    await world.ana.labels(two, 'ao')
    await world.ana.labels(three, 'ao')
    await world.ana.assigns(three, 'ben')
    expect(await keys()).toEqual(['#1', '#2', '#3'])
  })

  it('pitfall 45: cost nothing while nothing is new, and are looked at in full every five minutes', async () => {
    world = await makeGithubWorld({ settings: { intake: { label: 'ao', assignee: 'me' } } })
    await world.ana.labels(await add('One'), 'ao')
    const looks = async () => {
      const asked = world.asked()
      expect(await keys()).toContain('#1')
      return asked().map(({ status, isConditional, cost }) => [status, isConditional, cost])
    }
    expect(await looks()).toEqual([
      [200, false, 1],
      [200, false, 1],
    ])
    const nothing = [
      [304, true, 0],
      [304, true, 0],
    ]
    for (let look = 0; look < 4; look += 1) {
      world.passes(70_000)
      expect(await looks()).toEqual(nothing)
    }
    world.passes(20_000)
    expect(await looks()).toEqual([
      [200, false, 1],
      [200, false, 1],
    ])
    expect(await looks()).toEqual(nothing)
    await world.ana.labels(await add('Two'), 'ao')
    expect(await keys()).toEqual(['#1', '#2'])
  })

  it('are looked at in full again when the full look failed', async () => {
    world = await makeGithubWorld({ settings: { intake: { label: 'ao' } } })
    await world.ana.labels(await add('One'), 'ao')
    expect(await keys()).toEqual(['#1'])
    world.passes(300_000)
    world.forge.fails({ path: '/repos/ana/shop/issues' }, { is: 'status', status: 503 }, 1)
    await expect(wanted()).rejects.toMatchObject({ code: 'GITHUB_DOWN' })
    const asked = world.asked()
    expect(await keys()).toEqual(['#1'])
    expect(asked().map(({ isConditional }) => isConditional)).toEqual([false])
  })

  it('cannot be assigned to an account that nobody can assign', async () => {
    world = await makeGithubWorld({ settings: { intake: { assignee: 'nobody' } } })
    world.forge.fails({ path: '/repos/ana/shop/issues' }, { is: 'status', status: 422 }, 1)
    await expect(wanted()).rejects.toMatchObject({ code: 'ASSIGNEE_UNKNOWN', hint: expect.stringContaining('intake.assignee') })
  })

  it('are no longer looked for when the bot stops', async () => {
    world = await makeGithubWorld({ settings: { intake: { label: 'ao' } } })
    await wanted()
    world.forge.fails({ path: '/repos/ana/shop/issues' }, { is: 'silent' }, 1)
    const stopping = new AbortController()
    const look = wanted(stopping.signal)
    stopping.abort(new Error('it stops'))
    await expect(look).rejects.toThrow('it stops')
  })
})
