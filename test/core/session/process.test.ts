import { describe, expect, test } from 'vitest'
import { used } from '../../../core/contracts/session.ts'
import { headline, isPersonNext } from '../../../core/session/headline.ts'
import { wantsSlot } from '../../../core/session/views.ts'
import { able, change, fact, given, handle, live, prepared, question, queued, see, setting, tell, wish } from '../../fakes/spec.ts'

const waits = (spec: ReturnType<typeof given>): boolean => wantsSlot(spec.session)

describe('slots', () => {
  test('a session that waits takes a slot once; one that needs none takes none', () => {
    expect(waits(given(...queued))).toBe(true)
    given(...queued)
      .when(see.admitted())
      .then(['session.admitted'])
      .when(see.admitted())
      .then([])
    given(...live)
      .when(see.admitted())
      .then([])
    given().when(see.admitted()).then([])
  })
})

describe('pause and continue', () => {
  const paused = given(...live)
    .when(wish({ name: 'suspend' }))
    .then(['session.suspended'], ['agent.suspend'])
    .when(see.suspended())
    .then(['agent.suspended'], [])

  test('the slot is free while it is paused, and is needed to go on', () => {
    expect(paused.session.hasSlot).toBe(false)
    expect(waits(paused)).toBe(false)
    const continued = paused.when(wish({ name: 'continue' })).then(['session.continued'], [])
    expect(waits(continued)).toBe(true)
    continued.when(see.admitted()).then(['session.admitted'], ['agent.resume']).when(see.resumed()).then(['agent.resumed'], [])
  })
  test('continued before it was really paused: the same process goes on in its slot', () => {
    const quick = given(...live)
      .and(wish({ name: 'suspend' }))
      .when(wish({ name: 'continue' }))
      .then(['session.continued'], ['agent.resume'])
    expect(quick.session.hasSlot).toBe(true)
  })
  test('paused twice, or continued when it is not paused, is refused', () => {
    paused.when(wish({ name: 'suspend' })).fails('PAUSED_ALREADY')
    paused
      .and(wish({ name: 'continue' }))
      .when(wish({ name: 'continue' }))
      .fails('NOT_PAUSED')
  })
  test('another agent may be chosen meanwhile, and starts when it is continued', () => {
    const other = paused
      .and(wish({ name: 'retry', agent: 'other' }))
      .when(see.gone())
      .then(['agent.gone'], [])
    expect(waits(other)).toBe(false)
    other
      .and(wish({ name: 'continue' }))
      .when(see.admitted())
      .then(['session.admitted'], ['agent.launch'])
  })
  test('a process that is lost while it waits to be continued needs no slot', () => {
    expect(waits(paused.and(wish({ name: 'continue' }), see.exited(1)))).toBe(false)
  })
})

describe('restart', () => {
  test('ends the process, keeps the slot, and takes up the conversation in a new one', () => {
    const ending = given(...live)
      .and(see.agent({ conversation: 'c1' }))
      .when(wish({ name: 'restart' }))
      .then(['restart.requested'], ['agent.end'])
    const launching = ending.when(see.gone()).then(['agent.gone'], ['agent.launch'])
    expect(launching.session.hasSlot).toBe(true)
    const launch = launching.effect('agent.launch')
    expect(launch).toMatchObject({ resume: 'c1', isFirst: false, message: null })
    expect(launch.run).not.toBe(handle().run)
    launching.when(see.started(launch.since)).then(['agent.started'], [])
  })
  test('of one that ends by itself meanwhile is still a restart, and nobody is called', () => {
    given(...live)
      .and(wish({ name: 'restart' }))
      .when(see.exited(1))
      .then(['agent.gone'], ['agent.launch'])
  })
  test('of a lost one needs a slot again', () => {
    const lostOne = given(...live)
      .when(see.exited(1))
      .then(['agent.exited', 'trouble.raised', 'trouble.escalated'], ['people.call'])
    const again = lostOne.when(wish({ name: 'restart' })).then(['restart.requested', 'trouble.eased'], [])
    expect(waits(again)).toBe(true)
    again.when(see.admitted()).then(['session.admitted'], ['agent.launch'])
  })
  test('what an old process says or does means nothing to the new one', () => {
    given(...live)
      .when(see.exited(1, 99))
      .then([])
    given(...live)
      .when(see.gone(99))
      .then([])
    given(...live)
      .when(see.started())
      .then([])
  })
})

describe('a conversation that cannot be taken up', () => {
  const named = given(...live).and(see.agent({ conversation: 'c1', workedAt: 1 }), see.exited(1))
  const anew = named.and(wish({ name: 'restart' }), see.admitted())
  const resumed = anew.and(see.started(anew.effect('agent.launch').since))
  const since = anew.effect('agent.launch').since

  test('is tried once; when that ends at once with an error, the agent begins anew with the task and what was done', () => {
    expect(anew.effect('agent.launch').resume).toBe('c1')
    const lost = resumed
      .after(15_000)
      .when(see.exited(1, since))
      .then([{ type: 'conversation.lost', conversation: 'c1' }, { type: 'restart.requested', why: 'lost' }, 'agent.gone'], ['agent.launch'])
    expect(lost.effect('agent.launch')).toMatchObject({ resume: null, isFirst: false })
    expect(lost.wanted).not.toContain('people.call')
    // Its files still name it.
    expect(lost.and(see.agent({ conversation: 'c1', workedAt: 1 })).session.conversation).toBeNull()
  })
  test('is not given up when the agent was heard of, when it took its time, or when a signal ended it', () => {
    const soon = resumed.after(15_000)
    const isLost = (spec: typeof soon): boolean => spec.session.lostConversation !== null
    expect(isLost(soon.and(see.agent({ turnEnded: { mark: 9, message: 'ok' } }), see.exited(1, since)))).toBe(false)
    expect(isLost(resumed.after(30_000).and(see.exited(1, since)))).toBe(false)
    expect(isLost(soon.and(see.exited(null, since)))).toBe(false)
    expect(isLost(soon.and(see.exited(1, since)))).toBe(true)
    const before = see.agent({ workedAt: resumed.at - 1, tool: { name: 'tests', since: 1 } })
    expect(isLost(soon.and(before, see.agent({ workedAt: resumed.at - 1 }), see.exited(1, since)))).toBe(true)
    expect(isLost(soon.and(see.agent({ workedAt: resumed.at + 10_000 }), see.exited(1, since)))).toBe(false)
  })
  test('of a start that began one people are called, as of any that fails', () => {
    given(...live)
      .when(see.exited(1))
      .then(['agent.exited', 'trouble.raised', 'trouble.escalated'], ['people.call'])
  })
})

describe('an end in the middle', () => {
  test('of a launch still ends the process it may have made, under the handle it would have', () => {
    const ended = given(...prepared)
      .when(wish({ name: 'stop' }))
      .then(['session.ended'], ['agent.end'])
    expect(ended.effect('agent.end').handle).toEqual(handle())
    expect(ended.session.hasSlot).toBe(true)
    expect(ended.when(see.started()).then([], ['agent.end']).and(see.gone()).session).toMatchObject({ hasSlot: false, handle: null })
  })
  test('before there is a process ends nothing', () => {
    given(...live)
      .and(see.exited(1), wish({ name: 'restart' }))
      .when(wish({ name: 'stop' }))
      .then(['session.ended'], [])
    given(...queued)
      .when(wish({ name: 'stop' }))
      .then(['session.ended'], [])
  })
  test('a process that shows up after all is ended, too', () => {
    given(...queued)
      .and(wish({ name: 'stop' }))
      .when(see.started())
      .then(['agent.started'], ['agent.end'])
  })
})

describe('an agent whose process ends with its turn', () => {
  const oneShot = given(...live).with(able({ endsWithTurn: true, hearsWhileWorking: false }))

  test('is done when it exits with 0, and lost when it does not', () => {
    oneShot.when(see.exited(0)).then([{ type: 'agent.exited', isGood: true }], ['workspace.look'])
    oneShot.when(see.exited(1)).then([{ type: 'agent.exited', isGood: false }, 'trouble.raised', 'trouble.escalated'], ['people.call'])
  })
  test('frees its slot with its turn, and its change is opened', () => {
    const over = oneShot.and(see.exited(0))
    expect(over.session.hasSlot).toBe(false)
    over.when(see.work()).then(['work.seen'], ['scm.open'])
  })
  test('words start its next turn, in a slot of its own, and have arrived with it', () => {
    const told = oneShot
      .and(see.exited(0), see.work(), see.change(change()))
      .when(tell('and the tests'))
      .then(['message.queued', { type: 'restart.requested', why: 'words' }], [])
    expect(waits(told)).toBe(true)
    const launching = told.when(see.admitted()).then(['session.admitted'], ['agent.launch'])
    const launch = launching.effect('agent.launch')
    expect(launch.message?.text).toBe('ana: and the tests')
    const turn = launching
      .when(see.started(launch.since, launch.message?.id ?? null))
      .then(['agent.started', 'message.handed', 'message.sent', 'message.confirmed'], [])
    expect(turn.session).toMatchObject({ isDoneSaid: false, activity: 'working' })
  })
  test('words that waited for the end of its turn start the next one in the slot it has', () => {
    const next = oneShot
      .and(tell('and the tests'))
      .when(see.exited(0))
      .then(['agent.exited', 'restart.requested'], ['agent.launch', 'workspace.look'])
    expect(next.session.hasSlot).toBe(true)
  })
  test('a slot that was kept for words is free when the words are dropped', () => {
    const asking = oneShot.and(tell('hi')).and(see.agent({ question }))
    const over = asking.and(see.exited(0))
    expect(over.session.asked?.state).toBe('gone')
    const dropped = given(...over.facts, fact('session.suspended', { by: 'ana' }))
    expect(dropped.session.restart).not.toBeNull()
  })
  test('an agent that said it was done may exit, too', () => {
    given(...live)
      .and(see.agent({ report: { mark: 1, kind: 'done', text: 'ok' } }))
      .when(see.exited(0))
      .then([{ type: 'agent.exited', isGood: true }])
    given(...live)
      .when(see.exited(0))
      .then([{ type: 'agent.exited', isGood: false }, 'trouble.raised', 'trouble.escalated'])
  })
})

describe('what people read first', () => {
  const line = (spec: ReturnType<typeof given>): string => headline(spec.session, setting.rules)
  const born = given(...live)
  test.each([
    ['queued', given(...queued)],
    ['spawning', given(...prepared)],
    ['working', born],
    ['needs input', born.and(see.change(change()), see.agent({ question }))],
    ['idle', born.and(see.agent({ turnEnded: { mark: 1, message: null } }))],
    ['paused', born.and(wish({ name: 'suspend' }))],
    ['exited', born.and(see.exited(1))],
    ['spawning', born.and(see.exited(1), wish({ name: 'restart' }))],
    ['ci running', born.and(see.change(change()))],
    ['ci failed', born.and(see.change(change({ checks: 'failing' })))],
    ['changes requested', born.and(see.change(change({ checks: 'passing', review: 'changes-requested' })))],
    ['conflict', born.and(see.change(change({ checks: 'failing', conflict: 'conflicting' })))],
    ['pr open', born.and(see.change(change({ checks: 'passing', isDraft: true })))],
    ['pr open', born.and(see.change(change({ checks: 'none' })))],
    ['mergeable', born.and(see.change(change({ checks: 'passing' })))],
    ['closed', born.and(see.change(change({ state: 'closed' })))],
    ['merged', born.and(see.change(change({ state: 'merged' })))],
    ['stopped', born.and(wish({ name: 'stop' }))],
  ])('%s', (expected, spec) => {
    expect(line(spec)).toBe(expected)
    expect(isPersonNext(spec.session, setting.rules)).toBe(['mergeable', 'review pending', 'closed'].includes(expected))
  })
})

describe('what an agent used', () => {
  const usage = (input: number, costUsd: number | null = 0.25) => [{ model: 'm1', input, cacheRead: 10, cacheWrite: 0, output: 1, costUsd }]
  const turn = (mark: number, input: number, costUsd: number | null = 0.25) =>
    see.agent({ conversation: 'c1', usage: usage(input, costUsd), turnEnded: { mark, message: 'ok' } })

  test('is noted at the end of a turn, where it has changed', () => {
    const once = given(...live)
      .when(turn(1, 100))
      .then(['agent.named', 'agent.used', 'agent.idled'], ['workspace.look'])
    expect(used(once.session)).toEqual(usage(100))
    given(...live)
      .when(see.agent({ usage: usage(100) }))
      .then([])
    expect(used(once.and(turn(2, 150)).session)).toEqual(usage(150))
  })
  test('is kept when another conversation begins; a cost that is unknown once is unknown for the whole', () => {
    const next = (costUsd: number | null) =>
      given(...live).and(turn(1, 100), see.agent({ conversation: 'c2', usage: usage(7, costUsd), turnEnded: { mark: 2, message: 'ok' } }))
    expect(used(next(0.5).session)).toEqual([{ model: 'm1', input: 107, cacheRead: 20, cacheWrite: 0, output: 2, costUsd: 0.75 }])
    expect(used(next(null).session)).toMatchObject([{ input: 107, costUsd: null }])
  })
})
