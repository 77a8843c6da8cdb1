import { describe, expect, test } from 'vitest'
import { authorise } from '../../../core/access/authorise.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Phase } from '../../../core/contracts/names.ts'
import type { About, SessionWish } from '../../../core/contracts/wish.ts'
import { decide } from '../../../core/session/decide.ts'
import { unborn } from '../../../core/session/evolve.ts'
import {
  approve,
  change,
  failed,
  given,
  green,
  id,
  live,
  lost,
  merge,
  permitted,
  prepared,
  question,
  queued,
  ruled,
  see,
  setting,
  stopped,
  t0,
  tell,
  tick,
  wish,
} from '../../fakes/spec.ts'

const about = (session: string, shown: About['change']): About => ({ session, change: shown, request: null })

/** One of each; the table below says what becomes of it in each phase. */
const wishes: { readonly [N in SessionWish['name']]: Extract<SessionWish, { name: N }> } = {
  tell: { name: 'tell', session: id, text: 'use zod' },
  answer: { name: 'answer', session: id, request: null, choice: 1, text: '' },
  approve: { name: 'approve', session: id, about: null },
  merge: { name: 'merge', session: id, when: 'now', method: null, about: null },
  reject: { name: 'reject', session: id, text: 'no', about: null },
  stop: { name: 'stop', session: id },
  suspend: { name: 'suspend', session: id },
  continue: { name: 'continue', session: id },
  interrupt: { name: 'interrupt', session: id, text: null },
  restart: { name: 'restart', session: id },
  retry: { name: 'retry', session: id, agent: null },
  restore: { name: 'restore', session: id },
  resend: { name: 'resend', session: id, message: 'app-1-m1' },
  clear: { name: 'clear', session: id },
  revert: { name: 'revert', session: id },
}
const phases: Readonly<Record<Phase, readonly Fact[]>> = { queued, preparing: prepared, live, lost, ended: stopped }

/** What the first fact is, or why it is refused: in words that tell a code from a type by its case. */
const answers: Readonly<Record<keyof typeof wishes, Readonly<Record<Phase, string>>>> = {
  tell: {
    queued: 'message.queued',
    preparing: 'message.queued',
    live: 'message.queued',
    lost: 'message.queued',
    ended: 'SESSION_ENDED',
  },
  answer: { queued: 'NO_QUESTION', preparing: 'NO_QUESTION', live: 'NO_QUESTION', lost: 'NO_QUESTION', ended: 'SESSION_ENDED' },
  approve: { queued: 'NO_CHANGE', preparing: 'NO_CHANGE', live: 'NO_CHANGE', lost: 'NO_CHANGE', ended: 'SESSION_ENDED' },
  merge: { queued: 'NO_CHANGE', preparing: 'NO_CHANGE', live: 'NO_CHANGE', lost: 'NO_CHANGE', ended: 'SESSION_ENDED' },
  reject: { queued: 'NO_CHANGE', preparing: 'NO_CHANGE', live: 'NO_CHANGE', lost: 'NO_CHANGE', ended: 'SESSION_ENDED' },
  stop: { queued: 'session.ended', preparing: 'session.ended', live: 'session.ended', lost: 'session.ended', ended: 'SESSION_ENDED' },
  suspend: { queued: 'NOT_RUNNING', preparing: 'NOT_RUNNING', live: 'session.suspended', lost: 'NOT_RUNNING', ended: 'SESSION_ENDED' },
  continue: { queued: 'NOT_PAUSED', preparing: 'NOT_PAUSED', live: 'NOT_PAUSED', lost: 'NOT_PAUSED', ended: 'SESSION_ENDED' },
  interrupt: { queued: 'NOT_RUNNING', preparing: 'NOT_RUNNING', live: 'interrupt.requested', lost: 'NOT_RUNNING', ended: 'SESSION_ENDED' },
  restart: {
    queued: 'NOT_RUNNING',
    preparing: 'NOT_RUNNING',
    live: 'restart.requested',
    lost: 'restart.requested',
    ended: 'SESSION_ENDED',
  },
  retry: {
    queued: 'NOTHING_TO_RETRY',
    preparing: 'NOTHING_TO_RETRY',
    live: 'NOTHING_TO_RETRY',
    lost: 'restart.requested',
    ended: 'SESSION_ENDED',
  },
  restore: {
    queued: 'SESSION_LIVES',
    preparing: 'SESSION_LIVES',
    live: 'SESSION_LIVES',
    lost: 'SESSION_LIVES',
    ended: 'session.restored',
  },
  resend: {
    queued: 'MESSAGE_UNKNOWN',
    preparing: 'MESSAGE_UNKNOWN',
    live: 'MESSAGE_UNKNOWN',
    lost: 'MESSAGE_UNKNOWN',
    ended: 'SESSION_ENDED',
  },
  clear: {
    queued: 'SESSION_LIVES',
    preparing: 'SESSION_LIVES',
    live: 'SESSION_LIVES',
    lost: 'SESSION_LIVES',
    ended: 'workspace.cleared',
  },
  revert: { queued: 'NOT_MERGED', preparing: 'NOT_MERGED', live: 'NOT_MERGED', lost: 'NOT_MERGED', ended: 'NOT_MERGED' },
}

describe('a wish is always answered, by a fact or a fault', () => {
  const rows = Object.entries(answers).flatMap(([name, byPhase]) =>
    Object.entries(byPhase).map(
      ([phase, answer]) => ({ name, phase, answer }) as { name: keyof typeof wishes; phase: Phase; answer: string },
    ),
  )
  test.each(rows)('$name while $phase: $answer', ({ name, phase, answer }) => {
    const session = given(...phases[phase])
    const input = { wish: permitted(wishes[name]) }
    if (answer.toUpperCase() === answer) session.when(input).fails(answer)
    else {
      const [first, ...others] = decide(session.session, { at: t0, ...input }, setting)
      expect(first).toMatchObject({ type: answer, cause: input.wish.cause })
      // And an inbound that is taken once is taken for good.
      given(...session.facts, ...(first ? [first] : []), ...others)
        .when(input)
        .then([])
    }
  })

  test.each(Object.keys(wishes) as (keyof typeof wishes)[])('%s to a session that never was is told so', (name) => {
    given()
      .when({ wish: permitted(wishes[name]) })
      .fails('SESSION_UNKNOWN')
  })

  test('what is for the fleet is a mistake of the caller', () => {
    expect(() => decide(unborn(id), { at: t0, wish: permitted({ name: 'pause', project: 'app' }) }, setting)).toThrow(/for the fleet/)
  })
})

describe('a card that has been overtaken', () => {
  const open = given(...live).and(see.change(green()))
  const shown = { number: 7, base: 'main', head: 'h1', patchId: 'p1' }
  const mergeAsShown = (seen: About['change']) => wish({ name: 'merge', when: 'now', method: null, about: about(id, seen) })

  test('as long as nothing moved, what it shows is what is merged', () => {
    open.when(mergeAsShown(shown)).then([{ type: 'merge.requested', head: 'h1' }, 'trouble.eased'])
  })
  test('a new commit with the same diff is still what was shown', () => {
    open
      .and(see.change(green({ head: 'h2' })))
      .when(mergeAsShown(shown))
      .then([{ type: 'merge.requested', head: 'h2' }, 'trouble.eased'])
  })
  test.each([
    ['a new commit with another diff', green({ head: 'h2', patchId: 'p2' })],
    ['a new commit of which the diff is unknown', green({ head: 'h2', patchId: '' })],
    ['another base', green({ base: 'next' })],
    ['another change in its place', green({ number: 8 })],
  ])('%s makes it stale, for every wish that is about it', (_what, moved) => {
    const now = open.and(see.change(moved))
    now.when(mergeAsShown(moved.patchId === '' ? { ...shown, patchId: '' } : shown)).fails('STALE')
    now.when(wish({ name: 'approve', about: about(id, shown) })).fails('STALE')
    now.when(wish({ name: 'reject', text: 'no', about: about(id, shown) })).fails('STALE')
  })
  test('a card of another session says nothing about this one', () => {
    open
      .and(see.change(green({ head: 'h2', patchId: 'p2' })))
      .when(wish({ name: 'merge', when: 'now', method: null, about: about('app-2', shown) }))
      .then([{ type: 'merge.requested', head: 'h2' }, 'trouble.eased'])
  })
})

describe('what stands in the way of a merge is named', () => {
  test.each([
    ['NOT_GREEN', change()],
    ['NOT_GREEN', change({ checks: 'none' })],
    ['NOT_GREEN', change({ checks: 'failing', failing: ['lint'] })],
    ['CONFLICTING', green({ conflict: 'conflicting', conflictFiles: ['a.ts'] })],
    ['IS_DRAFT', green({ isDraft: true })],
    ['CHANGES_REQUESTED', green({ review: 'changes-requested' })],
    ['NO_CHANGE', green({ state: 'closed' })],
  ])('%s', (code, now) => {
    given(...live)
      .and(see.change(now))
      .when(merge())
      .fails(code)
  })
  test('IS_BEHIND where the project wants it up to date', () => {
    const behind = given(...live).and(see.change(green({ isBehind: true })))
    behind.when(merge()).then(['merge.requested', 'trouble.eased'])
    behind
      .with(ruled({ isUpToDateNeeded: true }))
      .when(merge())
      .fails('IS_BEHIND')
  })
  test('a change without checks can be merged where the project says it has none', () => {
    given(...live)
      .with(ruled({ noChecks: 'mergeable' }))
      .and(see.change(change({ checks: 'none' })))
      .when(merge())
      .then(['merge.requested', 'trouble.eased'])
  })
  test('APPROVALS_MISSING: the merge of a maintainer is a vote, the other must be another person', () => {
    const two = given(...live)
      .with(ruled({ approvals: 2 }))
      .and(see.change(green()))
    two.when(merge('now', 'cleo')).fails('APPROVALS_MISSING')
    two.and(approve('cleo')).when(merge('now', 'cleo')).fails('APPROVALS_MISSING')
    two.and(approve('bob')).when(merge('now', 'cleo')).then(['merge.requested', 'trouble.eased'])
  })
  test('whoever asked for the task does not vote where the project says so', () => {
    const strict = given(...live)
      .with(ruled({ approvals: 1, isRequesterCounted: false }))
      .and(see.change(green()))
    strict.when(approve('ana')).fails('SELF_APPROVAL')
    strict.when(merge('now', 'ana')).fails('APPROVALS_MISSING')
    strict.and(approve('bob')).when(merge('now', 'ana')).then(['merge.requested', 'trouble.eased'])
  })
  test('MERGING_ALREADY, until it is known that it did not work', () => {
    const merging = given(...live).and(see.change(green()), merge())
    merging.when(merge()).fails('MERGING_ALREADY')
    merging.and(see.failed('scm.merge')).when(merge()).fails('MERGING_ALREADY')
    merging
      .and(see.failed('scm.merge', { mayPass: false }))
      .when(merge())
      .then(['merge.requested'], ['scm.merge'])
  })
})

describe('answers', () => {
  const asked = given(...live).and(see.agent({ question }))
  const answer = (choice: number | null, text = '', request: string | null = null) => wish({ name: 'answer', request, choice, text })

  test('a choice is kept in the words of the agent, with what was added', () => {
    asked
      .when(answer(2, 'not now'))
      .then([{ type: 'question.decided', decision: { request: 'q1', choice: 2, text: 'no: not now', by: 'ana' } }, 'trouble.eased'])
  })
  test('words alone are an answer; nothing at all is not', () => {
    asked.when(answer(null, 'always')).then([{ type: 'question.decided', decision: { choice: null, text: 'always' } }, 'trouble.eased'])
    asked.when(answer(null, ' ')).fails('CHOICE_UNKNOWN')
    asked.when(answer(3)).fails('CHOICE_UNKNOWN')
    asked.when(answer(0)).fails('CHOICE_UNKNOWN')
  })
  test('a second answer, and one to another question, come too late', () => {
    asked.and(answer(1)).when(answer(2)).fails('QUESTION_CLOSED')
    asked.when(answer(1, '', 'q0')).fails('QUESTION_CLOSED')
  })
  test('a viewer may answer only what they asked for themselves', () => {
    const answerOf = (name: string) => ({
      wish: authorise(
        { name: 'answer', session: id, request: null, choice: 1, text: '' },
        { name, roles: { app: ['viewer'] } },
        { project: 'app', cause: `in-${name}` },
      ),
    })
    asked.when(answerOf('zoe')).fails('ANSWER_NOT_YOURS')
    asked.when(answerOf('ana')).then(['question.decided', 'trouble.eased'])
    asked.when(wish({ name: 'answer', request: null, choice: 1, text: '' }, 'bob')).then(['question.decided', 'trouble.eased'])
  })
})

describe('ends and beginnings', () => {
  test('stopping keeps branch and workspace, ends the process, and frees the slot once it is gone', () => {
    const ended = given(...live)
      .when(wish({ name: 'stop' }))
      .then([{ type: 'session.ended', why: 'stopped', by: 'ana' }], ['agent.end'])
    expect(ended.session.hasSlot).toBe(true)
    expect(ended.when(see.gone()).then(['agent.gone'], []).session).toMatchObject({ hasSlot: false, isWorkspaceRemoved: false })
  })
  test('stopping after the change was closed says closed', () => {
    given(...live)
      .and(see.change(change({ state: 'closed' })))
      .when(wish({ name: 'stop' }))
      .then([{ type: 'session.ended', why: 'closed' }])
  })
  test('what was stopped is restored: it waits for a slot, and takes up its conversation in its workspace', () => {
    const back = given(...stopped)
      .when(wish({ name: 'restore' }))
      .then(['session.restored'], [])
      .when(see.admitted())
      .then(['session.admitted'], ['agent.launch'])
    expect(back.effect('agent.launch').isFirst).toBe(false)
  })
  test('restored before its process had ended: that one is ended first, and then a new one started', () => {
    const hasty = given(...live)
      .and(wish({ name: 'stop' }))
      .when(wish({ name: 'restore' }))
      .then(['session.restored'], ['agent.end'])
      .when(see.admitted())
      .then(['session.admitted'], ['agent.end'])
    expect(hasty.when(see.gone()).then(['agent.gone'], ['agent.launch']).session.hasSlot).toBe(true)
  })
  test('a workspace that was removed is made again', () => {
    given(...stopped)
      .and(wish({ name: 'clear' }), see.removed())
      .and(wish({ name: 'restore' }))
      .when(see.admitted())
      .then(['session.admitted'], ['workspace.create'])
  })
  test('what was merged is not restored', () => {
    given(...live)
      .and(see.change(change({ state: 'merged' })))
      .when(wish({ name: 'restore' }))
      .fails('SESSION_ENDED')
  })
  test('clearing removes the workspace once, and says what was saved', () => {
    const cleared = given(...stopped)
      .when(wish({ name: 'clear' }))
      .then(['workspace.cleared'], ['workspace.remove'])
      .when(see.removed('refs/ao/saved'))
      .then([{ type: 'workspace.removed', savedRef: 'refs/ao/saved' }], [])
    expect(cleared.session.savedRef).toBe('refs/ao/saved')
    cleared.when(wish({ name: 'clear' })).fails('NOTHING_TO_CLEAR')
    given(...failed)
      .when(wish({ name: 'clear' }))
      .fails('NOTHING_TO_CLEAR')
  })
  test('clearing once more tries once more', () => {
    given(...stopped)
      .and(wish({ name: 'clear' }), see.failed('workspace.remove', { mayPass: false }))
      .when(tick)
      .then([], ['people.call'])
      .when(wish({ name: 'clear' }))
      .then(['workspace.cleared'], ['workspace.remove'])
  })
})

describe('retry', () => {
  test('of what failed for good: it begins again', () => {
    given(...failed)
      .when(wish({ name: 'retry', agent: null }))
      .then(['session.restored'])
  })
  test('with another agent: that one starts anew, without the conversation of the first', () => {
    const other = given(...live)
      .and(see.agent({ conversation: 'c1' }))
      .when(wish({ name: 'retry', agent: 'other' }))
      .then([{ type: 'agent.chosen', agent: 'other' }, 'restart.requested'], ['agent.end'])
      .when(see.gone())
      .then(['agent.gone'], ['agent.launch'])
    expect(other.effect('agent.launch')).toMatchObject({ agent: 'other', resume: null })
  })
  test('of an effect that is waiting for its next try: at once', () => {
    given(...live)
      .and(see.agent({ turnEnded: { mark: 1, message: null } }), see.failed('workspace.look'))
      .when(wish({ name: 'retry', agent: null }))
      .then([{ type: 'effect.retried', effect: 'workspace.look' }], ['workspace.look'])
  })
  test('of what is left to do after the end', () => {
    const merged = given(...live).and(see.change(change({ state: 'merged' })), see.gone(), see.removed())
    expect(merged.wanted).toEqual(['tracker.close'])
    merged
      .and(see.failed('tracker.close', { mayPass: false }))
      .when(wish({ name: 'retry', agent: null }))
      .then(['effect.retried'], ['tracker.close'])
  })
})

test('restarting what is paused continues it', () => {
  given(...live)
    .and(wish({ name: 'suspend' }), see.suspended())
    .when(wish({ name: 'restart' }))
    .then(['session.continued', 'restart.requested'])
})

test('words are told with the name of who said them', () => {
  given(...live)
    .when(tell('use zod', 'bob'))
    .then([{ type: 'message.queued', from: 'bob', text: 'bob: use zod' }, 'message.handed'], ['agent.tell'])
})

test('a rejection takes back the vote and the merge that waits, and goes to the forge', () => {
  const rejected = given(...live)
    .and(see.change(change()), approve('bob'), merge('green', 'bob'))
    .when(wish({ name: 'reject', text: '', about: null }, 'bob'))
    .then([{ type: 'rejection.given', text: 'Changes are requested.' }])
  expect(rejected.session).toMatchObject({ votes: [], armed: null })
  const review = rejected.effect('scm.review')
  expect(review).toMatchObject({ by: 'bob', verdict: 'request-changes', head: 'h1' })
  rejected.when(see.reviewed(review.since)).then(['review.sent'], []).when(see.reviewed(review.since)).then([])
})
