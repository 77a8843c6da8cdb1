import { expect, test } from 'vitest'
import type { ModelUsage } from '../../../core/contracts/agent.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import { used } from '../../../core/contracts/session.ts'
import { evolve, unborn } from '../../../core/session/evolve.ts'
import { evolveNumbers, numbersOf, unbornNumbers } from '../../../core/session/numbers.ts'
import { live } from '../../bot/sessions.ts'

const usage = (input: number, parts: Partial<ModelUsage> = {}): ModelUsage => ({
  model: 'm1',
  input,
  cacheRead: 0,
  cacheWrite: 0,
  output: 1,
  costUsd: null,
  ...parts,
})
const usedAt = (at: number, ...all: readonly ModelUsage[]): Fact => ({ type: 'agent.used', at, usage: all })
const named = (at: number, conversation: string): Fact => ({ type: 'agent.named', at, conversation })
const spentIn = (facts: readonly Fact[]) => numbersOf(facts.reduce(evolveNumbers, unbornNumbers('app-3')))
const spent = (...facts: readonly Fact[]) => spentIn([...live, ...facts])

test('of each turn only what it added counts, at the time it ended', () => {
  const result = spent(usedAt(100, usage(10)), usedAt(200, usage(25, { output: 4 })), usedAt(300, usage(25, { output: 4 })))
  expect(result).toMatchObject({ session: 'app-3', project: 'app', requester: 'ada' })
  expect(result.spendings).toEqual([
    { at: 100, usage: [usage(10)] },
    { at: 200, usage: [usage(15, { output: 3 })] },
  ])
})

test('a new conversation begins to count anew, and nothing of the old one is taken back', () => {
  const facts = [named(50, 'c1'), usedAt(100, usage(10)), named(150, 'c2'), usedAt(200, usage(3))]
  expect(spent(...facts).spendings.map(({ at, usage: all }) => [at, all.map(({ input }) => input)])).toEqual([
    [100, [10]],
    [200, [3]],
  ])
  const session = [...live, ...facts].reduce(evolve, unborn('app-3'))
  expect(used(session)[0]?.input).toBe(13)
})

test('whatever happens in between, all turns together are what the session used', () => {
  const facts: readonly Fact[] = [
    ...live,
    usedAt(100, usage(10)),
    { type: 'agent.idled', at: 100, mark: 1, message: 'ok' },
    { type: 'restart.requested', at: 110, by: 'ada', why: 'wished' },
    { type: 'agent.gone', at: 120 },
    named(130, 'c1'),
    usedAt(140, usage(12)),
    { type: 'conversation.lost', at: 150, conversation: 'c1' },
    usedAt(170, usage(5), usage(7, { model: 'm2' })),
    { type: 'agent.chosen', at: 180, agent: 'other', by: 'ada' },
    usedAt(200, usage(3, { model: 'm2' })),
    { type: 'session.ended', at: 210, why: 'stopped', by: 'ada', note: null },
  ]
  const sums = new Map<string, number>()
  for (const { usage: all } of spentIn(facts).spendings) for (const { model, input } of all) sums.set(model, (sums.get(model) ?? 0) + input)
  const session = facts.reduce(evolve, unborn('app-3'))
  expect([...sums]).toEqual(used(session).map(({ model, input }) => [model, input]))
  expect([...sums]).toEqual([
    ['m1', 17],
    ['m2', 10],
  ])
})

test('another model stands beside the first, and one that was not asked again says nothing', () => {
  const all = spent(usedAt(100, usage(10)), usedAt(200, usage(10), usage(7, { model: 'm2' })))
  expect(all.spendings[1]).toEqual({ at: 200, usage: [usage(7, { model: 'm2' })] })
})

test('what an agent says of its cost is told of by turns, too; where it says nothing, nothing', () => {
  const costs = (...facts: readonly Fact[]) => spent(...facts).spendings.map(({ usage: [one] }) => one?.costUsd)
  expect(costs(usedAt(1, usage(1, { costUsd: 0.5 })), usedAt(2, usage(2, { costUsd: 0.75 })))).toEqual([0.5, 0.25])
  expect(costs(usedAt(1, usage(1)), usedAt(2, usage(2)))).toEqual([null, null])
})

test('a session that there is not has used nothing', () => {
  expect(spentIn([]).spendings).toEqual([])
})
