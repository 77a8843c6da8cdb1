import { describe, expect, test } from 'vitest'
import type { Adoption } from '../../../core/contracts/adoption.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Picture } from '../../../core/contracts/input.ts'
import { change, fact, given, green, type Happening, handle, request, ruled, see, wish } from '../../fakes/spec.ts'

const adopts: Adoption = {
  workspace: { path: '/home/ana/shop-fix', branch: request.branch, baseCommit: 'base0', isForeign: true },
  conversation: 'talk-1',
  process: { pid: 4711, startedAt: '99' },
  terminal: 'fix',
}
const seen = (picture: Picture): Happening => ({ seen: picture })
const adopted = (process = adopts.process): Happening => seen({ kind: 'adopted', process })

const asked: readonly Fact[] = [fact('session.requested', { ...request, adopts })]
const admitted: readonly Fact[] = [...asked, fact('session.admitted', {})]
const freed: readonly Fact[] = [...admitted, fact('agent.adopted', { process: adopts.process })]
const live: readonly Fact[] = [...freed, fact('agent.started', { handle: handle(2) })]
const over: readonly Fact[] = [...live, fact('session.ended', { why: 'stopped', by: 'ana', note: null }), fact('agent.gone', {})]

describe('what a person began by hand', () => {
  test('waits for a slot like any other start; until then its own process is left alone', () => {
    expect(given(...asked).wanted).toEqual([])
    expect(given(...asked).session).toMatchObject({ stranger: adopts.process, conversation: 'talk-1', workspace: adopts.workspace })
  })

  test('is ended before anything is started, in its own folder: no workspace is made', () => {
    const spec = given(...asked)
      .when(see.admitted())
      .then(['session.admitted'], ['agent.adopt'])
    expect(spec.effect('agent.adopt')).toMatchObject({
      workspace: adopts.workspace,
      conversation: 'talk-1',
      process: adopts.process,
      host: 'local',
      agent: 'coder',
    })
  })

  test('goes on with its conversation once its end is a fact, and not before', () => {
    const spec = given(...admitted)
      .when(adopted())
      .then(['agent.adopted'], ['agent.launch'])
    expect(spec.effect('agent.launch')).toMatchObject({ resume: 'talk-1', workspace: adopts.workspace, isFirst: true })
    expect(spec.session.stranger).toBeNull()
  })

  test('seen to be gone twice, it has gone once; and another process says nothing about this one', () => {
    given(...freed)
      .when(adopted())
      .then([], ['agent.launch'])
    given(...admitted)
      .when(adopted({ pid: 4711, startedAt: '100' }))
      .then([], ['agent.adopt'])
  })

  test('after a crash wants what it wanted: its end if that is no fact yet, its start if it is', () => {
    given(...admitted)
      .when({ woke: true })
      .then([], ['agent.adopt'])
    given(...freed)
      .when({ woke: true })
      .then([], ['agent.launch'])
  })

  test('that cannot be ended fails the session, and nothing was started', () => {
    const spec = given(...admitted)
      .when(see.failed('agent.adopt', { mayPass: false, hint: 'Look at it.' }))
      .then(['effect.failed', { type: 'session.ended', why: 'failed', note: 'It broke. Look at it.' }], [])
    expect(spec.session.handle).toBeNull()
    spec
      .when(wish({ name: 'retry', agent: null }))
      .then(['session.restored'], [])
      .when(see.admitted())
      .then(['session.admitted'], ['agent.adopt'])
  })

  test('stopped before it was ended, it is left alone', () => {
    given(...admitted)
      .when(wish({ name: 'stop' }))
      .then([{ type: 'session.ended', why: 'stopped' }], [])
    given(...asked)
      .when(wish({ name: 'stop' }))
      .then([{ type: 'session.ended', why: 'stopped' }], [])
  })

  test('is started again in the same folder', () => {
    const spec = given(...live)
      .when(wish({ name: 'restart' }))
      .then(['restart.requested'], ['agent.end'])
      .when(see.gone(2))
      .then(['agent.gone'], ['agent.launch'])
    expect(spec.effect('agent.launch')).toMatchObject({ workspace: adopts.workspace, resume: 'talk-1', isFirst: false })
    given(...over)
      .when(wish({ name: 'restore' }))
      .then(['session.restored'], [])
      .when(see.admitted())
      .then(['session.admitted'], ['agent.launch'])
  })
})

describe("a person's own folder", () => {
  test('is never removed: not when its change is merged, and not when somebody wants it cleared', () => {
    const merged: readonly Fact[] = [...live, fact('change.seen', { change: green({ state: 'merged', mergeCommit: 'm1' }) })]
    given(...merged)
      .with(ruled({ isWorkspaceRemoved: true, isTaskClosed: false }))
      .when({ tick: true })
      .then([{ type: 'session.ended', why: 'merged' }], ['agent.end'])
      .when(see.gone(2))
      .then(['agent.gone'], [])
    given(...over)
      .when(wish({ name: 'clear' }))
      .fails('FOLDER_NOT_OURS')
  })

  test('is never merged into by itself; people are told what helps', () => {
    const idle = fact('agent.idled', { mark: 9, message: null })
    const looked = fact('work.seen', { work: { head: 'h1', ahead: 1, dirty: [] } })
    const spec = given(...live, fact('agent.worked', { workedAt: 9e12, tool: null }), idle, looked)
      .with(ruled({ isUpToDateNeeded: true }))
      .when(see.change(green({ isBehind: true, baseHead: 'b2' })))
      .then(['change.seen', { type: 'trouble.raised', key: 'approved-and-green' }, 'trouble.escalated'])
    expect(spec.session.update).toBeNull()
    expect(spec.session.troubles[0]?.text).toContain('say "tell app-1 please merge main"')
    expect(change().base).toBe('main')
  })
})

describe('the record of a conversation that goes on here', () => {
  const before = given(...live).at

  test('tells of turns that ended before: they are no news', () => {
    given(...live)
      .when(see.agent({ conversation: 'talk-1', workedAt: before - 1_000, turnEnded: { mark: 77, message: 'Hello.' } }))
      .then([])
  })

  test('counts from the first thing that the agent does here', () => {
    given(...live)
      .when(see.agent({ conversation: 'talk-1', workedAt: before + 1_000, turnEnded: { mark: 99, message: 'Done.' } }))
      .then(['agent.idled'])
  })
})
