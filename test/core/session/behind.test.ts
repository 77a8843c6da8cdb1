import { describe, expect, test } from 'vitest'
import type { Change } from '../../../core/contracts/change.ts'
import { wordsFor } from '../../../core/session/prompt.ts'
import {
  approve,
  given,
  green,
  type Happening,
  live,
  merge,
  reacting,
  red,
  ruled,
  type Spec,
  see,
  setting,
  tell,
  wish,
} from '../../fakes/spec.ts'

const behind = (changed: Partial<Change> = {}): Change => green({ isBehind: true, mustBeUpToDate: true, baseHead: 'b1', ...changed })
const done: Happening = see.agent({ report: { mark: 1, kind: 'done', text: 'ok' }, turnEnded: { mark: 2, message: 'ok' } })
/** Its agent rests at exactly the head of its change. */
const resting = given(...live).and(done, see.work(), see.change(green()), see.called('approved-and-green', 13))
const update = { type: 'update.requested', number: 7, head: 'h1', baseHead: 'b1' } as const
const refused = (says = 'there is a conflict'): Happening => ({
  seen: { kind: 'updated', number: 7, head: 'h1', outcome: { updated: false, why: 'conflict', says } },
})
const asksFor = (spec: Spec): boolean => spec.wanted.includes('scm.update')

describe('a change that only its base is ahead of', () => {
  const updating = resting.when(see.change(behind())).then(['change.seen', 'trouble.eased', update])
  test('gets the base brought in, exactly onto the head that was seen', () => {
    expect(updating.effect('scm.update')).toMatchObject({ number: 7, head: 'h1', workspace: { path: '/srv/app-1' } })
  })
  test('is asked about once for two commits, however often it is seen', () => {
    updating.when(see.change(behind({ title: 'Another title' }))).then(['change.seen', 'trouble.settled'])
  })
  test('has what it wants as soon as its head has moved, and its workspace is looked at again', () => {
    const moved = updating
      .when(see.change(behind({ head: 'h2', isBehind: false, checks: 'pending' })))
      .then(['change.seen', 'trouble.settled'])
    expect(moved.session.update).toBeNull()
    expect(asksFor(moved)).toBe(false)
    expect(moved.wanted).toContain('workspace.look')
  })
  test.each([
    ['nobody demands it', { mustBeUpToDate: false }],
    ['checks fail', { checks: 'failing', failing: ['lint'] }],
    ['checks run', { checks: 'pending' }],
    ['it conflicts', { conflict: 'conflicting' }],
    ['it is a draft', { isDraft: true }],
    ['its forge wants a review', { review: 'pending' }],
    ['a reviewer asks for changes', { review: 'changes-requested' }],
    ['words of a reviewer wait', { openThreads: { people: 1, bots: 0 } }],
  ] as const)('is left as it is while %s', (_why, parts) => {
    expect(asksFor(resting.and(see.change(behind(parts))))).toBe(false)
  })
  test('is brought up to date once the words of its reviewers are settled', () => {
    const waiting = resting.and(see.change(behind({ openThreads: { people: 1, bots: 0 } })))
    expect(asksFor(waiting)).toBe(false)
    const { key } = waiting.effect('scm.details')
    const told = waiting.and(see.details(key))
    const answered = told.and(
      see.sent(told.message),
      see.agent({ received: [told.message], report: { mark: 3, kind: 'done', text: 'renamed' }, turnEnded: { mark: 4, message: 'ok' } }),
      see.work({ head: 'h2', ahead: 2 }),
    )
    expect(asksFor(answered)).toBe(false)
    expect(asksFor(answered.and(see.change(behind({ head: 'h2' }))))).toBe(true)
  })
  test('is left to the agent while that works, has something to hear, or has not committed all', () => {
    const quiet = given(...live).and(done)
    expect(asksFor(quiet.and(see.work({ dirty: ['a.ts'] }), see.change(behind())))).toBe(false)
    expect(asksFor(quiet.and(see.work({ head: 'h0' }), see.change(behind())))).toBe(false)
    expect(asksFor(resting.and(tell('wait'), see.change(behind())))).toBe(false)
    expect(asksFor(resting.and(wish({ name: 'suspend' }), see.change(behind())))).toBe(false)
  })
})

describe('the base that cannot be brought in', () => {
  const stuck = resting
    .and(see.change(behind()))
    .when(refused())
    .then([{ type: 'update.refused', head: 'h1', says: 'there is a conflict' }, 'trouble.raised', 'trouble.escalated'])
  test('is a decision for people, who are told that it is behind and why', () => {
    expect(asksFor(stuck)).toBe(false)
    expect(stuck.effect('people.call')).toMatchObject({
      key: 'approved-and-green',
      text: '#7 is behind main and could not be brought up to date: there is a conflict',
    })
  })
  test('is not tried again for the same two commits, and nobody is told twice', () => {
    stuck
      .and(see.called('approved-and-green', stuck.effect('people.call').of))
      .when(see.change(behind({ title: 'Another title' })))
      .then(['change.seen'], [])
    stuck.when(refused('something else')).then([])
  })
  test('is tried again when the base has moved, and when the head has', () => {
    expect(asksFor(stuck.and(see.change(behind({ baseHead: 'b2' }))))).toBe(true)
    const moved = stuck.and(see.change(behind({ head: 'h2' })))
    expect(asksFor(moved)).toBe(false) // the workspace does not have it yet
    expect(asksFor(moved.and(see.work({ head: 'h2' })))).toBe(true)
  })
  test('is no reason to call people for another head', () => {
    expect(stuck.wanted).toContain('people.call')
    expect(stuck.and(see.change(behind({ head: 'h2', checks: 'pending' }))).wanted).not.toContain('people.call')
  })
  test('refuses a merge now, in words that say so', () => {
    stuck.when(merge()).fails('IS_BEHIND')
  })
})

describe('merge when green, of what is behind', () => {
  test('is taken: the base is brought in, and what is then green is merged', () => {
    const armed = resting
      .and(tell('one more thing'))
      .and(see.change(behind()))
      .when(merge('green'))
      .then([{ type: 'merge.armed', head: 'h1', patchId: 'p1' }])
    expect(armed.wanted).not.toContain('scm.merge')

    const quick = resting.and(see.change(behind())).when(merge('green')).then(['merge.armed'])
    const current = quick.and(see.change(behind({ head: 'h2', isBehind: false, checks: 'pending' })))
    expect(current.session.armed).not.toBeNull()
    current
      .when(see.change(behind({ head: 'h2', isBehind: false })))
      .then(['change.seen', 'trouble.raised', { type: 'merge.requested', head: 'h2', rule: 'merge when green' }, 'trouble.eased'])
  })
  test('is taken while its checks run, too', () => {
    resting
      .and(see.change(behind({ checks: 'pending' })))
      .when(merge('green'))
      .then(['merge.armed'])
  })
  test('still refuses what neither time nor the bot will cure', () => {
    const seen = (parts: Partial<Change>): Spec => resting.and(see.change(behind(parts)))
    seen({ conflict: 'conflicting' }).when(merge('green')).fails('CONFLICTING')
    seen({ isDraft: true }).when(merge('green')).fails('IS_DRAFT')
    seen({ review: 'changes-requested' }).when(merge('green')).fails('CHANGES_REQUESTED')
    seen({}).when(merge('now')).fails('IS_BEHIND')
  })
  test('does not merge what the forge wants up to date before it is', () => {
    const armed = resting.and(see.change(behind()), merge('green'))
    expect(armed.and(refused()).session).toMatchObject({ merging: null, armed: { head: 'h1' } })
  })
  test('keeps its votes, because bringing in the base leaves the same diff', () => {
    const voted = resting.with(ruled({ approvals: 2 })).and(approve('bob'), see.change(behind()), merge('green'))
    expect(voted.and(see.change(behind({ head: 'h2', isBehind: false }))).wanted).toContain('scm.merge')
    expect(voted.and(see.change(behind({ head: 'h2', patchId: 'p2', isBehind: false }))).wanted).not.toContain('scm.merge')
  })
})

describe('a base that moves all day', () => {
  /** The base moves, is brought in, and the checks of the new head pass; so often. */
  const moved = (spec: Spec, times: number): Spec =>
    Array.from({ length: times }, (_, n) => n + 1).reduce((now, n) => {
      const head = `h${n}`
      return now.and(
        see.change(behind({ head, baseHead: `b${n}` })),
        see.change(green({ head: `h${n + 1}`, checks: 'pending' })),
        see.work({ head: `h${n + 1}` }),
        see.change(green({ head: `h${n + 1}` })),
      )
    }, spec)
  const again = see.change(behind({ head: 'h4', baseHead: 'b4' }))
  const thrice = moved(resting, 3)

  test('is brought in three times; then people are told, and its checks run no more for nobody', () => {
    expect(thrice.session.updates).toBe(3)
    const left = thrice.and(again)
    expect(asksFor(left)).toBe(false)
    expect(left.effect('people.call').text).toContain('is behind main again, after it was brought up to date 3 times')
  })
  test('is brought in once more after somebody had a word in it', () => {
    expect(asksFor(thrice.with(ruled({ approvals: 2 })).and(approve('bob'), again))).toBe(true)
  })
  test('is brought in as often as it takes where merging is wanted already', () => {
    expect(asksFor(thrice.and(again, merge('green')))).toBe(true)
    expect(asksFor(thrice.with(reacting('approved-and-green', { auto: true, action: 'auto-merge' })).and(again))).toBe(true)
  })
})

test('a conflict names the commit of the base that the agent can merge', () => {
  const conflict = given(...live).and(see.change(red({ checks: 'passing', conflict: 'conflicting', baseHead: 'b1c0ffee99' })))
  const [trouble] = conflict.session.troubles
  if (!trouble) throw new Error('A conflict is a trouble.')
  expect(wordsFor(conflict.session, trouble, setting.rules.reactions['merge-conflicts'])).toContain('main (git merge b1c0ffee)')
})
