import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFault } from '../../../core/kit/fault.ts'
import { type FleetHappening, type FleetSpec, fleetOf, held, over, settingOf, stands, start, wished } from './spec.ts'

/** A step of a random life of all sessions: some are started, and each moves on as a session would. */
type Step = { readonly does: (spec: FleetSpec) => FleetHappening | null; readonly [fc.toStringMethod]: () => string }
const step = (name: string, does: Step['does']): Step => ({ does, [fc.toStringMethod]: () => name })
const nth = (spec: FleetSpec, index: number) => {
  const entries = Object.values(spec.fleet.entries)
  return entries[index % Math.max(1, entries.length)]
}

const steps = fc.array(
  fc.oneof(
    fc
      .nat(12)
      .map((key) =>
        step(`start #${key}`, () => start(`#${key}`, { agent: key % 3 === 0 ? 'other' : null, project: key % 2 === 0 ? 'app' : 'web' })),
      ),
    fc.nat(9).map((index) =>
      step(`session ${index} moves on`, (spec) => {
        const entry = nth(spec, index)
        if (!entry) return null
        const { session, request, slot } = entry
        return slot === 'given' ? held(session, { request }) : stands(session, { request, slot: slot === 'wanted' ? 'wanted' : 'none' })
      }),
    ),
    fc.nat(9).map((index) =>
      step(`session ${index} ends`, (spec) => {
        const entry = nth(spec, index)
        return entry ? over(entry.session, 'merged', { request: entry.request }) : null
      }),
    ),
    fc.nat(9).map((index) =>
      step(`session ${index} needs a person`, (spec) => {
        const entry = nth(spec, index)
        return entry?.slot === 'given' ? held(entry.session, { request: entry.request, isPersonNeeded: true }) : null
      }),
    ),
    fc.nat(9).map((index) =>
      step(`session ${index} is restarted`, (spec) => {
        const entry = nth(spec, index)
        return entry?.slot === 'none' ? stands(entry.session, { request: entry.request, slot: 'wanted', isFirst: false }) : null
      }),
    ),
    fc
      .constantFrom('pause', 'resume')
      .map((name) => step(name as string, () => wished({ name: name as 'pause' | 'resume', project: 'app' }))),
  ),
  { maxLength: 60 },
)
const settings = fc
  .record({
    running: fc.integer({ min: 1, max: 4 }),
    review: fc.integer({ min: 1, max: 3 }),
    perAgent: fc.constantFrom({}, { coder: 1 }, { coder: 2 }),
    perProject: fc.constantFrom({}, { app: 1 }, { web: 2 }),
  })
  .map((limits) => settingOf(limits))

const live = (
  begin: FleetSpec,
  all: readonly Step[],
  look: (before: FleetSpec, happening: FleetHappening, after: FleetSpec) => void,
): FleetSpec =>
  all.reduce((spec, { does }) => {
    const happening = does(spec)
    if (!happening) return spec
    try {
      const after = spec.and(happening)
      look(spec, happening, after)
      return after
    } catch (error) {
      if (isFault(error)) return spec
      throw error
    }
  }, begin)

test('no more slots are given than the limits allow', () =>
  fc.assert(
    fc.property(settings, steps, (setting, all) => {
      live(fleetOf(setting), all, (_before, _happening, { fleet, given }) => {
        expect(given.length).toBeLessThanOrEqual(setting.limits.running)
        const count = (matches: (session: string) => boolean): number => given.filter(matches).length
        for (const [agent, limit] of Object.entries(setting.limits.perAgent))
          expect(count((session) => fleet.entries[session]?.request.agent === agent)).toBeLessThanOrEqual(limit ?? Number.POSITIVE_INFINITY)
        for (const [project, limit] of Object.entries(setting.limits.perProject))
          expect(count((session) => fleet.entries[session]?.request.project === project)).toBeLessThanOrEqual(
            limit ?? Number.POSITIVE_INFINITY,
          )
      })
    }),
  ))

test('whoever waits has a place and a reason, and a free slot is never left unused', () =>
  fc.assert(
    fc.property(settings, steps, (setting, all) => {
      live(fleetOf(setting), all, (_before, _happening, { fleet, waiting }) => {
        const wanting = Object.values(fleet.entries).filter(({ slot }) => slot === 'wanted')
        expect(waiting).toHaveLength(wanting.length)
        expect(waiting.map((line) => line.split(' ')[0])).toEqual(waiting.map((_, index) => `${index + 1}`))
      })
    }),
  ))

test('the same picture twice is news once, and every key is of one effect', () =>
  fc.assert(
    fc.property(settings, steps, (setting, all) => {
      live(fleetOf(setting), all, (_before, happening, after) => {
        if ('seen' in happening) expect(after.and(happening).facts.length).toBe(after.facts.length)
        const keys = after.wanted.map((effect) => `${effect.since}/${effect.do}/${effect.subject}`)
        expect(new Set(keys).size).toBe(keys.length)
      })
    }),
  ))

test('everyone is admitted in the end, when slots come free and nothing is paused', () =>
  fc.assert(
    fc.property(settings, steps, (setting, all) => {
      let spec = live(fleetOf(setting), all, () => {})
      if (spec.fleet.paused.length > 0) spec = spec.and(wished({ name: 'resume', project: 'app' }))
      const admitted = new Set(spec.given)
      const everyone = Object.values(spec.fleet.entries).filter(({ slot }) => slot === 'wanted')
      for (let round = 0; round <= everyone.length + 5; round += 1) {
        for (const { session, request, slot } of Object.values(spec.fleet.entries))
          if (slot !== 'wanted') spec = spec.and(over(session, 'done', { request }))
        for (const session of spec.given) admitted.add(session)
      }
      for (const { session } of everyone) expect(admitted).toContain(session)
    }),
  ))

test('one session a task, and never a name twice', () =>
  fc.assert(
    fc.property(settings, steps, (setting, all) => {
      const { facts } = live(fleetOf(setting), all, (_before, _happening, { fleet }) => {
        const tasks = Object.values(fleet.entries)
          .filter(({ isOver }) => !isOver)
          .map(({ request }) => `${request.project} ${request.task.key}`)
        expect(new Set(tasks).size).toBe(tasks.length)
      })
      const names = facts.flatMap((fact) => (fact.type === 'task.queued' ? [fact.session] : []))
      expect(new Set(names).size).toBe(names.length)
    }),
  ))
