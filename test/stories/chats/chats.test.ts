import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../contracts/adapter.ts'
import { fault } from '../world.ts'
import { green, scene, working } from './scene.ts'
import { stands } from './stands.ts'

vi.setConfig({ maxConcurrency: 12 }) // mostly they wait for the platform's rates

describe.each(stands)('in %s', { concurrent: true, timeout: 60_000 }, (name, open) => {
  const isConsole = name === 'the console'

  test('pitfall 21: from a sentence to the merge: one thread, one live card, one call, one tap, one result, and no flood', async (context) => {
    const begun = await scene(context, await open())
    const { sees, all, stand } = begun
    await begun.says('ana', 'fix #1')
    const card = await sees('app-1', '#1 add() subtracts')
    expect(card.place.platform).toBe(begun.stand.chat)
    await begun.knows('agent.started')
    await begun.finishes()
    await begun.checks('passing')
    const call = await sees('waits for your decision')
    expect(call.place.thread, 'in its thread').not.toBeNull()
    await begun.presses('ana', 'Merge')
    const result = await sees('app-1 · merged: #7 is on main')
    expect(begun.world.main).toHaveLength(1)
    expect(result.place).toEqual(call.place)
    const settled = await sees('settled: waits for your decision')
    expect(settled.buttons, 'its buttons are gone').toEqual([])
    await eventually(all, (seen) => seen.filter(({ text }) => text.includes('app-1 · merged ·')).length === 1, 20_000)
    expect((await all()).filter(({ buttons }) => buttons.includes('Merge'))).toEqual([])
    expect(stand.sent().messages).toBeLessThanOrEqual(8)
    expect(stand.sent().edits).toBeLessThanOrEqual(60)
    expect(stand.network?.complaints() ?? []).toEqual([])
  })

  test('the agent asks, and a tap in the thread answers it; words in the thread reach it', async (context) => {
    const { says, knows, asks, presses, sees, world, heard } = await working(context, await open())
    await asks({ text: 'May I delete the old parser?', options: ['Yes, delete it', 'No'] })
    const call = await sees('May I delete the old parser?')
    expect(call.buttons).toEqual(expect.arrayContaining(['Yes, delete it', 'No']))
    await presses('ana', 'Yes, delete it')
    await knows('question.decided')
    await eventually(
      () => world.pictures.get('app-1')?.answered?.text ?? '',
      (text) => text === 'Yes, delete it',
    )
    await sees('settled', 'May I delete the old parser?', 'ana said Yes, delete it')

    await says('ana', 'and keep the tests', call.place)
    await eventually(heard, (all) => all.some((text) => text.includes('and keep the tests')), 15_000)
  })

  test('pitfall 1: nothing says that it is merged before it is', async (context) => {
    const all = await green(context, await open())
    await all.sees('waits for your decision')
    all.world.broken.set('scm.merge', fault('FORGE_DOWN', {}))
    await all.presses('ana', 'Merge')
    await all.knows('merge.requested')
    expect((await all.all()).filter(({ text }) => text.includes('app-1 · merged'))).toEqual([])
    expect(all.world.main).toEqual([])
    all.world.broken.clear()
    await all.sees('app-1 · merged: #7 is on main')
    expect(all.world.main).toHaveLength(1)
  })

  test('pitfall 2: a button works after a restart, and pitfall 3: twice is once', async (context) => {
    const all = await green(context, await open())
    await all.sees('waits for your decision')
    await all.stops()
    await all.starts()
    await all.presses('ana', 'Merge')
    await all.presses('ana', 'Merge').catch(() => {}) // it may be gone by now, as it should
    await all.sees('app-1 · merged: #7 is on main')
    expect(all.world.main).toHaveLength(1)
    expect((await all.facts()).filter((type) => type === 'merge.requested')).toHaveLength(1)
  })

  test('pitfall 4: a push between card and click makes the button stale, and the new card merges what it shows', async (context) => {
    const all = await green(context, await open())
    await all.sees('waits for your decision')
    await all.pushes('passing')
    await all.sees('waits for your decision', 'c0ffee02')
    await all.presses('ana', 'Merge')
    await all.sees('app-1 · merged: #7 is on main')
    expect(all.world.main).toEqual([all.world.changes.get(7)?.head])
  })

  test('pitfall 7: a button answers the question it stands under, and never a newer one', async (context) => {
    const all = await working(context, await open())
    await all.asks({ request: 'q1', text: 'Delete the cache?', options: ['Yes, the cache', 'No'] })
    const old = await all.sees('Delete the cache?')
    await all.stops()
    all.world.hear('app-1', (picture) => ({ ...picture, question: null }))
    if (!isConsole) void all.stand.presses('ana', 'Yes, the cache', old.place).catch(() => {}) // nobody is there to answer
    await all.starts()
    await all.asks({ request: 'q2', text: 'Delete the database?', options: ['Yes, the database', 'No'] })
    await all.sees('Delete the database?')
    expect(all.world.pictures.get('app-1')?.question?.request).toBe('q2')
    expect(all.world.pictures.get('app-1')?.answered ?? null).toBeNull()
    await all.presses('ana', 'Yes, the database')
    await eventually(
      () => all.world.pictures.get('app-1')?.answered?.text,
      (text) => text === 'Yes, the database',
      15_000,
    )
  })

  test('pitfall 8: a change that nothing has checked has no button to merge it, and says why', async (context) => {
    const all = await working(context, await open(), { hasChecks: false })
    await all.finishes()
    await all.look()
    const { place } = await all.sees('app-1', 'checks none')
    await all.says('ana', 'merge app-1', place)
    await all.sees('#7 has no checks, and this project waits for some.')
    expect((await all.all()).flatMap(({ buttons }) => buttons)).not.toContain('Merge')
    expect(all.world.main).toEqual([])
  })

  test('pitfall 11: what the platform brings three times is done once', async (context) => {
    const all = await scene(context, await open())
    await all.says('ana', 'fix #1', undefined, 3)
    await all.sees('app-1', 'add() subtracts')
    await all.knows('agent.started')
    await all.says('ana', 'tell app-1 keep the tests', undefined, 3)
    await eventually(all.heard, (told) => told.some((words) => words.includes('keep the tests')), 15_000)
    await all.says('ana', 'tell app-1 and the comments')
    await eventually(all.heard, (told) => told.some((words) => words.includes('and the comments')), 15_000)
    expect((await all.facts()).filter((type) => type === 'message.queued')).toHaveLength(2)
    expect(all.sessions().map(({ id }) => id)).toEqual(['app-1'])
  })

  test('pitfall 13: the result is a new message, and the live card is edited to closed', async (context) => {
    const all = await working(context, await open())
    await all.sees('app-1', 'add() subtracts')
    await all.says('ana', 'stop app-1')
    await all.sees('app-1 · stopped by ana')
    await all.sees('app-1 · stopped ·')
    const about = (await all.all()).filter(({ text }) => text.includes('app-1 · stopped'))
    expect(about.filter(({ text }) => text.includes('stopped by ana'))).toHaveLength(1)
    expect(about.filter(({ text }) => text.includes('app-1 · stopped ·'))).toHaveLength(1)
    expect((await all.all()).filter(({ text }) => /app-1 · (?:starting|working)/.test(text))).toEqual([])
  })

  test('pitfall 18: what an agent says at any length, with fences, links, emoji and right-to-left text, is shown and refused by nobody', async (context) => {
    const all = await working(context, await open())
    const text = [
      'It adds now. See [the docs](https://example.com/a?b=c) 👩‍👩‍👧‍👦 שלום עולם.',
      '```js',
      ...Array.from({ length: 400 }, (_, index) => `add(${index}, '👩‍👩‍👧‍👦 שלום') // \`\` < > & *_~|`),
      '```',
    ].join('\n')
    await all.finishes('app-1', text)
    await all.checks('passing')
    await all.sees('waits for your decision')
    await all.sees('It adds now.')
    expect(all.stand.network?.complaints() ?? []).toEqual([])
  })

  test('pitfall 23: who is called reads the question and its choices; the change, its commit and the next step', async (context) => {
    const all = await green(context, await open())
    const call = await all.sees('waits for your decision')
    expect(call.text).toMatch(/#7[\s\S]*c0ffee01/)
    expect(call.buttons).toEqual(expect.arrayContaining(['Merge', 'Request changes', 'Diff']))
    await all.asks({ text: 'Which port?\nThe old one is taken.', options: ['8080', '9090'] })
    const question = await all.sees('Which port?', 'The old one is taken.')
    expect(question.buttons).toEqual(expect.arrayContaining(['8080', '9090']))
  })

  test('pitfall 24: a question of the agent is seen while its change is open, and both can be answered', async (context) => {
    const all = await green(context, await open())
    await all.sees('waits for your decision')
    await all.asks({ text: 'Shall I squash?', options: ['Squash', 'Keep'] })
    await all.sees('Shall I squash?')
    await all.presses('ana', 'Squash')
    await all.knows('question.decided')
    await all.presses('ana', 'Merge')
    await eventually(
      () => all.world.main.length,
      (count) => count === 1,
      15_000,
    )
  })

  test.skipIf(isConsole)('pitfall 3: who may not is told so, and nothing is done', async (context) => {
    const all = await green(context, await open())
    await all.presses('bob', 'Merge')
    await all.tells(/bob may not|bob[\s\S]*maintainer/)
    expect(all.world.main).toEqual([])
  })

  test.skipIf(isConsole || name.startsWith('Telegram'))(
    'pitfall 21: more than five sessions in one channel have one message that shows them all',
    async (context) => {
      const all = await scene(context, await open(), { config: { limits: { running: 6 } } })
      await all.says('ana', 'fix #1 #2 #3 #4 #5 #6')
      for (const id of [1, 2, 3, 4, 5, 6]) await all.knows('agent.started', `app-${id}`)
      await all.sees('6 at work here')
      expect((await all.all()).filter(({ text }) => text.includes('at work here'))).toHaveLength(1)
    },
  )

  test.skipIf(isConsole)('nobody unknown is obeyed, and learns how to become known', async (context) => {
    const { says, sees, world, stand } = await scene(context, await open())
    await says('eve', 'fix #1')
    const refusal = await sees(stand.accounts.eve)
    expect(refusal.text).toMatch(/link/)
    expect(world.processes.size).toBe(0)
  })
})
