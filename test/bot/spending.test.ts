import { expect, test } from 'vitest'
import { createSpending } from '../../bot/reads.ts'
import type { Fact } from '../../core/contracts/fact.ts'
import type { Fleet } from '../../core/contracts/fleet.ts'
import { silent } from '../../core/kit/log.ts'
import { live } from './sessions.ts'

const usedUp = (at: number, input: number): Fact => ({
  type: 'agent.used',
  at,
  usage: [{ model: 'm1', input, cacheRead: 0, cacheWrite: 0, output: 0, costUsd: null }],
})

const openRing = (journals: Map<string, readonly Fact[]>) => {
  const reads: string[] = []
  return {
    reads,
    fleet: () => ({ names: { app: journals.size } }) as unknown as Fleet, // nothing else is asked for
    facts: async (id: string) => {
      reads.push(id)
      const facts = journals.get(id)
      if (!facts) throw new Error('damaged')
      return facts
    },
  }
}

test('all sessions there have ever been are read once, and again only after there was news of them', async () => {
  const journals = new Map<string, readonly Fact[]>([
    ['app-1', [...live, usedUp(1, 10)]],
    ['app-2', live],
    ['app-3', [...live, usedUp(2, 20)]],
  ])
  const ring = openRing(journals)
  const { spent, heard } = createSpending({ ring, log: silent })
  expect((await spent()).map(({ session, spendings }) => [session, spendings.length])).toEqual([
    ['app-1', 1],
    ['app-3', 1],
  ])
  await spent()
  expect(ring.reads).toEqual(['app-1', 'app-2', 'app-3'])
  journals.set('app-2', [...live, usedUp(3, 30)])
  heard('app-2')
  expect((await spent()).map(({ session }) => session)).toEqual(['app-1', 'app-2', 'app-3'])
  expect(ring.reads).toEqual(['app-1', 'app-2', 'app-3', 'app-2'])
})

test('news that comes while a journal is read counts the next time', async () => {
  const journals = new Map<string, readonly Fact[]>([['app-1', [...live, usedUp(1, 10)]]])
  const { spent, heard } = createSpending({ ring: openRing(journals), log: silent })
  const asking = spent()
  journals.set('app-1', [...live, usedUp(1, 10), usedUp(2, 15)])
  heard('app-1')
  await asking
  expect((await spent())[0]?.spendings.map(({ usage: [one] }) => one?.input)).toEqual([10, 5])
})

test('a journal that cannot be read leaves out its session alone, and is tried again', async () => {
  const journals = new Map<string, readonly Fact[]>([
    ['app-1', [...live, usedUp(1, 10)]],
    ['web-9', []],
  ])
  const ring = openRing(journals)
  const { spent } = createSpending({ ring, log: silent })
  expect((await spent()).map(({ session }) => session)).toEqual(['app-1'])
  await spent()
  expect(ring.reads).toEqual(['app-1', 'app-2', 'app-2'])
})
