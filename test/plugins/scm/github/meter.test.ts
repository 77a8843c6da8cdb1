import { expect, test } from 'vitest'
import type { Limit, Limits } from '../../../../plugins/github/api.ts'
import { openMeter } from '../../../../plugins/scm/github/meter.ts'

const hourMs = 3_600_000

/** A meter with a clock, and looks that cost so much. */
const measure = (graphql: Omit<Limit, 'resetAt'> | null, restUntil: number | null = null) => {
  let now = 1_000_000
  const resetAt = now + hourMs
  const limits = (): Limits => ({ core: null, graphql: graphql && { ...graphql, resetAt }, restUntil, why: null })
  const meter = openMeter({ limits }, () => now)
  const look = (cost: number): void => {
    now += 30_000
    meter.begin()
    meter.note({ cost, remaining: 0 })
  }
  return { meter, look, resetAt, rested: () => meter.restUntil() - now, pass: (ms: number) => (now += ms) }
}

test('with points enough looks may come at any pace', () => {
  const { look, rested } = measure({ limit: 5_000, remaining: 4_800 })
  look(6)
  expect(rested()).toBeLessThan(10_000)
})

test('45: when the points would not last until they are given anew, looks come less often', () => {
  const { look, rested } = measure({ limit: 5_000, remaining: 600 })
  look(6)
  look(6)
  // A hundred may be spent in what is left of the hour, which is sixteen looks of six.
  expect(rested()).toBeGreaterThan(200_000)
  expect(rested()).toBeLessThan(230_000)
})

test('with nothing to spare they wait for the next hour', () => {
  const { look, meter, resetAt } = measure({ limit: 5_000, remaining: 400 })
  look(6)
  expect(meter.restUntil()).toBe(resetAt)
})

test('a limit that is used up is obeyed before anything was asked', () => {
  expect(measure(null, 5_000_000).meter.restUntil()).toBe(5_000_000)
  expect(measure(null).meter.restUntil()).toBe(0)
})

test('projects that look in the same moment are one look, and what other questions cost counts to it', () => {
  const { meter, look, rested } = measure({ limit: 5_000, remaining: 600 })
  look(6)
  meter.begin()
  meter.begin()
  const once = rested()
  meter.note({ cost: 6, remaining: 0 })
  expect(rested()).toBeGreaterThan(once * 1.8)
})
