import { describe, expect, test } from 'vitest'
import { decide } from '../../../core/fleet/decide.ts'
import { request, t0 } from '../../fakes/spec.ts'
import { fleetOf, held, over, settingOf, stands, start, task, wished } from './spec.ts'

const limited = (running: number) => fleetOf(settingOf({ running }))

describe('starting', () => {
  test('queues the task under the next name of its project, and admits it when a slot is free', () => {
    const started = fleetOf().then(start('#42', { cause: 'in1' }), [
      {
        type: 'task.queued',
        cause: 'in1',
        session: 'app-1',
        request: { agent: 'coder', base: 'main', host: 'local', branch: 'ao/42-app-1-task-42', by: 'ana' },
      },
      { type: 'slot.given', session: 'app-1', host: 'local' },
    ])
    expect(started.wanted).toMatchObject([{ do: 'session.open', subject: 'app-1', cause: 'in1' }])
    const opened = started.then(stands('app-1', { slot: 'wanted' }), ['session.opened'])
    expect(opened.wanted).toMatchObject([{ do: 'session.admit', subject: 'app-1' }])
    expect(opened.then(held('app-1'), []).and(start('#43')).fleet.names).toEqual({ app: 2 })
  })
  test('a sentence has a branch with a readable name', () => {
    const said = { ...task('say-abcd1234'), title: 'Rename foo to bar' }
    const [queued] = fleetOf().and(
      wished({ name: 'start', project: 'app', task: said, agent: 'other', base: 'next', branch: null, model: 'm' }),
    ).facts
    expect(queued).toMatchObject({ request: { branch: 'ao/app-1-rename-foo-to-bar', agent: 'other', base: 'next', model: 'm' } })
  })
  test('on a branch that was named it goes on there, and nothing is made up', () => {
    const [queued] = fleetOf().and(start('#42', { branch: 'feature/login' })).facts
    expect(queued).toMatchObject({ request: { branch: 'feature/login', base: 'main' } })
  })
  test('no agent works on the branch that work goes back to, whether it was named or is the project’s own', () => {
    expect(fleetOf().refuses(start('#42', { branch: 'main' }), 'BRANCH_IS_BASE').message).toContain('main')
    fleetOf().refuses(start('#42', { branch: 'next', base: 'next' }), 'BRANCH_IS_BASE')
    expect(fleetOf().and(start('#42', { branch: 'next' })).given).toEqual(['app-1'])
  })
  test('two agents never share a branch: the second is told who has it', () => {
    const one = fleetOf().and(start('#42', { branch: 'feature/login' }))
    const error = one.refuses(start('#43', { branch: 'feature/login' }), 'BRANCH_TAKEN')
    expect(error.message).toContain('app-1')
    expect(error.message).toContain('feature/login')
    const own = fleetOf().and(start('#42'))
    own.refuses(start('#43', { branch: 'ao/42-app-1-task-42' }), 'BRANCH_TAKEN')
  })
  test('a branch of that name in another project, or of a session that is over, is free', () => {
    const one = fleetOf().and(start('#42', { branch: 'feature/login' }), start('#42', { project: 'web', branch: 'feature/login' }))
    expect(one.given).toEqual(['app-1', 'web-1'])
    const over1 = one.and(held('app-1'), over('app-1', 'stopped', { isSettled: false }), start('#43', { branch: 'feature/login' }))
    expect(over1.given).toContain('app-2')
  })
  test('the same inbound twice is one wish, also where it names a branch', () => {
    const one = fleetOf().and(start('#42', { cause: 'in7', branch: 'feature/login' }))
    one.then(start('#42', { cause: 'in7', branch: 'feature/login' }), [])
  })
  test('one session a task: the second is told who has it', () => {
    const error = fleetOf().and(start('#42')).refuses(start('#42'), 'TASK_TAKEN')
    expect(error.message).toContain('app-1')
    expect(error.message).toContain('#42')
  })
  test('a sentence that is taken is quoted, not called by its key', () => {
    expect(fleetOf().and(start('say-1')).refuses(start('say-1'), 'TASK_TAKEN').message).toContain('"Task say-1"')
  })
  test('the same task in another project is another task', () => {
    expect(fleetOf().and(start('#42'), start('#42', { project: 'web' })).given).toEqual(['app-1', 'web-1'])
  })
  test('a task that is over may be started anew, also while its session is put in order', () => {
    const again = fleetOf().and(start('#42'), held('app-1'), over('app-1', 'stopped', { isSettled: false }), start('#42'))
    expect(again.given).toContain('app-2')
  })
  test('the same inbound twice is one wish, even when its session is over', () => {
    const one = fleetOf().and(start('#42', { cause: 'in7' }))
    one.then(start('#42', { cause: 'in7' }), [])
    one.and(held('app-1'), over('app-1')).then(start('#42', { cause: 'in7' }), [])
  })
  test('several tasks of one inbound are several sessions, each with a cause of its own', () => {
    const many = fleetOf().and(start('#1', { cause: 'in9#1' }), start('#2', { cause: 'in9#2' }))
    expect(many.given).toEqual(['app-1', 'app-2'])
    many.then(start('#1', { cause: 'in9#1' }), [])
    many.then(start('#2', { cause: 'in9#2' }), [])
  })
  test('hosts take turns, the quietest first', () => {
    const two = fleetOf(settingOf({}, ['one', 'two'])).and(start('#1'), start('#2'), start('#3'))
    expect(Object.values(two.fleet.entries).map((entry) => entry.request.host)).toEqual(['one', 'two', 'one'])
  })
})

describe('the queue', () => {
  test('of two that start at the last slot one is given it, the other hears its place and why', () => {
    const two = limited(1).and(start('#1'), start('#2'))
    expect(two.given).toEqual(['app-1'])
    expect(two.waiting).toEqual(['1 app-2: 1 of 1 agents are running'])
  })
  test('a free slot is used at once, by the first in line', () => {
    const three = limited(1).and(start('#1'), held('app-1'), start('#2'), start('#3'))
    expect(three.waiting.map((line) => line.split(':')[0])).toEqual(['1 app-2', '2 app-3'])
    three.then(over('app-1'), ['slot.freed', 'session.over', 'session.left', { type: 'slot.given', session: 'app-2' }])
  })
  test('restarts and fixes go before new tasks', () => {
    const line = limited(1).and(start('#1'), held('app-1'), start('#2'), stands('app-9', { slot: 'wanted', isFirst: false }))
    expect(line.waiting.map((entry) => entry.split(':')[0])).toEqual(['1 app-9', '2 app-2'])
    line.then(over('app-1'), ['slot.freed', 'session.over', 'session.left', { type: 'slot.given', session: 'app-9' }])
  })
  test.each([
    ['its project', { perProject: { app: 1 } }, '1 of 1 agents of app are running'],
    ['its agent', { perAgent: { coder: 1 } }, '1 of 1 coder agents are running'],
    ['its host', { perHost: { local: 1 } }, '1 of 1 agents are running on local'],
  ])('a limit of %s holds up only what it is for', (_what, limits, reason) => {
    const line = fleetOf(settingOf(limits, ['local'])).and(start('#1'), start('#2'))
    expect(line.waiting).toEqual([`1 app-2: ${reason}`])
    const free = line.with(settingOf({})).then({ tick: true }, [{ type: 'slot.given', session: 'app-2' }])
    expect(free.waiting).toEqual([])
  })
  test('whoever is held up lets the next one pass', () => {
    const line = fleetOf(settingOf({ running: 3, perAgent: { coder: 1 } })).and(start('#1'), start('#2'), start('#3', { agent: 'other' }))
    expect(line.given).toEqual(['app-1', 'app-3'])
  })
  test('while changes wait for a person no new task starts, but restarts do', () => {
    const full = fleetOf(settingOf({ review: 1 })).and(start('#1'), held('app-1'), held('app-1', { isPersonNeeded: true }), start('#2'))
    expect(full.waiting).toEqual(['1 app-2: 1 of 1 changes wait for a person'])
    full.then(stands('app-9', { slot: 'wanted', isFirst: false }), [
      'session.expected',
      'slot.wanted',
      { type: 'slot.given', session: 'app-9' },
    ])
    full.then(held('app-1'), [
      { type: 'person.needed', is: false },
      { type: 'slot.given', session: 'app-2' },
    ])
  })
})

describe('pause', () => {
  const paused = fleetOf().then(wished({ name: 'pause', project: 'app' }, 'p1'), [{ type: 'project.paused', by: 'ana', cause: 'p1' }])
  test('nothing new starts in that project; other projects and restarts go on', () => {
    const line = paused.and(start('#1'), start('#2', { project: 'web' }), stands('app-9', { slot: 'wanted', isFirst: false }))
    expect(line.given).toEqual(['web-1', 'app-9'])
    expect(line.waiting).toEqual(['1 app-1: app is paused'])
    line.then(wished({ name: 'resume', project: 'app' }), ['project.resumed', { type: 'slot.given', session: 'app-1' }])
  })
  test('twice is refused, unless it is the same inbound', () => {
    paused.then(wished({ name: 'pause', project: 'app' }, 'p1'), [])
    paused.refuses(wished({ name: 'pause', project: 'app' }), 'PROJECT_PAUSED_ALREADY')
    fleetOf().refuses(wished({ name: 'resume', project: 'app' }), 'PROJECT_NOT_PAUSED')
  })
  test('what is for a session is a mistake of the caller', () => {
    const { wish } = start('#1')
    expect(() => decide(fleetOf().fleet, { at: t0, wish: { ...wish, wish: { name: 'stop', session: 'app-1' } } }, settingOf())).toThrow(
      /for a session/,
    )
  })
})

describe('how a session stands', () => {
  const running = fleetOf().and(start('#1'), stands('app-1', { slot: 'wanted' }), held('app-1'))

  test('shown twice it says nothing new', () => {
    for (const standing of [
      held('app-1'),
      stands('app-1'),
      held('app-1', { isPersonNeeded: true }),
      over('app-1', 'merged', { isSettled: false }),
      over('app-1'),
    ])
      running.and(standing).then(standing, [])
  })
  test('an older picture that still wants the slot does not take it back', () => {
    const given = fleetOf().and(start('#1'))
    expect(given.and(stands('app-1', { slot: 'wanted' })).given).toEqual(['app-1'])
  })
  test('what is held is counted, whatever was believed', () => {
    const believed = limited(1).and(start('#1'), start('#2'))
    const both = believed.then(held('app-2'), ['session.opened', { type: 'slot.given', session: 'app-2' }])
    expect(both.given).toEqual(['app-1', 'app-2'])
  })
  test('a slot that is given is told until it is held, under one key', () => {
    const given = fleetOf().and(start('#1'), stands('app-1', { slot: 'wanted' }))
    expect(given.wanted).toEqual(given.and({ woke: true }).wanted)
  })
  test('a slot that is freed and wanted again is given again', () => {
    running
      .then(stands('app-1'), ['slot.freed'])
      .then(stands('app-1', { slot: 'wanted', isFirst: false }), ['slot.wanted', { type: 'slot.given', session: 'app-1' }])
  })
  test('what has ended is over, and is forgotten once nothing is left to do', () => {
    const ended = running.then(over('app-1', 'merged', { slot: 'held', isSettled: false }), [{ type: 'session.over', why: 'merged' }])
    expect(ended.given).toEqual(['app-1'])
    expect(ended.then(over('app-1'), ['slot.freed', 'session.left']).fleet.entries).toEqual({})
    ended.and(over('app-1')).then(over('app-1'), [])
  })
  test('what comes back after it had left is reckoned with again', () => {
    const gone = running.and(over('app-1', 'stopped'))
    const expected = gone.then(over('app-1', 'stopped', { isSettled: false }), [{ type: 'session.expected', isOver: true }])
    const back = expected.then(stands('app-1', { slot: 'wanted', request }), ['session.expected', 'slot.wanted', 'slot.given'])
    expect(back.fleet.entries['app-1']).toMatchObject({ isOver: false, isOpened: true })
    back.refuses(start('#42'), 'TASK_TAKEN')
  })
  test('what comes back before its process had ended gets a slot like any other', () => {
    const dying = running.and(over('app-1', 'stopped', { slot: 'held', isSettled: false }))
    const back = dying.and(stands('app-1', { slot: 'wanted' }))
    expect(back.given).toEqual(['app-1'])
    const admits = back.wanted.filter((effect) => effect.do === 'session.admit')
    expect(admits[0]?.since).not.toBe(dying.wanted.find((effect) => effect.do === 'session.admit')?.since)
  })
})

describe('all complete', () => {
  const two = fleetOf().and(start('#1'), held('app-1'), start('#2'), held('app-2'), over('app-1'))
  test('is said once, when the last of several has ended, with how each did', () => {
    const all = two.then(over('app-2', 'stopped'), [
      'slot.freed',
      'session.over',
      'session.left',
      { type: 'all.complete', endings: { merged: ['app-1'], stopped: ['app-2'] } },
    ])
    expect(all.wanted).toMatchObject([{ do: 'people.tell', subject: 'all-complete' }])
    all.then({ tick: true }, [])
    const told = all.then({ seen: { kind: 'told' } }, ['all.told'])
    expect(told.wanted).toEqual([])
    told.then({ seen: { kind: 'told' } }, [])
    told.then({ tick: true }, [])
  })
  test('is not said of a single one, nor of one that ended twice', () => {
    const one = fleetOf().and(start('#1'), held('app-1'))
    one.then(over('app-1'), ['slot.freed', 'session.over', 'session.left'])
    const twice = one.and(over('app-1', 'stopped', { isSettled: false }), stands('app-1', { slot: 'wanted' }), held('app-1'))
    twice.then(over('app-1', 'merged'), ['slot.freed', 'session.over', 'session.left'])
  })
  test('waits for what is queued', () => {
    const line = limited(1).and(start('#1'), held('app-1'), start('#2'), start('#3'), over('app-1'), held('app-2'))
    line.then(over('app-2'), ['slot.freed', 'session.over', 'session.left', 'slot.given'])
  })
})
