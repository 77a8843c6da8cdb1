import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trackerContract } from '../../../contracts/tracker.ts'
import { makeEmulatedWorld } from './emulator.ts'

trackerContract('the github tracker over emulate', makeEmulatedWorld)

describe('emulate 0.12.2', () => {
  let world: Awaited<ReturnType<typeof makeEmulatedWorld>>
  beforeAll(async () => {
    world = await makeEmulatedWorld()
    await world.add({ title: 'One', body: 'Please.', author: 'ada' })
  })
  afterAll(() => world.close())

  const ask = (path: string, parts: RequestInit = {}) =>
    fetch(`${world.url}${path}`, { ...parts, headers: { authorization: 'Bearer ghp_ao', ...parts.headers } })

  it('answers 404 for relatives of an issue, as an Enterprise Server of old does, and nothing is missing but they', async () => {
    expect((await ask('/repos/ao/shop/issues/1')).status).toBe(200)
    for (const lacking of ['sub_issues', 'parent']) expect((await ask(`/repos/ao/shop/issues/1/${lacking}`)).status, lacking).toBe(404)
    expect((await world.tracker.find('#1')).context).toMatchObject({ isOpen: true, related: [] })
  })

  it('has no GraphQL, which the world answers in its place', async () => {
    expect((await ask('/graphql', { method: 'POST', body: JSON.stringify({ query: '{ viewer { login } }' }) })).status).toBe(404)
  })

  it('knows no ETags, so each look costs', async () => {
    const listed = await ask('/repos/ao/shop/issues')
    expect([listed.status, listed.headers.get('etag')]).toEqual([200, null])
  })
})
