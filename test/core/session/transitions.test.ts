import { describe, expect, test } from 'vitest'
import type { Fact, FactType } from '../../../core/contracts/fact.ts'
import type { Phase } from '../../../core/contracts/names.ts'
import { evolve, unborn } from '../../../core/session/evolve.ts'
import { examples, fact, failed, given, live, lost, prepared, queued } from '../../fakes/spec.ts'

const begun: Readonly<Record<Phase, readonly Fact[]>> = { queued, preparing: prepared, live, lost, ended: failed }

/** Every edge there is; whatever is not here leaves the phase as it was. */
const edges: Readonly<Record<Phase, Partial<Record<FactType, Phase>>>> = {
  queued: { 'session.admitted': 'preparing', 'session.ended': 'ended' },
  preparing: { 'agent.started': 'live', 'session.ended': 'ended' },
  live: { 'agent.exited': 'lost', 'session.ended': 'ended' },
  lost: { 'agent.started': 'live', 'session.ended': 'ended' },
  ended: { 'session.restored': 'queued' },
}

describe.each(Object.keys(edges) as Phase[])('while %s', (phase) => {
  test.each(Object.keys(examples) as FactType[])(`%s leads where it should`, (type) => {
    const before = given(...begun[phase]).session
    expect(before.phase).toBe(phase)
    const after = evolve(before, examples[type])
    expect(after.phase).toBe(edges[phase][type] ?? phase)
    expect(after.phaseSince).toBe(edges[phase][type] ? after.seq : before.phaseSince)
    expect(after.seq).toBe(before.seq + 1)
  })
})

test('an agent that ends well with its turn stays live, for words to come', () => {
  const { session } = given(...live, fact('agent.exited', { code: 0, signal: null, isGood: true, screen: '' }))
  expect(session).toMatchObject({ phase: 'live', handle: null, activity: 'idle', isDoneSaid: true })
})

test('any fact can come first', () => {
  for (const example of Object.values(examples)) expect(evolve(unborn('app-1'), example).seq).toBe(1)
})

test('the last hundred inbounds are remembered, each once', () => {
  const causes = Array.from({ length: 120 }, (_, index) => ({ ...examples['task.closed'], cause: `in${index}` }))
  const { session } = given(...queued, ...causes, { ...examples['task.closed'], cause: 'in119' })
  expect(session.causes).toHaveLength(100)
  expect(session.causes.at(-1)).toBe('in119')
})
