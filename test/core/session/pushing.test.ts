import { describe, expect, test } from 'vitest'
import { change, given, green, live, second, see, tick } from '../../fakes/spec.ts'

const said = (mark: number, text = 'mended') =>
  see.agent({ report: { mark, kind: 'done', text }, turnEnded: { mark: mark + 1, message: text } })
/** Its change is open at h1, and it has committed h2 and says that it is done. */
const pushing = given(...live).and(see.change(change()), said(1), see.work({ head: 'h2', ahead: 2 }))
const refused = pushing.and(see.failed('scm.push', { mayPass: false }))
const called = refused.and(see.called('scm.push', refused.effect('people.call').of))

describe('a push that was refused', () => {
  test('is told to people, once', () => {
    expect(pushing.wanted).toEqual(['scm.push'])
    expect(refused.wanted).toEqual(['people.call'])
    expect(called.wanted).toEqual([])
  })
  test('stays refused whatever else is seen of the change: it is not tried again, and nobody is told again', () => {
    const later = called
      .when(see.change(change({ title: 'Another title' })))
      .then(['change.seen'], [])
      .when(see.change(green()))
      .then(['change.seen', 'trouble.raised', 'trouble.escalated'], ['people.call'])
    expect(later.effect('people.call').key).toBe('approved-and-green')
    expect(later.session.failures).toMatchObject([{ effect: 'scm.push', isCalled: true }])
  })
  test('is tried again when the head has moved there', () => {
    const again = called.when(see.change(change({ head: 'h9' }))).then(['change.seen'], ['scm.push'])
    expect(again.session.failures).toEqual([])
    const twice = again.and(see.failed('scm.push', { mayPass: false }))
    expect(twice.effect('people.call').key).toBe('scm.push')
  })
  test('is tried again when the agent says once more that it is done', () => {
    called
      .when(said(3))
      .then(['agent.reported', 'agent.idled'], ['workspace.look'])
      .when(see.work({ head: 'h3', ahead: 3 }))
      .then(['work.seen'], ['scm.push'])
  })
  test('is over once its commit is there', () => {
    expect(called.and(see.change(change({ head: 'h2' }))).session).toMatchObject({ failures: [], pushed: 'h2' })
  })
})

test('a push that may yet pass is tried again by the clock, and by no look in between', () => {
  const waiting = pushing
    .and(see.failed('scm.push'))
    .when(see.change(change({ title: 'Another title' })))
    .then(['change.seen'], [])
  waiting
    .after(2 * second)
    .when(tick)
    .then(['effect.retried'], ['scm.push'])
})

test('a change that was opened after all is no failure any more, wherever its head is', () => {
  const opening = given(...live).and(said(1), see.work(), see.failed('scm.open'))
  expect(opening.session.failures).toMatchObject([{ effect: 'scm.open' }])
  expect(opening.and(see.change(change())).session.failures).toEqual([])
})
