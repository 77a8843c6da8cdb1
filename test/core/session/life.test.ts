import { describe, expect, test } from 'vitest'
import {
  able,
  approve,
  change,
  given,
  green,
  live,
  merge,
  minute,
  prepared,
  queued,
  red,
  ruled,
  second,
  see,
  tell,
  tick,
  wish,
} from '../../fakes/spec.ts'

const done = { report: { mark: 1, kind: 'done', text: 'fixed it' } } as const

describe('the whole life of a task', () => {
  test('asked for, prepared, worked on, checked, approved, merged, cleaned up', () => {
    given()
      .when(see.requested())
      .then([{ type: 'session.requested', by: 'ana', cause: 'in1' }], [])
      .when(see.admitted())
      .then(['session.admitted'], ['workspace.create'])
      .when(see.workspace())
      .then(['workspace.ready'], ['agent.launch'])
      .when(see.started())
      .then(['agent.started'], [])
      .after(5 * minute)
      .when(see.agent(done))
      .then([{ type: 'agent.reported', kind: 'done' }], ['workspace.look'])
      .when(see.work({ head: 'h1', ahead: 1 }))
      .then(['work.seen'], ['scm.open'])
      .when(see.change(change()))
      .then(['change.seen'], [])
      .when(see.change(green()))
      .then(['change.seen', 'trouble.raised', { type: 'trouble.escalated', key: 'approved-and-green' }], ['people.call'])
      .when(see.called('approved-and-green', 10))
      .then(['people.called'], [])
      .when(approve('bob'))
      .then([{ type: 'approval.given', by: 'bob', head: 'h1', patchId: 'p1' }], ['scm.review'])
      .when(see.reviewed(12))
      .then(['review.sent'], [])
      .when(merge())
      .then([{ type: 'merge.requested', by: 'ana', head: 'h1', method: 'squash' }, 'trouble.eased'], ['scm.merge'])
      .when(see.merge({ merged: true, commit: 'm1' }))
      .then(['change.seen', { type: 'session.ended', why: 'merged', by: 'ana', note: 'm1' }], ['agent.end', 'tracker.close'])
      .when(see.closed())
      .then(['task.closed'], ['agent.end'])
      .when(see.gone())
      .then(['agent.gone'], ['workspace.remove'])
      .when(see.removed())
      .then(['workspace.removed'], [])
  })

  test('the task, the base and the words of the report are what the change is opened with', () => {
    const opening = given(...live)
      .and(see.agent(done), see.work())
      .effect('scm.open')
    expect(opening).toMatchObject({ base: 'main', title: 'Fix the login' })
    expect(opening.body).toContain('fixed it')
    expect(opening.body).toContain('#42')
  })

  test('what the agent commits later is pushed, once it says so', () => {
    const told = given(...live).and(see.agent(done), see.work(), see.change(change()), tell('one more thing'))
    told
      .and(see.sent(told.message))
      .when(see.agent({ received: [told.message], report: { mark: 2, kind: 'done', text: 'and this' } }))
      .then(['message.confirmed', 'agent.reported'], ['workspace.look'])
      .when(see.work({ head: 'h2', ahead: 2 }))
      .then(['work.seen'], ['scm.push'])
      .when(see.change(change({ head: 'h2' })))
      .then(['change.seen'], [])
  })

  test('nothing is opened while the agent has not said that it is done, and nothing while it is not committed', () => {
    given(...live)
      .when(see.agent({ turnEnded: { mark: 1, message: 'well' } }))
      .then(['agent.idled'], ['workspace.look'])
      .when(see.work({ head: 'h1', ahead: 1 }))
      .then(
        ['work.seen', { type: 'trouble.raised', key: 'agent-idle' }, 'message.queued', 'message.handed', 'trouble.eased'],
        ['agent.tell'],
      )
  })
})

describe('an end without a change', () => {
  test('done needs the word of the agent and a clean tree', () => {
    given(...live)
      .and(see.agent(done))
      .when(see.work({ ahead: 0 }))
      .then(['work.seen', { type: 'session.ended', why: 'done', note: 'fixed it' }], ['agent.end'])
  })
  test('uncommitted work is not done: the agent is told which', () => {
    const dirty = given(...live)
      .and(see.agent({ ...done, turnEnded: { mark: 2, message: null } }))
      .when(see.work({ ahead: 0, dirty: ['a.ts'] }))
      .then(['work.seen', 'trouble.raised', 'message.queued', 'message.handed', 'trouble.eased'], ['agent.tell'])
    expect(dirty.effect('agent.tell').message.text).toContain('a.ts')
  })
  test('what was seen of the tree before it said so proves nothing', () => {
    given(...live)
      .and(see.work({ ahead: 0 }))
      .when(see.agent(done))
      .then(['agent.reported'], ['workspace.look'])
    given(...live)
      .and(see.work())
      .when(see.agent(done))
      .then(['agent.reported'], ['workspace.look'])
  })
  test('one of two changes that is merged does not end it', () => {
    given(...live)
      .and(see.change(change()), see.change(change({ number: 8 })))
      .when(see.change(change({ state: 'merged' })))
      .then(['change.seen'])
      .when(see.change(change({ number: 8, state: 'merged' })))
      .then(['change.seen', 'session.ended'])
  })
  test('not done while words are on their way to it', () => {
    given(...live)
      .with(able({ hearsWhileWorking: false }))
      .and(tell('wait'))
      .and(see.agent(done))
      .when(see.work({ ahead: 0 }))
      .then(['work.seen'])
  })
  test('a task that is a sentence is closed nowhere', () => {
    const [first, ...others] = live
    if (first?.type !== 'session.requested') throw new Error('A life begins with a request.')
    given({ ...first, task: { ...first.task, key: 'say-1234' } }, ...others)
      .when(see.change(change({ state: 'merged' })))
      .then(['change.seen', { type: 'session.ended', by: 'ao' }], ['agent.end'])
  })
  test('where the project says so, neither task nor workspace is touched after a merge', () => {
    given(...live)
      .with(ruled({ isTaskClosed: false, isWorkspaceRemoved: false }))
      .and(see.change(change({ state: 'merged' })))
      .when(see.gone())
      .then(['agent.gone'], [])
  })
})

describe('red, then green', () => {
  const open = given(...live).and(see.agent(done), see.work(), see.change(change()))
  const failing = open
    .when(see.change(red()))
    .then(['change.seen', { type: 'trouble.raised', key: 'ci-failed', reason: 'h1' }], ['scm.details'])

  test('the details are fetched before the agent is told, and are what it is told', () => {
    const wanted = failing.effect('scm.details')
    expect(wanted).toMatchObject({ number: 7, head: 'h1', key: 'ci-failed/7/h1/h1' })
    const told = failing.when(see.details(wanted.key)).then(['change.detailed', 'message.queued', 'message.handed'], ['agent.tell'])
    expect(told.effect('agent.tell').message.text).toContain('line 3: no semicolons')
  })

  test('the agent is told once for a commit, whatever else is seen of it', () => {
    failing
      .and(see.details('ci-failed/7/h1/h1'))
      .when(see.change(red({ failing: ['lint', 'test'] })))
      .then(['change.seen'])
      .when(see.change(red({ checks: 'pending' })))
      .then(['change.seen'])
      .when(see.change(red()))
      .then(['change.seen'])
  })

  test('one passing picture eases it, the second settles it', () => {
    const eased = failing
      .and(see.details('ci-failed/7/h1/h1'))
      .when(see.change(green({ head: 'h2' })))
      .then(['change.seen', { type: 'trouble.eased', key: 'ci-failed' }, 'trouble.raised', 'trouble.escalated'])
    const settled = eased.when(see.change(green({ head: 'h2' }))).then([{ type: 'trouble.settled', key: 'ci-failed' }])
    expect(settled.session.troubles.map(({ key }) => key)).toEqual(['approved-and-green'])
    settled.when(see.change(green({ head: 'h2' }))).then([])
  })

  test('failing, passing, failing again is one trouble, and what was said of it still counts', () => {
    const told = failing.and(see.details('ci-failed/7/h1/h1'))
    const again = told
      .and(see.agent({ ...done, received: [told.message] }), see.change(green({ head: 'h2' })), see.change(red({ head: 'h3' })))
      .and(see.change(red({ head: 'h3' })), see.details('ci-failed/7/h3/h3'))
    expect(again.session.troubles.find(({ key }) => key === 'ci-failed')).toMatchObject({ messages: 2, isEased: false })
    again
      .when(see.change(red({ head: 'h4' })))
      .then(
        ['change.seen', { type: 'trouble.raised', reason: 'h4' }, { type: 'trouble.escalated', why: 'the agent was told 2 times' }],
        ['people.call', 'agent.tell'],
      )
    expect(again.session.messages.filter(({ trouble }) => trouble?.key === 'ci-failed')).toHaveLength(2)
  })

  test('words about a commit that is no longer the head are not said any more, and do not count', () => {
    const busy = open
      .with(able({ hearsWhileWorking: false }))
      .and(tell('hello'))
      .and(see.change(red()), see.details('ci-failed/7/h1/h1'))
    const moved = busy.when(see.change(red({ head: 'h2' }))).then(['change.seen', 'trouble.raised', 'message.dropped'])
    expect(moved.session.troubles[0]).toMatchObject({ reason: 'h2', messages: 0, toldReason: null })
  })

  test('words that were never said are said when it comes back', () => {
    const flaky = open
      .with(able({ hearsWhileWorking: false }))
      .and(see.change(red()), see.details('ci-failed/7/h1/h1'))
      .when(see.change(green()))
      .then(['change.seen', 'trouble.eased', 'trouble.raised', 'message.dropped', 'trouble.escalated'])
    flaky.when(see.change(red())).then(['change.seen', { type: 'trouble.raised', key: 'ci-failed' }, 'trouble.eased', 'message.queued'])
  })

  test('an agent that ends its turn without a new commit needs a person', () => {
    const told = failing.and(see.details('ci-failed/7/h1/h1'))
    told
      .and(see.sent(told.message))
      .when(see.agent({ ...done, received: [told.message], turnEnded: { mark: 3, message: 'cannot' } }))
      .then(['message.confirmed', 'agent.idled'], ['workspace.look'])
      .when(see.work())
      .then(['work.seen', { type: 'trouble.escalated', why: 'the agent ended its turn without a new commit' }])
  })

  test('an agent that ends its turn with a commit of its own has done its part', () => {
    const told = failing.and(see.details('ci-failed/7/h1/h1'))
    told
      .and(see.sent(told.message))
      .and(
        see.agent({
          ...done,
          received: [told.message],
          report: { mark: 9, kind: 'done', text: 'mended' },
          turnEnded: { mark: 9, message: 'mended' },
        }),
      )
      .when(see.work({ head: 'h2', ahead: 2 }))
      .then(['work.seen'])
  })

  test('a commit of which the agent does not say that it is done goes nowhere, so people hear of it', () => {
    const told = failing.and(see.details('ci-failed/7/h1/h1'))
    told
      .and(see.sent(told.message))
      .and(see.agent({ ...done, received: [told.message], turnEnded: { mark: 3, message: 'hm' } }))
      .when(see.work({ head: 'h2', ahead: 2 }))
      .then(['work.seen', { type: 'trouble.escalated', why: 'the agent ended its turn and did not say that it is done' }])
  })

  test('an agent that could not be told for certain needs a person', () => {
    const told = failing.and(see.details('ci-failed/7/h1/h1'))
    told
      .and(see.failed('agent.tell', { subject: told.message }))
      .when(see.found(told.message, 'unknown'))
      .then(['message.unconfirmed', { type: 'trouble.escalated', why: 'the agent could not be told for certain' }], ['people.call'])
  })

  test('details that cannot be had are done without', () => {
    const blind = failing
      .when(see.failed('scm.details', { subject: 'ci-failed/7/h1/h1', mayPass: false }))
      .then(['effect.failed', 'message.queued', 'message.handed'])
    expect(blind.effect('agent.tell').message.text).toContain('these checks failed')
  })

  test('details of a head that has moved meanwhile are asked for anew, under another key', () => {
    const before = failing.effect('scm.details')
    const after = failing.and(see.details('ci-failed/7/h1/h1', null), see.change(red({ head: 'h2' }))).effect('scm.details')
    expect(after).toMatchObject({ head: 'h2' })
    expect([after.since, after.subject]).not.toEqual([before.since, before.subject])
  })

  test('details of a head that had not moved are asked for again, for a while, and then done without', () => {
    const nothing = see.details('ci-failed/7/h1/h1', null)
    let spec = failing
    for (const waitMs of [2 * second, 15 * second, 60 * second]) {
      spec = spec.when(nothing).then([{ type: 'effect.failed', effect: 'scm.details', retryAt: spec.at + waitMs }], [])
      spec.when(nothing).then([])
      spec = spec.after(waitMs).when(tick).then(['effect.retried'], ['scm.details'])
    }
    spec.when(nothing).then([{ type: 'effect.failed', retryAt: null }, 'message.queued', 'message.handed'])
    spec.when(see.details('ci-failed/7/h1/h1')).then(['change.detailed', 'message.queued', 'message.handed'])
  })

  test('nothing about a head that has moved is no news', () => {
    failing
      .and(see.change(red({ head: 'h2' })))
      .when(see.details('ci-failed/7/h1/h1', null))
      .then([], ['scm.details'])
  })

  test('comments whose count is the same are asked for anew when the head moves, too', () => {
    const commented = open.and(see.change(change({ openThreads: { people: 2, bots: 0 } })))
    const before = commented.effect('scm.details')
    const after = commented.and(see.change(change({ head: 'h2', openThreads: { people: 2, bots: 0 } }))).effect('scm.details')
    expect([after.since, after.subject]).not.toEqual([before.since, before.subject])
  })
})

describe('what fails', () => {
  test('is tried again after 2 s, 15 s and 60 s, and then a person is told', () => {
    const idle = given(...live).and(see.agent({ turnEnded: { mark: 1, message: null } }))
    let spec = idle
    for (const waitMs of [2 * second, 15 * second, 60 * second]) {
      spec = spec.when(see.failed('workspace.look')).then([{ type: 'effect.failed', retryAt: spec.at + waitMs }], [])
      expect(spec.dueInMs).toBe(waitMs)
      spec = spec.after(waitMs).when(tick).then(['effect.retried'], ['workspace.look'])
    }
    const over = spec.when(see.failed('workspace.look')).then([{ type: 'effect.failed', retryAt: null }], ['people.call'])
    const call = over.effect('people.call')
    expect(call).toMatchObject({ key: 'workspace.look', text: 'It broke.' })
    over.when(see.called('workspace.look', call.of)).then(['people.called'], [])
  })
  test('because it came too early is tried again when it was told to, as often as that is so, and the tries do not count', () => {
    let spec = given(...live).and(see.agent({ turnEnded: { mark: 1, message: null } }))
    for (let round = 0; round < 5; round += 1) {
      const untilMs = spec.at + 20 * minute
      spec = spec.when(see.failed('workspace.look', { untilMs })).then([{ type: 'effect.failed', retryAt: untilMs, isPutOff: true }], [])
      spec = spec
        .after(20 * minute)
        .when(tick)
        .then(['effect.retried'], ['workspace.look'])
    }
    spec.when(see.failed('workspace.look')).then([{ type: 'effect.failed', retryAt: spec.at + 2 * second }], [])
  })
  test('is not waited for when it is wanted anew', () => {
    given(...live)
      .and(see.agent({ turnEnded: { mark: 1, message: null } }), see.failed('workspace.look'))
      .when(see.agent({ turnEnded: { mark: 2, message: null } }))
      .then(['agent.idled'], ['workspace.look'])
  })
  test('for good is not tried again', () => {
    given(...live)
      .and(see.agent({ turnEnded: { mark: 1, message: null } }))
      .when(see.failed('workspace.look', { mayPass: false }))
      .then([{ type: 'effect.failed', retryAt: null }], ['people.call'])
  })
  test('and then works is forgotten, and the next failure begins to count anew', () => {
    const worked = given(...live).and(
      see.agent({ turnEnded: { mark: 1, message: null } }),
      see.failed('workspace.look'),
      see.work({ ahead: 0 }),
    )
    expect(worked.session.failures).toEqual([])
  })
  test('trouble about calling people calls nobody, and the next call is tried as often as the first', () => {
    let spec = given(...live).and(see.change(change({ state: 'closed' })))
    const broken = see.failed('people.call', { subject: 'pr-closed' })
    for (const waitMs of [2_000, 15_000, 60_000]) spec = spec.and(broken).after(waitMs).and(tick)
    const over = spec.when(broken).then([{ type: 'effect.failed', retryAt: null }], [])
    over
      .and(see.change(change({ number: 8, state: 'closed' })))
      .when(broken)
      .then([{ type: 'effect.failed', retryAt: over.at + 2_000 }])
  })
  test('without a workspace there is nothing to go on with: the session has failed, and says what to do', () => {
    given(...queued)
      .and(see.admitted())
      .when(see.failed('workspace.create', { mayPass: false, hint: 'Run git init.' }))
      .then(['effect.failed', { type: 'session.ended', why: 'failed', by: 'ao', note: 'It broke. Run git init.' }], [])
  })
  test('an agent that cannot be started at first fails the session; what it may have left is ended', () => {
    given(...prepared)
      .when(see.failed('agent.launch', { mayPass: false }))
      .then(['effect.failed', { type: 'session.ended', note: 'It broke.' }], ['agent.end'])
  })
  test('an agent that cannot be started again calls a person', () => {
    given(...live)
      .and(wish({ name: 'restart' }), see.gone())
      .when(see.failed('agent.launch', { mayPass: false }))
      .then(['effect.failed'], ['people.call'])
  })
})
