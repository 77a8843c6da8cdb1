import { describe, expect, test } from 'vitest'
import { standingVotes } from '../../../core/session/views.ts'
import { approve, change, given, green, live, merge, red, ruled, second, see, wish } from '../../fakes/spec.ts'

const open = given(...live).and(see.change(change()))
const ready = open.and(see.change(green()))
const voters = (spec: typeof open): readonly string[] => {
  const [now] = spec.session.changes
  return now ? standingVotes(spec.session, now).map(({ by }) => by) : []
}

describe('votes', () => {
  const voted = ready.and(approve('bob'))
  test('survive a push only when the diff is the same', () => {
    expect(voters(voted)).toEqual(['bob'])
    expect(voters(voted.and(see.change(green({ head: 'h2' }))))).toEqual(['bob'])
    expect(voters(voted.and(see.change(green({ head: 'h2', patchId: 'p2' }))))).toEqual([])
    expect(voters(voted.and(see.change(green({ base: 'next' }))))).toEqual([])
  })
  test('without a fingerprint stand for their commit alone', () => {
    const blind = open.and(see.change(green({ patchId: '' })), approve('bob'))
    expect(voters(blind)).toEqual(['bob'])
    expect(voters(blind.and(see.change(green({ patchId: '', head: 'h2' }))))).toEqual([])
  })
  test('come back with the diff they were given for', () => {
    expect(voters(voted.and(see.change(green({ head: 'h2', patchId: 'p2' })), see.change(green({ head: 'h3' }))))).toEqual(['bob'])
  })
  test('are counted by people: twice is once', () => {
    expect(voters(voted.and(approve('bob')))).toEqual(['bob'])
    ready
      .with(ruled({ approvals: 3 }))
      .and(approve('bob'), approve('bob'))
      .when(merge())
      .fails('APPROVALS_MISSING')
  })
  test('take back the same person’s rejection', () => {
    expect(ready.and(wish({ name: 'reject', text: 'no', about: null }, 'bob'), approve('bob')).session.rejection).toBeNull()
  })
})

describe('merge when green', () => {
  const armed = open.when(merge('green')).then([{ type: 'merge.armed', by: 'ana', head: 'h1' }], [])
  test('waits for the checks and then merges exactly what was seen', () => {
    armed
      .when(see.change(green()))
      .then(
        ['change.seen', 'trouble.raised', { type: 'merge.requested', by: 'ana', head: 'h1', rule: 'merge when green' }, 'trouble.eased'],
        ['scm.merge'],
      )
  })
  test('is off when there are new commits, and stays on when the diff is the same', () => {
    armed
      .when(see.change(green({ head: 'h2', patchId: 'p2' })))
      .then(['change.seen', 'trouble.raised', { type: 'merge.disarmed', why: 'there are new commits' }, 'trouble.escalated'])
    armed
      .when(see.change(green({ head: 'h2' })))
      .then(['change.seen', 'trouble.raised', { type: 'merge.requested', head: 'h2' }, 'trouble.eased'])
  })
  test('is off when the change is closed', () => {
    armed.when(see.change(change({ state: 'closed' }))).then(['change.seen', 'trouble.raised', 'merge.disarmed', 'trouble.escalated'])
  })
  test('is off when it would go somewhere else', () => {
    armed
      .when(see.change(green({ base: 'next' })))
      .then(['change.seen', { type: 'merge.disarmed', why: 'it now goes to next' }, 'trouble.raised', 'trouble.escalated'])
  })
  test('waits while checks fail', () => {
    expect(armed.and(see.change(red())).session.armed).not.toBeNull()
  })
  test('of what is green already merges now', () => {
    ready.when(merge('green')).then(['merge.requested', 'trouble.eased'], ['scm.merge'])
  })
  test('does not wait for what green alone will not cure', () => {
    open
      .and(see.change(change({ isDraft: true })))
      .when(merge('green'))
      .fails('IS_DRAFT')
  })
})

describe('a merge', () => {
  const merging = ready.and(merge())
  test('that the forge refuses because the head moved is a fact, and needs a new word', () => {
    const refused = merging
      .when(see.merge({ merged: false, why: 'head-moved', says: 'the head is h2' }))
      .then([{ type: 'merge.refused', why: 'head-moved', says: 'the head is h2' }, 'trouble.raised'])
    expect(refused.wanted).not.toContain('scm.merge')
    refused
      .and(see.change(green({ head: 'h2', patchId: 'p2' })))
      .when(merge())
      .then([{ type: 'merge.requested', head: 'h2' }, 'trouble.eased'])
  })
  test('of another commit than the one that was asked for means nothing', () => {
    merging.when(see.merge({ merged: true, commit: 'm0' }, 'h0')).then([])
  })
  test('made elsewhere ends the session as well', () => {
    ready
      .when(see.change(green({ state: 'merged', mergeCommit: 'm9' })))
      .then(['change.seen', { type: 'session.ended', why: 'merged', by: 'ao', note: 'm9' }])
  })
  test('is wanted under the same key until it is known how it went', () => {
    expect(merging.and(see.agent({ workedAt: merging.at + 1 })).effect('scm.merge')).toEqual(merging.effect('scm.merge'))
  })

  describe('that is under way when the session is stopped', () => {
    const cut = merging
      .when(wish({ name: 'stop' }))
      .then(['session.ended'], ['agent.end', 'scm.look'])
      .and(see.gone())
    test('is only looked at, and told when it has happened', () => {
      expect(cut.wanted).toEqual(['scm.look'])
      const told = cut.when(see.change(green({ state: 'merged', mergeCommit: 'm1' }))).then(['change.seen', 'trouble.settled'])
      expect(told.session).toMatchObject({ merging: null, mergedBy: 'ana' })
      expect([...told.wanted].sort()).toEqual(['tracker.close', 'workspace.remove'])
    })
    test('counts as not done when nothing of it shows a minute later', () => {
      cut
        .after(59 * second)
        .when(see.change(green()))
        .then(['trouble.settled'])
      cut
        .after(61 * second)
        .when(see.change(green()))
        .then([{ type: 'merge.refused', why: 'stopped' }])
    })
    test('is over when the change is closed instead', () => {
      expect(cut.and(see.change(green({ state: 'closed' }))).wanted).toEqual([])
    })
    test('is told by its own answer, too, when that still comes', () => {
      expect(cut.and(see.merge({ merged: true, commit: 'm1' })).session.changes[0]?.state).toBe('merged')
      expect(cut.and(see.merge({ merged: false, why: 'protected', says: 'no' })).wanted).toEqual([])
    })
  })
})

test('a workspace is removed with the commits that were merged, so that they are not kept a second time', () => {
  const removing = ready.and(merge(), see.merge({ merged: true, commit: 'm1' }), see.gone()).effect('workspace.remove')
  expect(removing.merged).toEqual(['h1'])
})
