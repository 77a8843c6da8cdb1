import { describe, expect, test } from 'vitest'
import { approve, given, green, type Happening, live, merge, minute, ruled, second, see, wish } from '../../fakes/spec.ts'

const queued = (says = 'in the merge queue, place 2') => green({ queued: says })
const ready = given(...live).and(see.change(green()))
const merging = ready.and(merge())
/** The forge has the order, and shows that it has it. */
const inQueue = merging.and(see.merge({ merged: false, why: 'queued', says: 'place 2' }), see.change(queued()))
const reject = (by = 'bob'): Happening => wish({ name: 'reject', text: 'not yet', about: null }, by)
const withdrawn: Happening = { seen: { kind: 'withdrawn', number: 7 } }

describe('an order that the forge has in hand', () => {
  test('is taken back by whoever asks for changes, and that it is taken back is a fact', () => {
    const recalled = inQueue
      .when(reject())
      .then(
        ['rejection.given', { type: 'merge.recalled', number: 7, by: 'bob' }, 'trouble.raised', 'trouble.escalated'],
        ['people.call', 'scm.review', 'scm.withdraw'],
      )
    expect(recalled.effect('scm.withdraw')).toMatchObject({ project: 'app', number: 7 })
    expect(recalled.session).toMatchObject({ merging: null, withdrawing: { number: 7 } })
    const done = recalled.when(withdrawn).then([{ type: 'merge.withdrawn', number: 7 }], ['people.call', 'scm.review'])
    expect(done.session.withdrawing).toBeNull()
    done.when(withdrawn).then([])
  })
  test('is taken back by a stop, after which nothing is merged any more', () => {
    const stopped = inQueue.when(wish({ name: 'stop' }, 'bob')).then(
      [
        { type: 'merge.recalled', by: 'bob' },
        { type: 'session.ended', why: 'stopped', by: 'bob' },
      ],
      ['agent.end', 'scm.withdraw'],
    )
    stopped.and(see.gone()).when(withdrawn).then(['merge.withdrawn'], [])
  })
  test('is taken back where nobody knows yet whether the forge has it', () => {
    const recalled = merging.when(reject()).then(['rejection.given', 'merge.recalled', 'trouble.raised'])
    expect(recalled.wanted).toContain('scm.withdraw')
    expect(recalled.wanted).not.toContain('scm.merge')
    // The answer to the order comes late, and is no longer asked for.
    recalled.when(see.merge({ merged: false, why: 'queued', says: 'place 2' })).then([])
  })
  test('that cannot be taken back is tried again, and then a person is told', () => {
    let spec = inQueue.and(reject())
    for (const waitMs of [2 * second, 15 * second, 60 * second])
      spec = spec
        .when(see.failed('scm.withdraw'))
        .then([{ type: 'effect.failed', effect: 'scm.withdraw', retryAt: spec.at + waitMs }])
        .after(waitMs)
        .when({ tick: true })
        .then(['effect.retried'])
    expect(spec.wanted).toContain('scm.withdraw')
    const over = spec.when(see.failed('scm.withdraw')).then([{ type: 'effect.failed', retryAt: null }])
    expect(over.wanted).not.toContain('scm.withdraw')
    expect(over.wanted.filter((name) => name === 'people.call')).toHaveLength(2)
  })
  test('and is asked for anew is no longer taken back', () => {
    const again = inQueue.and(reject(), see.failed('scm.withdraw'), approve('bob')).when(merge()).then(['merge.requested', 'trouble.eased'])
    expect(again.session.withdrawing).toBeNull()
    expect(again.after(minute).and({ tick: true }).wanted).not.toContain('scm.withdraw')
    expect(again.wanted).toContain('scm.merge')
  })
  test('without one there is nothing to take back', () => {
    expect(ready.and(reject()).wanted).not.toContain('scm.withdraw')
    expect(ready.and(wish({ name: 'stop' })).wanted).not.toContain('scm.withdraw')
  })
  test('that the forge took while the session was being stopped is taken back as soon as that is known', () => {
    const stopped = merging.and(wish({ name: 'stop' }, 'bob'), see.gone())
    expect(stopped.wanted).toEqual(['scm.look'])
    stopped.when(see.change(queued())).then(['change.seen', 'trouble.settled', { type: 'merge.recalled', by: 'bob' }], ['scm.withdraw'])
    stopped
      .when(see.merge({ merged: false, why: 'queued', says: 'place 2' }))
      .then(['merge.queued', { type: 'merge.recalled', by: 'bob' }], ['scm.withdraw'])
  })
})

describe('a forge that drops an order', () => {
  test('shows it by a change without one for a minute: the merge was refused, and the change is anybody’s to merge again', () => {
    const early = inQueue.after(minute - 1)
    early.when(see.change(green())).then(['change.seen'])
    inQueue
      .after(minute)
      .when(see.change(green()))
      .then(
        [
          'change.seen',
          { type: 'merge.refused', head: 'h1', why: 'protected', says: 'the forge no longer has it in hand' },
          'trouble.raised',
          'trouble.escalated',
        ],
        ['people.call'],
      )
      .when(merge())
      .then([{ type: 'merge.requested', head: 'h1' }, 'trouble.eased'], ['scm.merge'])
  })
  test('is believed at a later look that shows nothing new, too', () => {
    inQueue.and(see.change(green())).after(minute).when(see.change(green())).then(['merge.refused', 'trouble.raised', 'trouble.escalated'])
  })
  test('has not dropped what it shows at another place', () => {
    inQueue
      .after(5 * minute)
      .when(see.change(queued('in the merge queue, place 1')))
      .then(['change.seen'], [])
  })
  test('that holds other commits than were asked for is not to merge them: it counts as refused at once', () => {
    const moved = inQueue
      .when(see.change(green({ head: 'h2', patchId: 'p2', queued: 'place 2' })))
      .then([
        'change.seen',
        { type: 'merge.refused', head: 'h1', why: 'head-moved', says: 'new commits came while the forge had it in hand (h2)' },
        'trouble.raised',
        'trouble.escalated',
      ])
    expect(moved.session.merging).toBeNull()
  })
})

describe('a change that is sent to another base', () => {
  const elsewhere = green({ base: 'next' })
  test('is not merged there by an order that is on its way', () => {
    const refused = merging
      .when(see.change(elsewhere))
      .then([
        'change.seen',
        { type: 'merge.refused', head: 'h1', why: 'stale', says: 'it now goes to next' },
        'trouble.raised',
        'trouble.escalated',
      ])
    expect(refused.wanted).not.toContain('scm.merge')
    expect(refused.and(merge()).effect('scm.merge')).toMatchObject({ head: 'h1', base: 'next' })
  })
  test('is not merged there by the forge either', () => {
    inQueue
      .when(see.change(green({ base: 'next', queued: 'place 2' })))
      .then(['change.seen', { type: 'merge.refused', head: 'h1', says: 'it now goes to next' }, 'trouble.raised', 'trouble.escalated'])
  })
  test('needs its approvals anew', () => {
    const approved = ready.with(ruled({ approvals: 2 })).and(approve('bob'))
    expect(approved.and(merge()).wanted).toContain('scm.merge')
    approved.and(see.change(elsewhere)).when(merge()).fails('APPROVALS_MISSING')
  })
  test('is news for whoever was called about it, with where it goes now', () => {
    const called = ready.and(see.called('approved-and-green', ready.effect('people.call').of))
    expect(called.wanted).toEqual([])
    const again = called.when(see.change(elsewhere)).then(['change.seen', 'trouble.raised', 'trouble.escalated'], ['people.call'])
    expect(again.effect('people.call').text).toContain('next')
  })
  test('is not what the button of the old card means', () => {
    const shown = { session: 'app-1', change: { number: 7, base: 'main', head: 'h1', patchId: 'p1' }, request: null }
    const moved = ready.and(see.change(elsewhere))
    for (const name of ['approve', 'reject'] as const)
      moved.when(wish(name === 'reject' ? { name, text: '', about: shown } : { name, about: shown }, 'bob')).fails('STALE')
    moved.when(wish({ name: 'merge', when: 'now', method: null, about: shown })).fails('STALE')
  })
})

describe('a session that is taken up again', () => {
  const restore = wish({ name: 'restore' })
  test('no longer wants a merge that never reached the forge', () => {
    const back = merging
      .and(wish({ name: 'stop' }), see.gone())
      .when(restore)
      .then(['session.restored', 'trouble.raised', 'trouble.escalated'])
    expect(back.session.merging).toBeNull()
    expect(back.wanted).not.toContain('scm.merge')
    expect(back.wanted).not.toContain('scm.look')
  })
  test('still takes back what its stop had begun to take back', () => {
    const back = inQueue.and(wish({ name: 'stop' }), see.gone(), see.failed('scm.withdraw')).and(restore)
    expect(back.wanted).toContain('scm.withdraw')
  })
})
