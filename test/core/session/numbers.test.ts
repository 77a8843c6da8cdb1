import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../../core/contracts/change.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import { currentChange } from '../../../core/contracts/session.ts'
import { evolve, unborn } from '../../../core/session/evolve.ts'
import { evolveNumbers, numbersFacts, numbersOf, unbornNumbers } from '../../../core/session/numbers.ts'
import { live, requested } from '../../bot/sessions.ts'
import { change, question } from '../../fakes/spec.ts'
import { life, settings } from './arbitrary.ts'
import { factsOf } from './lived.ts'

const stateOf = (facts: readonly Fact[]) => facts.reduce(evolveNumbers, unbornNumbers('app-1'))
const numbers = (...facts: readonly Fact[]) => numbersOf(stateOf([...live, ...facts]))

const seen = (at: number, parts: Partial<Change> = {}): Fact => ({ type: 'change.seen', at, change: change(parts) })
const words = (from: string, id = 'app-1-m9'): Fact => ({ type: 'message.queued', at: 10, id, from, text: 'use zod', trouble: null })
const decided = (request: string): Fact => ({ type: 'question.decided', at: 11, decision: { request, choice: 1, text: 'yes', by: 'ada' } })
const restart = (by: string, why: 'wished' | 'stuck' | 'words' | 'lost'): Fact => ({ type: 'restart.requested', at: 12, by, why })
const retried = (cause?: string): Fact => ({ type: 'effect.retried', at: 13, effect: 'scm.open', subject: null, ...(cause && { cause }) })
const ended = (at: number, why: 'merged' | 'stopped' | 'failed', by = 'ada'): Fact => ({ type: 'session.ended', at, why, by, note: null })
const restored = (at: number, by = 'ada'): Fact => ({ type: 'session.restored', at, by })
const wanted = (by: string, number = 7): Fact => ({
  type: 'merge.requested',
  at: 20,
  by,
  number,
  base: 'main',
  head: 'h1',
  patchId: 'p1',
  method: 'squash',
  rule: 'r',
})
const called = (at: number, of: number): Fact => ({ type: 'people.called', at, key: 'ci-failed', of })

test('a session that was asked for has its task, and nothing has come of it', () => {
  const { task, ...rest } = numbersOf(stateOf([requested]))
  expect(task).toEqual({ key: '#1', title: 'Fix the sum', url: null })
  expect(rest).toEqual({
    session: 'app-1',
    project: 'app',
    agent: 'codex',
    requester: 'ada',
    requestedAt: 0,
    startedAt: null,
    ended: null,
    change: null,
    merged: null,
    helps: 0,
    calls: [],
    reds: 0,
    spendings: [],
  })
})

test('it started when its agent was first started, and has the agent that was chosen last', () => {
  const again: Fact = { type: 'agent.started', at: 500, handle: { host: 'local', name: 'app-1', run: 'app-1.2' } }
  expect(numbers({ type: 'agent.chosen', at: 400, agent: 'aider', by: 'ada' }, again)).toMatchObject({ startedAt: 0, agent: 'aider' })
})

describe('a person helped', () => {
  test.each<[string, number, readonly Fact[]]>([
    ['with words to its agent', 1, [words('ada')]],
    ['each time somebody said something', 2, [words('ada'), words('ben', 'app-1-m12')]],
    ['not when the bot said something', 0, [words('ao')]],
    ['by answering, once, though the answer went as words', 1, [decided('q1'), words('ada', 'answer-q1')]],
    ['by answering at the terminal', 1, [{ type: 'question.overtaken', at: 12, request: 'q1', text: 'no' }]],
    [
      'once, when the terminal was faster than the chat',
      1,
      [decided('q1'), { type: 'question.overtaken', at: 12, request: 'q1', text: 'no' }],
    ],
    ['with each question', 2, [decided('q1'), decided('q2')]],
    [
      'not with a question that went away',
      0,
      [
        { type: 'question.asked', at: 10, question },
        { type: 'question.gone', at: 11, request: 'q1' },
      ],
    ],
    ['by asking for changes', 1, [{ type: 'rejection.given', at: 12, by: 'ada', number: 7, head: 'h1', text: 'no' }]],
    ['by a restart', 1, [restart('ada', 'wished')]],
    ['not when the bot restarted it', 0, [restart('ao', 'stuck'), restart('ao', 'words'), restart('ao', 'lost')]],
    ['by a retry of what had failed, once for all of it', 1, [retried('chat/1'), retried('chat/1')]],
    ['by each retry', 2, [retried('chat/1'), retried('chat/2')]],
    ['not when the bot tried again by itself', 0, [retried()]],
    ['by bringing it back', 1, [ended(12, 'failed'), restored(13)]],
    ['by giving it to another agent, once', 1, [{ type: 'agent.chosen', at: 12, agent: 'aider', by: 'ada' }, restart('ada', 'wished')]],
    ['not by approving', 0, [{ type: 'approval.given', at: 12, by: 'ada', number: 7, base: 'main', head: 'h1', patchId: 'p1' }]],
    ['not by merging', 0, [wanted('ada'), seen(21, { state: 'merged' })]],
    ['not by pausing, and not by stopping', 0, [{ type: 'session.suspended', at: 12, by: 'ada' }, ended(13, 'stopped')]],
  ])('%s', (_, helps, facts) => {
    expect(numbers(...facts).helps).toBe(helps)
  })
})

describe('it was merged', () => {
  test.each<[string, { readonly at: number; readonly by: string | null } | null, readonly Fact[]]>([
    ['by whoever wanted it', { at: 30, by: 'ada' }, [seen(10), wanted('ada'), seen(30, { state: 'merged' })]],
    ['by the rules', { at: 30, by: 'ao' }, [seen(10), wanted('ao'), seen(30, { state: 'merged' })]],
    ['by somebody at the forge', { at: 30, by: null }, [seen(10), seen(30, { state: 'merged' })]],
    [
      'by the one whose queue it went through',
      { at: 30, by: 'ada' },
      [
        seen(10),
        wanted('ada'),
        { type: 'merge.queued', at: 21, number: 7, head: 'h1', says: 'place 2' },
        ended(22, 'stopped'),
        restored(23),
        seen(30, { state: 'merged' }),
      ],
    ],
    [
      'by somebody at the forge after a refusal',
      { at: 30, by: null },
      [
        seen(10),
        wanted('ada'),
        { type: 'merge.refused', at: 21, number: 7, head: 'h1', why: 'protected', says: 'no' },
        seen(30, { state: 'merged' }),
      ],
    ],
    [
      'by somebody at the forge after the order was taken back',
      { at: 30, by: null },
      [seen(10), wanted('ada'), { type: 'merge.recalled', at: 21, number: 7, by: 'ada' }, seen(30, { state: 'merged' })],
    ],
    [
      'by nobody’s order of before a restore',
      { at: 30, by: null },
      [seen(10), wanted('ada'), ended(22, 'stopped'), restored(23), seen(30, { state: 'merged' })],
    ],
    [
      'when it was first seen so',
      { at: 30, by: 'ada' },
      [
        seen(10),
        wanted('ada'),
        seen(30, { state: 'merged' }),
        seen(31, { state: 'open' }),
        seen(40, { state: 'merged', mergeCommit: 'm1' }),
      ],
    ],
    [
      'by somebody at the forge after the order ended with a close',
      { at: 30, by: null },
      [seen(10), wanted('ada'), seen(20, { state: 'closed' }), seen(21), seen(30, { state: 'merged' })],
    ],
    ['not when it is closed', null, [seen(10), seen(30, { state: 'closed' })]],
    ['not while a newer change is open', null, [seen(30, { state: 'merged' }), seen(40, { number: 8 })]],
    [
      'though a newer change was closed',
      { at: 30, by: null },
      [seen(30, { state: 'merged' }), seen(40, { number: 8 }), seen(50, { number: 8, state: 'closed' })],
    ],
    ['by an order for another change', { at: 30, by: null }, [seen(10), wanted('ada', 8), seen(30, { state: 'merged' })]],
  ])('%s', (_, merged, facts) => {
    expect(numbers(...facts).merged).toEqual(merged)
  })
})

test('of several changes the newest open one counts, as it was seen last', () => {
  const both = [
    seen(10),
    seen(20, { state: 'closed' }),
    seen(30, { number: 8, title: 'again' }),
    seen(40, { number: 8, title: 'Again', url: 'u8' }),
  ]
  expect(numbers(...both).change).toEqual({ number: 8, title: 'Again', url: 'u8' })
  expect(numbers(...both, seen(50, { state: 'open' }), seen(60, { number: 8, state: 'closed' })).change?.number).toBe(7)
})

test('a commit is red once, however often it is seen so, and whatever it is next', () => {
  const red = (at: number, head: string) => seen(at, { head, checks: 'failing', failing: ['lint'] })
  expect(
    numbers(red(1, 'h1'), seen(2, { checks: 'pending' }), red(3, 'h1'), red(4, 'h2'), seen(5, { head: 'h2', checks: 'passing' })).reds,
  ).toBe(2)
})

test('people were called once per escalation', () => {
  expect(numbers(called(5, 3), called(6, 3), called(7, 9)).calls).toEqual([
    { at: 5, key: 'ci-failed' },
    { at: 7, key: 'ci-failed' },
  ])
})

test('one that ended has its end, and one that was restored goes on', () => {
  expect(numbers(ended(50, 'stopped')).ended).toEqual({ at: 50, why: 'stopped', by: 'ada' })
  expect(numbers(ended(50, 'stopped'), restored(60)).ended).toBeNull()
  expect(numbers(ended(50, 'stopped'), restored(60), ended(70, 'merged', 'ao')).ended).toEqual({ at: 70, why: 'merged', by: 'ao' })
})

test('it changed when a fact that counts came last, and a picture that shows nothing new is none', () => {
  expect(stateOf([...live, seen(10), { type: 'agent.worked', at: 20, workedAt: 20, tool: null }, seen(30)]).changedAt).toBe(10)
  expect(stateOf([...live, seen(10), ended(40, 'stopped')]).changedAt).toBe(40)
})

const lives = (look: (facts: readonly Fact[]) => void): void =>
  fc.assert(
    fc.property(settings, life, (setting, whole) => look(factsOf(whole, setting))),
    { numRuns: 200 },
  )

describe('whatever happens', () => {
  test('folding goes on from any point, also from what was kept as text', () =>
    lives((facts) => {
      const whole = stateOf(facts)
      for (let cut = 0; cut <= facts.length; cut += 1) {
        const kept = JSON.parse(JSON.stringify(stateOf(facts.slice(0, cut))))
        expect(facts.slice(cut).reduce(evolveNumbers, kept)).toEqual(whole)
      }
    }))

  test('facts that are left out change nothing', () =>
    lives((facts) => {
      expect(stateOf(facts.filter(({ type }) => numbersFacts.has(type)))).toEqual(stateOf(facts))
    }))

  test('the numbers and the session agree', () =>
    lives((facts) => {
      const session = facts.reduce(evolve, unborn('app-1'))
      const { using, numbers: now } = stateOf(facts)
      expect({ ...now.ended, agent: now.agent }).toEqual({
        ...(session.ending && { at: session.ending.at, why: session.ending.why, by: session.ending.by }),
        agent: session.agent,
      })
      expect(using).toEqual({ conversation: session.conversation, usage: session.usage })
      const isMerged = session.changes.some(({ state }) => state === 'merged') && currentChange(session)?.state !== 'open'
      expect(now.merged !== null).toBe(isMerged)
      if (!isMerged) expect(now.change?.number).toBe(currentChange(session)?.number)
    }))
})
