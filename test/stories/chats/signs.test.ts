import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../../contracts/adapter.ts'
import { scene } from './scene.ts'
import { platforms } from './stands.ts'

vi.setConfig({ maxConcurrency: 12 }) // mostly they wait for the platform's rates

describe.each(platforms)('in %s', { concurrent: true, timeout: 60_000 }, (_, makeStand) => {
  test('a sign on an ordinary answer is a nod: it is answered by nothing, whoever gave it', async (context) => {
    const stand = await makeStand()
    const all = await scene(context, stand)
    await all.says('ana', 'status')
    const { place } = await all.sees('Nothing is at work')
    const { messages } = stand.sent()
    for (const who of ['ana', 'bob', 'eve'] as const) await stand.reacts?.(who, 'Nothing is at work', place)
    await all.says('ana', 'queue')
    await eventually(
      () => stand.sent().messages,
      (count) => count > messages,
    )
    await all.sees('waits') // the answer to "queue"; what came before it in that channel was dealt with before it
    expect(stand.sent().messages).toBe(messages + 1)
    expect((await all.all()).filter(({ text }) => /nobody is known|understand/i.test(text))).toEqual([])
    expect(stand.network?.complaints()).toEqual([])
  })
})
