import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../contracts/adapter.ts'
import { telegramStand } from '../../fakes/telegram/stand.ts'
import { green, scene, working } from './scene.ts'
import { platforms } from './stands.ts'

vi.setConfig({ maxConcurrency: 12 }) // mostly they wait for the platform's rates

describe.each(platforms)('in %s', { concurrent: true, timeout: 60_000 }, (_name, open) => {
  test('pitfalls 1 and 6: a decision is kept and done although the answer to the click does not get through', async (context) => {
    const all = await green(context, await open())
    await all.sees('waits for your decision')
    all.stand.network?.losesClick()
    await all.presses('ana', 'Merge').catch(() => {}) // that is what is lost
    await eventually(
      () => all.world.main.length,
      (count) => count === 1,
      15_000,
    )
    await all.sees('app-1 · merged: #7 is on main')
    expect((await all.facts()).filter((type) => type === 'merge.requested')).toHaveLength(1)
  })

  test('pitfall 12: what the platform is too busy for comes later, once', async (context) => {
    const all = await working(context, await open())
    all.stand.network?.busy(1_000)
    await all.finishes()
    await all.checks('passing')
    await all.presses('ana', 'Merge')
    await all.sees('app-1 · merged: #7 is on main')
    expect((await all.all()).filter(({ text }) => text.includes('app-1 · merged: #7'))).toHaveLength(1)
    expect(all.stand.network?.complaints() ?? []).toEqual([])
  })

  test.for(['losesAnswer', 'failsAfter'] as const)(
    'pitfall 13: a result whose sending is uncertain (%s) is there once, or says that it may be a repeat',
    async (trouble, context) => {
      const all = await working(context, await open())
      await all.sees('app-1')
      all.stand.network?.[trouble]()
      await all.says('ana', 'stop app-1')
      await all.sees('app-1 · stopped by ana')
      const results = (await all.all()).filter(({ text }) => text.includes('app-1 · stopped by ana'))
      expect(results.filter(({ text }) => !text.includes('may be a repeat'))).toHaveLength(1)
    },
  )

  test('pitfall 14: after every connection was cut it hears again what is said', async (context) => {
    const all = await working(context, await open())
    await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
    const call = await all.sees('Which name?')
    await all.stand.network?.drops()
    await all.says('ana', '2', call.place)
    await eventually(
      () => all.world.pictures.get('app-1')?.answered?.text ?? '',
      (text) => text === 'add',
      30_000,
    )
  })

  test('pitfall 15: what was said while the bot was down is dealt with', async (context) => {
    const all = await working(context, await open())
    await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
    const { place } = await all.sees('Which name?')
    await all.stops()
    await all.says('ana', '2', place)
    await all.starts()
    await all.knows('question.decided')
    await eventually(
      () => all.world.pictures.get('app-1')?.answered?.text ?? '',
      (text) => text === 'add',
      15_000,
    )
  })

  test('pitfall 16: a thread that is gone is made anew, and nothing of it lands elsewhere', async (context) => {
    const all = await working(context, await open())
    const { place } = await all.sees('app-1', 'add() subtracts')
    await all.asks({ text: 'Which name?', options: ['sum', 'add'] })
    const call = await all.sees('Which name?')
    await all.stand.network?.removes(call.place)
    await all.finishes()
    await all.checks('passing')
    const next = await all.sees('waits for your decision')
    expect(next.place.thread).not.toBe(call.place.thread)
    expect(next.place.thread).not.toBeNull()
    await all.presses('ana', 'sum')
    await all.presses('ana', 'Merge')
    await eventually(
      () => all.world.main.length,
      (count) => count === 1,
      15_000,
    )
    const loose = (await all.all()).filter(({ place: at, text }) => at.thread === null && text.includes('waits for your decision'))
    expect(loose).toEqual([])
    expect(place.platform).toBe(all.stand.chat)
  })

  test('pitfall 22: a platform that hangs keeps only itself waiting', async (context) => {
    const all = await working(context, await open())
    await all.stand.network?.freezes()
    await all.finishes()
    await all.checks('passing')
    await eventually(
      () => all.sessions()[0]?.changes[0]?.checks,
      (checks) => checks === 'passing',
    )
  })
})

// Here, because it waits half a minute for the group's rate, and the others wait meanwhile.
describe('in Telegram', { concurrent: true, timeout: 60_000 }, () => {
  test('pitfall 19: when eight sessions of one group ask at once they are seen within five seconds, most of them in one message', async (context) => {
    const stand = await telegramStand('topics')
    const all = await scene(context, stand, { config: { limits: { running: 10 } } })
    const ids = [1, 2, 3, 4, 5, 6, 7, 8]
    await all.says('ana', `fix ${ids.map((id) => `#${id}`).join(' ')}`)
    for (const id of ids) await all.knows('agent.started', `app-${id}`)
    await eventually(
      () => stand.fake.calls.filter(({ method }) => method === 'createForumTopic').length,
      (count) => count === ids.length,
      50_000,
    )
    const askedAt = Date.now()
    await Promise.all(ids.map((id) => all.asks({ request: `q${id}`, text: `Which name for ${id}?`, options: ['sum', 'add'] }, `app-${id}`)))
    for (const id of ids) await all.sees(`Which name for ${id}?`)
    expect(Date.now() - askedAt).toBeLessThan(5_000 + 1_000)
    await all.sees('sessions need you')
    expect(stand.network?.complaints()).toEqual([])
  })
})
