import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Tracker } from '../../../../core/contracts/plugins.ts'
import type { Api } from '../../../../plugins/github/api.ts'
import { openDesk } from '../../../../plugins/tracker/github/desk.ts'
import { findIssue } from '../../../../plugins/tracker/github/find.ts'
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
const unknown = (says: string) => ({ code: 'TASK_UNKNOWN', message: expect.stringContaining(says) })

describe('an issue is found', () => {
  it('by its number, with its repository, and by its address', async () => {
    await add('One')
    const { forge } = world
    for (const key of [
      '#1',
      '1',
      ' #1',
      'ana/shop#1',
      'Ana/Shop#1',
      `${forge.url}/ana/shop/issues/1`,
      `${forge.url}/ana/shop/issues/1?x#issuecomment-7`,
    ])
      expect(await tracker.find(key), key).toMatchObject({ key: '#1', title: 'One', url: `${forge.url}/ana/shop/issues/1`, author: 'ben' })
  })

  it('under the name that its repository had before, and under the new one', async () => {
    await add('One')
    await tracker.find('#1')
    await world.ana.renames(world.shop, 'store')
    for (const key of ['#1', 'ana/shop#1', 'ana/store#1', `${world.forge.url}/ana/shop/issues/1`])
      expect((await tracker.find(key)).key, key).toBe('#1')
    await tracker.note('#1', { id: 'n1', text: 'Begun.' })
    expect(world.comments(1)).toHaveLength(1)
  })

  it('when it is closed', async () => {
    await world.ben.closes(await add('One'))
    expect(await tracker.find('#1')).toMatchObject({ key: '#1', context: { isOpen: false } })
  })

  it('under its new number after it was moved within the repository', async () => {
    await add('One')
    await add('Two')
    world.forge.fails(
      { path: '/repos/ana/shop/issues/1' },
      { is: 'status', status: 301, headers: { location: `${world.forge.url}/repos/ana/shop/issues/2` } },
    )
    expect(await tracker.find('#1')).toMatchObject({ key: '#2', title: 'Two' })
  })

  it('by the only title that has all words, or that has no others', async () => {
    await add('Fix the login', 'The cart, too.')
    await add('Fix the login of the cart')
    await add('Paint the shed', 'And the cart of the login.')
    expect((await tracker.find('login cart of')).key).toBe('#2')
    expect((await tracker.find('login "fix" the')).key).toBe('#1')
    await expect(tracker.find('login cart')).resolves.toMatchObject({ key: '#2' })
    await expect(tracker.find('login')).rejects.toMatchObject({
      ...unknown('several open ones'),
      hint: expect.stringMatching(/#2 \(Fix the login of the cart\), #1 \(Fix the login\), #3 \(Paint the shed\)/),
    })
  })

  it('by words that only one has anywhere', async () => {
    await add('Fix the login', 'It throws ENOENT.')
    await add('Paint the shed')
    expect((await tracker.find('enoent login')).key).toBe('#1')
  })

  it('by words that a search does not know yet', async () => {
    await add('Fix the lo\u00adgin') // the search takes the hidden character for a part of the word
    await add('Paint the shed')
    expect((await tracker.find('fix login')).key).toBe('#1')
  })

  it('by words of which a search had seen only a part when its time was up', async () => {
    await add('Fix the login')
    await add('Paint the shed', 'And the login.')
    const desk = openDesk(world.options, world.host, { name: 'shop', path: '/nowhere', base: 'main' })
    const { api, repository } = await desk.locate()
    const paint = { owner: 'ana', repo: 'shop', issue_number: 2 }
    const { data } = await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}', paint)
    const hurried = { data: { incomplete_results: true, items: [data] } }
    const request = async (route: string, ...asked: readonly never[]) =>
      route === 'GET /search/issues' ? hurried : (api.request as (...all: readonly unknown[]) => unknown)(route, ...asked)
    // One request for all routes, as the client has it inside.
    const hasty = { ...desk, locate: async () => ({ api: { ...api, request } as Api, repository }) }
    expect((await findIssue(hasty, 'login')).issue.number).toBe(1)
  })

  it('by words that would be more than words to a search', async () => {
    await add('Fix repo:eve/x is:closed')
    expect((await tracker.find('fix repo:eve/x is:closed NOT "')).key).toBe('#1')
    await expect(tracker.find(`${'word '.repeat(80)}${'x'.repeat(300)}`)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' })
    await expect(tracker.find('???')).rejects.toMatchObject({ code: 'TASK_UNKNOWN', hint: expect.stringContaining('#1') })
  })
})

describe('no issue is found', () => {
  it('where the number is that of a pull request, whatever is wanted of it', async () => {
    await world.ben.pushes(world.shop, 'change', { 'a.txt': 'a' })
    await world.ben.proposes(world.shop, 'change')
    for (const key of ['#1', `${world.forge.url}/ana/shop/pull/1`])
      await expect(tracker.find(key), key).rejects.toMatchObject({
        code: 'TASK_IS_CHANGE',
        message: expect.stringContaining('pull request'),
      })
    await expect(tracker.close('#1', 'done')).rejects.toMatchObject({ code: 'TASK_IS_CHANGE' })
    await expect(tracker.note('#1', { id: 'n', text: 'x' })).rejects.toMatchObject({ code: 'TASK_IS_CHANGE' })
    await expect(tracker.label('#1', 'bug', true)).rejects.toMatchObject({ code: 'TASK_IS_CHANGE' })
  })

  it('where the key is of another repository or another place; it says which the project is', async () => {
    await add('One')
    await world.forge.repository('cyn/attic')
    await expect(tracker.find('cyn/attic#1')).rejects.toMatchObject(unknown('in ana/shop: cyn/attic is another repository'))
    await expect(tracker.find('dan/nothing#1')).rejects.toMatchObject(unknown('in ana/shop: dan/nothing is another repository'))
    await expect(tracker.find('https://github.com/ana/shop/issues/1')).rejects.toMatchObject(
      unknown('is on github.com, and the project is on 127.'),
    )
  })

  it('where it was deleted', async () => {
    await add('One')
    await add('Two')
    world.forge.fails({ path: '/repos/ana/shop/issues/1' }, { is: 'status', status: 410, message: 'This issue was deleted' })
    await expect(tracker.find('#1')).rejects.toMatchObject({ ...unknown('it was deleted'), hint: expect.stringContaining('#2 (Two)') })
  })

  it('where it was moved away; it says where to', async () => {
    await add('One')
    await world.ben.opens(await world.forge.repository('ben/attic'), { title: 'Moved' })
    world.forge.fails(
      { path: '/repos/ana/shop/issues/1' },
      { is: 'status', status: 301, headers: { location: `${world.forge.url}/repos/ben/attic/issues/1` } },
    )
    await expect(tracker.find('#1')).rejects.toMatchObject(unknown('it was moved to ben/attic#1'))
    await expect(tracker.close('#1', 'done')).rejects.toMatchObject(unknown('it was moved to ben/attic#1'))
  })

  it('where issues are switched off, and at once again when they are switched on', async () => {
    await add('One')
    world.shop.hasIssues = false
    const refusals = async () => {
      await expect(tracker.find('#1')).rejects.toMatchObject({
        code: 'ISSUES_DISABLED',
        hint: expect.stringContaining('/ana/shop/settings'),
      })
      await expect(tracker.find('one')).rejects.toMatchObject({ code: 'ISSUES_DISABLED' })
      await expect(tracker.list()).rejects.toMatchObject({ code: 'ISSUES_DISABLED' })
      await expect(tracker.create({ id: 'a', title: 'T', body: '', by: 'ana' })).rejects.toMatchObject({ code: 'ISSUES_DISABLED' })
    }
    await refusals()
    world.shop.hasIssues = true
    expect((await tracker.find('#1')).key).toBe('#1')
    world.shop.hasIssues = false // known as switched on for some minutes more
    await refusals()
  })

  it('where issues are known to be switched off: then they are not even asked for', async () => {
    world.shop.hasIssues = false
    const fresh = await world.open()
    const asked = world.asked()
    await expect(fresh.list()).rejects.toMatchObject({ code: 'ISSUES_DISABLED' })
    expect(asked()).toEqual([])
  })

  it('where the repository is not there, or not for this account', async () => {
    await world.forge.repository('ana/safe', { isPrivate: true })
    for (const repository of ['ana/nothing', 'ana/safe'])
      await expect((await world.open({ repository })).find('#1')).rejects.toMatchObject({ code: 'REPOSITORY_UNKNOWN' })
  })

  it('where nothing is: the hint says where one is written', async () => {
    await expect(tracker.find('#1')).rejects.toMatchObject({
      code: 'TASK_UNKNOWN',
      hint: expect.stringContaining(`${world.forge.url}/ana/shop/issues/new`),
    })
  })
})
