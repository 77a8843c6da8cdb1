import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Tracker } from '../../../../core/contracts/plugins.ts'
import { mark } from '../../../../plugins/tracker/github/mark.ts'
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
const task = { id: 'app-3/1', title: 'Fix the login', body: 'The words.', by: 'ana' }
const titles = () => [...world.shop.items.values()].map(({ title }) => title)

describe('a new issue', () => {
  it.each(['lost', 'cut', 'truncated'] as const)('is one although the answer to the first try came %s', async (is) => {
    world.forge.fails({ method: 'POST', path: '/repos/ana/shop/issues' }, { is }, 1)
    await expect(tracker.create(task)).rejects.toMatchObject({ mayPass: true })
    expect((await tracker.create(task)).key).toBe('#1')
    expect((await (await world.open()).create(task)).key).toBe('#1')
    expect(titles()).toEqual(['Fix the login'])
  })

  it('is found among many that were written since', async () => {
    await tracker.create(task)
    await world.shop.manyIssues('ben', 150)
    expect((await tracker.create(task)).key).toBe('#1')
  })

  it('is found when it was closed meanwhile', async () => {
    const { key } = await tracker.create(task)
    await tracker.close(key, 'done')
    expect(await tracker.create(task)).toMatchObject({ key, context: { isOpen: false } })
  })

  it('is not taken for what somebody else wrote, or for what only quotes its mark', async () => {
    await add('Mine', mark(task.id))
    await tracker.create({ ...task, id: 'other', title: 'Quotes', body: `I say ${mark(task.id)}` })
    await tracker.create({ ...task, id: `${task.id}0`, title: 'Longer' })
    expect((await tracker.create(task)).key).toBe('#4')
    expect(titles()).toEqual(['Mine', 'Quotes', 'Longer', 'Fix the login'])
  })

  it('is looked for as far back as a day: an id is not used for longer', async () => {
    await tracker.create(task)
    world.passes(24 * 3_600_000)
    expect((await tracker.create(task)).key).toBe('#1')
    world.passes(24 * 3_600_000)
    expect((await tracker.create(task)).key).toBe('#2')
  })

  it('says who asked for it, in words that call nobody and are no markup', async () => {
    await tracker.create({ ...task, by: '@eve [x](http://y) <b>\n`' })
    expect(world.issue(1).body).toBe(`The words.\n\nAsked for by eve xhttp:y b .\n\n${mark(task.id)}`)
  })

  it('has a title and a body that GitHub takes', async () => {
    await tracker.create({ ...task, title: `two\nlines ${'x'.repeat(300)}`, body: 'ä'.repeat(70_000) })
    expect(world.issue(1).title).toMatch(/^two lines x{245}…$/)
    expect(world.issue(1).body?.length).toBeLessThan(65_536)
    expect((await tracker.create(task)).key).toBe('#1')
    await tracker.create({ ...task, id: 'empty', title: ' ', body: '' })
    expect(world.issue(2)).toMatchObject({ title: 'Untitled', body: `Asked for by ana.\n\n${mark('empty')}` })
  })

  it('is refused where there is no right to it, and in an archive', async () => {
    const token = world.forge.token('ao', { permissions: { metadata: 'read', issues: 'read' } })
    await expect((await world.open({}, token)).create(task)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await world.ana.archives(world.shop)
    await expect(tracker.create(task)).rejects.toMatchObject({ code: 'REPOSITORY_ARCHIVED' })
    await world.ana.unarchives(world.shop)
    expect((await tracker.create(task)).key).toBe('#1')
  })
})

describe('a note', () => {
  const note = { id: 'app-3 begun', text: 'Work has begun.' }

  it.each(['lost', 'cut', 'truncated'] as const)('is one although the answer to the first try came %s', async (is) => {
    await add('One')
    world.forge.fails({ method: 'POST', path: '/repos/ana/shop/issues/1/comments' }, { is }, 1)
    await expect(tracker.note('#1', note)).rejects.toMatchObject({ mayPass: true })
    await tracker.note('#1', note)
    await (await world.open()).note('#1', note)
    expect(world.comments(1).map(({ body }) => body)).toEqual([`Work has begun.\n\n${mark(note.id)}`])
  })

  it('is one when it is told several times at once', async () => {
    await add('One')
    await Promise.all([1, 2, 3].map(() => tracker.note('#1', note)))
    expect(world.comments(1)).toHaveLength(1)
  })

  it('is found among hundreds that were said since', async () => {
    const issue = await add('One')
    await tracker.note('#1', note)
    for (let number = 0; number < 320; number += 1) await world.ana.comments(issue, 'more')
    await tracker.note('#1', note)
    expect(world.comments(1)).toHaveLength(321)
  })

  it('is not taken for what somebody else wrote', async () => {
    await world.ana.comments(await add('One'), `Work has begun.\n\n${mark(note.id)}`)
    await tracker.note('#1', note)
    expect(world.comments(1)).toHaveLength(2)
  })

  it('is told as impossible where the conversation is locked', async () => {
    const narrow = await makeGithubWorld({ may: 'triage' })
    await narrow.forge.person('ao').opens(narrow.shop, { title: 'One' })
    narrow.issue(1).isLocked = true
    await expect(narrow.tracker.note('#1', note)).rejects.toMatchObject({ code: 'TASK_LOCKED', hint: expect.stringContaining('Unlock') })
    await narrow.tracker.close('#1', 'done')
    expect(narrow.issue(1).state).toBe('closed')
    expect(narrow.host.logged).toContainEqual(expect.objectContaining({ level: 'warn', event: 'tracker.close.locked' }))
    await narrow.close()
  })

  it('is refused where there is no right to it', async () => {
    await add('One')
    const token = world.forge.token('ao', { permissions: { metadata: 'read', issues: 'read' } })
    const reader = await world.open({}, token)
    await expect(reader.note('#1', note)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(reader.close('#1', 'done')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(reader.label('#1', 'bug', true)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('closing', () => {
  it('says why once, then closes as completed', async () => {
    await add('One')
    await tracker.close('#1', 'Merged as #7.')
    expect(world.issue(1)).toMatchObject({ state: 'closed', stateReason: 'completed', closedBy: { login: 'ao' } })
    expect(world.comments(1)).toHaveLength(1)
  })

  it.each([
    ['comment', { method: 'POST', path: '/repos/ana/shop/issues/1/comments' }, { is: 'lost' }],
    ['close', { method: 'PATCH', path: '/repos/ana/shop/issues/1' }, { is: 'status', status: 502 }],
    ['close', { method: 'PATCH', path: '/repos/ana/shop/issues/1' }, { is: 'lost' }],
  ] as const)('goes on where it was interrupted, at the %s', async (_name, match, how) => {
    await add('One')
    world.forge.fails(match, how, 1)
    await expect(tracker.close('#1', 'Merged as #7.')).rejects.toMatchObject({ mayPass: true })
    await (await world.open()).close('#1', 'Merged as #7.')
    expect(world.issue(1).state).toBe('closed')
    expect(world.comments(1)).toHaveLength(1)
  })

  it('leaves alone what is closed already', async () => {
    await world.ben.closes(await add('One'), 'not_planned')
    const asked = world.asked()
    await tracker.close('#1', 'Merged as #7.')
    expect(asked().map(({ method }) => method)).toEqual(['GET'])
    expect(world.issue(1)).toMatchObject({ stateReason: 'not_planned', comments: [] })
  })

  it('needs no words', async () => {
    await add('One')
    await tracker.close('#1', ' ')
    expect(world.issue(1)).toMatchObject({ state: 'closed', comments: [] })
  })
})

describe('a label', () => {
  it('is made where the repository has it not, and written only when it is not so already', async () => {
    await world.ana.labels(await add('One'), 'Bug')
    const asked = world.asked()
    const writes = () => asked().filter(({ method }) => method !== 'GET')
    await tracker.label('#1', 'bug', true)
    await tracker.label('#1', 'other', false)
    expect(writes()).toEqual([])
    await tracker.label('#1', 'in work / ao', true)
    expect(world.issue(1).labels.map(({ name }) => name)).toEqual(['Bug', 'in work / ao'])
    await tracker.label('#1', 'In Work / ao', false)
    await tracker.label('#1', 'bug', false)
    expect(world.issue(1).labels).toEqual([])
    expect(writes()).toHaveLength(3)
  })

  it('may be taken off by somebody else meanwhile', async () => {
    await world.ana.labels(await add('One'), 'bug')
    world.forge.fails({ method: 'DELETE' }, { is: 'status', status: 404, message: 'Label does not exist' }, 1)
    await tracker.label('#1', 'bug', false)
    world.forge.fails({ method: 'DELETE' }, { is: 'status', status: 502 }, 1)
    await expect(tracker.label('#1', 'bug', false)).rejects.toMatchObject({ code: 'GITHUB_DOWN' })
  })
})
