import { describe, expect, onTestFinished, test } from 'vitest'
import { authorise } from '../../../core/access/authorise.ts'
import type { Effect } from '../../../core/contracts/effect.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { FleetFact } from '../../../core/contracts/fleet.ts'
import type { Clock } from '../../../core/engine/engine.ts'
import { performWith, type Tools } from '../../../core/engine/hands.ts'
import { createRing, type RingParts } from '../../../core/engine/ring.ts'
import { catalogue, row } from '../../../core/kit/fault.ts'
import { silent } from '../../../core/kit/log.ts'
import { openMemoryJournal } from '../../../core/store/memory.ts'
import { admin, minute, second, setting, t0, workspace } from '../../fakes/spec.ts'
import { settingOf, task } from '../fleet/spec.ts'

const hour = 60 * minute
const fault = catalogue({
  TOO_EARLY: row<{ untilMs?: number }>(
    () => 'The forge wants rest.',
    () => 'Wait.',
    { mayPass: true },
  ),
  UNWANTED: row<{ untilMs?: number }>(
    () => 'The forge does not want it.',
    () => 'Ask it why.',
  ),
})

/** Time that passes when it is told to, and stops at each moment for which somebody waits. */
const manualClock = () => {
  let now = t0
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  const clock: Clock = {
    now: () => now,
    wakeAt: (at, callback) => {
      const timer = { at, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }
  const pass = async (durationMs: number): Promise<void> => {
    const until = now + durationMs
    for (;;) {
      await quiet()
      const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (!next) break
      timers.delete(next)
      now = Math.max(now, next.at)
      next.callback()
    }
    now = until
  }
  return { clock, pass, now: () => now }
}
/** Everything here goes on in turns of its own, none of which waits for the world. */
const quiet = async (): Promise<void> => {
  for (let turns = 0; turns < 40; turns += 1) await new Promise((resolve) => setImmediate(resolve))
}

const open = (parts: Partial<Pick<RingParts, 'perform' | 'writeTask'>>) => {
  const time = manualClock()
  const facts: Fact[] = []
  const fleetFacts: FleetFact[] = []
  const ring = createRing({
    sessionJournal: openMemoryJournal(),
    fleetJournal: openMemoryJournal(),
    perform: async () => null,
    settingOf: () => setting,
    fleetSetting: settingOf,
    clock: time.clock,
    log: silent,
    onNews: (news) => void facts.push(...news.facts),
    onFleet: (_fleet, news) => void fleetFacts.push(...news),
    onComplete: async () => {},
    writeTask: async () => ({ key: '#9', url: null }),
    ...parts,
  })
  onTestFinished(() => ring.stop())
  const wish = async (wanted: Parameters<typeof authorise>[0]): Promise<void> => {
    await ring.wish(authorise(wanted, admin(), { project: 'app', cause: `in-${wanted.name}` }))
    await quiet()
  }
  return {
    ...time,
    facts,
    types: () => facts.map(({ type }) => type),
    fleetTypes: () => fleetFacts.map(({ type }) => type),
    starts: () => wish({ name: 'start', project: 'app', task: task('#1'), agent: null, base: null, branch: null, model: null }),
    asksForIssue: () => wish({ name: 'issue', project: 'app', title: 'One', body: 'Two.' }),
  }
}

describe('an effect that came too early', () => {
  /** A workspace whose base can be asked for from then on. */
  const limited = (untilMs: (now: number) => number | undefined) => {
    const tried: number[] = []
    const tools = {
      now: () => town.now(),
      project: () => ({ name: 'app', path: '/app', rules: null }),
      workspace: () => ({ create: async () => workspace }),
      scm: () => ({
        base: async () => {
          tried.push(town.now() - t0)
          const until = untilMs(town.now())
          if (until !== undefined) throw fault('TOO_EARLY', { untilMs: until })
          return null
        },
      }),
      call: async () => {},
    } as unknown as Tools // what making a workspace needs of them
    const hands = performWith(tools)
    const town = open({
      perform: (effect: Effect, context) => (effect.do === 'workspace.create' ? hands(effect, context) : Promise.resolve(null)),
    })
    return { ...town, tried }
  }

  test('is tried again at the moment that its fault names, and not before', async () => {
    const until = t0 + 20 * minute
    const { starts, pass, tried, facts, types } = limited((now) => (now < until ? until : undefined))
    await starts()
    expect(tried).toEqual([0])
    expect(facts.at(-1)).toMatchObject({
      type: 'effect.failed',
      effect: 'workspace.create',
      code: 'TOO_EARLY',
      retryAt: until,
      isPutOff: true,
    })
    await pass(20 * minute - 1)
    expect(tried).toEqual([0])
    await pass(1)
    expect(tried).toEqual([0, 20 * minute])
    expect(types()).toContain('workspace.ready')
  })
  test('is tried as often as it is put off, and no try counts: what fails then has failed for the first time', async () => {
    const { starts, pass, tried, types } = limited((now) => {
      const passedMs = now - t0
      return passedMs < 3 * hour ? now + 20 * minute : passedMs === 3 * hour ? t0 : undefined
    })
    await starts()
    await pass(4 * hour)
    const putOff = Array.from({ length: 10 }, (_, index) => index * 20 * minute)
    expect(tried).toEqual([...putOff, 3 * hour + 2 * second])
    expect(types()).toContain('workspace.ready')
  })
  test('is not believed about more than two hours', async () => {
    const { starts, pass, tried } = limited((now) => (now === t0 ? t0 + 24 * hour : undefined))
    await starts()
    await pass(2 * hour - 1)
    expect(tried).toEqual([0])
    await pass(1)
    expect(tried).toEqual([0, 2 * hour])
  })
  test('is an ordinary failure where that moment is past', async () => {
    const { starts, pass, tried, types } = limited(() => t0 - minute)
    await starts()
    await pass(10 * minute)
    expect(tried).toEqual([0, 2 * second, 17 * second, 77 * second])
    expect(types().at(-1)).toBe('session.ended')
  })
})

describe('a task that is written into a tracker', () => {
  const writing = (answer: (now: number) => void) => {
    const tried: number[] = []
    const town = open({
      writeTask: async () => {
        tried.push(town.now() - t0)
        answer(town.now())
        return { key: '#9', url: null }
      },
    })
    return { ...town, tried }
  }

  test('waits until its tracker wants to be asked again', async () => {
    const until = t0 + 20 * minute
    const { asksForIssue, pass, tried, fleetTypes } = writing((now) => {
      if (now < until) throw fault('TOO_EARLY', { untilMs: until })
    })
    await asksForIssue()
    await pass(20 * minute - 1)
    expect(tried).toEqual([0])
    expect(fleetTypes()).toEqual(['issue.wanted'])
    await pass(1)
    expect(tried).toEqual([0, 20 * minute])
    expect(fleetTypes()).toEqual(['issue.wanted', 'issue.made'])
  })
  test('waits two hours at most', async () => {
    const { asksForIssue, pass, tried } = writing((now) => {
      if (now === t0) throw fault('TOO_EARLY', { untilMs: t0 + 24 * hour })
    })
    await asksForIssue()
    await pass(2 * hour)
    expect(tried).toEqual([0, 2 * hour])
  })
  test('is tried again after 2 s, 15 s and 60 s where nobody says when, and then it is said why not', async () => {
    const { asksForIssue, pass, tried, fleetTypes } = writing(() => {
      throw fault('TOO_EARLY', {})
    })
    await asksForIssue()
    await pass(hour)
    expect(tried).toEqual([0, 2 * second, 17 * second, 77 * second])
    expect(fleetTypes()).toEqual(['issue.wanted', 'issue.failed'])
  })
  test('is not tried again where that would not help, whatever its fault says of a time', async () => {
    const { asksForIssue, pass, tried, fleetTypes } = writing((now) => {
      throw fault('UNWANTED', { untilMs: now + minute })
    })
    await asksForIssue()
    await pass(hour)
    expect(tried).toEqual([0])
    expect(fleetTypes()).toEqual(['issue.wanted', 'issue.failed'])
  })
})
